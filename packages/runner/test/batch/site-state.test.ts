import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobPlaces, readSiteStates, siteStatesText } from '../../dist/batch/site-state.js'
import { leaveWish, runPlan } from '../../dist/index.js'
import { options, setting } from './fake-site.ts'
import type { Faults } from './fake-system.ts'

const jobs = Array.from({ length: 3 }, () => ({ run: ['/bin/sleep', '60'] }))

/** What is told of three jobs at a site while they are there. */
async function told(
  faults: Faults,
  isDone: (text: string) => boolean,
): Promise<{ text: string; places: object }> {
  const all = setting(jobs, faults)
  const ended = runPlan(all.store, all.runDir, options(all, {}, { heldMs: 60_000 }))
  const text = (): string => siteStatesText(readSiteStates(all.runDir))
  await expect.poll(() => isDone(text()), { timeout: 20_000 }).toBe(true)
  const found = { text: text(), places: Object.fromEntries(jobPlaces(all.runDir)) }
  if (faults.isAway !== undefined) faults.isAway = () => false
  await leaveWish(all.runDir, { op: 'cancel', reason: 'seen' })
  await ended
  // Who looks later finds nothing that is not so any more.
  expect(existsSync(join(all.runDir, 'batch/far/state.json'))).toBe(false)
  return found
}

test('jobs that wait and run are told with their place', async () => {
  const waiting = await told({ waits: true }, (text) => text.includes('waits'))
  expect(waiting.text).toBe('far (fake): 0 not submitted, 3 in the queue, 0 running\n  waits: Resources\n')
  expect(waiting.places).toEqual({
    job_0: 'far: waits in the queue as 1: Resources',
    job_1: 'far: waits in the queue as 1: Resources',
    job_2: 'far: waits in the queue as 1: Resources',
  })
  const running = await told({}, (text) => text.includes('2 running'))
  expect(running.text).toBe('far (fake): 0 not submitted, 1 in the queue, 2 running\n')
  const places = Object.values(running.places).map((place: string) => place.replace(/on \S+$/, 'on HOST'))
  expect(places.sort()).toEqual(['far: runs on HOST', 'far: runs on HOST', 'far: waits for a worker of 1'])
})

test('what is held is told with its true cause', async () => {
  const reason = 'Slurm: pending, JobHeldAdmin'
  const held = { phase: 'held', reason, cause: 'person' } as const
  const { text, places } = await told({ held }, (now) => now.includes('held'))
  expect(text).toContain(`  2 workers held: ${reason}\n`)
  expect(places).toMatchObject({ job_0: `far: ${reason}` })
})

test('a scheduler that is away is told, with since when and when it is asked again', async () => {
  const { text } = await told({ isAway: () => true }, (now) => now.includes('nobody there'))
  expect(text).toMatch(
    /^far \(fake\): 3 not submitted.*\n {2}nothing is submitted since \S+ \S+ UTC: nobody there.*; tried again at \S+ \S+ UTC\n$/,
  )
})
