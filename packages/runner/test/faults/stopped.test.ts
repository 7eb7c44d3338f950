import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { montageRun } from '../montage-shape.ts'
import { smallPlan } from '../small-plan.ts'
import { amounts } from './amounts.ts'
import { checkRun } from './check-run.ts'
import { hasMade, until } from './progress.ts'
import { type EngineProcess, runEngine, startEngine } from './run-engine-process.ts'

const wait = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms))

/** Processes that the spawner of a run started, and the spawner itself. */
function processesOf(runDir: string): { readonly spawner: number | undefined; readonly programs: number[] } {
  const folder = join(runDir, 'spawner')
  let spawner: number | undefined
  const programs: number[] = []
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0')
      if (words.some((word) => word.endsWith('spawner-main.js')) && words.includes(folder))
        spawner = Number(name)
      else if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(`SKYLOOM_SPAWNER=${folder}\0`))
        programs.push(Number(name))
    } catch {
      // It ended while we looked.
    }
  }
  return { spawner, programs }
}

/** Whether a process is at work; one that only waits for its parent to look is not. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name)
  } catch {
    // It ended a moment ago.
  }
}

test(`programs, spawner and engine that are killed and stopped at random (seed ${amounts.seed})`, {
  timeout: 0,
}, async () => {
  for (let round = 0; round < amounts.rounds; round++) {
    const random = seededRandom(amounts.seed + round)
    const folder = freshFolder()
    const run = await montageRun(folder, 12)
    const settings = { runDir: run.runDir, registry: join(folder, 'registry.db'), leaseMs: 500 }
    let disturbances = 0
    for (let engines = 0; ; engines++) {
      expect(engines, `FAULT_SEED=${amounts.seed + round}`).toBeLessThan(40)
      const engine: EngineProcess = startEngine(settings)
      while (engine.child.exitCode === null && engine.child.signalCode === null && disturbances < 12) {
        await wait(60 + 250 * random())
        const { spawner, programs } = processesOf(run.runDir)
        const program = programs[Math.floor(programs.length * random())]
        const choice = Math.floor(6 * random())
        disturbances++
        if (choice === 0) signal(spawner, 'SIGKILL')
        else if (choice === 1) signal(engine.child.pid, 'SIGKILL')
        else if (choice === 2) signal(program, 'SIGKILL')
        else {
          // Longer than the lease of the engine.
          const pid = [spawner, engine.child.pid, program][choice - 3]
          signal(pid, 'SIGSTOP')
          await wait(700)
          signal(pid, 'SIGCONT')
        }
      }
      const end = await engine.ended
      if (end.type === 'done' && end.result.status === 'succeeded') {
        await checkRun(run, settings.registry, end.result.jobs.succeeded)
        break
      }
      // A program that is killed has failed; without retries so has its job, until the run is taken up again.
      if (end.type === 'done') expect(end.result.status).toBe('failed')
      if (end.type === 'error') expect(end.code).toMatch(/^RUNNER_(SPAWNER|LEASE_LOST)$/)
    }
  }
})

test('what a spawner that was killed left running is ended before its job is tried again', async () => {
  const folder = freshFolder()
  const pidFile = join(folder, 'pid')
  const script = `test -e ${pidFile} && exit 0; echo $$ > ${pidFile}; exec sleep 60`
  const runDir = smallPlan(join(folder, 'run'), [{ run: ['/bin/sh', '-c', script] }])
  const settings = { runDir, registry: join(folder, 'registry.db') }
  const engine = startEngine(settings)
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'latin1') !== '', engine.notices)
  const left = Number(readFileSync(pidFile, 'latin1'))
  signal(processesOf(runDir).spawner, 'SIGKILL')
  expect(await engine.ended).toMatchObject({ type: 'error', code: 'RUNNER_SPAWNER' })
  expect(runs(left)).toBe(true)
  expect(await runEngine(settings)).toMatchObject({ type: 'done', result: { status: 'succeeded' } })
  expect(runs(left)).toBe(false)
})

test('worker threads that die are replaced, and jobs that died with them run again', async () => {
  const folder = freshFolder()
  const run = await montageRun(folder, 12)
  const dieOnce = join(folder, 'dead')
  mkdirSync(dieOnce)
  const settings = { runDir: run.runDir, registry: join(folder, 'registry.db'), functions: true, dieOnce }
  const end = await runEngine(settings)
  if (end.type !== 'done') throw new Error(JSON.stringify(end))
  // A job whose function ended its thread has failed, and is tried again.
  expect(end.result.status).toBe('succeeded')
  expect(readdirSync(dieOnce).length).toBeGreaterThan(3)
  await checkRun(run, settings.registry, end.result.jobs.succeeded)
})

describe('an engine that is stopped for longer than its lease', () => {
  test('and replaced meanwhile stores and publishes nothing any more', async () => {
    const folder = freshFolder()
    const run = await montageRun(folder, 12)
    const settings = { runDir: run.runDir, registry: join(folder, 'registry.db'), leaseMs: 400 }
    const first = startEngine({ ...settings, functions: true, slowMs: 40 })
    await until(() => hasMade(run, 'p_2.fits'), first.notices)
    signal(first.child.pid, 'SIGSTOP')
    let second = await runEngine(settings)
    for (let tries = 0; second.type === 'error' && tries < 50; tries++) {
      // Stopped in the middle of a transaction it keeps the database from all others: it is let go for a moment.
      if (second.code === 'REGISTRY_BUSY') {
        signal(first.child.pid, 'SIGCONT')
        await wait(10)
        signal(first.child.pid, 'SIGSTOP')
      } else if (second.code !== 'RUNNER_RUN_BUSY') break
      await wait(100)
      second = await runEngine(settings)
    }
    signal(first.child.pid, 'SIGCONT')
    expect(await first.ended).toMatchObject({ type: 'error', code: 'RUNNER_LEASE_LOST' })
    if (second.type !== 'done') throw new Error(JSON.stringify(second))
    await checkRun(run, settings.registry, second.result.jobs.succeeded)
  })

  test('goes on when nobody took the run', async () => {
    const folder = freshFolder()
    const run = await montageRun(folder, 6)
    const settings = { runDir: run.runDir, registry: join(folder, 'registry.db'), leaseMs: 300 }
    const engine = startEngine({ ...settings, functions: true, slowMs: 40 })
    await until(() => hasMade(run, 'p_2.fits'), engine.notices)
    signal(engine.child.pid, 'SIGSTOP')
    await wait(1000)
    signal(engine.child.pid, 'SIGCONT')
    const end = await engine.ended
    if (end.type !== 'done') throw new Error(JSON.stringify(end))
    expect(end.result.status).toBe('succeeded')
    await checkRun(run, settings.registry, end.result.jobs.succeeded)
  })
})

test('a program that is stopped is ended at its time limit', async () => {
  const folder = freshFolder()
  const runDir = smallPlan(join(folder, 'run'), [
    {
      run: ['/bin/sh', '-c', 'kill -STOP $$'],
      profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.005' }],
    },
  ])
  const end = await runEngine({ runDir, registry: join(folder, 'registry.db') })
  expect(end).toMatchObject({ type: 'done', result: { status: 'failed', jobs: { failed: 1 } } })
})
