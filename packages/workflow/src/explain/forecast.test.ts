import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planned, request, SITES, siteCatalog } from '../../test/small-request.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { Plan } from '../plan/plan.ts'
import { type ForecastOptions, forecastPlan } from './forecast.ts'
import { KeyHeap } from './key-heap.ts'
import { summarizePlan } from './summarize-plan.ts'

/** Nothing costs time but the tasks themselves. */
const FREE: ForecastOptions = { bytesPerSecond: Number.POSITIVE_INFINITY, overheadSeconds: 0 }

function slots(count: number): SiteCatalog {
  return siteCatalog(
    SITES.sites.map((site) => ({
      ...site,
      grids: [
        { type: 'condor', contact: 'x', scheduler: 'condor', idleNodes: count, extensions: [] } as const,
      ],
    })),
  )
}

const TEN = Array.from({ length: 10 }, (_, k) => `j${k} one: raw -> o${k}! [runtime=60]`)

test('wall time follows from slots, the least from the longest chain', () => {
  const forecast = forecastPlan(planned(request(TEN, { sites: slots(4) })), FREE)
  expect(forecast).toMatchObject({
    taskSeconds: 600,
    unknownTasks: 0,
    wallSeconds: 180,
    criticalPathSeconds: 60,
  })
  expect(forecastPlan(planned(request(TEN, { sites: slots(100) })), FREE).wallSeconds).toBe(60)
  expect(forecastPlan(planned(request(TEN, { sites: slots(1) })), FREE).wallSeconds).toBe(600)
})

test('transfers take time by size, at the rate that is assumed', () => {
  const lines = ['a one: raw=100000000 -> x=50000000! [runtime=10]']
  const rate = { bytesPerSecond: 10e6, overheadSeconds: 0 }
  // condorio: in, the job itself with its input and output, out.
  expect(forecastPlan(planned(request(lines)), rate).wallSeconds).toBeCloseTo(10 + (10 + 5) + 10 + 5)
  const shared = { 'pegasus.data.configuration': 'sharedfs' }
  expect(forecastPlan(planned(request(lines, { properties: shared })), rate).wallSeconds).toBeCloseTo(
    10 + 10 + 5,
  )
})

test('bytes to move, known and unknown', () => {
  const plan = planned(request(['a one: raw=10 bare -> x=7! y=5']))
  expect(forecastPlan(plan)).toMatchObject({
    stageIn: { files: 2, knownBytes: 10, unknownFiles: 1 },
    stageOut: { files: 1, knownBytes: 7, unknownFiles: 0 },
    interSite: { files: 0, knownBytes: 0, unknownFiles: 0 },
  })
})

test('predictions of the request count where profiles are silent', () => {
  const plan = planned(
    request(['a one: raw -> x [runtime=5]', 'b one: x -> y!', 'c two: x -> z!'], {
      options: { predictSeconds: (job) => (job.id === 'b' ? 20 : undefined) },
    }),
  )
  expect(forecastPlan(plan, { ...FREE, unknownSeconds: 3 })).toMatchObject({
    taskSeconds: 28,
    unknownTasks: 1,
  })
})

test('in-place cleanup lowers the peak of a chain', () => {
  const lines = Array.from(
    { length: 10 },
    (_, k) => `j${k} one: f${k}=100 -> f${k + 1}=100${k === 9 ? '!' : ''}`,
  )
  const peak = (cleanup: 'inplace' | 'none'): number | undefined =>
    forecastPlan(planned(request(lines, { options: { cleanup } })), FREE).peakScratchBytes.get('local')
  expect(peak('none')).toBe(1100)
  expect(peak('inplace')).toBeLessThanOrEqual(300)
})

test('constraint cleanup states its bound when all sizes are known', () => {
  const lines = Array.from({ length: 9 }, (_, k) => `j${k} one: f${k}=100 -> f${k + 1}=100`)
  const asked = (last: string): Plan =>
    planned(
      request([...lines, `j9 one: f9=100 -> f10${last}!`], {
        properties: {
          'pegasus.file.cleanup.constraint.local.maxspace': '350',
          'pegasus.file.cleanup.constraint.minsize': '0',
        },
        options: { cleanup: 'constraint' },
      }),
    )
  const plan = asked('=100')
  expect(forecastPlan(plan, FREE)).toMatchObject({
    writtenScratchBytes: new Map([['local', 1100]]),
    scratchBoundBytes: new Map([['local', 350]]),
  })
  expect(forecastPlan(plan, FREE).peakScratchBytes.get('local')).toBeLessThanOrEqual(350)
  expect(summarizePlan(plan)).toMatch(
    /scratch {4}up to \d+ bytes on local, of 1\.10 kB that jobs write there, never over 350 bytes\n/,
  )
})

test('the summary names jobs, what is left out, sites, bytes and time', () => {
  const plan = planned(request([...TEN, 'k one: raw -> unwanted']))
  const text = summarizePlan(plan)
  expect(text).toContain('workflow small: 11 tasks,')
  expect(text).toContain('10 compute')
  expect(text).toContain('left out   1 whose outputs nobody wants')
  expect(text).toContain('sites      10 on pool')
  expect(text).toContain('time       10 min of tasks')
  expect(text).toContain('[NOTHING_WANTED]')
})

test('the heap gives the least key first, equal keys by number', () => {
  const entries = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 0, max: 9 })), { maxLength: 60 })
  fc.assert(
    fc.property(entries, (pairs) => {
      const heap = new KeyHeap()
      for (const [value, key] of pairs) heap.add(value, key)
      const taken: [number, number][] = []
      while (heap.size > 0) taken.push([heap.leastKey, heap.take()])
      expect(taken).toEqual(
        pairs
          .map(([value, key]): [number, number] => [key, value])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      )
    }),
  )
})
