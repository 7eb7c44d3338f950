// Runs the fault tests of the engine, see the text of --help.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const HELP = `use: npm run faults -- [OPTIONS]

The fault tests of the engine; without options a few of each kind, which takes minutes.
  --full           all of them, which takes hours
  --only TEXT      tests whose name has the text
  --seed N         the first seed
  --runs N         how often a run is killed at random
  --images N       size of such a run
  --operation N    the first file operation that fails
  --step N         of how many file operations one fails
  --clusters       those on Slurm and HTCondor instead, which must be up; with --full half an hour
  --help           this text
The variable TMPDIR says where; a folder in memory saves most of the time.
`

const values = valuesOf()
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
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
  ? ['faults', 'kill', 'outage', 'dagman-outage'].map((name) => `e2e/engines/${name}.test.ts`)
  : ['packages/runner/test/faults']
const only = values.only === undefined ? [] : ['-t', values.only]
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', ...tests, '--testTimeout=0', '--no-file-parallelism', ...only],
  { stdio: 'inherit', env },
)
process.exitCode = status ?? 1

function valuesOf() {
  const text = { type: 'string' }
  const flag = { type: 'boolean' }
  const numbers = { runs: text, images: text, seed: text, operation: text, step: text }
  try {
    return parseArgs({
      options: { full: flag, clusters: flag, help: { ...flag, short: 'h' }, only: text, ...numbers },
    }).values
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n${HELP}`)
    process.exit(2)
  }
}
