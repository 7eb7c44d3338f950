import { expect, test } from 'vitest'
import {
  edges,
  names,
  planned,
  refused,
  replicas,
  request,
  SITES,
  type SmallRequest,
  site,
  siteCatalog,
  transformations,
} from '../../../test/small-request.ts'
import type { Plan, PlanTransfer } from '../plan.ts'
import { TransferDealer } from './dealer.ts'
import { hashedDirectory } from './urls.ts'

const NO_CLEANUP = { options: { cleanup: 'none' } } as const

/** Transfers of all jobs of a plan, with the name of their job. */
function transfers(plan: Plan): readonly (PlanTransfer & { readonly job: string })[] {
  return Array.from({ length: plan.jobCount }, (_, number) => plan.job(number)).flatMap((job) =>
    job.transfers.map((transfer) => ({ ...transfer, job: job.name })),
  )
}

function moves(plan: Plan): readonly string[] {
  return transfers(plan).map(
    ({ action, lfn, sources, target }) => `${action} ${lfn}: ${sources[0]?.url ?? ''} -> ${target.url}`,
  )
}

function ask(lines: readonly string[], more: SmallRequest = {}): Plan {
  return planned(request(lines, { ...more, options: { ...NO_CLEANUP.options, ...more.options } }))
}

test('the dealer makes nodes as they are needed, up to its capacity, and starts anew on each level', () => {
  const made: string[] = []
  const dealer = new TransferDealer(
    () => 2,
    (siteNumber, isRemote, level, number) => made.push(`${level} ${siteNumber} ${isRemote} ${number}`) - 1,
  )
  const dealt = [0, 0, 0].map((level) => dealer.deal(level, 1, false))
  expect(dealt).toEqual([0, 1, 0])
  expect(dealer.deal(0, 2, false)).toBe(2)
  expect(dealer.deal(0, 1, true)).toBe(3)
  expect(dealer.deal(1, 1, false)).toBe(4)
  expect(made).toEqual(['0 1 false 0', '0 1 false 1', '0 2 false 0', '0 1 true 0', '1 1 false 0'])
})

test('a raw file is brought once, also when many jobs read it', () => {
  const plan = ask(['a one: raw -> x!', 'b one: raw -> y!', 'c two: x raw -> z!'])
  expect(transfers(plan).filter((transfer) => transfer.action === 'stage_in')).toHaveLength(1)
})

test('one transfer node for ten jobs of a level; profiles say otherwise', () => {
  const lines = Array.from({ length: 25 }, (_, k) => `j${k} work: raw${k} -> o${k}!`)
  expect(ask(lines).counts.jobs).toMatchObject({ stage_in: 3, stage_out: 3 })
  const properties = { 'pegasus.stagein.clusters': '7', 'pegasus.stageout.clusters': '1' }
  expect(ask(lines, { properties }).counts.jobs).toMatchObject({ stage_in: 7, stage_out: 1 })
})

test('condorio: files go to scratch of the submit host and results from there', () => {
  expect(moves(ask(['a one: raw -> x!']))).toEqual([
    'stage_in raw: file:///data/raw -> file:///submit/scratch/small/run0001/raw',
    'stage_out x: file:///submit/scratch/small/run0001/x -> file:///submit/results/x',
  ])
})

test('nonsharedfs: scratch directories are hashed', () => {
  const plan = ask(['a one: raw -> x!'], { properties: { 'pegasus.data.configuration': 'nonsharedfs' } })
  expect(moves(plan)).toEqual([
    `stage_in raw: file:///data/raw -> file:///pool/scratch/small/run0001/${hashedDirectory('raw')}/raw`,
    `stage_out x: file:///pool/scratch/small/run0001/${hashedDirectory('x')}/x -> file:///submit/results/x`,
  ])
  expect(hashedDirectory('raw')).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{2}$/)
})

test('several output sites get every result, in one node', () => {
  const sites = siteCatalog([...SITES.sites, site('archive', { storage: 'https://archive.example/in' })])
  const plan = ask(['a one: raw -> x!'], { sites, options: { outputSites: ['local', 'archive', 'local'] } })
  expect(moves(plan).slice(1)).toEqual([
    'stage_out x: file:///submit/scratch/small/run0001/x -> file:///submit/results/x',
    'stage_out x: file:///submit/scratch/small/run0001/x -> https://archive.example/in/x',
  ])
  expect(plan.counts).toMatchObject({
    jobs: { stage_out: 1, registration: 1 },
    transfers: { registeredFiles: 2 },
  })
})

test('without an output site results stay, and their directory is not removed', () => {
  const plan = planned(request(['a one: raw -> x! y', 'b two: y -> z!'], { options: { outputSites: [] } }))
  expect(plan.counts.jobs).toMatchObject({ compute: 2, cleanup: 3 })
  expect(plan.counts.transfers.stageOut).toBe(0)
  expect(plan.warnings).toMatchObject([{ code: 'RESULTS_IN_SCRATCH', where: 'site local', found: 'x, z' }])
  const removed = [...plan.jobs()].flatMap((job) => job.removals.map((removal) => removal.lfn))
  expect(removed.sort()).toEqual(['raw', 'y'])
})

test('a result whose storage place is its scratch place is not copied', () => {
  const sites = siteCatalog([
    site('local', { scratch: 'file:///submit', storage: 'file:///submit/small/run0001' }),
    site('pool', {}),
  ])
  expect(moves(ask(['a one: raw -> x!'], { sites }))).toHaveLength(1)
})

test('a raw file that lies in scratch already is left there', () => {
  const plan = planned(
    request(['a one: raw -> x!'], {
      replicas: replicas(['raw local file:///submit/scratch/small/run0001/raw']),
    }),
  )
  expect(plan.counts.transfers).toMatchObject({ stageIn: 0, removedFiles: 1 })
})

test('an optional input without a replica is absent; any other is refused with the jobs that read it', () => {
  const plan = ask(['a one: raw maybe? -> x!'], { replicas: replicas(['raw local file:///data/raw']) })
  expect(plan.job(0).inputs).toMatchObject([{ from: 'staging' }, { from: 'absent', sources: [] }])
  const problems = refused(
    request(['a one: raw gone -> x!'], { replicas: replicas(['raw local file:///data/raw']) }),
  )
  expect(problems).toMatchObject([{ code: 'NO_REPLICA', where: 'job a', found: 'gone' }])
})

test('files of a site that the transfer does not see are no sources', () => {
  const problems = refused(request(['a one: raw -> x!'], { replicas: replicas(['raw far file:///far/raw']) }))
  expect(problems[0]).toMatchObject({ code: 'NO_REPLICA', found: 'file:///far/raw at far' })
})

test('replicas are ranked: files, then URLs of the destination, then others; all are kept for fail-over', () => {
  const known = replicas([
    'raw web https://web.example/raw',
    'raw local https://submit.example/raw',
    'raw local file:///data/raw',
    'raw far file:///far/raw',
  ])
  const [transfer] = transfers(ask(['a one: raw -> x!'], { replicas: known }))
  expect(transfer?.sources.map(({ url, priority }) => `${priority} ${url}`)).toEqual([
    '100 file:///data/raw',
    '50 https://submit.example/raw',
    '10 https://web.example/raw',
  ])
})

test('replica selectors: Regex ranks by pattern, Local takes files of the submit host, Restricted prefers and ignores', () => {
  const known = replicas([
    'raw web https://web.example/raw',
    'raw near http://near.example/raw',
    'raw local file:///data/raw',
  ])
  const urls = (properties: Readonly<Record<string, string>>): readonly (string | undefined)[] =>
    transfers(ask(['a one: raw -> x!'], { replicas: known, properties }))[0]?.sources.map(({ url }) => url) ??
    []
  expect(
    urls({
      'pegasus.selector.replica': 'Regex',
      'pegasus.selector.replica.regex.rank.2': 'file:.*',
      'pegasus.selector.replica.regex.rank.1': 'https:.*web.*',
    }),
  ).toEqual(['https://web.example/raw', 'file:///data/raw'])
  expect(urls({ 'pegasus.selector.replica': 'Local' })).toEqual(['file:///data/raw'])
  expect(
    urls({
      'pegasus.selector.replica': 'Restricted',
      'pegasus.selector.replica.local.prefer.stagein.sites': 'near',
      'pegasus.selector.replica.*.ignore.stagein.sites': 'web',
    }),
  ).toEqual(['http://near.example/raw', 'file:///data/raw'])
})

test('bypass: a job takes a file where it lies when it can, and stages the others', () => {
  const lines = ['a one: raw web -> x!']
  const known = replicas(['raw local file:///data/raw', 'web www https://web.example/other-name'])
  const properties = { 'pegasus.transfer.bypass.input.staging': 'true' }
  const inputs = (configuration: string): readonly string[] =>
    ask(lines, {
      replicas: known,
      properties: { ...properties, 'pegasus.data.configuration': configuration },
    })
      .job(0)
      .inputs.map(({ lfn, from }) => `${lfn} ${from}`)
  expect(inputs('condorio')).toEqual(['raw replica', 'web replica'])
  expect(inputs('nonsharedfs')).toEqual(['raw replica', 'web replica'])
  expect(inputs('sharedfs')).toEqual(['raw staging', 'web staging'])
})

test('bypass with HTCondor needs the logical name at the end of a file URL', () => {
  const known = replicas(['raw local file:///data/other'])
  expect(ask(['a one: raw* -> x!'], { replicas: known }).job(0).inputs).toMatchObject([{ from: 'staging' }])
  expect(ask(['a one: raw* -> x!']).job(0).inputs).toMatchObject([{ from: 'replica' }])
})

test('links are made when the best replica lies on the staging site', () => {
  const properties = { 'pegasus.transfer.links': 'true' }
  const [transfer] = transfers(ask(['a one: raw -> x!'], { properties }))
  expect(transfer).toMatchObject({ isLink: true })
  const far = replicas(['raw web https://web.example/raw'])
  expect(transfers(ask(['a one: raw -> x!'], { properties, replicas: far }))[0]).toMatchObject({
    isLink: false,
  })
})

test('files between sites are pulled once per reading site', () => {
  const lines = [
    'a one: raw -> x [selector.execution.site=pool]',
    'b two: x -> y! [selector.execution.site=far]',
    'c two: x -> z! [selector.execution.site=far]',
  ]
  const properties = { 'pegasus.data.configuration': 'nonsharedfs' }
  const plan = ask(lines, { properties, options: { sites: ['pool', 'far'] } })
  expect(plan.counts).toMatchObject({ jobs: { inter_site: 1 }, transfers: { interSite: 1 } })
  const between = names(plan).find((name) => name.startsWith('stage_inter')) ?? ''
  expect(edges(plan)).toEqual(
    expect.arrayContaining([`one_a > ${between}`, `${between} > two_b`, `${between} > two_c`]),
  )
})

test('staged executables come as inputs; with sharedfs a chmod job follows', () => {
  const catalog = transformations(['one<local'])
  const condorio = ask(['a one: raw -> x!'], { transformations: catalog })
  expect(condorio.job(0).inputs.find((input) => input.isExecutable)).toMatchObject({
    lfn: 'one',
    from: 'staging',
  })
  expect(condorio.job(0).tasks[0]?.executable).toMatchObject({ type: 'staged', lfn: 'one' })
  const shared = ask(['a one: raw -> x!', 'b one: raw -> y!'], {
    transformations: catalog,
    properties: { 'pegasus.data.configuration': 'sharedfs' },
  })
  expect(shared.counts.jobs.chmod).toBe(1)
  const chmod = names(shared).find((name) => name.startsWith('chmod')) ?? ''
  expect(edges(shared)).toEqual(expect.arrayContaining([`${chmod} > one_a`, `${chmod} > one_b`]))
})

test('checksums of replicas are verified, others computed, and nothing when integrity is off', () => {
  const known = {
    ...replicas([]),
    replicas: [
      {
        lfn: 'raw',
        isRegex: false,
        locations: [{ site: 'local', pfn: '/data/raw' }],
        metadata: [],
        checksum: { sha256: 'ab' },
      },
      { lfn: 'bare', isRegex: false, locations: [{ site: 'local', pfn: '/data/bare' }], metadata: [] },
    ],
  }
  const dials = (properties: Readonly<Record<string, string>>): readonly string[] =>
    transfers(ask(['a one: raw bare -> x!'], { replicas: known, properties }))
      .map(({ lfn, integrity }) => `${lfn} ${integrity}`)
      .sort()
  expect(dials({})).toEqual(['bare compute', 'raw verify', 'x verify'])
  expect(dials({ 'pegasus.integrity.checking': 'none' })).toEqual(['bare none', 'raw none', 'x none'])
})

test('storage mappers', () => {
  const target = (properties: Readonly<Record<string, string>>, more: SmallRequest = {}): string =>
    transfers(ask(['a one: raw -> x!'], { properties, ...more }))[1]?.target.url ?? ''
  const mapper = 'pegasus.dir.storage.mapper'
  expect(target({})).toBe('file:///submit/results/x')
  expect(target({ 'pegasus.dir.storage.deep': 'true' })).toBe('file:///submit/results/small/run0001/x')
  expect(target({ [mapper]: 'Hashed' })).toBe(`file:///submit/results/${hashedDirectory('x')}/x`)
  expect(target({ [mapper]: 'Named' })).toBe('file:///submit/results/one/x')
  expect(target({ [mapper]: 'Fixed', [`${mapper}.fixed.url`]: 'https://up.example/d' })).toBe(
    'https://up.example/d/x',
  )
  const outputLocations = replicas(['x local file:///exact/place'])
  expect(target({ [mapper]: 'Replica' }, { outputLocations })).toBe('file:///exact/place')
})

test('properties say at which sites transfers run themselves', () => {
  const lines = ['a one: raw -> x!']
  const known = replicas(['raw web https://web.example/raw'])
  const where = (properties: Readonly<Record<string, string>>): readonly string[] =>
    names(
      ask(lines, {
        replicas: known,
        properties: { 'pegasus.data.configuration': 'nonsharedfs', ...properties },
        options: { sites: ['far'] },
      }),
    ).filter((name) => name.startsWith('stage'))
  expect(where({})).toEqual(['stage_in_local_far_0_0', 'stage_out_local_far_0_0'])
  expect(where({ 'pegasus.transfer.stagein.remote.sites': 'pool, far' })).toEqual([
    'stage_in_remote_far_0_0',
    'stage_out_local_far_0_0',
  ])
  expect(where({ 'pegasus.transfer.*.remote.sites': '*' })).toEqual([
    'stage_in_remote_far_0_0',
    'stage_out_remote_far_0_0',
  ])
})

test('files are registered under their whole name or its last part', () => {
  const registered = (properties: Readonly<Record<string, string>>): readonly string[] =>
    [...ask(['a one: raw -> d/x!'], { properties }).jobs()].flatMap((each) =>
      each.registrations.map((registration) => registration.lfn),
    )
  expect(registered({})).toEqual(['d/x'])
  expect(registered({ 'pegasus.register.deep': 'false' })).toEqual(['x'])
})

test('nothing is registered when registration is off', () => {
  expect(
    ask(['a one: raw -> x!'], { properties: { 'pegasus.register': 'false' } }).counts.jobs.registration,
  ).toBeUndefined()
})

test('the refiner Empty makes no transfers', () => {
  expect(
    ask(['a one: raw -> x!'], { properties: { 'pegasus.transfer.refiner': 'Empty' } }).counts.jobs,
  ).toEqual({
    compute: 1,
    create_dir: 1,
  })
})

test('memory: jobs read files of the submit host where they lie, and nothing else is made', () => {
  const plan = planned(
    request(['a one: raw -> x', 'b two: x -> y!'], {
      options: { sites: ['local'], dataConfiguration: 'memory' },
    }),
  )
  expect(plan.counts.jobs).toEqual({ compute: 2, stage_out: 1, registration: 1 })
  expect(plan.job(0).inputs).toMatchObject([{ from: 'replica', sources: [{ url: 'file:///data/raw' }] }])
})
