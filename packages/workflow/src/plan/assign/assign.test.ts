import { expect, test } from 'vitest'
import {
  job,
  planned,
  refused,
  request,
  SITES,
  type SmallRequest,
  site,
  siteCatalog,
  transformation,
  transformations,
} from '../../../test/small-request.ts'
import type { Job } from '../../model/job.ts'
import type { PlanRequest } from '../options.ts'

const TWO_SITES = ['pool', 'far']

/** Names of the sites of the jobs in their order. */
function sitesOf(asked: PlanRequest): readonly string[] {
  const { assignment, sites } = planned(asked).built.context
  return [...assignment.siteOf].map((index) => sites.at(index).name)
}

function ask(
  lines: readonly (string | Job)[],
  selector: string,
  { options, properties, ...more }: SmallRequest = {},
): PlanRequest {
  return request(lines, {
    ...more,
    options: { sites: TWO_SITES, ...options },
    properties: { 'pegasus.selector.site': selector, ...properties },
  })
}

const MANY = Array.from({ length: 40 }, (_, k) => `j${k} work: raw -> o${k}!`)

test('round robin spreads the jobs of a level evenly', () => {
  const sites = sitesOf(ask(MANY, 'RoundRobin'))
  expect(sites.filter((name) => name === 'pool')).toHaveLength(20)
  expect(sites.slice(0, 4)).toEqual(['pool', 'far', 'pool', 'far'])
})

test('random uses all sites, and the same seed gives the same plan', () => {
  const first = sitesOf(ask(MANY, 'Random', { options: { seed: 7 } }))
  expect(new Set(first)).toEqual(new Set(TWO_SITES))
  expect(sitesOf(ask(MANY, 'Random', { options: { seed: 7 } }))).toEqual(first)
  expect(sitesOf(ask(MANY, 'Random', { options: { seed: 8 } }))).not.toEqual(first)
})

test('jobs of a group stay together', () => {
  const lines = MANY.map((line, k) => `${line} [group=g${k % 4}]`)
  const sites = sitesOf(ask(lines, 'Group'))
  for (let group = 0; group < 4; group++) {
    expect(new Set(sites.filter((_, k) => k % 4 === group)).size).toBe(1)
  }
  expect(new Set(sites).size).toBe(2)
})

test('a group goes to a site that can run all of its jobs', () => {
  const lines = ['a work: raw -> x! [group=g]', 'b other: raw -> y! [group=g]']
  const catalog = transformations(['work@pool,far', 'other@far'])
  for (const seed of [1, 2, 3, 4, 5]) {
    expect(sitesOf(ask(lines, 'Group', { options: { seed }, transformations: catalog }))).toEqual([
      'far',
      'far',
    ])
  }
})

test('HEFT keeps a chain on one site and takes the faster site', () => {
  const slow = {
    ...transformation('work@pool,far'),
    sites: transformation('work@pool,far').sites.map((entry) => ({
      ...entry,
      profiles: [
        { namespace: 'pegasus' as const, key: 'runtime', value: entry.name === 'pool' ? '100' : '10' },
      ],
    })),
  }
  const chain = ['a work: raw -> x=1000000000', 'b work: x -> y=1000000000', 'c work: y -> z!']
  expect(sitesOf(ask(chain, 'HEFT', { transformations: transformations([slow]) }))).toEqual([
    'far',
    'far',
    'far',
  ])
})

test('HEFT uses a second site when the slots of the first are taken', () => {
  const oneSlot = siteCatalog(
    SITES.sites.map((each) => ({
      ...each,
      grids: [{ type: 'condor', contact: 'x', scheduler: 'condor', totalNodes: 1, extensions: [] } as const],
    })),
  )
  const lines = ['a work: raw -> x! [runtime=100]', 'b work: raw -> y! [runtime=100]']
  expect(new Set(sitesOf(ask(lines, 'HEFT', { sites: oneSlot }))).size).toBe(2)
})

test('a pinned job goes to its site', () => {
  const lines = MANY.map((line) => `${line} [selector.execution.site=far]`)
  expect(new Set(sitesOf(ask(lines, 'Random')))).toEqual(new Set(['far']))
})

test.each([
  ['fra', 'UNKNOWN_SITE', 'did you mean far'],
  ['local', 'UNKNOWN_SITE', 'plan with site local, or remove the profile selector execution.site'],
])('a job pinned to %s is refused', (pin, code, remedy) => {
  const problems = refused(ask([`a work: raw -> x! [selector.execution.site=${pin}]`], 'Random'))
  expect(problems).toMatchObject([{ code, remedy }])
})

test('a job runs only where its transformation is', () => {
  const catalog = transformations(['work@far'])
  expect(new Set(sitesOf(ask(MANY, 'Random', { transformations: catalog })))).toEqual(new Set(['far']))
})

test('a transformation that no site of the plan can use is refused once', () => {
  const problems = refused(request(MANY, { transformations: transformations(['work@far']) }))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({ code: 'NO_USABLE_SITE', found: 'installed on far, not on pool' })
})

test('a transformation that is nowhere is refused with a near miss', () => {
  const problems = refused(request(MANY, { transformations: transformations(['wrok@pool']) }))
  expect(problems).toMatchObject([{ code: 'NO_TRANSFORMATION', remedy: 'did you mean wrok' }])
})

test('a profile of a job gives its executable, without an entry in the catalog for the site', () => {
  const plan = planned(
    request(['a work: raw -> x! [selector.pfn=/opt/work]'], {
      transformations: transformations(['work@far']),
    }),
  )
  expect(plan.job(0).tasks[0]?.executable).toEqual({
    type: 'installed',
    path: '/opt/work',
    container: undefined,
  })
})

test('profiles: catalog of transformations over sites over job over workflow over properties', () => {
  const asked = request([job('a work: raw -> x! [env.A=job env.B=job env.C=job env.D=job]')], {
    properties: { 'env.A': 'property', 'env.E': 'property' },
    sites: siteCatalog([
      ...SITES.sites.filter((each) => each.name !== 'pool'),
      site('pool', { scratch: 'file:///pool' }, ['env.A=site', 'env.B=site']),
    ]),
    transformations: transformations([
      transformation('work@pool', { profiles: [{ namespace: 'env', key: 'A', value: 'transformation' }] }),
    ]),
  })
  const workflow = {
    ...asked.workflow,
    profiles: [{ namespace: 'env' as const, key: 'D', value: 'workflow' }],
  }
  const [task] = planned({ ...asked, workflow }).job(0).tasks
  expect(Object.fromEntries(task?.environment ?? [])).toEqual({
    A: 'transformation',
    B: 'site',
    C: 'job',
    D: 'job',
    E: 'property',
  })
})

test('a profile sets the data configuration of a site', () => {
  const sites = siteCatalog([
    site('local', { scratch: 'file:///submit/scratch', storage: 'file:///submit/results' }),
    site('pool', { scratch: 'scp://me@pool.example/pool' }, ['data.configuration=sharedfs']),
  ])
  const plan = planned(request(['a work: raw -> x!'], { sites }))
  expect(plan.job(0)).toMatchObject({ dataConfiguration: 'sharedfs', stagingSite: 'pool' })
})

test('nonsharedfs: the staging site of the request, for all sites or per site', () => {
  const properties = { 'pegasus.data.configuration': 'nonsharedfs' }
  const stagingOf = (stagingSites: string | ReadonlyMap<string, string> | undefined): string | undefined =>
    planned(request(['a work: raw -> x!'], { properties, options: { stagingSites } })).job(0).stagingSite
  expect(stagingOf(undefined)).toBe('pool')
  expect(stagingOf('far')).toBe('far')
  expect(stagingOf(new Map([['pool', 'local']]))).toBe('local')
  expect(stagingOf(new Map([['far', 'local']]))).toBe('pool')
})
