// Measures whole commands by the system's own accounting: CPU of the process and all its children, wall time, and the
// peak memory of the largest process. Needs GNU time (Debian package `time`).
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GNU_TIME = '/usr/bin/time'

/** True when a program is on the path. */
export function hasProgram(name) {
  return spawnSync('which', [name], { stdio: 'ignore' }).status === 0
}

/** Throws a sentence for people when measuring is not possible. */
export function requireTime() {
  if (!existsSync(GNU_TIME)) throw new Error('this benchmark needs GNU time: apt-get install time')
}

/** Runs a command once; throws when it fails. */
export function measure(command, args, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
  const file = join(folder, 'time')
  try {
    const result = spawnSync(GNU_TIME, ['-f', '%U %S %e %M', '-o', file, command, ...args], {
      ...options,
      encoding: 'utf8',
    })
    if (result.status !== 0)
      throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`)
    const [user, system, wall, memory] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .at(-1)
      .split(' ')
      .map(Number)
    return { cpu: user + system, wall, memory: memory / 1024 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs each contestant in turn, `runs` times after one warm-up; gives the measurements by name. */
export function race(contestants, runs) {
  const results = new Map(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= runs; round++) {
    for (const { name, run } of contestants) {
      const measured = run()
      if (round > 0) results.get(name).push(measured)
    }
  }
  return results
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Prints medians with their range, and the ratios of the first contestant to the others, pair by pair. */
export function report(results) {
  const names = [...results.keys()]
  const width = Math.max(...names.map((name) => name.length))
  const cell = (rows, key, digits) => {
    const values = rows.map((row) => row[key])
    return `${median(values).toFixed(digits).padStart(8)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`.padEnd(
      24,
    )
  }
  console.log(`${''.padEnd(width)}  ${'CPU s'.padEnd(24)}${'wall s'.padEnd(24)}${'peak MiB'.padEnd(24)}`)
  for (const name of names) {
    const rows = results.get(name)
    console.log(
      `${name.padEnd(width)}  ${cell(rows, 'cpu', 2)}${cell(rows, 'wall', 2)}${cell(rows, 'memory', 0)}`,
    )
  }
  const [first, ...others] = names
  for (const other of others) {
    const ratio = (key) =>
      median(results.get(first).map((row, i) => row[key] / results.get(other)[i][key])).toFixed(3)
    console.log(
      `${first} / ${other}: CPU ${ratio('cpu')}, wall ${ratio('wall')}, peak memory ${ratio('memory')}`,
    )
  }
}
