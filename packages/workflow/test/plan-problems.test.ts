import { expect, test } from 'vitest'
import { formatPlanProblem, type PlanProblemCode, type PlanRequest, planWorkflow } from '../src/index.ts'
import {
  job,
  request,
  SITES,
  site,
  siteCatalog,
  transformation,
  transformations,
  workflow,
} from './small-request.ts'

const ONE = ['a work: raw -> x!']

const LOCAL = site('local', { scratch: 'file:///submit/scratch', storage: 'file:///submit/results' })

function withContainer(
  container: string,
  known: readonly string[],
  configuration: string,
  site = 'pool',
): PlanRequest {
  const work = transformation(`work@${site}`)
  const containers = known.map((name) => ({
    name,
    type: 'docker' as const,
    image: 'docker:///image',
    mounts: [],
    profiles: [],
    metadata: [],
    extensions: [],
  }))
  return request(ONE, {
    properties: { 'pegasus.data.configuration': configuration },
    options: { sites: [site] },
    transformations: transformations(
      [{ ...work, sites: work.sites.map((entry) => ({ ...entry, container })) }],
      containers,
    ),
  })
}

const CASES: readonly (readonly [PlanProblemCode, string, PlanRequest])[] = [
  [
    'BAD_OPTION',
    'jobs with the data configuration memory run on the submit host only: found pool, allowed local; plan for site local, or choose another data configuration [BAD_OPTION]',
    request(ONE, { options: { dataConfiguration: 'memory' } }),
  ],
  [
    'BAD_PROPERTY',
    'property pegasus.selector.replica: unknown value of a property: found Defualt, allowed Default, Local, Regex, Restricted; did you mean Default [BAD_PROPERTY]',
    request(ONE, { properties: { 'pegasus.selector.replica': 'Defualt' } }),
  ],
  [
    'BAD_PROPERTY',
    'property pegasus.file.cleanup.constraint.local.maxspace: the space of a site is not a positive number of bytes: allowed bytes, such as 10737418240 [BAD_PROPERTY]',
    request(ONE, {
      properties: { 'pegasus.file.cleanup.constraint.maxspace': '10GB' },
      options: { cleanup: 'constraint' },
    }),
  ],
  [
    'BAD_PROPERTY',
    'property pegasus.file.cleanup.constraint.minsize: the least size of a file is not a number of bytes: found few [BAD_PROPERTY]',
    request(ONE, {
      properties: { 'pegasus.file.cleanup.constraint.minsize': 'few' },
      options: { cleanup: 'constraint' },
    }),
  ],
  [
    'BAD_PROFILE',
    'job a (work): unknown data configuration: found sharedsf, allowed sharedfs, nonsharedfs, condorio; did you mean sharedfs [BAD_PROFILE]',
    request(['a work: raw -> x! [data.configuration=sharedsf]']),
  ],
  [
    'BAD_PROFILE',
    'job a (work): the profile memory is not a number without unit: found 2GB [BAD_PROFILE]',
    request(['a work: raw -> x! [memory=2GB]']),
  ],
  [
    'BAD_PROFILE',
    'job a (work): the profile retry.memory is not a number of at least 1: found 0.5 [BAD_PROFILE]',
    request(['a work: raw -> x! [retry.memory=0.5]']),
  ],
  [
    'BAD_PROFILE',
    'transformation work: the profile retry is not a whole number: found often [BAD_PROFILE]',
    request(ONE, {
      transformations: transformations([
        transformation('work@pool', { profiles: [{ namespace: 'dagman', key: 'retry', value: 'often' }] }),
      ]),
    }),
  ],
  [
    'BAD_PROFILE',
    'site pool: the profile stagein.clusters is not a whole number above 0: found 0 [BAD_PROFILE]',
    request(ONE, {
      sites: siteCatalog([LOCAL, site('pool', { scratch: 'file:///pool' }, ['stagein.clusters=0'])]),
    }),
  ],
  [
    'UNKNOWN_SITE',
    'site pol: the execution site is not in the site catalog: found pol, allowed local, pool, far; did you mean pool [UNKNOWN_SITE]',
    request(ONE, { options: { sites: ['pol'] } }),
  ],
  [
    'UNKNOWN_SITE',
    'site there: the staging site is not in the site catalog: found there, allowed local, pool, far; add it to the site catalog [UNKNOWN_SITE]',
    request(ONE, { options: { stagingSites: 'there' } }),
  ],
  [
    'NO_SCRATCH',
    'site bare: the staging site has no scratch directory that can be written: allowed a sharedScratch directory with a file server for put or all; add one in the site catalog, choose a staging site, or use the data configuration condorio [NO_SCRATCH]',
    request(ONE, {
      sites: siteCatalog([LOCAL, site('bare', {})]),
      transformations: transformations(['work@bare']),
      properties: { 'pegasus.data.configuration': 'nonsharedfs' },
      options: { sites: ['bare'] },
    }),
  ],
  [
    'NO_STORAGE',
    'site pool: the output site has no storage directory that can be written: allowed a localStorage or sharedStorage directory with a file server for put or all; add one in the site catalog, or choose another output site [NO_STORAGE]',
    request(ONE, { options: { outputSites: ['pool'] } }),
  ],
  [
    'BAD_URL',
    'site far: an scp URL needs a user name: found scp://far.example/s, allowed scp://user@host/path; put the user name in front of the host [BAD_URL]',
    request(ONE, {
      sites: siteCatalog([LOCAL, site('far', { scratch: 'scp://far.example/s' })]),
      properties: { 'pegasus.data.configuration': 'sharedfs' },
      options: { sites: ['far'] },
    }),
  ],
  [
    'BAD_URL',
    'site far: the address of a file server is neither a URL nor an absolute path: found here/and/there [BAD_URL]',
    request(ONE, {
      sites: siteCatalog([LOCAL, site('far', { scratch: 'here/and/there' })]),
      properties: { 'pegasus.data.configuration': 'sharedfs' },
      options: { sites: ['far'] },
    }),
  ],
  [
    'NO_TRANSFORMATION',
    'job a (work): the transformation is in no transformation catalog: found work; did you mean wrok [NO_TRANSFORMATION]',
    request(ONE, { transformations: transformations(['wrok@pool']) }),
  ],
  [
    'NO_USABLE_SITE',
    'job a (work): no entry of the transformation work can be used on the sites of the plan: found installed on far, not on pool, allowed an entry for pool; add an entry for one of these sites, or choose the site of an entry [NO_USABLE_SITE]',
    request(ONE, { transformations: transformations(['work@far']) }),
  ],
  [
    'UNKNOWN_REQUIREMENT',
    'transformation work: a required transformation is in no transformation catalog: found helprs; did you mean helper [UNKNOWN_REQUIREMENT]',
    request(ONE, {
      transformations: transformations([
        transformation('work@pool', { requires: ['helprs'] }),
        'helper@pool',
      ]),
    }),
  ],
  [
    'UNKNOWN_CONTAINER',
    'transformation work: a container is in no transformation catalog: found alpin, allowed alpine; did you mean alpine [UNKNOWN_CONTAINER]',
    withContainer('alpin', ['alpine'], 'condorio'),
  ],
  [
    'CONTAINER_NOT_SUPPORTED',
    'transformation work: functions in the memory of the engine run in no container: found container alpine, allowed the data configurations nonsharedfs, condorio; with sharedfs containers of type bubblewrap [CONTAINER_NOT_SUPPORTED]',
    withContainer('alpine', ['alpine'], 'memory', 'local'),
  ],
  [
    'CONTAINER_NOT_SUPPORTED',
    'transformation work: containers of this type are not planned with the data configuration sharedfs: found container alpine, allowed the data configurations nonsharedfs, condorio; with sharedfs containers of type bubblewrap [CONTAINER_NOT_SUPPORTED]',
    withContainer('alpine', ['alpine'], 'sharedfs'),
  ],
  [
    'NO_REPLICA',
    'job a: no location is known for the input file raw: found raw; add it to a replica catalog, or let a job of the workflow write it [NO_REPLICA]',
    request(ONE, { replicas: undefined }),
  ],
]

test.each(CASES)('%s: %s', (code, line, asked) => {
  const result = planWorkflow(asked)
  if (result.ok) throw new Error('it was planned')
  expect(result.problems.map((problem) => problem.severity)).toEqual(['error'])
  expect(result.problems[0]?.code).toBe(code)
  expect(result.problems.map(formatPlanProblem)).toEqual([line])
})

const WARNINGS: readonly (readonly [PlanProblemCode, string, PlanRequest])[] = [
  [
    'DUPLICATE_SITE',
    'site pool: a site is listed twice; the first entry is used [DUPLICATE_SITE]',
    request(ONE, { sites: siteCatalog([...SITES.sites, site('pool', {})]) }),
  ],
  [
    'DUPLICATE_TRANSFORMATION',
    'transformation work: a transformation is listed twice; the sites of both entries are used [DUPLICATE_TRANSFORMATION]',
    request(ONE, { transformations: transformations(['work@far', 'work@pool']) }),
  ],
  [
    'BAD_PROPERTY',
    'property pegasus.dir.exec: the property has no effect on the plan: found exec; remove it [BAD_PROPERTY]',
    request(ONE, { properties: { 'pegasus.dir.exec': 'exec' } }),
  ],
  [
    'BAD_PROFILE',
    'job a (work): the expression of the profile memory.expr is not evaluated: found 2*maxrss; set memory to a number, and retry.memory to the factor of an attempt that had too little [BAD_PROFILE]',
    request(['a work: raw -> x! [memory.expr=2*maxrss]']),
  ],
  [
    'BAD_CLUSTERING',
    'level 1, transformation work: clustering by run time does nothing for a group; set clusters.size above 1, clusters.num, or pegasus.clusterer.allow.single [BAD_CLUSTERING]',
    request([...ONE, 'b work: raw -> y!'], {
      properties: { 'pegasus.clusterer.preference': 'Runtime' },
      options: { cluster: ['horizontal'] },
    }),
  ],
]

test.each(WARNINGS)('warning %s: %s', (code, line, asked) => {
  const result = planWorkflow(asked)
  if (!result.ok) throw new Error(result.problems.map(formatPlanProblem).join('\n'))
  expect(result.plan.warnings.map(formatPlanProblem)).toEqual([line])
  expect(result.plan.warnings[0]).toMatchObject({ code, severity: 'warning' })
})

test('problems of the workflow itself are reported with the others', () => {
  const loop = workflow([job('a work: raw y -> x'), job('b work: x -> y!')])
  const result = planWorkflow(request(loop))
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'CYCLE' }] })
})

test('a thousand problems of one kind are cut to a hundred and one', () => {
  const lines = Array.from({ length: 1000 }, (_, k) => `j${k} work: gone${k} -> x${k}!`)
  const result = planWorkflow(request(lines, { replicas: undefined }))
  if (result.ok) throw new Error('it was planned')
  expect(result.problems).toHaveLength(101)
  expect(result.problems.at(-1)?.message).toBe('900 more problems of this kind are not listed')
})
