import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { FitsWriter, Header, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { mProject } from '../src/index.ts'

type Cards = Readonly<Record<string, string | number>>

const IMAGE: Cards = {
  CTYPE1: 'RA---TAN',
  CTYPE2: 'DEC--TAN',
  CRVAL1: 210.3,
  CRVAL2: -33.7,
  CRPIX1: 10.25,
  CRPIX2: 9.75,
  CDELT1: -0.0011,
  CDELT2: 0.0011,
  CROTA2: 0,
  EQUINOX: 2000,
}
const TEMPLATE: Cards = {
  ...IMAGE,
  CRVAL1: 210.301,
  CRVAL2: -33.701,
  CRPIX1: 15.5,
  CRPIX2: 15,
  CDELT1: -0.001,
  CDELT2: 0.001,
}

const inProjection = (cards: Cards, code: string): Cards => ({
  ...cards,
  CTYPE1: `RA---${code}`,
  CTYPE2: `DEC--${code}`,
})
const atLatitude = (cards: Cards, latDeg: number): Cards => ({ ...cards, CRVAL2: latDeg })
const matrix = { CD1_1: -0.00095, CD1_2: 0.0003, CD2_1: 0.0003, CD2_2: 0.00095 }
const withoutScale = Object.fromEntries(
  Object.entries(TEMPLATE).filter(([keyword]) => !/^CDELT|^CROTA/.test(keyword)),
)

/** Image 18 x 16 with values of both signs; its first row is blank, because mProject of Montage 6.0 takes its corners from nowhere. */
async function writeImage(path: string, cards: Cards): Promise<void> {
  const header = new Header()
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value)
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  const image = await writer.beginImage({ bitpix: -64, shape: [16, 18] }, header)
  await image.writeRows(
    Float64Array.from({ length: 16 * 18 }, (_, k) => (k < 18 ? Number.NaN : ((k * 7919) % 1009) - 500.3)),
  )
  await image.end()
  await writer.commit()
  writeFileSync(path, sink.bytes())
}

function templateText(cards: Cards): string {
  const words = Object.entries({ SIMPLE: 'T', BITPIX: -64, NAXIS: 2, NAXIS1: 30, NAXIS2: 29, ...cards })
  const lines = words.map(
    ([keyword, value]) =>
      `${keyword.padEnd(8)}= ${typeof value === 'string' && value !== 'T' ? `'${value}'` : value}`,
  )
  return `${lines.join('\n')}\nEND\n`
}

async function pixels(path: string): Promise<Float64Array> {
  await using file = await openFitsFile(path, { blocking: true })
  return (await readImage(await file.hdu(0), { as: 'float64' })).data
}

/** Parts of the pixels that are not the same number. */
function unequal(ours: Float64Array, theirs: Float64Array): number {
  expect(ours.length).toBe(theirs.length)
  let count = 0
  for (let k = 0; k < ours.length; k++) if (!Object.is(ours[k], theirs[k])) count++
  return count / ours.length
}

/**
 * Of the C library's sines and arc tangents one in a thousand is not the nearest number; a pixel takes about a hundred of them. Where one
 * bit differs by chance, the last place of an area is 4e-6 of the area of a pixel.
 */
const MOST_UNEQUAL = 0.05
const NOISE_SR = 4e-15

describe.skipIf(lacksProgram('mProject'))('areas of pixels of some arcseconds', () => {
  test.for([
    ['TAN', IMAGE, TEMPLATE],
    ['a turned template', IMAGE, { ...TEMPLATE, CROTA2: 17 }],
    ['a matrix', IMAGE, { ...withoutScale, ...matrix }],
    ['a mirrored template', IMAGE, { ...TEMPLATE, CDELT1: 0.001 }],
    ['a mirrored image and template', { ...IMAGE, CDELT1: 0.0011 }, { ...TEMPLATE, CDELT1: 0.001 }],
    ['SIN to ZEA', inProjection(IMAGE, 'SIN'), inProjection({ ...TEMPLATE, CROTA2: -5 }, 'ZEA')],
    ['STG to ARC', inProjection(IMAGE, 'STG'), inProjection(TEMPLATE, 'ARC')],
    ['near the pole', atLatitude(IMAGE, 85.2), atLatitude({ ...TEMPLATE, CROTA2: 30 }, 85.2)],
    [
      'CAR to TAN',
      inProjection({ ...IMAGE, CRVAL2: 0, CRPIX2: 100.3 }, 'CAR'),
      { ...TEMPLATE, CRVAL2: -0.1 },
    ],
  ] as const)('are those of Montage to the last bit: %s', async ([, image, template]) => {
    const folder = freshFolder()
    await writeImage(join(folder, 'in.fits'), image)
    writeFileSync(join(folder, 't.hdr'), templateText(template))
    runPeer('/usr/bin/mProject', ['-f', 'in.fits', 'c.fits', 't.hdr'], { cwd: folder })
    await mProject(
      { image: 'in.fits', output: 'o.fits', template: 't.hdr', isFullRegion: true },
      { cwd: folder },
    )
    const read = async (name: string): Promise<Float64Array> => await pixels(join(folder, name))
    const [areas, theirAreas] = [await read('o_area.fits'), await read('c_area.fits')]
    const worst = areas.reduce((most, area, k) => Math.max(most, Math.abs(area - theirAreas[k]!)), 0)
    expect(worst).toBeLessThan(NOISE_SR)
    expect(theirAreas.filter((area) => area > 0).length).toBeGreaterThan(250)
    expect(unequal(areas, theirAreas)).toBeLessThan(MOST_UNEQUAL)
    expect(unequal(await read('o.fits'), await read('c.fits'))).toBeLessThan(MOST_UNEQUAL)
  })
})
