import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { serveHttp } from '../../../../testing/loopback-server.ts'
import { FileHasher } from '../files/file-hasher.ts'
import { commandTransfer, readTransferCommands } from './command-transfer.ts'
import { fileTransfer } from './file-transfer.ts'
import { httpTransfer } from './http-transfer.ts'
import { type Moved, Transfers } from './transfer.ts'

const DATA = Buffer.from(Array.from({ length: 200_000 }, (_, k) => (k * 7919) % 251))
const SHA256 = createHash('sha256').update(DATA).digest('hex')

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** A server on loopback that answers by the handler; `count` is the number of requests before. */
async function server(handler: Handler): Promise<string> {
  let count = 0
  return await serveHttp((request, response) => handler(request, response, count++))
}

/** Sends the bytes that were asked for, at most `most` of them before the connection breaks. */
function send(request: IncomingMessage, response: ServerResponse, most = Infinity, etag = '"v1"'): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const isPart = from > 0 && request.headers['if-range'] === etag
  const bytes = isPart ? DATA.subarray(from) : DATA
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-type': 'application/fits',
    'content-length': bytes.length,
    ...(isPart ? { 'content-range': `bytes ${from}-${DATA.length - 1}/${DATA.length}` } : {}),
  })
  response.write(bytes.subarray(0, most), () => {
    if (most < bytes.length) response.destroy()
    else response.end()
  })
}

async function move(
  sources: readonly string[],
  options: { readonly sha256?: string; readonly isLink?: boolean; readonly folder?: string } = {},
): Promise<Moved & { readonly path: string }> {
  const path = join(options.folder ?? freshFolder(), 'deep', 'out file.fits')
  const transfers = new Transfers(
    [fileTransfer, httpTransfer({ waitMs: 1, stallMs: 300, maxTries: 3 })],
    new FileHasher(),
  )
  const moved = await transfers.move(
    {
      lfn: 'out.fits',
      sources: sources.map((url) => ({ site: 'x', url, priority: 0 })),
      target: { site: 'local', url: `file://${path}` },
      isLink: options.isLink ?? false,
      sizeBytes: undefined,
    },
    options.sha256,
    new AbortController().signal,
  )
  return { ...moved, path }
}

describe('files', () => {
  test('are copied, or linked where the plan says so', async () => {
    const folder = freshFolder()
    const source = join(folder, 'raw.fits')
    writeFileSync(source, DATA)
    const copy = await move([`file://${source}`], { sha256: SHA256 })
    expect(copy).toMatchObject({ sha256: SHA256, sizeBytes: DATA.length })
    expect(readFileSync(copy.path).equals(DATA)).toBe(true)
    const link = await move([source], { isLink: true, sha256: SHA256 })
    expect(statSync(link.path).ino).toBe(statSync(source).ino)
  })

  test('of wrong content are never given their name; the next source is taken', async () => {
    const folder = freshFolder()
    const bad = join(folder, 'bad.fits')
    const good = join(folder, 'good.fits')
    writeFileSync(bad, Buffer.concat([DATA.subarray(1), Buffer.of(0)]))
    writeFileSync(good, DATA)
    await expect(move([bad], { sha256: SHA256, folder })).rejects.toThrow(
      /bad.fits: the file is not what it should be.*RUNNER_CHECKSUM/,
    )
    expect(readdirSync(join(folder, 'deep'))).toEqual([])
    expect(await move([join(folder, 'none.fits'), bad, good], { sha256: SHA256 })).toMatchObject({
      source: good,
    })
  })

  test('without source name every place that was tried', async () => {
    await expect(move(['/nowhere/a', 'gopher://b/c'])).rejects.toThrow(
      /out.fits: .*\/nowhere\/a: it was not found; gopher:\/\/b\/c: .*gopher, allowed file, http, https.*RUNNER_TRANSFER_FAILED/,
    )
  })
})

describe('http', () => {
  test('an answer that breaks off is gone on with', async () => {
    const ranges: (string | undefined)[] = []
    const url = await server((request, response, count) => {
      ranges.push(request.headers.range)
      send(request, response, count < 2 ? 70_000 : Infinity)
    })
    const moved = await move([`${url}/a.fits`], { sha256: SHA256 })
    expect(readFileSync(moved.path).equals(DATA)).toBe(true)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true)
  })

  test('a file that changed in between is begun again', async () => {
    const url = await server((request, response, count) => {
      send(request, response, count === 0 ? 70_000 : Infinity, count === 0 ? '"old"' : '"new"')
    })
    expect(readFileSync((await move([`${url}/a.fits`], { sha256: SHA256 })).path).equals(DATA)).toBe(true)
  })

  test('busy servers are asked again', async () => {
    const url = await server((request, response, count) => {
      if (count === 0) response.writeHead(503, { 'retry-after': '0' }).end()
      else if (count === 1) response.writeHead(429).end()
      else send(request, response)
    })
    expect((await move([`${url}/a.fits`])).sha256).toBe(SHA256)
  })

  const faults: readonly { readonly name: string; readonly handler: Handler; readonly reason: RegExp }[] = [
    {
      name: 'a login page',
      handler: (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>log in'),
      reason: /gave a page \(text\/html.*after 1 try/,
    },
    {
      name: 'not found',
      handler: (_, response) => response.writeHead(404).end(),
      reason: /HTTP status 404, after 1 try/,
    },
    {
      name: 'always busy',
      handler: (_, response) => response.writeHead(500).end(),
      reason: /HTTP status 500, after 3 tries/,
    },
    {
      name: 'a server that is silent',
      handler: () => undefined,
      reason: /nothing came for 0.3 s, after 3 tries/,
    },
    {
      name: 'another range',
      handler: (request, response, count) => {
        if (count === 0) {
          send(request, response, 70_000)
          return
        }
        response.writeHead(206, { 'content-range': `bytes 5-9/${DATA.length}` }).end('12345')
      },
      reason: /another range than asked/,
    },
    {
      name: 'a redirect without end',
      handler: (_, response) => response.writeHead(302, { location: '/a.fits' }).end(),
      reason: /redirect/,
    },
  ]
  test.for(faults)('$name gives no file', async ({ handler, reason }) => {
    const folder = freshFolder()
    const url = await server(handler)
    await expect(move([`${url}/a.fits?key=canary`], { folder })).rejects.toThrow(reason)
    await expect(move([`${url}/a.fits?key=canary`], { folder })).rejects.not.toThrow('canary')
    expect(existsSync(join(folder, 'deep/out file.fits'))).toBe(false)
    expect(readdirSync(join(folder, 'deep'))).toEqual([])
  })

  test('a refused connection is a failure', async () => {
    const http = createServer()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    await new Promise((resolve) => http.close(resolve))
    await expect(move([`http://127.0.0.1:${port}/a.fits`])).rejects.toThrow(
      /ECONNREFUSED.*RUNNER_TRANSFER_FAILED/,
    )
  })
})

test('other schemes are moved by a configured command, without a shell', async () => {
  const folder = freshFolder()
  const source = join(folder, 'a b;c.fits')
  writeFileSync(source, DATA)
  const [command] = readTransferCommands(
    '[{"scheme": "tape", "get": ["cp", "--", "{url}", "{path}"]}]',
    'commands.json',
  )
  if (command === undefined) throw new Error('no command')
  const transfer = commandTransfer({
    ...command,
    get: ['sh', '-c', 'cp "${1#tape:}" "$2"', 'sh', '{url}', '{path}'],
  })
  await transfer.get(`tape:${source}`, join(folder, 'out'), { signal: new AbortController().signal })
  expect(readFileSync(join(folder, 'out')).equals(DATA)).toBe(true)
  expect(() => readTransferCommands('[{"scheme": "S3"}]', 'commands.json')).toThrow(
    /commands.json: .*RUNNER_BAD_RECORD/,
  )
})
