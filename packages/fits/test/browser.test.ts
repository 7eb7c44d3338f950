import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memorySink, memorySource } from '@skyloom/base'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginCompressedImage, FitsWriter, Header, openFits, readImage } from '../src/index.ts'
import { fileBytes, gzip } from './bytes.ts'
import { loopback, sendRange } from './loopback.ts'

/** Debian's browser, unless the environment names another. */
const CHROMIUM = process.env.SKYLOOM_CHROMIUM ?? '/usr/bin/chromium'
const repository = fileURLToPath(new URL('../../../', import.meta.url))

const SIDE = 1200
const REGION = { col: 700, row: 600, width: 64, height: 48 }

/** A compressed image of small tiles, much larger than the region that is read. */
async function compressedFile(): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const layout = { bitpix: 16 as const, shape: [SIDE, SIDE] }
  const image = await beginCompressedImage(writer, layout, new Header().set('EXTNAME', 'SCI'), {
    tileShape: [100, 100],
  })
  await image.writeRows(
    Int16Array.from({ length: SIDE * SIDE }, (_, index) => ((index * 7919) >> 5) & 0x3fff),
  )
  await image.end()
  await writer.commit()
  return sink.bytes()
}

const PAGE = `<!DOCTYPE html><title>FITS</title><canvas width="${REGION.width}" height="${REGION.height}"></canvas>
<script type="importmap">{"imports": {
  "@skyloom/base": "/packages/base/dist/index.js",
  "@skyloom/kernels": "/packages/kernels/dist/index.js",
  "@skyloom/fits": "/packages/fits/dist/index.js",
  "fflate": "/node_modules/fflate/esm/browser.js"
}}</script>
<script type="module">
import { blobSource } from '@skyloom/base'
import { httpSource, openFits, readImage, verifyFits } from '@skyloom/fits'

async function remote() {
  const file = await openFits(await httpSource(new URL('/image.fits.fz', location.href), { blockBytes: 4096 }))
  const image = await readImage(await file.hdu('SCI'), { region: ${JSON.stringify(REGION)} })
  const context = document.querySelector('canvas').getContext('2d')
  const pixels = context.createImageData(image.width, image.height)
  image.data.forEach((value, index) => pixels.data.set([value >> 6, value >> 6, value >> 6, 255], 4 * index))
  context.putImageData(pixels, 0, 0)
  return [...image.data]
}

async function chosen() {
  const blob = await (await fetch('/image.fits.gz')).blob()
  const file = await openFits(blobSource(blob))
  return (await verifyFits(file)).findings.length
}

async function broken() {
  const blob = new Blob([(await (await fetch('/image.fits.gz')).arrayBuffer()).slice(0, 2000)])
  return await openFits(blobSource(blob)).catch((error) => error.code)
}

window.results = Promise.all([remote(), chosen(), broken()].map((result) => result.catch((error) => error.message)))
</script>`

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.map': 'application/json' }

/** Sends the page, the image by ranges, and the compiled packages. */
function answer(image: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
  if (path === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE)
  else if (path === '/image.fits.fz') sendRange(image, request, response)
  else if (path === '/image.fits.gz') response.end(gzip(image))
  else if (existsSync(repository + path) && extname(path) in TYPES) {
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] }).end(fileBytes(repository + path))
  } else response.writeHead(404).end()
}

describe.skipIf(!existsSync(CHROMIUM) && process.env.CI !== 'true')('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())

  test('a compressed image is read over HTTP ranges and shown', async () => {
    const bytes = await compressedFile()
    await using server = await loopback((request, response) => answer(bytes, request, response))
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(new URL('/', server.url).href)
    const [pixels, findingCount, brokenCode] =
      await page.evaluate<[number[], number, string]>('window.results')

    const own = await readImage(await (await openFits(memorySource(bytes))).hdu('SCI'), { region: REGION })
    expect(faults).toEqual([])
    expect(pixels).toEqual([...own.data])
    expect(findingCount).toBe(0)
    expect(brokenCode).toBe('FITS_BAD_GZIP')
    const shown = await page.evaluate(
      "[...document.querySelector('canvas').getContext('2d').getImageData(5, 7, 1, 1).data]",
    )
    const grey = (own.data[7 * REGION.width + 5] ?? 0) >> 6
    expect(shown).toEqual([grey, grey, grey, 255])
    const asked = server.ranges.flatMap(
      (range) =>
        /bytes=(\d+)-(\d+)/
          .exec(range ?? '')
          ?.slice(1)
          .map(Number) ?? [],
    )
    const byteCount = asked.reduce((sum, at, index) => (index % 2 === 0 ? sum - at : sum + at + 1), 0)
    expect(byteCount).toBeLessThan(bytes.length / 4)
  })
})
