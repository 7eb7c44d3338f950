// An engine as a process of its own, for tests that kill it. Arguments: directory of the run, file of the registry, and for a
// kill at a step its name and how often it is passed before.
import { openRegistry } from '@skyloom/registry'
import { runPlan } from '../dist/index.js'

const [runDir, registryFile, killStep, passes] = process.argv.slice(2)
const registry = await openRegistry(registryFile)
let left = Number(passes)
const onStep = (step) => {
  if (step === killStep && left-- === 0) process.kill(process.pid, 'SIGKILL')
}
const result = await runPlan(registry.runs, runDir, { onStep, policy: { backoffMs: 10 } })
await registry.close()
process.stdout.write(`${JSON.stringify(result)}\n`)
