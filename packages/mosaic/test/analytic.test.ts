import { join } from 'node:path'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { loadImage, type TanGrid, type TestImage, writeTestImage } from './support/images.ts'

/** Float32 pixels: a value is stored to 6e-8 of itself. */
const STORED_RTOL = 1.2e-7
/** Total flux of a source field after reprojection. */
const FLUX_RTOL = 1e-6

const SCALE_DEG = 1 / 3600
const GRID: TanGrid = { width: 120, height: 90, lonDeg: 150, latDeg: 20, scaleDeg: SCALE_DEG }

function finite(image: TestImage): number[] {
  return [...image.data].filter((value) => !Number.isNaN(value))
}

/** Gaussian sources well inside the image. */
function sources(col: number, row: number): number {
  const places = [
    [40.3, 30.7, 3000],
    [70.9, 55.1, 900],
    [60, 45, 15000],
  ] as const
  return places.reduce(
    (sum, [x, y, peak]) => sum + peak * Math.exp(-((col - x) ** 2 + (row - y) ** 2) / 6),
    0,
  )
}

describe('one image', () => {
  test.for([
    { name: 'a shifted grid', rotation: 0, projection: 'TAN' },
    { name: 'a grid turned by 33 degrees', rotation: 33, projection: 'TAN' },
    { name: 'another projection', rotation: 10, projection: 'ZEA' },
    { name: 'another frame', rotation: 0, projection: 'TAN', frame: 'galactic' as const },
  ])('a constant stays constant on $name', async ({ rotation, projection, frame }) => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, () => 1234.5)
    const out = join(folder, 'out')
    const template = { rotation, projection, ...(frame === undefined ? {} : { frame: { system: frame } }) }
    await makeMosaic({ imagesDir: folder, outDir: out, template, isFloat64: true })
    const values = finite(await loadImage(join(out, 'mosaic.fits')))
    expect(values.length).toBeGreaterThan(GRID.width * GRID.height)
    for (const value of values) expect(Math.abs(value / 1234.5 - 1)).toBeLessThan(STORED_RTOL)
  })

  test.for([
    // Shifted squares average a staircase to exactly its plane; turned ones see the steps.
    { name: 'a grid shifted by part of a pixel', rotation: 0, tolerance: 600 * 4 * STORED_RTOL },
    { name: 'a turned grid, to a thirtieth of the slope', rotation: 20, tolerance: 0.25 / 30 },
  ])('a plane stays a plane on $name', async ({ rotation, tolerance }) => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, (col, row) => 500 + 0.25 * col - 0.125 * row)
    const out = join(folder, 'out')
    const centre = { lonDeg: 150 + 0.37 * SCALE_DEG, latDeg: 20 - 0.21 * SCALE_DEG }
    const template = { rotation, centre, sizeDeg: { width: 60 * SCALE_DEG, height: 50 * SCALE_DEG } }
    await makeMosaic({ imagesDir: folder, outDir: out, template, isFloat64: true })
    const image = await loadImage(join(out, 'mosaic.fits'))
    expect(finite(image).length).toBe(60 * 50)
    const at = (col: number, row: number): number => image.data[row * image.width + col]!
    for (let row = 1; row < image.height - 1; row++) {
      for (let col = 1; col < image.width - 1; col++) {
        expect(Math.abs((at(col - 1, row) + at(col + 1, row)) / 2 - at(col, row))).toBeLessThan(tolerance)
        expect(Math.abs((at(col, row - 1) + at(col, row + 1)) / 2 - at(col, row))).toBeLessThan(tolerance)
      }
    }
  })

  test.for([
    { name: 'the same scale', scale: 1 },
    { name: 'a coarser scale', scale: 2.6 },
    { name: 'a finer scale', scale: 0.4 },
  ])('total flux is kept on $name', async ({ scale }) => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, sources)
    const out = join(folder, 'out')
    const template = { rotation: 17, scaleDeg: SCALE_DEG * scale }
    await makeMosaic({ imagesDir: folder, outDir: out, template, isFloat64: true })
    const before = await loadImage(join(folder, 'a.fits'))
    const after = await loadImage(join(out, 'mosaic.fits'))
    const area = await loadImage(join(out, 'mosaic_area.fits'))
    // Surface brightness times solid angle; the image's own pixels change their angle by 1e-8 over its field.
    const pixelSr = ((SCALE_DEG * Math.PI) / 180) ** 2
    const fluxBefore = before.data.reduce((sum, value) => sum + value * pixelSr, 0)
    const fluxAfter = after.data.reduce(
      (sum, value, i) => sum + (Number.isNaN(value) ? 0 : value * area.data[i]!),
      0,
    )
    expect(Math.abs(fluxAfter / fluxBefore - 1)).toBeLessThan(FLUX_RTOL)
  })

  test('the background of a single image is left as it is', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, (col) => 100 + col)
    const summary = await makeMosaic({ imagesDir: folder, outDir: join(folder, 'out') })
    expect(summary.pairs).toEqual([])
    expect(summary.images[0]?.correction).toEqual({ a: 0, b: 0, c: 0 })
  })
})

describe('several images', () => {
  /** A row of overlapping images of one sky, each with its own background plane. */
  async function writeSurvey(
    folder: string,
    backgrounds: readonly (readonly [number, number, number])[],
  ): Promise<void> {
    for (const [index, [a, b, c]] of backgrounds.entries()) {
      const shift = index * 70
      const grid = { ...GRID, crpix1: 60.5 - shift, crpix2: 45.5 + 3 * index }
      const sky = (col: number, row: number): number =>
        200 + 50 * Math.sin((col + shift) / 17) * Math.cos((row - 3 * index) / 23)
      await writeTestImage(
        folder,
        `image${index}.fits`,
        grid,
        (col, row) => sky(col, row) + a * col + b * row + c,
      )
    }
  }

  test('injected offsets and gradients are removed', async () => {
    const folder = freshFolder()
    const backgrounds = [
      [0, 0, 0],
      [0.05, -0.03, 40],
      [-0.02, 0.01, -25],
      [0.01, 0.04, 7],
    ] as const
    await writeSurvey(folder, backgrounds)
    const options = { imagesDir: folder, isFloat64: true, template: { scaleDeg: SCALE_DEG } }
    const matched = await makeMosaic({ ...options, outDir: join(folder, 'matched') })
    expect(matched.residual.rmsBefore).toBeGreaterThan(20)
    expect(matched.residual.rmsAfter).toBeLessThan(2e-4)
    for (const pair of matched.pairs) expect(pair.rejected).toBeUndefined()
    expect(matched.groupCount).toBe(1)
  })

  test('levels alone are removed by --background level', async () => {
    const folder = freshFolder()
    await writeSurvey(folder, [
      [0, 0, 0],
      [0, 0, 40],
      [0, 0, -25],
    ])
    const summary = await makeMosaic({ imagesDir: folder, outDir: join(folder, 'out'), background: 'level' })
    expect(summary.residual.rmsAfter).toBeLessThan(2e-4)
    for (const { correction } of summary.images) expect([correction.a, correction.b]).toEqual([0, 0])
    const levels = summary.images.map(({ correction }) => correction.c)
    expect(levels[1]! - levels[0]!).toBeCloseTo(40, 3)
    expect(levels[2]! - levels[0]!).toBeCloseTo(-25, 3)
    // The free level is chosen so that the images change least: equal areas, so the levels add up to nothing.
    expect(levels.reduce((sum, level) => sum + level, 0)).toBeCloseTo(0, 1)
  })

  test('two images that do not overlap both come out unchanged', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, () => 10)
    await writeTestImage(folder, 'b.fits', { ...GRID, crpix1: -300 }, () => 20)
    const out = join(folder, 'out')
    const summary = await makeMosaic({ imagesDir: folder, outDir: out })
    expect(summary.pairs).toEqual([])
    expect(summary.groupCount).toBe(2)
    expect(summary.warnings.join()).toContain('2 groups')
    const values = new Set(finite(await loadImage(join(out, 'mosaic.fits'))))
    expect(values).toEqual(new Set([10, 20]))
  })

  test.for([
    { combine: 'mean' as const, expected: 4 },
    { combine: 'median' as const, expected: 2 },
    { combine: 'count' as const, expected: 3 },
  ])('$combine of three images', async ({ combine, expected }) => {
    const folder = freshFolder()
    for (const [index, value] of [1, 2, 9].entries())
      await writeTestImage(folder, `${index}.fits`, GRID, () => value)
    const out = join(folder, 'out')
    await makeMosaic({ imagesDir: folder, outDir: out, combine, background: 'none' })
    const image = await loadImage(join(out, 'mosaic.fits'))
    expect(image.data[45 * image.width + 60]).toBe(expected)
  })
})

describe('difficult places', () => {
  test.for([
    { name: 'the north pole', lonDeg: 0, latDeg: 90 },
    { name: 'right ascension 0', lonDeg: 0, latDeg: 0 },
    { name: 'the south pole', lonDeg: 123, latDeg: -89.995 },
  ])('a constant stays constant at $name', async ({ lonDeg, latDeg }) => {
    const folder = freshFolder()
    const grid = { ...GRID, lonDeg, latDeg, rotationDeg: 30 }
    await writeTestImage(folder, 'a.fits', grid, () => 7)
    await writeTestImage(folder, 'b.fits', { ...grid, crpix1: 10 }, () => 7)
    const out = join(folder, 'out')
    const summary = await makeMosaic({ imagesDir: folder, outDir: out })
    const values = finite(await loadImage(join(out, 'mosaic.fits')))
    expect(summary.pairs.length).toBe(1)
    expect(values.length).toBeGreaterThan(GRID.width * GRID.height)
    for (const value of values) expect(Math.abs(value / 7 - 1)).toBeLessThan(STORED_RTOL)
  })

  test('an image around a pole lands on an all-sky map', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', { ...GRID, lonDeg: 40, latDeg: 90, scaleDeg: 0.2 }, () => 3)
    const out = join(folder, 'out')
    const template = {
      centre: { lonDeg: 0, latDeg: 0 },
      sizeDeg: { width: 360, height: 180 },
      scaleDeg: 0.5,
      projection: 'CAR',
    }
    await makeMosaic({ imagesDir: folder, outDir: out, template, isExactSize: true })
    const image = await loadImage(join(out, 'mosaic.fits'))
    // Every column has data in the row next to the pole.
    const top = image.data.subarray((image.height - 2) * image.width, (image.height - 1) * image.width)
    expect([...top].every((value) => Math.abs(value - 3) < 1e-6)).toBe(true)
  })
})
