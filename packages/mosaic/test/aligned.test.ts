import { readFileSync, utimesSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MosaicOptions } from '@skyloom/mosaic'
import { makeMosaic } from '@skyloom/mosaic/node'
import { wcsFromKeywords } from '@skyloom/wcs'
import { beforeAll, describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { alignedShift } from '../src/project/aligned-shift.ts'
import { keywordValue } from '../src/template/template.ts'
import { loadImage, type TanGrid, tanHeader, writeTestImage } from './support/images.ts'

const SIDE = 70
const COUNT = 7
const SCALE_DEG = 1 / 3600
const GRID: TanGrid = { width: SIDE, height: SIDE, lonDeg: 150, latDeg: 20, scaleDeg: SCALE_DEG }
/** Images lie this far apart on the grid, so that some reach beyond the template. */
const SHIFTS = Array.from({ length: COUNT }, (_, k) => [3 * k - 9, 5 * (k % 3) - 4] as const)
/** Pixels this far from the border of the template lie in all images. */
const MARGIN = 12
/** Shift of the template that is not on the grid, pixels: too large to count as none, too small to be seen. */
const HARDLY = 4e-7
/** Largest step between neighbours of the images. */
const CONTRAST = 500

const folder = keptFolder()

function templateOf(shift: number, side: number = SIDE): string {
  const header = tanHeader({ ...GRID, crpix1: (side + 1) / 2 + shift, crpix2: (side + 1) / 2 })
  header.set('NAXIS', 2).set('NAXIS1', side).set('NAXIS2', side)
  return Array.from(header, ({ raw }) => raw).join('\n')
}

const make = async (
  out: string,
  images: string,
  options: Partial<MosaicOptions>,
): ReturnType<typeof makeMosaic> =>
  await makeMosaic({
    imagesDir: join(folder, images),
    outDir: join(folder, out),
    headerFile: join(folder, 'template.hdr'),
    background: 'none',
    ...options,
  })

beforeAll(async () => {
  for (const name of ['whole', 'blanks', 'weights', 'masks', 'deep']) await mkdir(join(folder, name))
  const random = seededRandom(5)
  const blank = (): number => (random() < 0.5 ? Number.NaN : Infinity)
  const value = (k: number): number => (random() < 0.02 ? CONTRAST * random() : 100 + k + random())
  for (const [k, [dx, dy]] of SHIFTS.entries()) {
    const grid = { ...GRID, crpix1: (SIDE + 1) / 2 + dx, crpix2: (SIDE + 1) / 2 + dy }
    const write = async (name: string, pixel: () => number): Promise<string> =>
      await writeTestImage(join(folder, name), `i${k}.fits`, grid, pixel)
    await write('whole', () => value(k))
    await write('blanks', () => (random() < 0.03 ? blank() : value(k)))
    await write('weights', () => 0.5 + random())
    await write('masks', () => (random() < 0.1 ? 1 : 0))
  }
  await writeFile(join(folder, 'template.hdr'), templateOf(0))
  await writeFile(join(folder, 'shifted.hdr'), templateOf(HARDLY))
})

describe('images on the grid of the template', () => {
  const weights = join(folder, 'weights', '{name}')
  const ways: readonly Partial<MosaicOptions>[] = [
    { combine: 'mean' },
    { combine: 'median' },
    { combine: 'count' },
    { combine: 'mean', planes: ['variance', 'weight', 'count', 'context'] },
    { combine: 'weighted', planes: ['variance', 'weight', 'count', 'context'] },
    { combine: 'clipped', planes: ['variance', 'count'] },
    { combine: 'median', planes: ['variance', 'weight', 'context'] },
    { combine: 'max', planes: ['variance', 'count'] },
    { combine: 'weighted', planes: ['variance', 'weight'], quality: { weight: weights } },
    { combine: 'clipped', planes: ['variance'], quality: { variance: weights } },
    { combine: 'median', planes: ['weight'], quality: { weight: weights } },
    { combine: 'sum', method: 'lanczos3', conserve: 'flux', planes: ['variance'] },
  ]

  test.for(ways.map((way, k) => [k, way] as const))(
    'give what their reprojection gives, in the way %i: %o',
    async ([k, way]) => {
      const [aligned, general] = [`aligned-${k}`, `general-${k}`]
      await make(aligned, 'whole', way)
      await make(general, 'whole', { ...way, headerFile: join(folder, 'shifted.hdr') })
      for (const plane of ['', '_area', ...(way.planes ?? []).map((name) => `_${name}`)]) {
        const [found, expected] = await Promise.all(
          [aligned, general].map(async (name) => await inner(join(folder, name, `mosaic${plane}.fits`))),
        )
        // Pixels take a part HARDLY of their neighbours; float32 holds 6e-8.
        const allowed = (pixel: number): number => 2 * COUNT * HARDLY * CONTRAST + 2e-6 * Math.abs(pixel)
        const wrong = found!.findIndex(
          (pixel, i) => !(Math.abs(pixel - expected![i]!) <= allowed(expected![i]!)),
        )
        expect({ plane, wrong, found: found![wrong] }).toEqual({ plane, wrong: -1, found: undefined })
      }
    },
  )

  test('make a mean that is that of their pixels to the last bit, without blank and masked ones', async () => {
    const summary = await make('exact', 'blanks', { quality: { mask: join(folder, 'masks', '{name}') } })
    expect(summary.status).toBe('complete')
    const found = await inner(join(folder, 'exact', 'mosaic.fits'))
    const read = async (name: string): Promise<readonly Float64Array[]> =>
      await Promise.all(SHIFTS.map(async (_, k) => (await loadImage(join(folder, name, `i${k}.fits`))).data))
    const [images, masks] = [await read('blanks'), await read('masks')]
    const expected = found.map((_, i) => {
      const width = SIDE - 2 * MARGIN
      const [col, row] = [MARGIN + (i % width), MARGIN + Math.floor(i / width)]
      const values = SHIFTS.flatMap(([dx, dy], k) => {
        const at = (row + dy) * SIDE + col + dx
        const pixel = images[k]![at]!
        return Math.abs(pixel) < Infinity && masks[k]![at] === 0 ? [pixel] : []
      })
      return Math.fround(values.reduce((sum, pixel) => sum + pixel, 0) / values.length)
    })
    expect(found).toEqual(expected)
  })

  test('are matched to each other', async () => {
    await make('matched', 'blanks', { combine: 'median', background: 'level' })
    const table = readFileSync(join(folder, 'matched', 'corrections.tbl'), 'latin1')
    const rows = table.split('\n').filter((line) => /^\s*\d/.test(line))
    const levels = rows.map((line) => Number(line.trim().split(/\s+/).at(-1)))
    // Image k is brighter by k; bright pixels and noise make the fits uncertain by some hundredths.
    for (const [k, level] of levels.entries()) expect(Math.abs(level - levels[0]! - k)).toBeLessThan(0.1)
  })

  /** The pixels of a product that lie in all images. */
  async function inner(path: string): Promise<Float64Array> {
    const { data, width, height, header } = await loadImage(path)
    // Mosaics are cut to the pixels with data.
    const col0 = Math.round(header.number('CRPIX1') - (SIDE + 1) / 2)
    const row0 = Math.round(header.number('CRPIX2') - (SIDE + 1) / 2)
    const side = SIDE - 2 * MARGIN
    const out = new Float64Array(side * side)
    for (let row = 0; row < side; row++) {
      const at = (row + MARGIN + row0) * width + MARGIN + col0
      out.set(data.subarray(at, at + side), row * side)
    }
    expect(height).toBeGreaterThanOrEqual(side)
    return out
  }
})

describe('deep stacks', () => {
  const side = 512
  const count = 60
  beforeAll(async () => {
    const random = seededRandom(7)
    const grid = { ...GRID, width: side, height: side }
    for (let k = 0; k < count; k++) await writeTestImage(join(folder, 'deep'), `i${k}.fits`, grid, random)
    await writeFile(join(folder, 'deep.hdr'), templateOf(0, side))
  })
  const settings = {
    headerFile: join(folder, 'deep.hdr'),
    combine: 'clipped',
    planes: ['variance', 'count'],
  } as const
  const memoryBytes = 64 * 1024 ** 2

  test('are read from their files again when memory is short, without a spill file, to the same bytes', async () => {
    await make('large', 'deep', settings)
    const { spilledBytes } = await make('small', 'deep', { ...settings, memoryBytes, threads: 2 })
    expect(spilledBytes).toBe(0)
    const read = (out: string, name: string): Buffer => readFileSync(join(folder, out, name))
    for (const name of ['mosaic.fits', 'mosaic_area.fits', 'mosaic_variance.fits', 'mosaic_count.fits'])
      expect(read('small', name).equals(read('large', name))).toBe(true)
  })

  test('fit into little memory when they must be reprojected, too', async () => {
    const shifted = join(folder, 'deep-shifted.hdr')
    await writeFile(shifted, templateOf(0.5, side))
    const few = { ...settings, headerFile: shifted, memoryBytes, threads: 2 }
    const { spilledBytes, status } = await make('shifted', 'deep', few)
    expect(spilledBytes).toBeGreaterThan(memoryBytes)
    expect(status).toBe('complete')
  })

  test('are not made of files that change meanwhile', async () => {
    const onProgress = ({ stage }: { readonly stage: string }): void => {
      if (stage !== 'add') return
      for (let k = 0; k < count; k++) utimesSync(join(folder, 'deep', `i${k}.fits`), 1, 1)
    }
    await expect(make('changed', 'deep', { ...settings, memoryBytes, onProgress })).rejects.toMatchObject({
      code: 'BASE_READ_FAILED',
      problem: 'an image changed while the mosaic was made',
    })
  })
})

describe('alignedShift', () => {
  const template = wcs(tanHeader(GRID))
  const region = { col: -5, row: -3, width: 300, height: 200 }

  test('finds shifts by whole pixels however the grid is written', () => {
    const shifted = tanHeader({ ...GRID, crpix1: (SIDE + 1) / 2 + 12, crpix2: (SIDE + 1) / 2 - 7 })
    const found = alignedShift(wcs(shifted), template, region)
    expect(found).toMatchObject({ col: -12, row: 7 })
    expect(found!.errorPx).toBeLessThan(1e-8)
    const written = tanHeader(GRID)
    for (const name of ['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2']) written.delete(name)
    written.setFloat('CDELT1', -SCALE_DEG).setFloat('CDELT2', SCALE_DEG)
    expect(alignedShift(wcs(written), template, region)).toMatchObject({ col: 0, row: 0 })
  })

  test.for([
    ['a part of a pixel', { crpix1: (SIDE + 1) / 2 + 1e-5 }],
    ['a turn', { rotationDeg: 1e-4 }],
    ['another scale', { scaleDeg: SCALE_DEG * (1 + 1e-7) }],
    ['another projection', { projection: 'SIN' }],
    ['another place', { lonDeg: 150.01 }],
  ] as const)('is not taken in by %s', ([, change]) => {
    expect(alignedShift(wcs(tanHeader({ ...GRID, ...change })), template, region)).toBeUndefined()
  })

  function wcs(header: ReturnType<typeof tanHeader>): ReturnType<typeof wcsFromKeywords> {
    const naxis = [SIDE, SIDE] as const
    return wcsFromKeywords((keyword) => keywordValue(header, keyword), { name: 'test', naxis })
  }
})
