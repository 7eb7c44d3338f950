// Runs the whole-program benchmarks: `npm run bench` all of them, `npm run bench -- mosaic` one.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter } from 'node:path'

// npm puts our own mAdd, mImgtbl, ... first on the path; the peers are the programs behind them.
const folders = (process.env.PATH ?? '').split(delimiter)
process.env.PATH = folders.filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder)).join(delimiter)

const all = readdirSync('bench', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'support' && entry.name !== 'out')
  .map((entry) => entry.name)
const [name, ...rest] = process.argv.slice(2)
if (name === '--help' || name === '-h') {
  console.log(`use: npm run bench -- [NAME [ARGUMENTS OF IT]]

Without a name all benchmarks run, one after the other: ${all.join(', ')}.
What each measures, and its arguments, is said at the head of bench/NAME/run.mjs.`)
  process.exit(0)
}
if (name !== undefined && !all.includes(name)) {
  console.error(`there is no benchmark ${name}; there are: ${all.join(', ')}`)
  process.exit(2)
}
for (const bench of name === undefined ? all : [name]) {
  const { status } = spawnSync(process.execPath, [`bench/${bench}/run.mjs`, ...rest], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
