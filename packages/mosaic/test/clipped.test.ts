import { join } from 'node:path'
import type { MosaicOptions } from '@skyloom/mosaic'
import { makeMosaic } from '@skyloom/mosaic/node'
import { skyToPixel, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { keywordValue } from '../src/template/template.ts'
import { loadImage, type TestImage, tanHeader } from './support/images.ts'
import { fieldGrid, type NoisyField, writeNoisyField } from './support/noise.ts'

const SIDE = 120
/** Pixels wider than the stars: full width at half maximum 1.2 pixels. */
const STAR_SIGMA = 1.2 / 2.3548
const STAR_FLUX = 40_000
const NOISE = 5
const SKY = 100
/** Pixels of each image that a particle hits, and what it leaves. */
const HITS = 60
const HIT = 900

/** Stars on a grid on the sky, with their own places within the pixels. */
const STARS = Array.from({ length: 36 }, (_, k) => {
  const random = seededRandom(500 + k)
  const at = (place: number): number => (16 * (place - 2.5) + 2 * random()) / 3600
  return { lonDeg: 150 + at(k % 6) / Math.cos((20 * Math.PI) / 180), latDeg: 20 + at(Math.floor(k / 6)) }
})

const shape = { count: 9, side: SIDE, scaleDeg: 1 / 3600, sigma: () => NOISE }

function wcsOf(image: number): Wcs {
  const header = tanHeader(fieldGrid({ ...shape, value: () => 0 }, image))
  return wcsFromKeywords((keyword) => keywordValue(header, keyword))
}

/** Values of an image: sky, stars as the pixels collect them, and hits. */
function sceneOf(image: number, withHits: boolean): Float64Array {
  const data = new Float64Array(SIDE * SIDE).fill(SKY)
  for (const { lonDeg, latDeg } of STARS) {
    const place = skyToPixel(wcsOf(image), lonDeg, latDeg)!
    for (let row = 0; row < SIDE; row++) {
      for (let col = 0; col < SIDE; col++) {
        const [dx, dy] = [col + 1 - place.fitsX, row + 1 - place.fitsY]
        if (Math.abs(dx) < 5 && Math.abs(dy) < 5)
          data[row * SIDE + col]! += STAR_FLUX * inPixel(dx) * inPixel(dy)
      }
    }
  }
  const random = seededRandom(90 + image)
  for (let k = 0; withHits && k < HITS; k++)
    data[Math.floor(random() * SIDE * SIDE)]! += HIT * (1 + 5 * random())
  return data
}

/** Part of a star's light in a pixel at this distance, along one axis: the integral of its profile by 16 points. */
function inPixel(distance: number): number {
  let sum = 0
  for (let k = 0; k < 16; k++) {
    const x = (distance + (k + 0.5) / 16 - 0.5) / STAR_SIGMA
    sum += Math.exp(-0.5 * x * x)
  }
  return sum / 16 / Math.sqrt(2 * Math.PI) / STAR_SIGMA
}

/** Flux within 3 pixels of each star, the sky subtracted. */
function fluxes({ data, width, header }: TestImage): readonly number[] {
  const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword))
  return STARS.map(({ lonDeg, latDeg }) => {
    const place = skyToPixel(wcs, lonDeg, latDeg)!
    let sum = 0
    for (const [i, value] of data.entries()) {
      const [dx, dy] = [(i % width) + 1 - place.fitsX, Math.floor(i / width) + 1 - place.fitsY]
      if (dx * dx + dy * dy <= 9) sum += value - SKY
    }
    return sum
  })
}

/** Pixels from an array element to the nearest star. */
function distanceToStar({ header, width }: TestImage, index: number): number {
  const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword))
  places ??= STARS.map(({ lonDeg, latDeg }) => skyToPixel(wcs, lonDeg, latDeg)!)
  const [fitsX, fitsY] = [(index % width) + 1, Math.floor(index / width) + 1]
  return Math.min(...places.map((star) => Math.hypot(star.fitsX - fitsX, star.fitsY - fitsY)))
}

function distanceToCentre({ width, height }: TestImage, index: number): number {
  return Math.hypot((index % width) - width / 2, Math.floor(index / width) - height / 2)
}
let places: readonly { readonly fitsX: number; readonly fitsY: number }[] | undefined

describe('a clipped mean', async () => {
  const folder = keptFolder()
  for (const name of ['clean', 'hit']) {
    const scenes = Array.from({ length: shape.count }, (_, image) => sceneOf(image, name === 'hit'))
    const value: NoisyField['value'] = (image, col, row) => scenes[image]![row * SIDE + col]!
    await writeNoisyField(join(folder, name), { ...shape, value }, 5)
  }
  let made = 0
  const make = async (name: string, options: Partial<MosaicOptions>): Promise<TestImage> => {
    const outDir = join(folder, `out${made++}`)
    const imagesDir = join(folder, name, 'raw')
    await makeMosaic({ imagesDir, outDir, background: 'none', threads: 1, ...options })
    return await loadImage(join(outDir, 'mosaic.fits'))
  }
  const clean = await make('clean', { combine: 'mean' })
  const truth = fluxes(clean)
  const worst = (found: readonly number[]): number =>
    Math.max(...found.map((flux, star) => Math.abs(flux / truth[star]! - 1)))

  test('leaves the cores of stars alone that pixels hardly resolve', async () => {
    expect(worst(fluxes(await make('clean', { combine: 'clipped' })))).toBeLessThan(0.001)
    // The stars are hard enough: by noise alone their cores would be eaten.
    expect(worst(fluxes(await make('clean', { combine: 'clipped', clip: { range: 0 } })))).toBeGreaterThan(
      0.02,
    )
  })

  test('rejects what single images have', async () => {
    // All images overlap within this radius; at the corners there are too few to tell a hit.
    const isSky = clean.data.map((_, i) =>
      distanceToStar(clean, i) > 4 && distanceToCentre(clean, i) < SIDE / 2 - 4 ? 1 : 0,
    )
    const rms = ({ data }: TestImage): number => {
      const squares = data
        .map((value, i) => (isSky[i] === 1 ? (value - clean.data[i]!) ** 2 : Number.NaN))
        .filter((square) => square >= 0)
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
    }
    const [hit, clipped] = [await make('hit', { combine: 'mean' }), await make('hit', { combine: 'clipped' })]
    expect(rms(hit)).toBeGreaterThan(40)
    // What stays is below four times the noise in one of nine images.
    expect(rms(clipped)).toBeLessThan(1)
  })

  test('depends neither on threads nor on memory', async () => {
    const [one, two] = [
      await make('hit', { combine: 'clipped' }),
      await make('hit', { combine: 'clipped', threads: 3, memoryBytes: 2 ** 26 }),
    ]
    expect(two.data).toEqual(one.data)
  })
})
