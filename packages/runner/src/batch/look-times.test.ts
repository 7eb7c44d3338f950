import { expect, test } from 'vitest'
import { LookTimes } from './look-times.ts'

/** How often it is time for a look in so many seconds after a submission, asked as often as it wants. */
function looksIn(seconds: number, jobs: number): number {
  let now = 1000
  const times = new LookTimes({ nowMs: () => now, monotonicMs: () => now })
  times.submitted()
  let looks = 0
  for (const end = now + 1000 * seconds; now < end; now += times.everyMs) if (times.isDue(jobs)) looks++
  return looks
}

test('few jobs are looked at often at first, then five times a second as many are', () => {
  expect(looksIn(1, 8)).toBe(20)
  expect(looksIn(1, 10_000)).toBe(5)
  // After four seconds a twentieth is 200 ms.
  expect(looksIn(60, 8) - looksIn(50, 8)).toBe(50)
})
