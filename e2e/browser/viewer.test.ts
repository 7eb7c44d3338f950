import { existsSync } from 'node:fs'
import { memorySource } from '@skyloom/base'
import { openFits, readImage } from '@skyloom/fits'
import { chromium, type Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type FileServer, fileServer } from './file-server.ts'
import { SIDE, STAR, starImage, starPosition } from './star-image.ts'

/** Debian's browser, unless the environment names another. */
const CHROMIUM = process.env.SKYLOOM_CHROMIUM ?? '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const isMissing = !existsSync(CHROMIUM) && process.env.CI !== 'true'

const IMAGE = '/stars.fits.fz'
/** Side of the example's canvas: it opens with that many pixels around the middle. */
const VIEW = 512
const FIRST = (SIDE - VIEW) / 2

describe.skipIf(isMissing)(isMissing ? `browser example: ${CHROMIUM} is missing` : 'browser example', () => {
  let image: Uint8Array
  let server: FileServer
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
    image = await starImage()
    server = await fileServer(new Map([[IMAGE, image]]))
    page = await browser.newPage({ viewport: { width: 1000, height: 1000 } })
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${server.url}/examples/browser/?url=${IMAGE}`)
    await page.waitForSelector('#status:is([data-state=shown], [data-state=failed])')
    return async () => {
      await browser.close()
      await server[Symbol.asyncDispose]()
    }
  })

  /** Grey of each pixel of the canvas from its upper left corner, -1 where it is clear. */
  const greys = (): Promise<number[]> =>
    page.evaluate(`{
      const { width, height, data } = view.getContext('2d').getImageData(0, 0, view.width, view.height)
      Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] === 0 ? -1 : data[4 * i]))
    }`)
  const text = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? ''
  /** Window coordinates of a pixel of the canvas, counted from its lower left corner: whole numbers, as a mouse has. */
  const onCanvas = async (col: number, row: number): Promise<[number, number]> => {
    const box = await page.locator('#view').boundingBox()
    if (box === null) throw new Error('the canvas is not in the page')
    return [Math.ceil(box.x + col), Math.ceil(box.y + VIEW - 1 - row)]
  }

  test('a part of a compressed image is fetched and shown', async () => {
    expect(await text('#status')).toContain(
      `512 x 512 of 2000 x 2000 pixels from ${server.url}${IMAGE}, HDU 1`,
    )
    expect(image.length).toBeGreaterThan(1e6)
    expect(server.bytesSent(IMAGE)).toBeGreaterThan(0)
    expect(server.bytesSent(IMAGE)).toBeLessThan(image.length / 4)

    const shades = await greys()
    expect(shades).not.toContain(-1)
    expect(new Set(shades).size).toBeGreaterThan(20)
    // The star is a white disc.
    const white = shades.flatMap((shade, index) => (shade === 255 ? [index] : []))
    expect(white.length).toBeGreaterThan(10)
    const mean = (place: (index: number) => number): number =>
      white.reduce((sum, index) => sum + place(index), 0) / white.length
    expect(Math.round(mean((index) => FIRST + (index % VIEW)))).toBe(STAR.col)
    expect(Math.round(mean((index) => FIRST + VIEW - 1 - Math.floor(index / VIEW)))).toBe(STAR.row)
  })

  test('the browser reads the same pixels as Node', async () => {
    const region = { col: 1040, row: 890, width: 120, height: 115 }
    const own = await readImage(await (await openFits(memorySource(image))).hdu(1), { region })
    const theirs = await page.evaluate<number[]>(`(async () => {
      const { httpSource, openFits, readImage } = await import('@skyloom/fits')
      const file = await openFits(await httpSource(location.origin + '${IMAGE}'))
      const { data } = await readImage(await file.hdu(1), { region: ${JSON.stringify(region)} })
      return [...data]
    })()`)
    expect(theirs).toEqual([...own.data])
    expect(Math.max(...theirs)).toBeGreaterThanOrEqual(20_100)
  })

  test('the mouse reads value and sky position', async () => {
    await page.mouse.move(...(await onCanvas(STAR.col - FIRST, STAR.row - FIRST)))
    const [, x, y, value, ra, dec] =
      /^pixel (\d+) (\d+), value (\d+), sky ([\d.]+) ([\d.]+) \(icrs\)$/.exec(await text('#place')) ?? []
    expect([Number(x), Number(y)]).toEqual([STAR.col + 1, STAR.row + 1])
    expect(Number(value)).toBeGreaterThanOrEqual(20_100)
    const star = starPosition()
    // The page prints six decimals.
    expect(Math.abs(Number(ra) - star.raDeg)).toBeLessThan(6e-7)
    expect(Math.abs(Number(dec) - star.decDeg)).toBeLessThan(6e-7)
  })

  test('the slider stretches what was read, without reading again', async () => {
    const mean = async (): Promise<number> => {
      const shades = await greys()
      return shades.reduce((sum, shade) => sum + shade, 0) / shades.length
    }
    const sent = server.bytesSent(IMAGE)
    await page.fill('#stretch', '0')
    const linear = await mean()
    await page.fill('#stretch', '3')
    expect(await mean()).toBeGreaterThan(linear + 10)
    expect(server.bytesSent(IMAGE)).toBe(sent)
  })

  test('a click moves the view there', async () => {
    const sent = server.bytesSent(IMAGE)
    await page.mouse.click(...(await onCanvas(0, 0)))
    await page.waitForSelector('#status[data-state=shown]')
    await page.mouse.move(...(await onCanvas(1, 2)))
    expect(await text('#place')).toContain(`pixel ${FIRST - VIEW / 2 + 2} ${FIRST - VIEW / 2 + 3},`)
    expect(server.bytesSent(IMAGE)).toBeGreaterThan(sent)
  })

  test('a file of the machine is read without a server', async () => {
    const sent = server.bytesSent(IMAGE)
    await page.setInputFiles('#file', {
      name: 'chosen.fits.fz',
      mimeType: 'application/fits',
      buffer: Buffer.from(image),
    })
    await page.waitForSelector('#status[data-state=shown]:has-text("chosen.fits.fz")')
    expect(server.bytesSent(IMAGE)).toBe(sent)
  })

  test('what goes wrong is said in the page', async () => {
    await page.fill('#url', `${server.url}/missing.fits`)
    await page.click('#open button')
    await page.waitForSelector('#status[data-state=failed]')
    expect(await text('#status')).toMatch(/missing\.fits.*found .*404.*\[FITS_HTTP_FAILED\]/)
    expect(faults).toEqual([])
  })
})
