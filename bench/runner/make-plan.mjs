// Writes a plan of jobs without files. Arguments: directory, jobs, `wide` or `chain`, program (none: the function noop), site.
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const [directory, count, shape, program, site = 'local'] = process.argv.slice(2)
const jobs = Number(count)
const edges = shape === 'chain' ? jobs - 1 : 0
mkdirSync(directory, { recursive: true })
const file = openSync(join(directory, 'plan.jsonl'), 'w')
const write = (line) => writeSync(file, `${JSON.stringify(line)}\n`)
write({
  type: 'plan',
  version: 1,
  workflow: `bench-${shape}`,
  basename: 'bench-0',
  dataConfiguration: 'sharedfs',
  relativeDir: 'bench',
  jobs,
  edges,
  tasks: jobs,
  throttles: [],
  warnings: [],
})
const executable =
  program === undefined ? { type: 'function', name: 'noop' } : { type: 'installed', path: program }
for (let number = 0; number < jobs; number++) {
  const none = {
    inputs: [],
    outputs: [],
    transfers: [],
    registrations: [],
    removals: [],
    directories: [],
    modes: [],
  }
  const task = {
    id: `ID${number}`,
    type: 'job',
    transformation: 'noop',
    executable,
    arguments: [],
    hooks: [],
  }
  write({
    type: 'job',
    number,
    name: `noop_ID${String(number).padStart(7, '0')}`,
    kind: 'compute',
    site,
    dataConfiguration: 'sharedfs',
    level: 1,
    priority: 10,
    retries: 0,
    tasks: [{ ...task, metadata: [], environment: [] }],
    ...none,
    profiles: [],
    children: shape === 'chain' && number + 1 < jobs ? [number + 1] : [],
  })
}
write({ type: 'end', jobs, edges })
closeSync(file)
writeFileSync(join(directory, 'request.json'), JSON.stringify({ workflowId: randomUUID() }))
