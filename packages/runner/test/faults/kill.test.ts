import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { montageRun, renewRun } from '../montage-shape.ts'
import { amounts } from './amounts.ts'
import { checkRun, checkTrace } from './check-run.ts'
import { runEngine } from './run-engine-process.ts'

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
    renewRun(run)
    for (const ending of ['', '-wal', '-shm']) rmSync(`${registry}${ending}`, { force: true })
    const wanted = 1 + Math.floor(5 * random())
    let own = 0
    try {
      for (;;) {
        // Each engine gets on average the part of the whole time that lets all kills fall into the run.
        const delayMs = own < wanted ? 2 * random() * (tookMs / (wanted + 1)) : Infinity
        const end = await runEngine(settings, delayMs)
        if (end.type === 'killed') own++
        else if (end.type === 'error') throw new Error(`${end.code}: ${end.message}`)
        else {
          expect(end.result.status).toBe('succeeded')
          break
        }
      }
      await checkRun(run, registry, jobs, product)
    } catch (error) {
      throw new Error(`FAULT_RUNS=1 FAULT_SEED=${seed} FAULT_IMAGES=${amounts.images}: after ${own} kills`, {
        cause: error,
      })
    }
    kills += own
    if (amounts.runs > 10)
      process.stderr.write(`run ${number + 1} of ${amounts.runs}: ${own} kills, ${kills} in all\n`)
  }
  expect(kills).toBeGreaterThanOrEqual(Math.floor(amounts.runs / 2))
})

test('programs of an engine that is killed again and again run once at a time, and the product is the undisturbed one', async () => {
  const folder = freshFolder()
  const run = await montageRun(join(folder, 'disturbed'), 30)
  const registry = join(folder, 'disturbed.db')
  let kills = 0
  for (const delayMs of [350, 900, 500, 1300, 700, Infinity]) {
    const end = await runEngine({ runDir: run.runDir, registry }, delayMs)
    if (end.type === 'killed') kills++
    else {
      expect(end).toMatchObject({ type: 'done', result: { status: 'succeeded' } })
      break
    }
  }
  expect(kills).toBeGreaterThan(1)
  const again = await montageRun(join(folder, 'again'), 30)
  const end = await runEngine({ runDir: again.runDir, registry: join(folder, 'again.db') })
  if (end.type !== 'done') throw new Error(JSON.stringify(end))
  await checkRun(run, registry, end.result.jobs.succeeded, readFileSync(again.product))
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
    const folder = freshFolder()
    const run = await montageRun(folder, 3)
    const settings = { runDir: run.runDir, registry: join(folder, 'registry.db') }
    expect(await runEngine({ ...settings, killStep: step, passes })).toEqual({ type: 'killed' })
    const end = await runEngine(settings)
    if (end.type !== 'done') throw new Error(JSON.stringify(end))
    expect(end.result.status).toBe('succeeded')
    await checkRun(run, settings.registry, end.result.jobs.succeeded)
    checkTrace(run)
  })
})
