// Runs the fault tests of the engine: `npm run faults` a few, `npm run faults -- --full` all of them, which takes hours.
// --runs N, --images N, --seed N: how often a run is killed at random, its size, and the first seed; --only TEXT: tests whose name
// has the text. TMPDIR says where; a folder in memory saves most of the time.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    full: { type: 'boolean' },
    runs: { type: 'string' },
    images: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
})
const env = { ...process.env }
if (values.full) env.SKYLOOM_FAULTS = 'full'
for (const name of ['runs', 'images', 'seed'])
  if (values[name]) env[`FAULT_${name.toUpperCase()}`] = values[name]
const only = values.only === undefined ? [] : ['-t', values.only]
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', 'packages/runner/test/faults', '--testTimeout=0', '--no-file-parallelism', ...only],
  { stdio: 'inherit', env },
)
process.exitCode = status ?? 1
