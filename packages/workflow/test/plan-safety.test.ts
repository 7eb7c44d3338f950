import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Plan, type PlanJob, type PlanRequest, planWorkflow } from '../src/index.ts'
import { planned, replicas, request, SITES } from './small-request.ts'

/*
 * Properties of plans of random workflows: whatever order a plan allows, every file is where a job reads it, nothing is
 * removed that is still read, results are never removed, and a space limit is kept.
 */

/** A random workflow: per job, which earlier files it reads, what it writes, where it runs. */
interface RandomJob {
  readonly reads: readonly number[]
  readonly writes: readonly { readonly isWanted: boolean; readonly size: number }[]
  readonly isFar: boolean
  readonly label: number
}

const randomJob: fc.Arbitrary<RandomJob> = fc.record({
  reads: fc.uniqueArray(fc.nat(20), { maxLength: 4 }),
  writes: fc.array(fc.record({ isWanted: fc.boolean(), size: fc.integer({ min: 1, max: 50 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  isFar: fc.boolean(),
  label: fc.nat(2),
})

const randomPlan = fc.record({
  jobs: fc.array(randomJob, { minLength: 1, maxLength: 14 }),
  configuration: fc.constantFrom('condorio', 'nonsharedfs', 'sharedfs'),
  hasOutputSite: fc.boolean(),
  isClustered: fc.boolean(),
  cleanup: fc.constantFrom('inplace', 'leaf'),
})

/** Files a job may read: three raw ones, then all that earlier jobs write. */
const RAW = ['raw0', 'raw1', 'raw2']

function lines(jobs: readonly RandomJob[], isPinned: boolean): readonly string[] {
  const files = [...RAW]
  return jobs.map((job, k) => {
    const reads = [...new Set(job.reads.map((r) => files[r % files.length] ?? 'raw0'))]
    const writes = job.writes.map((w, i) => `f${k}.${i}=${w.size}${w.isWanted ? '!' : ''}`)
    files.push(...job.writes.map((_, i) => `f${k}.${i}`))
    const pin = isPinned ? `selector.execution.site=${job.isFar ? 'far' : 'pool'}` : ''
    return `j${k} t${job.label}: ${reads.join(' ')} -> ${writes.join(' ')} [${pin} clusters.size=3]`
  })
}

function ask(random: {
  readonly jobs: readonly RandomJob[]
  readonly configuration: string
  readonly hasOutputSite: boolean
  readonly isClustered: boolean
  readonly cleanup: string
}): PlanRequest {
  return request(lines(random.jobs, random.configuration !== 'condorio'), {
    properties: { 'pegasus.data.configuration': random.configuration },
    replicas: replicas(RAW.map((lfn) => `${lfn} web https://web.example/${lfn}`)),
    options: {
      sites: ['pool', 'far'],
      force: true,
      outputSites: random.hasOutputSite ? ['local'] : [],
      cluster: random.isClustered ? ['horizontal'] : [],
      cleanup: random.cleanup === 'leaf' ? 'leaf' : 'inplace',
    },
  })
}

/** Ancestors of every job, as a set of numbers. */
function ancestorsOf(plan: Plan): readonly ReadonlySet<number>[] {
  const sets = Array.from({ length: plan.jobCount }, () => new Set<number>())
  for (const { number } of plan.jobs()) {
    const { parentStart, parents } = plan.graph
    for (let i = parentStart[number]!; i < parentStart[number + 1]!; i++) {
      const parent = parents[i]!
      sets[number]?.add(parent)
      for (const above of sets[parent] ?? []) sets[number]?.add(above)
    }
  }
  return sets
}

/** URLs of scratch files that a job reads, writes and removes. */
function traffic(job: PlanJob): Readonly<Record<'reads' | 'writes' | 'removes', readonly string[]>> {
  return {
    reads: [
      ...job.inputs.filter((input) => input.from === 'staging').map((input) => input.sources[0]?.url ?? ''),
      ...job.transfers
        .filter((transfer) => transfer.action !== 'stage_in')
        .map((transfer) => transfer.sources[0]?.url ?? ''),
    ],
    writes: [
      ...job.outputs.map((output) => output.target.url),
      ...job.transfers
        .filter((transfer) => transfer.action !== 'stage_out')
        .map((transfer) => transfer.target.url),
    ],
    removes: job.removals.filter((removal) => removal.lfn !== undefined).map((removal) => removal.place.url),
  }
}

test('every file is written before it is read and removed after it was read, once', () => {
  fc.assert(
    fc.property(randomPlan, (random) => {
      const plan = planned(ask(random))
      const above = ancestorsOf(plan)
      const jobs = [...plan.jobs()]
      const writer = new Map<string, PlanJob>()
      for (const job of jobs) for (const url of traffic(job).writes) writer.set(url, job)
      const remover = new Map<string, PlanJob>()
      for (const job of jobs) {
        for (const url of traffic(job).removes) {
          expect(remover.has(url)).toBe(false)
          remover.set(url, job)
          const from = writer.get(url)
          expect(from === undefined || above[job.number]?.has(from.number)).toBe(true)
        }
      }
      for (const job of jobs) {
        for (const url of traffic(job).reads) {
          const from = writer.get(url)
          expect(from).toBeDefined()
          expect(from === job || above[job.number]?.has(from?.number ?? -1)).toBe(true)
          const gone = remover.get(url)
          expect(gone === undefined || above[gone.number]?.has(job.number)).toBe(true)
        }
      }
      if (random.cleanup === 'inplace') expectNothingLeft(plan, writer, remover, random.hasOutputSite)
    }),
    { numRuns: 150 },
  )
})

/** In-place cleanup removes every file but results that are not copied anywhere; with these, also copies for readers. */
function expectNothingLeft(
  plan: Plan,
  writer: ReadonlyMap<string, PlanJob>,
  remover: ReadonlyMap<string, PlanJob>,
  hasOutputSite: boolean,
): void {
  const results = new Set<string>()
  for (const job of writer.values()) {
    for (const output of job.outputs) if (output.isStagedOut) results.add(output.lfn)
  }
  for (const url of writer.keys()) {
    const isResult = results.has(url.slice(url.lastIndexOf('/') + 1))
    expect(remover.has(url)).toBe(hasOutputSite || !isResult)
  }
  const trees = [...plan.jobs()].flatMap((job) => job.removals.filter((removal) => removal.lfn === undefined))
  if (hasOutputSite) expect(trees.length).toBeGreaterThan(0)
}

test('directories are made before and removed after their use', () => {
  fc.assert(
    fc.property(randomPlan, (random) => {
      const plan = planned(ask(random))
      const above = ancestorsOf(plan)
      const jobs = [...plan.jobs()]
      for (const job of jobs) {
        const { reads, writes } = traffic(job)
        // Transfers make the directories of their targets; as in the reference, only their source must have been made.
        const used = job.kind === 'inter_site' ? reads : [...reads, ...writes]
        for (const maker of jobs) {
          for (const { url } of maker.directories) {
            if (used.some((file) => file.startsWith(`${url}/`)))
              expect(above[job.number]?.has(maker.number)).toBe(true)
          }
          for (const { lfn, place } of maker.removals) {
            if (lfn === undefined && used.some((file) => file.startsWith(`${place.url}/`)))
              expect(above[maker.number]?.has(job.number)).toBe(true)
          }
        }
      }
    }),
    { numRuns: 100 },
  )
})

/** A random order that the edges allow. */
function randomOrder(plan: Plan, random: () => number): readonly number[] {
  const waiting = Array.from(
    { length: plan.jobCount },
    (_, job) => plan.graph.parentStart[job + 1]! - plan.graph.parentStart[job]!,
  )
  const ready = waiting.flatMap((count, job) => (count === 0 ? [job] : []))
  const order: number[] = []
  while (ready.length > 0) {
    const [job = 0] = ready.splice(Math.floor(random() * ready.length), 1)
    order.push(job)
    for (let i = plan.graph.childStart[job]!; i < plan.graph.childStart[job + 1]!; i++) {
      const child = plan.graph.children[i]!
      waiting[child] = (waiting[child] ?? 0) - 1
      if (waiting[child] === 0) ready.push(child)
    }
  }
  return order
}

test('constraint cleanup keeps the limit in every order that the plan allows', () => {
  let plannedCount = 0
  let cleanedCount = 0
  fc.assert(
    fc.property(
      fc.array(randomJob, { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 60, max: 400 }),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 64, maxLength: 64 }),
      (jobs, limit, dice) => {
        const result = planWorkflow({
          ...request(lines(jobs, false), {
            properties: {
              'pegasus.file.cleanup.constraint.maxspace': String(limit),
              'pegasus.file.cleanup.constraint.minsize': '0',
            },
            replicas: {
              ...replicas([]),
              replicas: RAW.map((lfn) => ({
                lfn,
                isRegex: false,
                locations: [{ site: 'web', pfn: `https://web.example/${lfn}` }],
                metadata: [{ key: 'size', value: '5' }],
              })),
            },
            options: { force: true, cleanup: 'constraint' },
          }),
        })
        if (!result.ok) {
          expect(result.problems).toMatchObject([{ code: 'OUT_OF_SPACE' }])
          return
        }
        plannedCount++
        const { plan } = result
        if ([...plan.jobs()].some((job) => job.removals.some((removal) => removal.lfn !== undefined)))
          cleanedCount++
        let at = 0
        const random = (): number => dice[at++ % dice.length] ?? 0
        for (let run = 0; run < 4; run++)
          expect(highestUse(plan, randomOrder(plan, random))).toBeLessThanOrEqual(limit)
      },
    ),
    { numRuns: 150 },
  )
  // Otherwise the property says nothing.
  expect(plannedCount).toBeGreaterThan(30)
  expect(cleanedCount).toBeGreaterThan(10)
})

/** Most bytes in scratch at a time when jobs run one after the other. */
function highestUse(plan: Plan, order: readonly number[]): number {
  const there = new Map<string, number>()
  let highest = 0
  for (const number of order) {
    const job = plan.job(number)
    for (const output of job.outputs) there.set(output.target.url, output.sizeBytes ?? Number.NaN)
    for (const { action, target, sizeBytes } of job.transfers) {
      if (action === 'stage_in') there.set(target.url, sizeBytes ?? Number.NaN)
    }
    highest = Math.max(
      highest,
      [...there.values()].reduce((sum, bytes) => sum + bytes, 0),
    )
    for (const { place } of job.removals) there.delete(place.url)
  }
  return highest
}

test('the workflow of the space limit is refused with the bytes that are missing', () => {
  const asked = request(['a one: raw=10 -> x=100!'], {
    sites: SITES,
    properties: {
      'pegasus.file.cleanup.constraint.local.maxspace': '50',
      'pegasus.file.cleanup.constraint.minsize': '0',
    },
    options: { cleanup: 'constraint' },
  })
  const result = planWorkflow(asked)
  expect(result).toMatchObject({
    ok: false,
    problems: [{ code: 'OUT_OF_SPACE', where: 'site local', found: '50 bytes, 60 more are needed' }],
  })
})
