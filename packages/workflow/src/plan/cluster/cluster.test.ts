import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  planned,
  refused,
  request,
  SITES,
  type SmallRequest,
  siteCatalog,
} from '../../../test/small-request.ts'
import type { Job } from '../../model/job.ts'
import type { ClusterStyle } from '../options.ts'
import type { Plan } from '../plan.ts'
import { packByCapacity, packEvenly } from './pack.ts'

/** Ids of the tasks of every cluster, and the names of the clusters. */
function clusters(plan: Plan): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for (let number = 0; number < plan.jobCount; number++) {
    if (plan.kind(number) !== 'compute') continue
    const { name, cluster, tasks } = plan.job(number)
    if (cluster !== undefined) found[name] = tasks.map((task) => task.id)
  }
  return found
}

function clustered(
  lines: readonly string[],
  cluster: readonly ClusterStyle[],
  more: SmallRequest = {},
): Readonly<Record<string, readonly string[]>> {
  return clusters(
    planned(request(lines, { ...more, options: { cleanup: 'none', cluster, ...more.options } })),
  )
}

const level = (count: number, profiles: string): readonly string[] =>
  Array.from({ length: count }, (_, k) => `j${k} work: raw -> o${k}! [${profiles}]`)

const sizes = (made: Readonly<Record<string, readonly string[]>>): readonly number[] =>
  Object.values(made)
    .map((ids) => ids.length)
    .sort((a, b) => b - a)

test('horizontal by size', () => {
  const made = clustered(level(10, 'clusters.size=4'), ['horizontal'])
  expect(sizes(made)).toEqual([4, 4, 2])
  expect(Object.keys(made).sort()).toEqual([
    'merge_work_PID1_ID1',
    'merge_work_PID1_ID2',
    'merge_work_PID1_ID3',
  ])
  expect(new Set(Object.values(made).flat()).size).toBe(10)
})

test('horizontal by number wins over size', () => {
  expect(sizes(clustered(level(10, 'clusters.size=4 clusters.num=3'), ['horizontal']))).toEqual([4, 3, 3])
  expect(sizes(clustered(level(3, 'clusters.num=5'), ['horizontal']))).toEqual([])
})

test('horizontal needs a profile, and a level of more than one job', () => {
  expect(clustered(level(10, ''), ['horizontal'])).toEqual({})
  expect(clustered(level(1, 'clusters.size=4'), ['horizontal'])).toEqual({})
  const single = { properties: { 'pegasus.clusterer.allow.single': 'true' } }
  expect(sizes(clustered(level(1, 'clusters.size=4'), ['horizontal'], single))).toEqual([1])
})

test('levels, transformations and sites are not mixed', () => {
  const lines = [
    'a one: raw -> x1 [clusters.size=9]',
    'b one: raw -> x2 [clusters.size=9]',
    'c two: raw -> x3 [clusters.size=9]',
    'd one: x1 x2 x3 -> y! [clusters.size=9]',
  ]
  expect(clustered(lines, ['horizontal'])).toEqual({
    merge_one_PID1_ID1: expect.arrayContaining(['a', 'b']) as unknown,
  })
})

test('horizontal by run time packs up to the largest run time', () => {
  const lines = [60, 50, 40, 30, 200].map(
    (seconds, k) => `j${k} work: raw -> o${k}! [runtime=${seconds} clusters.maxruntime=100 clusters.num=1]`,
  )
  const properties = { 'pegasus.clusterer.preference': 'Runtime' }
  const made = clustered(lines, ['horizontal'], { properties })
  expect(Object.values(made)).toEqual([
    ['j0', 'j2'],
    ['j1', 'j3'],
  ])
})

test('horizontal by run time and number balances the load', () => {
  const lines = [60, 50, 40, 30].map(
    (seconds, k) => `j${k} work: raw -> o${k}! [runtime=${seconds} clusters.num=2]`,
  )
  const properties = { 'pegasus.clusterer.preference': 'Runtime' }
  expect(Object.values(clustered(lines, ['horizontal'], { properties }))).toEqual([
    ['j0', 'j3'],
    ['j1', 'j2'],
  ])
})

test('horizontal by run time refuses jobs without one, and bad numbers', () => {
  const ask = (profiles: string): readonly { readonly code: string; readonly where?: string | undefined }[] =>
    refused(
      request(level(2, profiles), {
        options: { cluster: ['horizontal'] },
        properties: { 'pegasus.clusterer.preference': 'Runtime' },
      }),
    )
  expect(ask('clusters.num=1')).toMatchObject([
    { code: 'NO_RUNTIME', where: 'job j0 (work)' },
    { code: 'NO_RUNTIME', where: 'job j1 (work)' },
  ])
  expect(ask('runtime=5 clusters.num=1 clusters.maxruntime=no')[0]).toMatchObject({
    code: 'BAD_PROFILE',
    found: 'no',
  })
  expect(ask('runtime=5 clusters.num=0')[0]).toMatchObject({ code: 'BAD_PROFILE', found: '0' })
})

test('label clustering runs the jobs of a label in topological order', () => {
  const lines = [
    'c three: y -> z! [label=L]',
    'a one: raw -> x [label=L]',
    'b two: x -> y [label=L]',
    'd one: raw -> v!',
  ]
  expect(clustered(lines, ['label'])).toEqual({ merge_L: ['a', 'b', 'c'] })
  const other = { properties: { 'pegasus.clusterer.label.key': 'team' } }
  expect(clustered(lines, ['label'], other)).toEqual({})
})

test('a label whose jobs are not convex is refused', () => {
  const lines = ['a one: raw -> x [label=L]', 'b two: x -> y', 'c three: y -> z! [label=L]']
  const problems = refused(request(lines, { options: { cluster: ['label'] } }))
  expect(problems).toMatchObject([{ code: 'BAD_CLUSTERING' }])
  expect(problems[0]?.found).toMatch(/merge_L -> b -> merge_L|b -> merge_L -> b/)
})

test('whole clustering makes one job', () => {
  const lines = ['a one: raw -> x', 'b two: x -> y', 'c three: y -> z!']
  const plan = planned(request(lines, { options: { cluster: ['whole'], cleanup: 'none' } }))
  expect(clusters(plan)).toEqual({ 'merge_whole-wf': ['a', 'b', 'c'] })
  const [number = -1] = [plan.find('merge_whole-wf')]
  const cluster = plan.job(number)
  expect(cluster.inputs.map((input) => input.lfn)).toEqual(['raw'])
  expect(cluster.outputs.map((output) => output.lfn)).toEqual(['x', 'y', 'z'])
})

test('whole clustering over several sites is refused', () => {
  const lines = [
    'a one: raw -> x! [selector.execution.site=pool]',
    'b two: raw -> y! [selector.execution.site=far]',
  ]
  const problems = refused(request(lines, { options: { sites: ['pool', 'far'], cluster: ['whole'] } }))
  expect(problems).toMatchObject([{ code: 'BAD_CLUSTERING', found: 'pool, far' }])
})

test('styles are applied in their order to the jobs that are left', () => {
  const lines = [
    ...level(4, 'clusters.size=2'),
    'l1 other: raw -> p1! [label=L]',
    'l2 other: raw -> p2! [label=L]',
  ]
  const made = clustered(lines, ['label', 'horizontal'])
  expect(Object.keys(made).sort()).toEqual(['merge_L', 'merge_work_PID1_ID1', 'merge_work_PID1_ID2'])
})

test('auto clusters short jobs to the target time and leaves long ones alone', () => {
  const short = Array.from({ length: 100 }, (_, k) => `s${k} work: raw -> o${k}! [runtime=60]`)
  const long = ['l1 work: raw -> p1! [runtime=500]', 'l2 work: raw -> p2! [runtime=500]']
  const options = { clusterTargetSeconds: 300, clusterMinCount: 4 }
  const made = clustered([...short, ...long], ['auto'], { options })
  expect(sizes(made)).toEqual(Array.from({ length: 20 }, () => 5))
  expect(Object.values(made).flat()).not.toContain('l1')
})

test('auto keeps a level parallel as long as clusters run for some seconds', () => {
  const options = { clusterTargetSeconds: 10_000, clusterMinCount: 4 }
  expect(sizes(clustered(level(12, 'runtime=20'), ['auto'], { options }))).toEqual([3, 3, 3, 3])
  expect(sizes(clustered(level(12, 'runtime=0.5'), ['auto'], { options }))).toEqual([6, 6])
  expect(sizes(clustered(level(12, 'runtime=0.2'), ['auto'], { options }))).toEqual([12])
})

test('auto keeps as many clusters as the site has nodes, or eight', () => {
  const options = { clusterTargetSeconds: 10_000 }
  const nodes = (totalNodes: number): SmallRequest => ({
    options,
    sites: siteCatalog(
      SITES.sites.map((known) => ({
        ...known,
        grids: [
          { type: 'batch', contact: 'here', scheduler: 'slurm', totalNodes, profiles: [], extensions: [] },
        ],
      })),
    ),
  })
  expect(sizes(clustered(level(24, 'runtime=20'), ['auto'], { options }))).toHaveLength(8)
  expect(sizes(clustered(level(24, 'runtime=20'), ['auto'], nodes(12)))).toHaveLength(12)
})

test('auto says nothing of a job that is alone in its level', () => {
  expect(planned(request(level(1, ''), { options: { cluster: ['auto'] } })).warnings).toEqual([])
})

test('auto asks for predictions of past runs, and warns when there is none', () => {
  const predictSeconds = (job: Job): number | undefined => (job.id === 'j0' ? undefined : 10)
  const asked = request(level(9, ''), { options: { cluster: ['auto'], clusterMinCount: 2, predictSeconds } })
  const plan = planned(asked)
  expect(sizes(clusters(plan))).toEqual([4, 4])
  expect(plan.warnings).toMatchObject([{ code: 'NO_RUNTIME', found: '1 of 9 jobs' }])
})

test('profiles of a cluster: run times add up, of other numbers the largest counts', () => {
  const lines = [
    'a one: raw -> x [label=L runtime=10 memory=100 env.A=first]',
    'b two: x -> y! [label=L runtime=20 memory=300 env.A=second]',
  ]
  const plan = planned(request(lines, { options: { cluster: ['label'] } }))
  const merged = plan.job(0).profiles.map(({ key, value }) => `${key}=${value}`)
  expect(merged).toEqual(expect.arrayContaining(['runtime=30', 'memory=300', 'A=first']))
})

test('an input that one task may miss and another needs is needed', () => {
  const lines = [
    'a one: raw? -> x [label=L]',
    'b two: raw x -> y! [label=L]',
    'c three: raw? y -> z! [label=L]',
  ]
  const plan = planned(request(lines, { options: { cluster: ['label'] } }))
  expect(plan.job(0).inputs).toMatchObject([{ lfn: 'raw', isOptional: false }])
})

test('packing: every task that fits is in one bin, and no bin is over its capacity', () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 })
  fc.assert(
    fc.property(seconds, (lengths) => {
      const tasks = [...lengths.keys()]
      const bins = packByCapacity(tasks, lengths, 100)
      const load = (bin: readonly number[]): number =>
        bin.reduce((sum, task) => sum + (lengths[task] ?? 0), 0)
      for (const bin of bins) expect(load(bin)).toBeLessThanOrEqual(100)
      expect(bins.flat().sort((a, b) => a - b)).toEqual(tasks.filter((task) => (lengths[task] ?? 0) <= 100))
    }),
  )
})

test('dealing evenly: every task is in one bin, and longest first ends within one task of the lower bound', () => {
  const seconds = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(seconds, fc.integer({ min: 1, max: 8 }), (lengths, count) => {
      const tasks = [...lengths.keys()]
      const bins = packEvenly(tasks, lengths, count)
      expect(bins.flat().sort((a, b) => a - b)).toEqual(tasks)
      const total = lengths.reduce((sum, length) => sum + length, 0)
      const lowest = Math.max(total / Math.min(count, tasks.length), ...lengths)
      const highest = Math.max(...bins.map((bin) => bin.reduce((sum, task) => sum + (lengths[task] ?? 0), 0)))
      // Graham 1966: a list schedule ends within lower bound plus the longest task.
      expect(highest).toBeLessThanOrEqual(lowest + Math.max(...lengths))
    }),
  )
})
