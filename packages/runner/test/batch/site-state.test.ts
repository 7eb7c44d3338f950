import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobPlaces, readSiteStates, siteStatesText } from '../../dist/batch/site-state.js'
import { leaveWish, runPlan } from '../../dist/index.js'
import { fastClock, options, setting } from './fake-site.ts'
import type { Faults } from './fake-system.ts'

const jobs = Array.from({ length: 3 }, () => ({ run: ['/bin/sleep', '60'] }))

/** What is told of three jobs at a site while they are there. */
async function told(
  faults: Faults,
  isDone: (text: string) => boolean,
  how: Parameters<typeof options>[2] = {},
): Promise<{ text: string; places: object }> {
  const all = setting(jobs, faults)
  const ended = runPlan(all.store, all.runDir, options(all, {}, { heldMs: 60_000, ...how }))
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

const lost = { cause: 'infrastructure', text: 'Slurm: NODE_FAIL', host: 'wn7' } as const

test('workers that die in a row are told, with how they do and when it is tried again', async () => {
  const { text } = await told({ end: () => lost }, (now) => now.includes('nothing is submitted'))
  expect(text).toMatch(
    /\n {2}nothing is submitted since \S+ \S+ UTC: 5 workers in a row .*, the last by Slurm: NODE_FAIL on wn7; tried again at \S+ \S+ UTC\n$/,
  )
})

test('once it was tried again nothing is said of that any more', async () => {
  // Five have died with the third submission; the fourth waits in the queue.
  const faults: Faults = { end: (_, submission) => (submission < 4 ? lost : undefined), waits: true }
  const { text } = await told(faults, (now) => now.includes('Resources'), { clock: fastClock(100) })
  expect(text).toBe('far (fake): 0 not submitted, 3 in the queue, 0 running\n  waits: Resources\n')
})
