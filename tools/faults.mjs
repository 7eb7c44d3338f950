// Runs the fault tests of the engine: `npm run faults` a few, `npm run faults -- --full` all of them, which takes hours.
// --runs N, --images N, --seed N: how often a run is killed at random, its size, and the first seed; --only TEXT: tests whose name
// has the text; --operation N, --step N: the first file operation that fails, and of how many one does, to share the work out. TMPDIR says where; a folder in memory saves most of the time.
// --clusters: the fault tests on Slurm and HTCondor instead, which must be up; with --full 1,000 jobs with 1 % of each fault, our
// process killed at 20 moments on each engine, and outages of ten minutes.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    full: { type: 'boolean' },
    clusters: { type: 'boolean' },
    runs: { type: 'string' },
    images: { type: 'string' },
    seed: { type: 'string' },
    operation: { type: 'string' },
    step: { type: 'string' },
    only: { type: 'string' },
  },
})
const env = { ...process.env }
if (values.full) env.SKYLOOM_FAULTS = 'full'
for (const name of ['runs', 'images', 'seed', 'operation', 'step'])
  if (values[name]) env[`FAULT_${name.toUpperCase()}`] = values[name]
if (values.clusters && values.full) {
  env.SKYLOOM_ENGINE_JOBS ??= '1000'
  env.SKYLOOM_ENGINE_KILLS ??= '20'
  env.SKYLOOM_ENGINE_OUTAGE ??= '600'
}
if (values.clusters && values.seed) env.SKYLOOM_ENGINE_SEED = values.seed
const tests = values.clusters
  ? ['faults', 'kill', 'outage'].map((name) => `e2e/engines/${name}.test.ts`)
  : ['packages/runner/test/faults']
const only = values.only === undefined ? [] : ['-t', values.only]
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', ...tests, '--testTimeout=0', '--no-file-parallelism', ...only],
  { stdio: 'inherit', env },
)
process.exitCode = status ?? 1
