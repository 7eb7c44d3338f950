import { expect, test } from 'vitest'
import type { Job } from '../src/index.ts'
import {
  edges,
  job,
  planned,
  replicas,
  request,
  SITES,
  siteCatalog,
  transformations,
  workflow,
} from './small-request.ts'

test('without catalogs of sites there are local and condorpool below the submit directory', () => {
  const plan = planned(
    request(['a work: raw -> x!'], {
      sites: undefined,
      transformations: transformations(['work@condorpool']),
      options: { sites: undefined, submitDir: '/home/me/run' },
    }),
  )
  expect(plan.job(0)).toMatchObject({ site: 'condorpool', stagingSite: 'local' })
  expect(plan.job(0).outputs[0]?.target.url).toBe('file:///home/me/run/wf-scratch/LOCAL/small/run0001/x')
})

test('by default jobs run on every site but local', () => {
  const lines = Array.from({ length: 30 }, (_, k) => `j${k} work: raw -> o${k}!`)
  const plan = planned(request(lines, { options: { sites: undefined } }))
  const sites = new Set([...plan.jobs()].filter(({ kind }) => kind === 'compute').map((each) => each.site))
  expect(sites).toEqual(new Set(['pool', 'far']))
})

test('the output directory of the request is the storage of local', () => {
  const plan = planned(
    request(['a work: raw -> x!'], { options: { outputSites: undefined, outputDir: '/out' } }),
  )
  const stageOut = plan.job(plan.find('stage_out_local_local_0_0') ?? -1)
  expect(stageOut.transfers[0]?.target).toEqual({ site: 'local', url: 'file:///out/x' })
})

test('catalogs inside the workflow add to and replace those of the request', () => {
  const inner = workflow(['a work: raw -> x!'], {
    replicaCatalog: replicas(['raw local file:///inside/raw']),
    transformationCatalog: transformations(['work@pool']),
    siteCatalog: siteCatalog(SITES.sites),
  })
  const plan = planned(
    request(inner, {
      sites: undefined,
      transformations: undefined,
      replicas: replicas(['raw local file:///outside/raw']),
    }),
  )
  const stageIn = plan.job(plan.find('stage_in_remote_local_0_0') ?? -1)
  expect(stageIn.transfers[0]?.sources.map((source) => source.url)).toEqual(['file:///inside/raw'])
})

test('names have the prefix and index of the request, and marks that file names lack are replaced', () => {
  const plan = planned(request(['a work/now: raw -> x!'], { options: { jobPrefix: 'p_', index: 3 } }))
  expect(plan.name(0)).toBe('p_work_now_a')
  expect(plan.find('create_dir_p_small_3_local')).toBeDefined()
  expect(plan.basename).toBe('small-3')
})

test('a sub-workflow runs on local, delivers to its readers, and is waited for by cleanup', () => {
  const inner: Job = {
    ...job('s inner: raw -> x!'),
    type: 'pegasusWorkflow',
    file: 'inner.yml',
    arguments: ['--sites', 'pool'],
    uses: [
      { lfn: 'inner.yml', type: 'input' },
      { lfn: 'raw', type: 'input' },
      { lfn: 'x', type: 'output', stageOut: false, registerReplica: false },
    ],
  }
  const plan = planned(
    request([inner, 'b work: x -> y!'], {
      properties: { 'pegasus.data.configuration': 'nonsharedfs' },
      replicas: replicas(['raw local file:///data/raw', 'inner.yml local file:///data/inner.yml']),
    }),
  )
  const sub = plan.job(0)
  expect(sub).toMatchObject({ kind: 'sub_workflow', name: 'pegasus-plan_s', site: 'local' })
  expect(sub.tasks[0]).toMatchObject({
    transformation: 'inner.yml',
    executable: { type: 'workflow', location: { url: 'file:///data/inner.yml' } },
  })
  expect(sub.outputs[0]?.deliverTo.map((place) => place.site)).toEqual(['pool'])
  expect(edges(plan)).toContain('pegasus-plan_s > work_b')
  expect(edges(plan).filter((edge) => edge.startsWith('pegasus-plan_s > cleanup_'))).toHaveLength(2)
})

test('a job is made on demand, with checks of its number', () => {
  const plan = planned(request(['a work: raw -> x!']))
  expect(plan.kind(0)).toBe('compute')
  expect(() => plan.job(plan.jobCount)).toThrow(RangeError)
  expect(() => plan.job(0.5)).toThrow(RangeError)
  expect(plan.find('nothing')).toBeUndefined()
})

test('planning changes nothing in the request and gives the same plan again', () => {
  const asked = request(['a work: raw -> x', 'b work: x -> y!'])
  const before = JSON.stringify(asked)
  const first = [...planned(asked).jobs()]
  expect([...planned(asked).jobs()]).toEqual(first)
  expect(JSON.stringify(asked)).toBe(before)
})
