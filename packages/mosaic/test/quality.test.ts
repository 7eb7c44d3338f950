import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, formatHeaderTemplate, readFitsTable, readImage, verifyFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { cellAt, tableColumn } from '@skyloom/fits/tables'
import type { MosaicOptions, MosaicSummary } from '@skyloom/mosaic'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { loadImage, type TanGrid, type TestImage, tanHeader, writeTestImage } from './support/images.ts'

const GRID: TanGrid = { width: 40, height: 30, lonDeg: 150, latDeg: 20, scaleDeg: 1 / 3600 }
const CELL = 12 * GRID.width + 15

/** Images on one pixel grid, so that each pixel of the mosaic is one pixel of each. */
async function writeStack(folder: string, levels: readonly number[]): Promise<void> {
  await mkdir(join(folder, 'raw'), { recursive: true })
  const template = tanHeader(GRID).set('NAXIS', 2).set('NAXIS1', GRID.width).set('NAXIS2', GRID.height)
  await writeFile(join(folder, 'grid.hdr'), formatHeaderTemplate(template))
  for (const [k, level] of levels.entries()) {
    await writeTestImage(
      join(folder, 'raw'),
      `i${k}.fits`,
      GRID,
      (col, row) => level + ((col * 7 + row * 3) % 5),
      (header) => header.set('SATURATE', 1000).set('BUNIT', 'MJy/sr'),
    )
  }
}

async function make(
  folder: string,
  options: Partial<MosaicOptions>,
): Promise<{ readonly summary: MosaicSummary; readonly plane: (name: string) => Promise<TestImage> }> {
  const outDir = join(folder, 'out')
  const summary = await makeMosaic({
    imagesDir: join(folder, 'raw'),
    outDir,
    background: 'none',
    headerFile: join(folder, 'grid.hdr'),
    overwrite: true,
    threads: 1,
    ...options,
  })
  return { summary, plane: async (name) => await loadImage(join(outDir, `mosaic${name}.fits`)) }
}

test('weights decide how much an image counts, and where it does not', async () => {
  const folder = freshFolder()
  await writeStack(folder, [10, 20])
  await mkdir(join(folder, 'raw', 'weights'))
  for (const k of [0, 1])
    await writeTestImage(join(folder, 'raw'), `i${k}.weight.fits`, GRID, (col) =>
      k === 0 ? 1 : col === 15 ? 0 : 3,
    )
  const { summary, plane } = await make(folder, {
    quality: { weight: '{stem}.weight.fits', weightType: 'inverse-variance' },
    planes: ['variance', 'weight', 'count'],
  })
  expect(summary.parameters.combine).toBe('weighted')
  expect(summary.images.map(({ name }) => name)).toEqual(['i0.fits', 'i1.fits'])
  expect(summary.rejected).toEqual([])
  expect(summary.images[1]?.quality).toMatchObject({ maskedPixels: GRID.height, noise: undefined })
  const [mosaic, variance, weight, count] = await Promise.all(
    ['', '_variance', '_weight', '_count'].map(plane),
  )
  const pattern = (15 * 7 + 12 * 3) % 5
  expect(mosaic?.data[CELL]).toBeCloseTo(10 + pattern, 4)
  expect(mosaic?.data[CELL + 5]).toBeCloseTo(17.5 + ((20 * 7 + 12 * 3) % 5), 4)
  expect([variance?.data[CELL], variance?.data[CELL + 5]]).toEqual([1, 0.25])
  expect([weight?.data[CELL], weight?.data[CELL + 5]]).toEqual([1, 4])
  expect([count?.data[CELL], count?.data[CELL + 5]]).toEqual([1, 2])
  expect(variance?.header.string('BUNIT')).toBe('(MJy/sr)**2')
  expect(count?.header.number('BITPIX')).toBe(32)
  const history = mosaic!.header.history().join('\n')
  expect(history).toContain('weight i1.weight.fits')
})

test('masks by bits, saturation and bad values leave pixels out before reprojection', async () => {
  const folder = freshFolder()
  await writeStack(folder, [10, 20, 996])
  await mkdir(join(folder, 'masks'))
  for (const k of [0, 1, 2]) {
    const sink = await atomicFile(join(folder, 'masks', `i${k}.fits`))
    const writer = new FitsWriter(sink)
    await writer.writeEmptyPrimary()
    const image = await writer.beginImage(
      { bitpix: 16, shape: [GRID.height, GRID.width] },
      tanHeader(GRID).set('EXTNAME', 'DQ'),
    )
    await image.writeRows(
      Int16Array.from({ length: 1200 }, (_, i) =>
        k === 0 && i === CELL ? 4 : k === 1 && i === CELL ? 2 : 0,
      ),
    )
    await image.end()
    await sink.commit()
  }
  const masked = { mask: join(folder, 'masks') + '[DQ]', saturation: 'saturate', badValues: [12] }
  const all = await make(folder, { quality: masked, planes: ['count'] })
  const counts = (await all.plane('_count')).data
  expect(counts[CELL]).toBe(1)
  // 996 + 4 is the saturation; 12 is bad: pattern 4 leaves the third out, 2 the first.
  const patternOf = (i: number): number => ((i % 40) * 7 + Math.floor(i / 40) * 3) % 5
  for (const i of [0, 1, 2, 3, 4])
    expect(counts[i], `pixel ${i}`).toBe(3 - (patternOf(i) === 4 ? 1 : 0) - (patternOf(i) === 2 ? 1 : 0))
  const bits = await make(folder, { quality: { ...masked, maskBits: 4, badValues: [] }, planes: ['count'] })
  expect((await bits.plane('_count')).data[CELL]).toBe(2)
})

test('the context names the images of each pixel, in planes of 32', async () => {
  const folder = freshFolder()
  await writeStack(folder, [1])
  for (let k = 1; k < 70; k++) {
    if (k === 40) continue
    await copyFile(join(folder, 'raw', 'i0.fits'), join(folder, 'raw', `j${String(k).padStart(2, '0')}.fits`))
  }
  await writeTestImage(join(folder, 'raw'), 'j40.fits', { ...GRID, width: 20, crpix1: 20.5 }, () => 1)
  const { summary } = await make(folder, { planes: ['context', 'count'], combine: 'median' })
  const path = join(folder, 'out', 'mosaic_context.fits')
  await using file = await openFitsFile(path)
  const context = await file.hdu(0)
  expect(context.shape).toEqual([3, 30, 40])
  const { table } = await readFitsTable(await file.hdu(1))
  const names = Array.from({ length: 70 }, (_, row) => cellAt(tableColumn(table, 'FILE'), row))
  expect(names).toEqual(summary.images.map(({ name }) => name))
  for (const [plane, left, right] of [
    [0, 0xffffffff, 0xffffffff],
    // Image 40 covers the left half alone: bit 8 of the second plane.
    [1, 0xffffffff, 0xfffffeff],
    [2, 0x3f, 0x3f],
  ] as const) {
    const { data } = await readImage(context, { plane, as: 'native' })
    expect([Number(data[CELL - 5]) >>> 0, Number(data[CELL + 15]) >>> 0]).toEqual([left, right])
  }
  expect((await verifyFits(file)).findings).toEqual([])
})

describe('partners that do not fit leave their image out, with the reason', () => {
  test.each([
    ['no file', 'MOSAIC_NO_PARTNER', undefined],
    ['another size', 'MOSAIC_BAD_PARTNER', { ...GRID, width: 39 }],
    ['negative variances', 'MOSAIC_BAD_PARTNER', GRID],
  ] as const)('%s', async (_, code, grid) => {
    const folder = freshFolder()
    await writeStack(folder, [10, 20])
    await mkdir(join(folder, 'var'))
    await writeTestImage(join(folder, 'var'), 'i0.fits', GRID, () => 1)
    if (grid !== undefined) await writeTestImage(join(folder, 'var'), 'i1.fits', grid, () => -1)
    const { summary } = await make(folder, { quality: { variance: join(folder, 'var') } })
    expect(summary.status).toBe('partial')
    expect(summary.images.map(({ name }) => name)).toEqual(['i0.fits'])
    expect(summary.rejected).toMatchObject([{ name: 'i1.fits', code }])
  })

  test('no saturation keyword', async () => {
    const folder = freshFolder()
    await writeStack(folder, [10])
    await writeTestImage(join(folder, 'raw'), 'plain.fits', GRID, () => 1)
    const { summary } = await make(folder, { quality: { saturation: 'SATURATE' } })
    expect(summary.rejected).toMatchObject([{ name: 'plain.fits', code: 'MOSAIC_NO_PARTNER' }])
  })
})

test.each([
  [{ quality: { weight: '{bad}.fits' } }, 'weight'],
  [{ quality: { maskBits: 0 } }, 'mask-bits'],
  [{ clip: { sigma: 0 } }, 'clip-sigma'],
  [{ planes: ['variance'], combine: 'count' }, 'planes'],
  [{ anchors: ['nothing*'] }, 'anchor'],
] as const)('refuses %j', async (options, name) => {
  const folder = freshFolder()
  await writeStack(folder, [10])
  await expect(make(folder, options)).rejects.toMatchObject({
    code: 'MOSAIC_BAD_OPTION',
    where: [`--${name}`],
  })
})

describe('backgrounds', () => {
  test.each(['direct', 'robust', 'classic'] as const)(
    'by the solver %s: fixed images stay, the others follow, groups on their own',
    async (solver) => {
      const folder = freshFolder()
      await mkdir(join(folder, 'raw'))
      // Two chains of three images that do not touch.
      for (const [k, level] of [100, 130, 90, 10, 40, 20].entries()) {
        const crpix1 = 20.5 - 25 * (k % 3) - (k < 3 ? 0 : 200)
        await writeTestImage(
          join(folder, 'raw'),
          `i${k}.fits`,
          { ...GRID, crpix1 },
          (col, row) => level + 0.3 * (k % 2) * row + ((col * 13 + row * 7) % 11) / 20,
        )
      }
      const { summary, plane } = await make(folder, {
        headerFile: undefined,
        background: 'plane',
        solver,
        anchors: ['i0.*'],
      })
      expect(summary.groupCount).toBe(2)
      expect(summary.images[0]).toMatchObject({ isAnchor: true, correction: { a: 0, b: 0, c: 0 } })
      expect(summary.residual.rmsAfter).toBeLessThan(0.05 * summary.residual.rmsBefore)
      for (const pair of summary.pairs) expect(pair.rmsAfter).toBeLessThan(pair.rmsBefore)
      const { data, width } = await plane('')
      // The far end of the first chain has come to the level of the fixed image.
      expect(Math.abs(data[15 * width + 85]! - 100.25)).toBeLessThan(2)
    },
  )
})
