import { expect, test } from 'vitest'
import { createTaskRunner } from './task-runner.ts'

/** Most tasks that ran at once, and most that were begun and not finished, when finishing lags behind. */
async function peaks(threads: number, ahead?: number): Promise<{ running: number; unfinished: number }> {
  const runner = createTaskRunner(threads, ahead)
  let running = 0
  let unfinished = 0
  const peak = { running: 0, unfinished: 0 }
  const pause = async (turns: number): Promise<void> => {
    for (let k = 0; k < turns; k++) await new Promise((resolve) => setImmediate(resolve))
  }
  const finished: number[] = []
  await runner.runAll(
    Array.from({ length: 60 }, (_, k) => k),
    async (item) => {
      peak.unfinished = Math.max(peak.unfinished, ++unfinished)
      return await Promise.resolve({
        async run() {
          peak.running = Math.max(peak.running, ++running)
          await pause(item % 3)
          running--
          return item
        },
      })
    },
    async (result) => {
      await pause(10)
      finished.push(result)
      unfinished--
    },
  )
  expect(finished).toEqual(Array.from({ length: 60 }, (_, k) => k))
  return peak
}

test('tasks run as many at a time as the threads take, and four for each thread wait to be finished', async () => {
  expect(await peaks(2)).toEqual({ running: 2, unfinished: 8 })
  expect(await peaks(2, 1)).toEqual({ running: 4, unfinished: 8 })
  expect(await peaks(1)).toEqual({ running: 1, unfinished: 4 })
})

test('the first failure is thrown after the running tasks have ended, and no more are begun', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const done = createTaskRunner(2).runAll(
    [0, 1, 2, 3, 4, 5],
    async (item) => {
      begun.push(item)
      return await Promise.resolve({
        async run() {
          await new Promise((resolve) => setImmediate(resolve))
          if (item === 1) throw new Error('task 1')
          await new Promise((resolve) => setImmediate(resolve))
          ended.push(item)
        },
      })
    },
    () => undefined,
  )
  await expect(done).rejects.toThrow('task 1')
  expect(ended).toEqual(begun.filter((item) => item !== 1))
  expect(begun.length).toBeLessThan(6)
})
