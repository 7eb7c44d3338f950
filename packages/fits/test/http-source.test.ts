import { memorySink } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { Header, type HttpSourceOptions, httpSource, openFits, readImage, writeImage } from '../src/index.ts'
import { loopback, sendRange } from './loopback.ts'

const WIDTH = 500
const HEIGHT = 400

async function imageFile(): Promise<Uint8Array> {
  const sink = memorySink()
  const data = new Float32Array(WIDTH * HEIGHT).map((_, index) => index)
  await writeImage(sink, new Header(), { width: WIDTH, height: HEIGHT, data })
  return sink.bytes()
}

const FILE = await imageFile()
const QUICK: HttpSourceOptions = { retryDelayMs: 1, blockBytes: 16_384 }
const REGION = { col: 100, row: 200, width: 3, height: 2 }
const PIXELS = [100_100, 100_101, 100_102, 100_600, 100_601, 100_602]

async function readRegion(url: string, options: HttpSourceOptions = QUICK): Promise<number[]> {
  await using file = await openFits(await httpSource(url, options))
  const image = await readImage(await file.hdu(0), { region: REGION })
  return [...image.data]
}

describe('a server with ranges', () => {
  test('sends the header and the rows of the region, nothing else', async () => {
    await using server = await loopback((request, response) => sendRange(FILE, request, response))
    expect(await readRegion(server.url)).toEqual(PIXELS)
    expect(server.ranges).toEqual(['bytes=0-16383', 'bytes=393216-409599'])
  })

  test('sends each block once', async () => {
    await using server = await loopback((request, response) => sendRange(FILE, request, response))
    await using file = await openFits(await httpSource(server.url, QUICK))
    const hdu = await file.hdu(0)
    const images = await Promise.all([readImage(hdu), readImage(hdu), readImage(hdu)])
    expect(images.map((image) => image.data[WIDTH * HEIGHT - 1])).toEqual([199_999, 199_999, 199_999])
    const asked = server.ranges
      .map((range) => /bytes=(\d+)-(\d+)/.exec(range ?? ''))
      .map((match) => Number(match?.[2]) - Number(match?.[1]) + 1)
    expect(asked.reduce((sum, size) => sum + size, 0)).toBeLessThan(FILE.length + 16_384)
  })

  test('is asked for more at once when a large image is read whole', async () => {
    const sink = memorySink()
    const data = new Float32Array(4000 * 1000).map((_, index) => index)
    await writeImage(sink, new Header(), { width: 4000, height: 1000, data })
    const bytes = sink.bytes()
    await using server = await loopback((request, response) => sendRange(bytes, request, response))
    await using file = await openFits(await httpSource(server.url))
    expect((await readImage(await file.hdu(0))).data).toEqual(data)
    expect(server.ranges.length).toBeLessThan(16)
    const ends = server.ranges.map((range) => Number(/-(\d+)/.exec(range ?? '')?.[1]))
    expect(Math.max(...ends)).toBe(bytes.length - 1)
  })

  test('may send the file from elsewhere', async () => {
    await using server = await loopback((request, response) => {
      if (request.url === '/image.fits') response.writeHead(302, { Location: '/other.fits' }).end()
      else sendRange(FILE, request, response)
    })
    expect(await readRegion(server.url)).toEqual(PIXELS)
  })

  test('may have an empty file', async () => {
    await using server = await loopback((request, response) =>
      sendRange(new Uint8Array(0), request, response),
    )
    await expect(readRegion(server.url)).rejects.toMatchObject({ code: 'FITS_NOT_FITS' })
  })
})

describe('a server with faults', () => {
  test('that pass is asked again', async () => {
    await using server = await loopback((request, response, count) => {
      if (count === 1) response.writeHead(503, { 'Retry-After': '0' }).end()
      else if (count === 2) request.socket.destroy()
      else if (count === 3) {
        response.writeHead(206, {
          'Content-Range': `bytes 0-16383/${FILE.length}`,
          'Content-Length': 16_384,
          ETag: '"one"',
        })
        response.write(FILE.subarray(0, 100), () => request.socket.destroy())
      } else sendRange(FILE, request, response)
    })
    expect(await readRegion(server.url)).toEqual(PIXELS)
    expect(server.ranges).toHaveLength(5)
  })

  test('that stay are reported', async () => {
    await using server = await loopback((_request, response) => response.writeHead(500).end())
    await expect(readRegion(`${server.url}?token=secret`)).rejects.toMatchObject({
      code: 'FITS_HTTP_FAILED',
      message: `${server.url}?…, byte 0: the server did not deliver the bytes: found status 500, 4 times; try again later [FITS_HTTP_FAILED]`,
    })
  })

  test('that never pass are not asked again', async () => {
    await using server = await loopback((_request, response) => response.writeHead(404).end())
    await expect(readRegion(server.url)).rejects.toMatchObject({
      code: 'FITS_HTTP_FAILED',
      found: 'status 404 Not Found',
    })
    expect(server.ranges).toHaveLength(1)
  })

  test('such as silence are given up', async () => {
    await using server = await loopback(() => undefined)
    const options = { ...QUICK, timeoutMs: 20, attempts: 2 }
    await expect(readRegion(server.url, options)).rejects.toMatchObject({ code: 'FITS_HTTP_FAILED' })
    expect(server.ranges).toHaveLength(2)
  })

  test('such as a file that changes are noticed', async () => {
    await using server = await loopback((request, response, count) =>
      sendRange(FILE, request, response, `"${count}"`),
    )
    await expect(readRegion(server.url)).rejects.toMatchObject({
      code: 'FITS_HTTP_FAILED',
      problem: 'the file changed on the server while it was read',
    })
  })

  test('such as a wrong range are noticed', async () => {
    await using server = await loopback((_request, response) => {
      response.writeHead(206, { 'Content-Range': 'bytes 7-9/10' }).end('abc')
    })
    await expect(readRegion(server.url)).rejects.toMatchObject({
      code: 'FITS_HTTP_FAILED',
      found: 'bytes 7-9/10',
    })
  })

  test('stop when they are told to', async () => {
    await using server = await loopback((request, response, count) => {
      if (count === 1) sendRange(FILE, request, response)
    })
    await using file = await openFits(await httpSource(server.url, QUICK))
    const hdu = await file.hdu(0)
    const stop = new AbortController()
    const reading = readImage(hdu, { region: REGION, signal: stop.signal })
    stop.abort()
    await expect(reading).rejects.toMatchObject({ code: 'BASE_ABORTED' })
  })
})

describe('a server without ranges', () => {
  test('is read once and whole', async () => {
    await using server = await loopback((_request, response) => response.end(FILE))
    expect(await readRegion(server.url)).toEqual(PIXELS)
    expect(server.ranges).toHaveLength(1)
  })

  test('is refused when its file is too large', async () => {
    await using server = await loopback((_request, response) => response.end(FILE))
    await expect(readRegion(server.url, { ...QUICK, maxWholeBytes: 1000 })).rejects.toMatchObject({
      code: 'FITS_TOO_LARGE',
    })
  })

  test('is refused when an endless answer exceeds the limit', async () => {
    await using server = await loopback((_request, response) => {
      const send = (): boolean => response.write(FILE, () => (response.destroyed ? undefined : send()))
      send()
    })
    await expect(readRegion(server.url, { ...QUICK, maxWholeBytes: 2e6 })).rejects.toMatchObject({
      code: 'FITS_TOO_LARGE',
    })
  })
})

test('only http addresses are read', async () => {
  await expect(httpSource('file:///etc/passwd')).rejects.toMatchObject({ code: 'FITS_HTTP_FAILED' })
})
