import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { FileHasher } from '../src/files/file-hasher.ts'
import { fileTransfer } from '../src/transfer/file-transfer.ts'
import { HostLimits } from '../src/transfer/host-limits.ts'
import { httpTransfer } from '../src/transfer/http-transfer.ts'
import { type S3Options, s3Transfer } from '../src/transfer/s3-transfer.ts'
import { type SshOptions, sshTransfer } from '../src/transfer/ssh-transfer.ts'
import { type Moved, type Transfer, Transfers } from '../src/transfer/transfer.ts'
import { cuttingProxy } from './servers/cutting-proxy.ts'
import { nginxServer } from './servers/nginx-server.ts'
import { S3_KEYS, s3Server } from './servers/s3-server.ts'
import { SSHD, type SshServer, sshServer } from './servers/ssh-server.ts'

const DATA = Buffer.from(Array.from({ length: 300_000 }, (_, k) => (k * 7919) % 251))
const SHA256 = createHash('sha256').update(DATA).digest('hex')
const QUICK = { waitMs: 1, maxTries: 3, stallMs: 2000 }
/** Letters that shells, globs and URLs treat in their own way. */
const NASTY = 'a *?[b] "c" \'d\' \\e;$(f) #1 %41 é&=+.fits'

interface Job {
  readonly sha256?: string
  readonly sizeBytes?: number
  readonly lfn?: string
}

function transfersWith(...more: readonly Transfer[]): Transfers {
  return new Transfers([fileTransfer, ...more], new FileHasher())
}

async function move(
  transfers: Transfers,
  sources: readonly string[],
  target: string,
  job: Job = {},
): Promise<Moved> {
  return await transfers.move(
    {
      lfn: job.lfn ?? 'p.fits',
      sources: sources.map((url) => ({ site: 'x', url, priority: 0 })),
      target: { site: 'y', url: target },
      isLink: false,
      sizeBytes: job.sizeBytes,
    },
    job.sha256,
    new AbortController().signal,
  )
}

/** Moves to a file that no try may leave when it fails. */
async function fetched(
  transfers: Transfers,
  sources: readonly string[],
  job: Job = {},
): Promise<Moved & { readonly path: string }> {
  const path = join(freshFolder(), 'in', 'p.fits')
  try {
    return { ...(await move(transfers, sources, `file://${path}`, job)), path }
  } catch (error) {
    expect(existsSync(dirname(path)) ? readdirSync(dirname(path)) : []).toEqual([])
    throw error
  }
}

function sourceFile(content: Uint8Array | string = DATA): string {
  const path = join(freshFolder(), 'source')
  writeFileSync(path, content)
  return path
}

describe('S3', () => {
  let address = ''
  beforeAll(async () => {
    address = await s3Server()
  })
  const s3 = (options: S3Options = {}): Transfers =>
    transfersWith(
      s3Transfer({
        ...QUICK,
        environment: { ...S3_KEYS, AWS_ENDPOINT_URL: address, HOME: '/nowhere' },
        ...options,
      }),
    )

  test('a file goes there and comes back under a name of any letters', async () => {
    const url = `s3://data/runs/1/${NASTY}`
    expect(await move(s3(), [sourceFile()], url, { sha256: SHA256 })).toMatchObject({
      sizeBytes: DATA.length,
    })
    const moved = await fetched(s3(), [url], { sha256: SHA256 })
    expect(readFileSync(moved.path).equals(DATA)).toBe(true)
  })

  test('an empty file', async () => {
    await move(s3(), [sourceFile('')], 's3://data/empty')
    expect((await fetched(s3(), ['s3://data/empty'])).sizeBytes).toBe(0)
  })

  test('a large file goes in parts', async () => {
    const large = Buffer.concat(Array.from({ length: 40 }, () => DATA))
    await move(s3({ partBytes: 5 * 1024 ** 2 }), [sourceFile(large)], 's3://data/large')
    const moved = await fetched(s3(), ['s3://data/large'])
    expect(moved.sha256).toBe(createHash('sha256').update(large).digest('hex'))
  })

  test('an answer that breaks off is gone on with, by an address that is signed anew', async () => {
    await move(s3(), [sourceFile()], 's3://data/broken')
    const proxy = await cuttingProxy(Number(new URL(address).port), (count) =>
      count < 2 ? 120_000 : Infinity,
    )
    const environment = { ...S3_KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.port}` }
    const moved = await fetched(s3({ environment }), ['s3://data/broken'])
    expect(moved.sha256).toBe(SHA256)
    expect(proxy.connections()).toBeGreaterThanOrEqual(3)
  })

  test('sending is tried again when the connection breaks', async () => {
    const proxy = await cuttingProxy(Number(new URL(address).port), (count) => (count === 0 ? 0 : Infinity))
    const environment = { ...S3_KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.port}` }
    await move(s3({ environment }), [sourceFile()], 's3://data/again')
    expect((await fetched(s3(), ['s3://data/again'])).sha256).toBe(SHA256)
  })

  test('wrong keys, missing buckets and objects are failures that show no key', async () => {
    const environment = { ...S3_KEYS, AWS_SECRET_ACCESS_KEY: 'canary-secret', AWS_ENDPOINT_URL: address }
    const refused = await fetched(s3({ environment }), ['s3://data/broken']).catch((error: unknown) =>
      String(error),
    )
    expect(refused).toMatch(/s3:\/\/data\/broken: .*HTTP status 403.*RUNNER_TRANSFER_FAILED/)
    const unsent = await move(s3({ environment }), [sourceFile()], 's3://data/x').catch((error: unknown) =>
      String(error),
    )
    expect(unsent).toMatch(/HTTP status 403 \(SignatureDoesNotMatch\).*RUNNER_TRANSFER_FAILED/)
    for (const text of [refused, unsent]) expect(text).not.toMatch(/canary|X-Amz|S3RVER/)
    await expect(fetched(s3(), ['s3://data/none'])).rejects.toThrow(/HTTP status 404, after 1 try/)
    await expect(move(s3(), [sourceFile()], 's3://nobucket/x')).rejects.toThrow(/404 \(NoSuchBucket\)/)
    await expect(fetched(s3(), ['s3://data/../x'])).rejects.toThrow(/address of the object/)
  })

  test('the settings of a profile and those of Pegasus serve as well', async () => {
    await move(s3(), [sourceFile()], 's3://data/profile')
    const home = freshFolder()
    writeFileSync(
      join(home, 'credentials'),
      '[default]\naws_access_key_id = wrong\n[survey]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n',
    )
    writeFileSync(
      join(home, 'config'),
      `# local\n[profile survey]\nregion = eu-west-1\nendpoint_url = ${address}\n`,
    )
    const environment = {
      AWS_PROFILE: 'survey',
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_CONFIG_FILE: join(home, 'config'),
    }
    expect((await fetched(s3({ environment }), ['s3://data/profile'])).sha256).toBe(SHA256)
    const file = join(home, 'pegasus.conf')
    writeFileSync(
      file,
      `[local]\nendpoint = ${address}\n[ann@local]\naccess_key = S3RVER\nsecret_key = S3RVER\n`,
    )
    const pegasus = s3({ environment: { PEGASUS_CREDENTIALS: file } })
    expect((await fetched(pegasus, ['s3://ann@local/data/profile'])).sha256).toBe(SHA256)
    await expect(fetched(pegasus, ['s3://bob@local/data/profile'])).rejects.toThrow(
      /no section \[bob@local\]/,
    )
  })

  test('objects are removed; one that is not there is no fault', async () => {
    const { signal } = new AbortController()
    await move(s3(), [sourceFile()], 's3://more/gone')
    await s3().remove('s3://more/gone', signal)
    await s3().remove('s3://more/gone', signal)
    await expect(fetched(s3(), ['s3://more/gone'])).rejects.toThrow(/HTTP status 404/)
  })
})

describe('directories of a store', () => {
  test('all below a prefix is removed, nothing beside it', async () => {
    const { signal } = new AbortController()
    const s3 = transfersWith(
      s3Transfer({ environment: { ...S3_KEYS, AWS_ENDPOINT_URL: await s3Server() }, ...QUICK }),
    )
    // The server of the test lists some letters escaped twice.
    const inside = ['a', 'sub/b', 'sub/deep/é *[b] 1 %41 +.fits']
    for (const name of [...inside.map((key) => `run1/${key}`), 'run10/c', 'run1.txt'])
      await move(s3, [sourceFile(name)], `s3://data/${name}`)
    await s3.removeDirectory('s3://data/run1/', signal)
    await s3.removeDirectory('s3://data/run1', signal)
    for (const name of inside) await expect(fetched(s3, [`s3://data/run1/${name}`])).rejects.toThrow(/404/)
    for (const name of ['run10/c', 'run1.txt']) await fetched(s3, [`s3://data/${name}`])
    await expect(s3.removeDirectory('s3://data/', signal)).rejects.toThrow(/top of a place/)
  })
})

describe.skipIf(lacksProgram(SSHD, 'sftp', 'ssh-keygen'))('OpenSSH', () => {
  let server: SshServer
  beforeAll(async () => {
    server = await sshServer()
  })
  const ssh = (options: SshOptions = {}): Transfers =>
    transfersWith(sshTransfer({ configFile: server.config, waitMs: 1, maxTries: 3, ...options }))
  const at = (path: string, port = server.port): string => `sftp://127.0.0.1:${port}${path}`

  test('a file goes there, into new folders, and comes back under a name of any letters', async () => {
    const folder = freshFolder()
    const path = join(folder, 'new folder', NASTY)
    await move(ssh(), [sourceFile()], at(path), { sha256: SHA256 })
    expect(readFileSync(path).equals(DATA)).toBe(true)
    expect(readdirSync(dirname(path))).toEqual([NASTY])
    const moved = await fetched(ssh(), [at(path).replace('sftp:', 'scp:')], { sha256: SHA256 })
    expect(moved.sizeBytes).toBe(DATA.length)
    // What is there is replaced.
    await move(ssh(), [sourceFile('other')], at(path))
    expect(readFileSync(path, 'utf8')).toBe('other')
    const { signal } = new AbortController()
    await ssh().remove(at(path), signal)
    await ssh().remove(at(path), signal)
    expect(existsSync(path)).toBe(false)
  })

  test('a directory goes with all that is in it, links are not followed', async () => {
    const { signal } = new AbortController()
    const folder = freshFolder()
    const run = join(folder, 'run 1')
    const outside = sourceFile('stays')
    for (const path of ['a', '.hidden', `sub/${NASTY}`, 'sub/deep/é', `${NASTY}/b`]) {
      mkdirSync(dirname(join(run, path)), { recursive: true })
      writeFileSync(join(run, path), path)
    }
    mkdirSync(join(run, 'empty'))
    symlinkSync(dirname(outside), join(run, 'sub', 'link'))
    writeFileSync(join(folder, 'run 10'), 'stays')
    await ssh().removeDirectory(at(run), signal)
    expect(readdirSync(folder)).toEqual(['run 10'])
    expect(readFileSync(outside, 'utf8')).toBe('stays')
    await ssh().removeDirectory(at(`${run}/`), signal)
    await expect(ssh().removeDirectory(at('/'), signal)).rejects.toThrow(/top of a place/)
  })

  test('a connection that breaks is made again', async () => {
    const path = sourceFile()
    const proxy = await cuttingProxy(server.port, (count) => (count === 0 ? 150_000 : Infinity))
    const config = join(freshFolder(), 'config')
    writeFileSync(config, readFileSync(server.config, 'utf8') + `HostKeyAlias [127.0.0.1]:${server.port}\n`)
    const moved = await fetched(ssh({ configFile: config }), [at(path, proxy.port)])
    expect(moved.sha256).toBe(SHA256)
    expect(proxy.connections()).toBe(2)
  })

  const faults = [
    {
      name: 'a host with another key',
      config: 'impostorConfig',
      reason: /Host key verification failed.*administrators/,
    },
    {
      name: 'a key that is not known there',
      config: 'strangerConfig',
      reason: /Permission denied.*IdentityFile/,
    },
  ] as const
  test.for(faults)('$name is refused without a question', async ({ config, reason }) => {
    await expect(fetched(ssh({ configFile: server[config] }), [at(sourceFile())])).rejects.toThrow(reason)
  })

  test('missing files, closed ports and names that could be options are failures', async () => {
    await expect(fetched(ssh(), [at('/nowhere/x')])).rejects.toThrow(/not found|No such file/)
    await expect(fetched(ssh(), ['sftp://127.0.0.1:1/x'])).rejects.toThrow(/Connection refused/)
    for (const url of [
      'sftp://-oProxyCommand=touch/x',
      'sftp://-l@127.0.0.1/x',
      'scp://u:secret@127.0.0.1/x',
    ])
      await expect(fetched(ssh(), [url])).rejects.toThrow(/place on another machine cannot be read/)
    await expect(fetched(ssh(), [at('/tmp/a\n!touch x')])).rejects.toThrow(/control characters/)
  })

  test('a store and a machine: the file goes through this one', async () => {
    const address = await s3Server()
    const environment = { ...S3_KEYS, AWS_ENDPOINT_URL: address }
    const both = transfersWith(s3Transfer({ environment }), sshTransfer({ configFile: server.config }))
    await move(both, [at(sourceFile())], 's3://data/through', { sha256: SHA256 })
    expect((await fetched(both, ['s3://data/through'])).sha256).toBe(SHA256)
  })
})

describe.skipIf(lacksProgram('/usr/sbin/nginx'))('nginx', () => {
  const root = keptFolder()
  let address = ''
  beforeAll(async () => {
    writeFileSync(join(root, 'p.fits'), DATA)
    writeFileSync(join(root, 'login'), '<!DOCTYPE html>\n<html><body>Log in</body></html>')
    const places = `
      location = /busy { return 503; }
      location = /cut { return 444; }
      location = /closed.fits { return 401; }
      location = /round { return 302 /round; }
      location = /moved.fits { return 302 /p.fits; }
      location = /portal.fits { default_type application/octet-stream; alias ${join(root, 'login')}; }
      location = /slow.fits { alias ${join(root, 'p.fits')}; limit_rate 200k; }`
    address = await nginxServer(root, places)
  })
  const http = (): Transfers => transfersWith(httpTransfer(QUICK))

  test('a file, also after a redirect', async () => {
    expect((await fetched(http(), [`${address}/p.fits`], { sha256: SHA256 })).sizeBytes).toBe(DATA.length)
    expect((await fetched(http(), [`${address}/moved.fits`])).sha256).toBe(SHA256)
  })

  test('an answer that breaks off is gone on with', async () => {
    const port = Number(new URL(address).port)
    const proxy = await cuttingProxy(port, (count) => (count < 2 ? 120_000 : Infinity))
    expect((await fetched(http(), [`http://127.0.0.1:${proxy.port}/p.fits`])).sha256).toBe(SHA256)
  })

  const faults = [
    ['busy', /HTTP status 503, after 3 tries/],
    ['cut', /after 3 tries/],
    ['closed.fits', /HTTP status 401, after 1 try/],
    ['round', /redirect/],
    ['portal.fits', /gave a page in place of data.*DOCTYPE/],
  ] as const
  test.for(faults)('%s gives no file; the next source is taken', async ([name, reason]) => {
    await expect(fetched(http(), [`${address}/${name}`])).rejects.toThrow(reason)
    const moved = await fetched(http(), [`${address}/${name}`, `${address}/p.fits`])
    expect(moved).toMatchObject({ source: `${address}/p.fits`, sha256: SHA256 })
  })

  test('a page is no fault where a page is wanted, or when the checksum proves it', async () => {
    const page = readFileSync(join(root, 'login'))
    await fetched(http(), [`${address}/portal.fits`], { lfn: 'portal.html' })
    await fetched(http(), [`${address}/portal.fits`], {
      sha256: createHash('sha256').update(page).digest('hex'),
    })
  })
})

describe.skipIf(lacksProgram('/usr/sbin/nginx'))('WebDAV', () => {
  const root = keptFolder()
  const dav = 'dav_methods PUT DELETE MKCOL COPY MOVE; client_max_body_size 1m;'
  let address = ''
  beforeAll(async () => {
    address = await nginxServer(
      root,
      `location / { ${dav} }
      location /closed/ { limit_except GET { deny all; } ${dav} }
      location /busy/ { return 503; }
      location /full/ { return 507; }
      location /plain/ { }
      location /portal/ { default_type text/html; return 200 '<html>Log in</html>'; }`,
    )
    // The workers of nginx are nobody.
    chmodSync(root, 0o777)
  })
  const http = (): Transfers => transfersWith(httpTransfer(QUICK))
  const { signal } = new AbortController()

  test('a file goes there, into new folders, and comes back; what is there is replaced', async () => {
    const name = encodeURIComponent(NASTY)
    const url = `${address}/run%201/sub/${name}`
    expect((await move(http(), [sourceFile()], url, { sha256: SHA256 })).sha256).toBe(SHA256)
    expect(readFileSync(join(root, 'run 1', 'sub', NASTY)).equals(DATA)).toBe(true)
    expect((await fetched(http(), [url], { sha256: SHA256 })).sizeBytes).toBe(DATA.length)
    await move(http(), [sourceFile('')], url)
    expect(readFileSync(join(root, 'run 1', 'sub', NASTY), 'utf8')).toBe('')
    expect((await http().digest(url, 'x', signal)).sizeBytes).toBe(0)
  })

  test('sending is tried again when the connection breaks', async () => {
    const port = Number(new URL(address).port)
    const proxy = await cuttingProxy(port, (count) => (count === 0 ? 0 : Infinity))
    const url = `http://127.0.0.1:${proxy.port}/cut.fits`
    await move(http(), [sourceFile()], url)
    expect(readFileSync(join(root, 'cut.fits')).equals(DATA)).toBe(true)
    expect(proxy.connections()).toBeGreaterThan(1)
  })

  test.for([
    ['busy/x', /HTTP status 503/],
    ['full/x', /HTTP status 507.*make room/],
    ['closed/x', /HTTP status 403.*does not let you write/],
    ['plain/x', /HTTP status 405.*takes no files/],
    ['portal/x', /bytes of 300000/],
  ] as const)('%s takes no file, and says why', async ([name, reason]) => {
    await expect(move(http(), [sourceFile()], `${address}/${name}`)).rejects.toThrow(reason)
  })

  test('a file that is too large is refused', async () => {
    const large = sourceFile(Buffer.alloc(3 << 20))
    await expect(move(http(), [large], `${address}/large.fits`)).rejects.toThrow(
      /HTTP status 413|EPIPE|ECONNRESET/,
    )
    expect(existsSync(join(root, 'large.fits'))).toBe(false)
  })

  test('folders are made, files and folders removed; what is not there is no fault', async () => {
    await http().makeDirectory(`${address}/made/by/us`, signal)
    await http().makeDirectory(`${address}/made/by/us/`, signal)
    await move(http(), [sourceFile()], `${address}/made/by/us/p.fits`)
    await move(http(), [sourceFile()], `${address}/made/by/q.fits`)
    await http().remove(`${address}/made/by/q.fits`, signal)
    await http().remove(`${address}/made/by/q.fits`, signal)
    expect(readdirSync(join(root, 'made/by'))).toEqual(['us'])
    await http().removeDirectory(`${address}/made/by`, signal)
    await http().removeDirectory(`${address}/made/by`, signal)
    expect(readdirSync(join(root, 'made'))).toEqual([])
    await expect(http().removeDirectory(address, signal)).rejects.toThrow(/top of a place/)
    await expect(http().removeDirectory(`${address}/closed/`, signal)).rejects.toThrow(/403/)
  })
})

test('so many files of a host at a time, and no more', async () => {
  const active = new Map<string, number>()
  let most = 0
  let all = 0
  const counting: Transfer = {
    schemes: ['tape'],
    async get(url, path) {
      const host = new URL(url).host
      active.set(host, (active.get(host) ?? 0) + 1)
      most = Math.max(most, active.get(host) ?? 0)
      all = Math.max(
        all,
        [...active.values()].reduce((sum, count) => sum + count),
      )
      await new Promise((resolve) => setImmediate(resolve))
      writeFileSync(path, url)
      active.set(host, (active.get(host) ?? 0) - 1)
      if (url.endsWith('7')) throw new Error('a fault gives its place back, too')
    },
  }
  const transfers = new Transfers([counting], new FileHasher(), new HostLimits(3))
  const urls = Array.from({ length: 40 }, (_, k) => `tape://ann@host${k % 2}/${k}`)
  const results = await Promise.allSettled(urls.map(async (url) => await fetched(transfers, [url])))
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4)
  expect(most).toBe(3)
  expect(all).toBe(6)
})
