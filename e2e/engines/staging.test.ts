import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { serveHttp } from '../../testing/loopback-server.ts'
import { engines } from './engines.ts'
import { ALL_TEXT, smallWorkflow } from './small-workflow.ts'
import { type StagingPlace, type StagingScheme, stagingPlaces } from './staging-places.ts'

const schemes = Object.keys(stagingPlaces) as StagingScheme[]
const places = new Map<StagingScheme, StagingPlace>()

beforeAll(async () => {
  if (engines.length === 0) return
  for (const scheme of schemes) places.set(scheme, await stagingPlaces[scheme]())
})

function placeOf(scheme: StagingScheme): StagingPlace {
  const place = places.get(scheme)
  if (place === undefined) throw new Error(`no place for ${scheme}`)
  return place
}

const PLAN = [
  'plan',
  'workflow.yml',
  '--output-sites',
  'local',
  '--output-dir',
  'out',
  '--dir',
  'runs',
  '--relative-dir',
  'one',
  '--quiet',
]
const RAW = 'orion\n'
const NONSHARED = ['--staging-site', 'stage', '-D', 'pegasus.data.configuration=nonsharedfs']

describe.for(engines)('nodes of $name', ({ name, site }) => {
  // The pool of the tests has OpenSSH only when it was made with it, as .ci/run does.
  const own = schemes.filter(
    (scheme) =>
      scheme !== 'sftp' ||
      name === 'Slurm' ||
      process.env['CI'] === 'true' ||
      process.env['HTCONDOR_PACKAGES']?.includes('openssh-client') === true,
  )
  test.for(own)('get and send their files over %s; no record has its keys', async (scheme) => {
    const { url, environment, words, secrets } = placeOf(scheme)
    const { folder, skyloom } = smallWorkflow({ upper: site, back: site, all: site }, url, environment)
    await skyloom(...PLAN, '--sites', site, ...NONSHARED)
    await skyloom('run', 'start', 'runs/one', '--quiet', ...words)
    expect(readFileSync(join(folder, 'out/all.txt'), 'utf8')).toBe(ALL_TEXT)
    const history = await skyloom('trace', 'out/all.txt')
    for (const step of ['tr ', 'rev ', 'cat ', 'raw.txt']) expect(history).toContain(step)
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    )
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), 'latin1')
      for (const secret of secrets) expect(text.includes(secret), file.name).toBe(false)
    }
  })

  test('notice a file that was damaged on its way and a page in place of data, say so and try again', async () => {
    const faults = { 'raw.txt': 1, 'upper.txt': 1 }
    const address = await damagingServer(placeOf('http').url, faults)
    const { folder, skyloom } = smallWorkflow({ upper: site, back: site, all: site }, `${address}/faulty`)
    await skyloom(...PLAN, '--sites', site, ...NONSHARED, '-D', 'dagman.retry=2')
    await skyloom('run', 'start', 'runs/one', '--quiet')
    expect(faults).toEqual({ 'raw.txt': 0, 'upper.txt': 0 })
    expect(readFileSync(join(folder, 'out/all.txt'), 'utf8')).toBe(ALL_TEXT)
    expect(await skyloom('run', 'explain', 'cat_all', 'runs/one')).toMatch(
      /attempt 1: failed.*upper\.txt.*not what it should be.*SHA-256/,
    )
    const told = await Promise.all(
      ['tr_upper', 'rev_back'].map(async (job) => await skyloom('run', 'explain', job, 'runs/one')),
    )
    expect(told.join('')).toMatch(/attempt 1: failed.*raw\.txt.*not what it should be/)
  })

  test('fetch inputs from where they lie when staging is bypassed, and verify them', async () => {
    const asked: string[] = []
    const address = await serveHttp((request, answer) => {
      asked.push(request.url ?? '')
      // The first answer is damaged.
      answer.writeHead(200, { 'content-length': RAW.length }).end(asked.length === 1 ? 'onion\n' : RAW)
    })
    const places = { upper: site, back: site, all: site }
    const { folder, skyloom } = smallWorkflow(places, placeOf('http').url)
    const sha256 = createHash('sha256').update(RAW).digest('hex')
    const replica = {
      lfn: 'raw.txt',
      pfns: [{ site: 'web', pfn: `${address}/raw.txt` }],
      checksum: { sha256 },
    }
    writeFileSync(join(folder, 'replicas.yml'), JSON.stringify({ pegasus: '5.0', replicas: [replica] }))
    const data = name === 'Slurm' ? NONSHARED : ['-D', 'pegasus.data.configuration=condorio']
    const bypass = ['-D', 'pegasus.transfer.bypass.input.staging=true', '-D', 'dagman.retry=1']
    await skyloom(...PLAN, '--sites', site, ...data, ...bypass)
    await skyloom('run', 'start', 'runs/one', '--quiet')
    expect(readFileSync(join(folder, 'out/all.txt'), 'utf8')).toBe(ALL_TEXT)
    expect(await skyloom('run', 'jobs', 'runs/one')).not.toContain('stage_in')
    // Once by each of the jobs that read it, and once again.
    expect(asked).toEqual(['/raw.txt', '/raw.txt', '/raw.txt'])
    const told = await Promise.all(
      ['tr_upper', 'rev_back'].map(async (job) => await skyloom('run', 'explain', job, 'runs/one')),
    )
    expect(told.join('')).toMatch(/attempt 1: failed.*raw\.txt.*not what it should be/)
  })
})

/** Hands requests on to another server; damages the first answers about some files, with a page in place of `raw.txt`. */
async function damagingServer(url: string, faults: Record<string, number>): Promise<string> {
  return await serveHttp((request, answer) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const method = request.method ?? 'GET'
      const body = method === 'PUT' ? Buffer.concat(chunks) : undefined
      const given = await fetch(`${url}${request.url ?? ''}`, {
        method,
        ...(body === undefined ? {} : { body }),
      })
      let bytes = Buffer.from(await given.arrayBuffer())
      const name = request.url?.split('/').at(-1) ?? ''
      if (method === 'GET' && (faults[name] ?? 0) > 0) {
        faults[name] = (faults[name] ?? 0) - 1
        bytes =
          name === 'raw.txt'
            ? Buffer.from('<!doctype html><p>log in')
            : Buffer.from(bytes.map((byte) => byte ^ 1))
      }
      const length = method === 'HEAD' ? given.headers.get('content-length') : String(bytes.length)
      answer
        .writeHead(given.status, length === null ? {} : { 'content-length': length })
        .end(method === 'HEAD' ? undefined : bytes)
    })()
  })
}

test.runIf(engines.length === 2)(
  'one workflow on Slurm and HTCondor hands its files from site to site',
  async () => {
    const { folder, skyloom } = smallWorkflow(
      { upper: 'pool', back: 'cluster', all: 'cluster' },
      'file:///nowhere',
    )
    const configurations = [
      '-D',
      'pegasus.data.configuration=condorio',
      '-D',
      'pegasus.catalog.site.sites.cluster.profiles.pegasus.data.configuration=sharedfs',
    ]
    await skyloom(...PLAN, '--sites', 'cluster,pool', ...configurations)
    await skyloom('run', 'start', 'runs/one', '--quiet')
    expect(readFileSync(join(folder, 'out/all.txt'), 'utf8')).toBe(ALL_TEXT)
    const jobs = await skyloom('run', 'jobs', 'runs/one')
    expect(jobs).toMatch(/stage_inter\S*.*succeeded/)
    const history = await skyloom('trace', 'out/all.txt')
    for (const step of ['tr ', 'rev ', 'cat ', 'raw.txt']) expect(history).toContain(step)
  },
)
