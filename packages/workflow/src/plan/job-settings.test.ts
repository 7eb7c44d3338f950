import { expect, test } from 'vitest'
import { planned, request } from '../../test/small-request.ts'
import type { PlanJob } from './plan.ts'

function jobsOf(
  lines: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, PlanJob> {
  const plan = planned(request(lines, { properties }))
  return new Map([...plan.jobs()].map((job) => [job.name, job]))
}

test('priorities, categories and retries by kind', () => {
  const jobs = jobsOf(['a one: raw -> x', 'b two: x -> y!'])
  const settings = [...jobs.values()].map(({ name, priority, category, retries }) => [
    name,
    priority,
    category,
    retries,
  ])
  expect(settings).toEqual(
    expect.arrayContaining([
      ['create_dir_small_0_local', 800, undefined, 1],
      ['stage_in_remote_local_0_0', 700, 'stagein', 1],
      ['one_a', 30, undefined, 1],
      ['two_b', 40, undefined, 1],
      ['stage_out_local_local_1_0', 900, 'stageout', 1],
      ['register_local_1_0', expect.any(Number), 'registration', 1],
      ['cleanup_small_0_local', 1000, undefined, 1],
      ['clean_up_local_level_4_0', 1000, 'cleanup', 1],
    ]),
  )
})

test('profiles set them', () => {
  const [job] = [
    ...jobsOf(['a one: raw -> x! [dagman.priority=77 dagman.category=heavy dagman.retry=4]']).values(),
  ].filter((each) => each.kind === 'compute')
  expect(job).toMatchObject({ priority: 77, category: 'heavy', retries: 4 })
})

test('no retries while workflows are developed', () => {
  const jobs = jobsOf(['a one: raw -> x!'], { 'pegasus.mode': 'development' })
  expect(new Set([...jobs.values()].map((job) => job.retries))).toEqual(new Set([0]))
})

test('throttles of categories', () => {
  const plan = planned(
    request(['a one: raw -> x!'], {
      properties: { 'dagman.heavy.maxjobs': '2', 'dagman.stagein.maxjobs': '3' },
    }),
  )
  expect(Object.fromEntries(plan.throttles)).toEqual({
    cleanup: 4,
    registration: 1,
    stageout: 10,
    stagein: 3,
    heavy: 2,
  })
})
