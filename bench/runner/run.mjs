// Jobs per second of the engine with durable events, against starting programs without any book-keeping, and against GNU make, GNU
// parallel and Dask where they are installed, in the same run; peak memory and rate at 1,000 and 100,000 jobs; time of a step in a
// chain; resume of a finished run; time of a look at it.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../support/measure.mjs'

const CORES = 2
const MANY = process.argv.includes('--quick') ? 20_000 : 100_000
const PROGRAMS = 1000
const TEXT = { encoding: 'utf8' }
const folder = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const script = (name) => fileURLToPath(new URL(name, import.meta.url))
let missed = 0

try {
  const small = engine('small', 1000, 'wide')
  const many = engine('many', MANY, 'wide')
  report('in-process, 1,000 jobs', `${rate(1000, small)} jobs/s, peak ${small.memoryMb.toFixed(0)} MB`)
  report(`in-process, ${MANY} jobs`, `${rate(MANY, many)} jobs/s, peak ${many.memoryMb.toFixed(0)} MB`)
  // A processor that others use, too, shows a lower rate, but the same use of its time.
  report('  CPU time a job, all threads', `${((1000 * many.cpuSeconds) / MANY).toFixed(3)} ms`)
  target('in-process jobs with durable events', MANY / many.seconds, 5000, 'jobs/s', 'at least')
  target('memory above that of 1,000 jobs', many.memoryMb - small.memoryMb, 200, 'MB', 'at most')
  const again = run('many')
  target('resume of the finished run', again.seconds, 5, 's', 'at most')
  const look = JSON.parse(
    check(spawnSync(process.execPath, [script('look.mjs'), join(folder, 'many.db')], TEXT)),
  )
  target('look of run watch at that run', look.ms, 200, 'ms', 'at most')
  const chain = engine('chain', 1000, 'chain')
  target('step of a chain of 1,000', chain.seconds, 1, 'ms', 'at most')
  const start = engine('start', 10_000, 'wide')
  target('start to first job, 10,000 jobs', start.firstMs / 1000, 0.3, 's', 'at most')
  await programs()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(missed === 0 ? 'all targets are met' : `${missed} targets are missed`)

function engine(name, jobs, shape, program) {
  const args = [
    script('make-plan.mjs'),
    join(folder, name),
    String(jobs),
    shape,
    ...(program ? [program] : []),
  ]
  check(spawnSync(process.execPath, args, TEXT))
  return run(name)
}

function run(name) {
  const args = [script('engine.mjs'), join(folder, name), join(folder, `${name}.db`), String(CORES)]
  const figures = JSON.parse(check(spawnSync(process.execPath, args, TEXT)))
  if (figures.status !== 'succeeded') throw new Error(`the run ${name} ended as ${figures.status}`)
  return figures
}

function check({ status, stdout, stderr }) {
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Starting programs is measured in turns, so that the noise of a machine in use hits all alike. */
async function programs() {
  const bare = []
  const ours = []
  for (let turn = 0; turn < 3; turn++) {
    bare.push(await spawnBare())
    ours.push(engine(`programs-${turn}`, PROGRAMS, 'wide', '/bin/true').seconds)
  }
  const best = (times) => PROGRAMS / Math.min(...times)
  report('programs, started bare', `${best(bare).toFixed(0)} jobs/s`)
  report('programs, by the engine', `${best(ours).toFixed(0)} jobs/s, each recorded`)
  target('of bare starting', (100 * best(ours)) / best(bare), 70, '%', 'at least')
  if (hasProgram('make')) {
    const names = Array.from({ length: PROGRAMS }, (_, k) => `t${k}`)
    const rules = names.map((name) => `${name}:\n\t@/bin/true\n`).join('')
    writeFileSync(
      join(folder, 'Makefile'),
      `.PHONY: all ${names.join(' ')}\nall: ${names.join(' ')}\n${rules}`,
    )
    const started = performance.now()
    check(spawnSync('make', [`-j${CORES}`, '-s'], { cwd: folder, encoding: 'utf8' }))
    report('programs, GNU make', `${((PROGRAMS / (performance.now() - started)) * 1000).toFixed(0)} jobs/s`)
  }
  const python = '/usr/bin/python3'
  if (spawnSync(python, ['-c', 'import distributed']).status === 0) {
    for (const kind of ['call', 'program']) {
      const args = [script('dask_jobs.py'), kind, String(CORES), String(PROGRAMS)]
      const seconds = Number(check(spawnSync(python, args, TEXT)))
      const what = kind === 'call' ? 'in-process calls, Dask' : 'programs, Dask'
      report(what, `${(PROGRAMS / seconds).toFixed(0)} jobs/s, nothing durable`)
    }
  }
  if (hasProgram('parallel')) {
    const input = Array.from({ length: PROGRAMS }, (_, k) => `${k}\n`).join('')
    const started = performance.now()
    check(spawnSync('parallel', [`-j${CORES}`, '/bin/true'], { input, encoding: 'utf8' }))
    report(
      'programs, GNU parallel',
      `${((PROGRAMS / (performance.now() - started)) * 1000).toFixed(0)} jobs/s`,
    )
  }
}

async function spawnBare() {
  const started = performance.now()
  let left = PROGRAMS
  await Promise.all(
    Array.from({ length: CORES }, async () => {
      while (left-- > 0)
        await new Promise((done) => spawn('/bin/true', [], { stdio: 'ignore' }).on('exit', done))
    }),
  )
  return (performance.now() - started) / 1000
}

function rate(jobs, { seconds }) {
  return (jobs / seconds).toFixed(0)
}

function report(what, text) {
  console.log(`${what.padEnd(40)} ${text}`)
}

function target(what, value, wanted, unit, direction) {
  const isMet = direction === 'at least' ? value >= wanted : value <= wanted
  if (!isMet) missed++
  report(what, `${value.toPrecision(3)} ${unit}, ${isMet ? 'met' : 'MISSED'}: ${direction} ${wanted}`)
}
