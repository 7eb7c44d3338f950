// Time of one look of `skyloom run watch` at the newest run of a registry, milliseconds: the median of five. Argument: the file.
import { openRegistry } from '@skyloom/registry'
import { runStatus } from '@skyloom/runner'

const registry = await openRegistry(process.argv[2])
const [run] = await registry.runs.list()
const times = []
for (let turn = 0; turn < 5; turn++) {
  const started = performance.now()
  await runStatus(registry.runs, run.id)
  times.push(performance.now() - started)
}
await registry.close()
console.log(JSON.stringify({ ms: times.sort((a, b) => a - b)[2] }))
