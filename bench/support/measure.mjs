// Measures whole commands by the system's own accounting: CPU of the process and all its children, wall time, and the
// peak memory of the largest process. Needs GNU time (Debian package `time`).
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

const GNU_TIME = '/usr/bin/time'
// With this Node reads all certificates of the machine at its start, which costs as much as Node's start itself, in every process.
delete process.env.NODE_EXTRA_CA_CERTS

/** True when a program is on the path. */
export function hasProgram(name) {
  return spawnSync('which', [name], { stdio: 'ignore' }).status === 0
}

/** Throws a sentence for people when measuring is not possible. */
export function requireTime() {
  if (!existsSync(GNU_TIME)) throw new Error('this benchmark needs GNU time: apt-get install time')
}

/** Runs a command once, and gives what it printed beside the measurement; throws when it fails. */
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
    return { cpu: user + system, wall, memory: memory / 1024, stdout: result.stdout }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs each contestant in turn, `runs` times after one warm-up, if any; gives the measurements by name. */
export function race(contestants, runs, hasWarmUp = true) {
  const results = new Map(contestants.map(({ name }) => [name, []]))
  for (let round = hasWarmUp ? 0 : 1; round <= runs; round++) {
    for (const { name, run } of contestants) {
      const { cpu, wall, memory } = run()
      if (round > 0) results.get(name).push({ cpu, wall, memory })
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
  for (const { of, to, cpu, wall, memory } of ratiosOf(results)) {
    console.log(
      `${of} / ${to}: CPU ${cpu.toFixed(3)}, wall ${wall.toFixed(3)}, peak memory ${memory.toFixed(3)}`,
    )
  }
}

/** Ratios of the first contestant to each other one: medians of the ratios of runs side by side. */
export function ratiosOf(results) {
  if (results.size === 0) return []
  const [[first, own], ...others] = [...results]
  return others.map(([other, theirs]) => {
    const ratio = (key) => median(own.map((row, i) => row[key] / theirs[i][key]))
    return { of: first, to: other, cpu: ratio('cpu'), wall: ratio('wall'), memory: ratio('memory') }
  })
}

/** The machine in one line. */
export function machine() {
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`
}

/** Stores what a benchmark measured as `bench/out/NAME.json`; `facts` are what else it found, such as the agreement of pixels. */
export function store(name, results, facts = {}) {
  mkdirSync('bench/out', { recursive: true })
  const runs = Object.fromEntries(results)
  const document = { bench: name, date: new Date().toISOString(), machine: machine(), ...facts, runs }
  const path = join('bench/out', `${name}.json`)
  writeFileSync(path, `${JSON.stringify({ ...document, ratios: ratiosOf(results) }, null, 1)}\n`)
  console.log(`stored as ${path}`)
}
