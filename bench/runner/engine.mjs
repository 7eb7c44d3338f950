// Runs a plan in a process of its own and prints figures. Arguments: directory, registry file, number of programs at a time.
import { openRegistry } from '@skyloom/registry'
import { runPlan } from '@skyloom/runner'

const [directory, registryFile, cores] = process.argv.slice(2)
const started = performance.now()
const registry = await openRegistry(registryFile)
const module = new URL('./noop.mjs', import.meta.url).href
let firstMs
const result = await runPlan(registry.runs, directory, {
  functions: new Map([['noop', { module, name: 'noop' }]]),
  cores: Number(cores),
  reuse: false,
  onEvents: (events) => {
    if (events.some(({ type }) => type === 'attempt-started')) firstMs ??= performance.now() - started
  },
})
const seconds = (performance.now() - started) / 1000
await registry.close()
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6
console.log(JSON.stringify({ seconds, cpuSeconds, memoryMb: maxRSS / 1024, firstMs, status: result.status }))
