import { expect, test } from 'vitest'
import { edges, planned, replicas, request, type SmallRequest } from '../../test/small-request.ts'
import type { Job } from '../model/job.ts'
import { FATE } from './reuse.ts'

const CHAIN = ['a one: raw -> x', 'b two: x -> y', 'c three: y -> z!']

/** Fates of the jobs in their order, and what is left of the plan. */
function fates(
  lines: readonly (string | Job)[],
  existing: readonly string[],
  more: SmallRequest = {},
): readonly string[] {
  const known = ['raw', ...existing].map((lfn) => `${lfn} local file:///data/${lfn}`)
  const plan = planned(request(lines, { replicas: replicas(known), ...more }))
  const words = new Map<number, string>(Object.entries(FATE).map(([word, fate]) => [fate, word]))
  return [...plan.built.context.reuse.fate].map((fate) => words.get(fate) ?? '')
}

test('a job whose outputs exist is left out, with the jobs that only it needs', () => {
  expect(fates(CHAIN, ['y'])).toEqual(['onlyForReused', 'outputsExist', 'kept'])
  expect(fates(CHAIN, ['z'])).toEqual(['onlyForReused', 'onlyForReused', 'outputsExist'])
  expect(fates(CHAIN, [])).toEqual(['kept', 'kept', 'kept'])
})

test('a job that a kept one still needs stays', () => {
  const lines = ['a one: raw -> x v', 'b two: x -> y', 'c three: y v -> z!']
  expect(fates(lines, ['y'])).toEqual(['kept', 'outputsExist', 'kept'])
})

test('a wanted output that does not exist keeps its job', () => {
  const lines = ['a one: raw -> x v!', 'b two: x -> y', 'c three: y -> z!']
  expect(fates(lines, ['z'])).toEqual(['kept', 'onlyForReused', 'outputsExist'])
})

test('outputs that nobody wants: the job is left out with a warning, unless force is given', () => {
  const lines = ['a one: raw -> x', 'b two: x -> y']
  const plan = planned(request(lines))
  expect(plan.counts.jobs).toEqual({ noop: 1 })
  expect(plan.warnings).toMatchObject([{ code: 'NOTHING_WANTED', found: 'b' }])
  const forced = planned(request(lines, { options: { force: true } }))
  expect(forced.counts.jobs.compute).toBe(2)
})

test('a job without outputs is never left out', () => {
  expect(fates([...CHAIN, 'd log: z ->'], ['z'])).toEqual([
    'onlyForReused',
    'onlyForReused',
    'outputsExist',
    'kept',
  ])
})

test('scope none and force look at no replicas', () => {
  const none = { properties: { 'pegasus.data.reuse.scope': 'none' } }
  expect(fates(CHAIN, ['z'], none)).toEqual(['kept', 'kept', 'kept'])
  expect(fates(CHAIN, ['z'], { options: { force: true } })).toEqual(['kept', 'kept', 'kept'])
})

test('scope partial starts only at jobs that allow it', () => {
  const partial = { properties: { 'pegasus.data.reuse.scope': 'partial' } }
  expect(fates(CHAIN, ['y'], partial)).toEqual(['kept', 'kept', 'kept'])
  const allowed = CHAIN.map((line) => line.replace('-> y', '-> y [enable_for_data_reuse=true]'))
  expect(fates(allowed, ['y'], partial)).toEqual(['onlyForReused', 'outputsExist', 'kept'])
})

test('earlier runs and cache files count as replicas', () => {
  const existing = replicas(['y local file:///run1/y'])
  expect(fates(CHAIN, [], { earlierRuns: [existing] })).toEqual(['onlyForReused', 'outputsExist', 'kept'])
  expect(fates(CHAIN, [], { cache: existing })).toEqual(['onlyForReused', 'outputsExist', 'kept'])
})

test('the order of jobs above and below a left-out one stays', () => {
  const lines = ['a one: raw -> v!', 'b two: raw -> y', 'c three: y -> z!']
  const asked = request(lines, {
    replicas: replicas(['raw local file:///data/raw', 'y local file:///data/y']),
  })
  const plan = planned({
    ...asked,
    workflow: { ...asked.workflow, dependencies: [{ id: 'a', children: ['b'] }] },
    options: { ...asked.options, cleanup: 'none' },
  })
  expect(edges(plan)).toContain('one_a > three_c')
})

test('a reused result is brought from its replica to the output site', () => {
  const known = ['raw', 'z'].map((lfn) => `${lfn} local file:///data/${lfn}`)
  const plan = planned(request(CHAIN, { replicas: replicas(known) }))
  expect(plan.counts.jobs).toEqual({ stage_out: 1, registration: 1 })
  const [transfer] = plan.job(0).transfers
  expect(transfer?.sources[0]?.url).toBe('file:///data/z')
  expect(transfer?.target.url).toBe('file:///submit/results/z')
})
