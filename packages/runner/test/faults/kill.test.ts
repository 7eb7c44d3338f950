import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { montageRun, renewRun } from '../montage-shape.ts'
import { amounts } from './amounts.ts'
import { checkNoFailures, checkRun, checkTrace } from './check-run.ts'
import { killedRun } from './killed-run.ts'
import { type EngineSettings, runEngine } from './run-engine-process.ts'

test(`${amounts.runs} runs whose engine is killed 1 to 5 times at random (seed ${amounts.seed})`, {
  timeout: 0,
}, async () => {
  const folder = freshFolder()
  const run = await montageRun(join(folder, 'run'), amounts.images)
  const registry = join(folder, 'registry.db')
  const settings = { runDir: run.runDir, registry, functions: true }
  const startedMs = performance.now()
  const undisturbed = await runEngine(settings)
  const tookMs = performance.now() - startedMs
  if (undisturbed.type !== 'done') throw new Error(JSON.stringify(undisturbed))
  const jobs = undisturbed.result.jobs.succeeded
  await checkRun(run, registry, jobs)
  const product = readFileSync(run.product)
  let kills = 0
  for (let number = 0; number < amounts.runs; number++) {
    const seed = amounts.seed + number
    const random = seededRandom(seed)
    const begunMs = performance.now()
    let own = 0
    try {
      // A run that ended before its first kill is none of those that are asked for: it begins again with the next delays.
      for (let tries = 0; own === 0; tries++) {
        expect(tries).toBeLessThan(10)
        renewRun(run)
        for (const ending of ['', '-wal', '-shm']) rmSync(`${registry}${ending}`, { force: true })
        own = await killedRun(settings, random, tookMs)
      }
      await checkRun(run, registry, jobs, product)
      await checkNoFailures(registry)
    } catch (error) {
      throw new Error(`FAULT_RUNS=1 FAULT_SEED=${seed} FAULT_IMAGES=${amounts.images}: after ${own} kills`, {
        cause: error,
      })
    }
    kills += own
    const tookS = ((performance.now() - begunMs) / 1000).toFixed(1)
    if (amounts.runs > 10)
      process.stderr.write(
        `run ${number + 1} of ${amounts.runs}, seed ${seed}: ${own} kills, ${jobs} jobs held, ${tookS} s\n`,
      )
  }
  expect(kills).toBeGreaterThanOrEqual(amounts.runs)
})

test('programs of an engine that is killed again and again run once at a time, and the product is the undisturbed one', async () => {
  const folder = freshFolder()
  // Long enough that the next engine finds programs of the former one at work.
  const run = await montageRun(join(folder, 'disturbed'), 8, { programS: 0.8 })
  const registry = join(folder, 'disturbed.db')
  let kills = 0
  let adopted = 0
  for (const delayMs of [1300, 900, 1500, 1300, 1700, Infinity]) {
    const end = await runEngine({ runDir: run.runDir, registry }, delayMs)
    if (end.type === 'killed') kills++
    else {
      expect(end).toMatchObject({ type: 'done', result: { status: 'succeeded' } })
      if (end.type === 'done') adopted = end.result.adopted
      break
    }
  }
  expect(kills).toBeGreaterThan(1)
  expect(adopted).toBeGreaterThan(0)
  const again = await montageRun(join(folder, 'again'), 8)
  const end = await runEngine({ runDir: again.runDir, registry: join(folder, 'again.db') })
  if (end.type !== 'done') throw new Error(JSON.stringify(end))
  await checkRun(run, registry, end.result.jobs.succeeded, readFileSync(again.product))
  await checkNoFailures(registry)
  checkTrace(run)
})

describe('killed at a step', () => {
  const steps = ['record', 'submit', 'write', 'sync', 'rename', 'register', 'announce'] as const
  const cases = steps.flatMap((step) =>
    (step === 'register' || step === 'announce' ? [0] : amounts.stepPasses).map((passes) => ({
      step,
      passes,
    })),
  )
  test.for(cases)('$step, after $passes times', async ({ step, passes }) => {
    await killedOnce({ killStep: step, passes })
  })
})

test.for(amounts.stepPasses)(
  'killed before commit %i is stored, nothing had been done because of it',
  async (passes) => {
    // The first commits are those of the jobs.
    await killedOnce({ killCommit: 3 + passes })
  },
)

/** Programs of an engine that is killed once, in a way. */
async function killedOnce(way: Partial<EngineSettings>): Promise<void> {
  const folder = freshFolder()
  const run = await montageRun(folder, 3)
  const settings = { runDir: run.runDir, registry: join(folder, 'registry.db') }
  expect(await runEngine({ ...settings, ...way })).toEqual({ type: 'killed' })
  const end = await runEngine(settings)
  if (end.type !== 'done') throw new Error(JSON.stringify(end))
  expect(end.result.status).toBe('succeeded')
  await checkRun(run, settings.registry, end.result.jobs.succeeded)
  await checkNoFailures(settings.registry)
  checkTrace(run)
}
