import { expect, test } from 'vitest'
import { job, planned, replicas, request, transformation, transformations } from '../../test/small-request.ts'
import type { Plan } from '../plan/plan.ts'
import { explainJob, formatExplanation } from './explain-job.ts'

/** Texts of a topic. */
function texts(plan: Plan, name: string, topic: string): readonly string[] {
  return explainJob(plan, name)
    .reasons.filter((reason) => reason.topic === topic)
    .map((reason) => reason.text)
}

const CHAIN = ['a one: raw -> x', 'b two: x -> y', 'c three: y -> z!']

test('why a job runs where it does, with what, and where its files come from', () => {
  const work = {
    ...transformation('one@pool,far'),
    sites: [...transformation('one@pool,far').sites, ...transformation('one<local').sites],
  }
  const plan = planned(
    request(['a one: raw maybe? -> x!', 'b one: x -> y!'], {
      transformations: transformations([work]),
      replicas: replicas(['raw local file:///data/raw', 'raw web https://web.example/raw']),
      options: { sites: ['pool', 'far'], seed: 3 },
    }),
  )
  const explanation = explainJob(plan, 'a')
  expect(explanation).toMatchObject({ subject: 'job a (one)', planJob: 'one_a' })
  expect(texts(plan, 'a', 'plan')).toEqual(['runs: x does not exist yet'])
  const [where] = texts(plan, 'a', 'site')
  expect(where).toMatch(/^on (pool|far): chosen by the selector Random from pool, far$/)
  expect(texts(plan, 'a', 'executable')).toEqual([
    '/usr/bin/one, installed on ' +
      `${where?.startsWith('on pool') === true ? 'pool' : 'far'}; else file:///programs/one (stageable on local)`,
  ])
  expect(texts(plan, 'a', 'input')).toEqual([
    'raw: stage_in_remote_local_0_0 brings it from file:///data/raw at local, ranked before https://web.example/raw at web',
    'maybe: optional, and no location is known',
  ])
  expect(texts(plan, 'a', 'output')).toEqual([
    'x: read by one_b, brought to the output sites by stage_out_local_local_0_0',
  ])
  expect(texts(plan, 'b', 'input')).toEqual(['x: written by one_a'])
})

test('pinned sites, pinned programs and single candidates', () => {
  const plan = planned(
    request(['a one: raw -> x! [selector.execution.site=far selector.pfn=/opt/one]', 'b two: raw -> y!'], {
      options: { sites: ['pool', 'far'] },
      transformations: transformations(['one@far', 'two@pool']),
    }),
  )
  expect(texts(plan, 'a', 'site')[0]).toBe('on far: pinned by the profile selector execution.site')
  expect(texts(plan, 'a', 'executable')).toEqual(['/opt/one: set by the profile selector pfn'])
  expect(texts(plan, 'b', 'site')[0]).toBe('on pool: the only site of the plan that can run two')
})

test('why a job is left out', () => {
  const known = ['raw', 'y'].map((lfn) => `${lfn} local file:///data/${lfn}`)
  const plan = planned(request([...CHAIN, 'd four: raw -> w'], { replicas: replicas(known) }))
  expect(explainJob(plan, 'b')).toEqual({
    subject: 'job b (two)',
    planJob: undefined,
    reasons: [
      { topic: 'plan', text: 'left out: its outputs exist' },
      { topic: 'output', text: 'y exists at local (file:///data/y, from the replica catalog)' },
    ],
  })
  expect(texts(plan, 'a', 'plan')[0]).toContain('only jobs that are left out too would read its outputs')
  expect(texts(plan, 'd', 'plan')[0]).toContain('plan with force to run it')
})

test('clusters and the jobs that move and remove files', () => {
  const lines = CHAIN.map((line) => `${line} [label=L]`)
  const plan = planned(request(lines, { options: { cluster: ['label'] } }))
  expect(texts(plan, 'b', 'cluster')).toEqual(['runs in merge_L with a, c: label clustering, label L'])
  expect(explainJob(plan, 'merge_L').reasons).toEqual(
    expect.arrayContaining([
      { topic: 'cluster', text: '3 tasks, label clustering: label L' },
      { topic: 'work', text: 'runs a, b, c one after the other' },
    ]),
  )
  expect(texts(plan, 'stage_in_remote_local_0_0', 'plan')).toEqual([
    'brings 1 file from outside to the scratch directory of local',
  ])
  expect(texts(plan, 'cleanup_small_0_local', 'work')).toEqual([
    'removes the directory of the run at file:///submit/scratch/small/run0001',
  ])
  expect(texts(plan, 'create_dir_small_0_local', 'order')).toEqual([
    'can start at once; priority 800, retries 1',
  ])
})

test('every job of a plan can be explained', () => {
  const plan = planned(
    request([...CHAIN, job('d one: raw -> v! [selector.execution.site=far]')], {
      transformations: transformations(['one<local', 'two@pool', 'three@pool']),
      properties: { 'pegasus.data.configuration': 'sharedfs' },
      options: { sites: ['pool', 'far'] },
    }),
  )
  for (let number = 0; number < plan.jobCount; number++) {
    const text = formatExplanation(explainJob(plan, plan.name(number)))
    expect(text.split('\n').length).toBeGreaterThan(2)
    expect(text).not.toContain('undefined')
  }
})

test('as text', () => {
  const plan = planned(request(['a one: raw -> x!']))
  expect(formatExplanation(explainJob(plan, 'a'))).toBe(
    [
      'job a (one), planned as one_a',
      '  plan        runs: x does not exist yet',
      '  site        on pool: the only site of the plan that can run one',
      '  site        files go through the scratch directory of local (condorio)',
      '  executable  /usr/bin/one, installed on pool',
      '  input       raw: stage_in_remote_local_0_0 brings it from file:///data/raw at local',
      '  output      x: brought to the output sites by stage_out_local_local_0_0',
      '  order       waits for stage_in_remote_local_0_0; priority 30, retries 1',
    ].join('\n'),
  )
})

test('an unknown job has a near miss', () => {
  const plan = planned(request(['first one: raw -> x!']))
  expect(() => explainJob(plan, 'frist')).toThrow(
    /neither the workflow nor the plan has such a job.*did you mean first/,
  )
})
