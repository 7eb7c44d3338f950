import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { BatchFolder } from '../../dist/batch/batch-folder.js'
import { OpenBatch } from '../../dist/batch/open-batch.js'
import { leaveWish, runPlan } from '../../dist/index.js'
import { attemptsOf, fastClock, logged, options, setting } from './fake-site.ts'
import { linesOf } from './fake-system.ts'

const OUTAGE_MS = 600_000

test('an outage of ten minutes loses and doubles nothing, and the scheduler is left in peace', async () => {
  const log = join(freshFolder(), 'log')
  const clock = fastClock(300)
  // Four at first; each frees another one, so that new ones become ready while the scheduler is away.
  const jobs = logged(log, 12).map((job, number) => ({
    ...job,
    children: number + 4 < 12 ? [number + 4] : [],
  }))
  let awaySince = Infinity
  const isAway = (): boolean => {
    if (awaySince === Infinity && linesOf(log).length > 0) awaySince = clock.monotonicMs()
    return clock.monotonicMs() >= awaySince && clock.monotonicMs() < awaySince + OUTAGE_MS
  }
  const all = setting(jobs, { isAway })
  all.system.queryMs = 10_000
  const result = await runPlan(all.store, all.runDir, options(all, {}, { clock }))
  expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 12 } })
  expect(clock.monotonicMs()).toBeGreaterThan(awaySince + OUTAGE_MS)
  expect([...linesOf(log)].sort()).toEqual(Array.from({ length: 12 }, (_, number) => `${number}`).sort())
  expect(await attemptsOf(all.store, result.runId)).toEqual(
    Array.from({ length: 12 }, (_, number) => `job_${number} 1 succeeded`).sort(),
  )
  // Waits of 1, 2, 4, ... 60 s: sixteen calls in ten minutes, not one for each of our looks.
  const calls = all.system.log.filter((line) => line.startsWith('away'))
  expect(calls.length).toBeGreaterThan(5)
  expect(calls.length).toBeLessThanOrEqual(17)
  expect(all.notes).toContain('far: nobody there; trying again until it answers')
})

test('ten thousand jobs that wait are canceled at once', async () => {
  const all = setting(
    Array.from({ length: 10_000 }, () => ({ run: ['/bin/true'] })),
    { waits: true },
    64,
  )
  const ended = runPlan(all.store, all.runDir, options(all, {}, { clock: fastClock(100) }))
  await expect
    .poll(() => all.system.log.filter((line) => line.startsWith('submit')).length, { timeout: 60_000 })
    .toBe(10)
  await sleep(100)
  onTestFinished(() => void vi.restoreAllMocks())
  // What would take time that grows faster than the number of jobs: commits, and looks through batches and their folders.
  const commits = vi.spyOn(all.store, 'commit')
  const searches = vi.spyOn(OpenBatch.prototype, 'find')
  const lists = vi.spyOn(BatchFolder.prototype, 'claims')
  const claims = vi.spyOn(BatchFolder.prototype, 'withhold')
  await leaveWish(all.runDir, { op: 'cancel', reason: 'enough' })
  const result = await ended
  expect(result).toMatchObject({ status: 'canceled', jobs: { canceled: 10_000 } })
  // Whole arrays, not a thousand names.
  expect(all.system.log.filter((line) => line.startsWith('cancel'))).toHaveLength(10)
  // The wish, the ends of all attempts, the end of the run; renewals of the lease beside them.
  expect(commits.mock.calls.length).toBeLessThan(10)
  expect(searches).not.toHaveBeenCalled()
  // Each batch is looked at once when it is tidied away, and each of its jobs is kept from its nodes once.
  expect(lists).toHaveBeenCalledTimes(10)
  expect(claims).toHaveBeenCalledTimes(10_000)
})
