import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readIpacTable, tableRows } from '@skyloom/fits/tables'
import { makeMosaic } from '@skyloom/mosaic/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import type { MosaicSummary } from '../src/make/summary.ts'
import { readTemplate } from '../src/template/template.ts'
import { loadImage, type TestImage } from './support/images.ts'
import {
  compareSamples,
  FIXTURES,
  type ReferenceImage,
  readReference,
  rms,
  rmsAboutPlane,
} from './support/reference.ts'

/** mProjectPP and mProject differ by this on the same images (rms, DN). */
const PROJECT_RMS_DN = 1e-3
/** Flux of a reprojected image against mProjectPP. */
const PROJECT_FLUX_RTOL = 1e-7
/** Mosaics and corrections, after a common plane is taken out: mBgModel itself stops 0.015 DN from its limit. */
const BACKGROUND_DN = 0.02

interface ReferenceSet {
  readonly name: string
  readonly images: string
  readonly reference: string
  readonly isThere: boolean
  /**
   * Pixels that a median has beyond mAdd's: mProjectPP gives pixels in the two outermost rows and columns of the template only part
   * of their area, so mAdd leaves out some that are covered in full. `montage-live.test.ts` checks that they lie there.
   */
  readonly medianExtra: number
}

const nights = sharedPath('data/mosaic-m42-j-nights-9')
const SETS: readonly ReferenceSet[] = [
  {
    name: 'ten images of one night',
    images: demoImages,
    reference: FIXTURES,
    isThere: true,
    medianExtra: 0,
  },
  {
    name: 'nine images of six nights',
    images: join(nights, 'raw'),
    reference: join(nights, 'reference'),
    isThere: !skipShared,
    medianExtra: 1010,
  },
]

async function reference(set: ReferenceSet, file: string, image: string): Promise<ReferenceImage> {
  const found = (await readReference(join(set.reference, file))).get(image)
  if (found === undefined) throw new Error(`${file} has no ${image}`)
  return found
}

for (const set of SETS) {
  describe.skipIf(!set.isThere)(`Montage's results on ${set.name}`, () => {
    let out = ''
    let summary: MosaicSummary
    const make = async (folder: string, more: object = {}): Promise<MosaicSummary> =>
      await makeMosaic({
        imagesDir: set.images,
        outDir: folder,
        headerFile: join(set.reference, 'template.hdr'),
        isFloat64: true,
        ...more,
      })

    beforeAll(async () => {
      out = await mkdtemp(join(tmpdir(), 'skyloom-reference-'))
      summary = await make(out)
      return async () => await rm(out, { recursive: true })
    })

    test('each reprojected image has the same pixels', async () => {
      for (const name of (await readdir(set.images)).filter((file) => file.endsWith('.gz'))) {
        const folder = freshFolder()
        await mkdir(join(folder, 'in'))
        await copyFile(join(set.images, name), join(folder, 'in', name))
        await make(join(folder, 'out'), { imagesDir: join(folder, 'in') })
        const image = await loadImage(join(folder, 'out', 'mosaic.fits'))
        const expected = await reference(set, 'projected.json', `hdu0_${name.replace(/\.gz$/, '')}`)
        const samples = compareSamples(onGrid(image, expected), expected)
        expect(samples.mismatched, name).toBe(0)
        expect(rms(samples), name).toBeLessThan(PROJECT_RMS_DN)
        expect(finiteCount(image), name).toBe(expected.finite)
        expect(Math.abs(sumOf(image) / expected.sum - 1), name).toBeLessThan(PROJECT_FLUX_RTOL)
      }
    })

    test('the mosaic has the same blank pixels and, but for a plane, the same values', async () => {
      const image = await loadImage(join(out, 'mosaic.fits'))
      const expected = await reference(set, 'mosaics.json', 'mosaic.fits')
      expect([image.width, image.height]).toEqual([expected.header.NAXIS1, expected.header.NAXIS2])
      expect(image.header.number('CRPIX1')).toBe(expected.header.CRPIX1)
      expect(image.header.number('CRPIX2')).toBe(expected.header.CRPIX2)
      expect(finiteCount(image)).toBe(expected.finite)
      const samples = compareSamples(image, expected)
      expect(samples.mismatched).toBe(0)
      expect(samples.differences.length).toBeGreaterThan(50)
      expect(rmsAboutPlane(samples)).toBeLessThan(BACKGROUND_DN)
    })

    test('without background matching the values are the same to the precision of the reprojection', async () => {
      const folder = freshFolder()
      await make(folder, { background: 'none' })
      const image = await loadImage(join(folder, 'mosaic.fits'))
      const expected = await reference(set, 'mosaics.json', 'uncorrected.fits')
      const samples = compareSamples(image, expected)
      expect(samples.mismatched).toBe(0)
      expect(rms(samples)).toBeLessThan(PROJECT_RMS_DN)
      expect(Math.abs(sumOf(image) / expected.sum - 1)).toBeLessThan(PROJECT_FLUX_RTOL)
    })

    test('a count image and the exact size agree', async () => {
      const folder = freshFolder()
      await make(folder, { combine: 'count', isExactSize: true })
      const image = await loadImage(join(folder, 'mosaic.fits'))
      const counted = await reference(set, 'mosaics.json', 'mosaic_count.fits')
      const exact = await reference(set, 'mosaics.json', 'mosaic_exact_size.fits')
      expect([image.width, image.height]).toEqual([exact.header.NAXIS1, exact.header.NAXIS2])
      expect(finiteCount(image)).toBe(counted.finite)
      expect(sumOf(image)).toBe(counted.sum)
    })

    test('a median covers the same pixels and has the same values where one image contributes', async () => {
      const folder = freshFolder()
      await make(folder, { combine: 'median' })
      const image = await loadImage(join(folder, 'mosaic.fits'))
      const expected = await reference(set, 'mosaics.json', 'mosaic_median.fits')
      expect(finiteCount(image) - expected.finite).toBe(set.medianExtra)
      // Of exactly two values mAdd takes the smaller one; ours is their mean, so only pixels of one image can agree.
      const count = await reference(set, 'mosaics.json', 'mosaic_count.fits')
      const samples = compareSamples(image, expected)
      const single = samples.differences.filter(({ col, row }) => countAt(count, col, row) === 1)
      expect(single.length).toBeGreaterThan(30)
      expect(rmsAboutPlane({ ...samples, differences: single })).toBeLessThan(BACKGROUND_DN)
    })

    test.for(['plane', 'level'] as const)(
      '%s corrections are the same but for one plane common to all images',
      async (mode) => {
        const folder = freshFolder()
        const made = mode === 'plane' ? summary : await make(folder, { background: 'level' })
        const file = mode === 'plane' ? 'corrections.tbl' : 'corrections_level_only.tbl'
        const text = await readFile(join(set.reference, file), 'utf8')
        const { crpix } = readTemplate(
          await readFile(join(set.reference, 'template.hdr'), 'latin1'),
          'template.hdr',
        )
        const expected = [...tableRows(readIpacTable(text, { name: file }).table)]
        const differences = made.images.flatMap((image, index) => {
          const row = expected.find((entry) => Number(entry.get('id')) === index)
          if (row === undefined) throw new Error(`image ${index} has no correction`)
          const { correction, region } = image
          return [0, 0.5, 1].flatMap((fx) =>
            [0, 0.5, 1].map((fy) => {
              // Offsets from the template's reference pixel, as both tables have them.
              const col = region.col + fx * region.width - crpix.fitsX
              const y = region.row + fy * region.height - crpix.fitsY
              const ours = correction.a * col + correction.b * y + correction.c
              const theirs = Number(row.get('a')) * col + Number(row.get('b')) * y + Number(row.get('c'))
              return { col, row: y, value: ours - theirs }
            }),
          )
        })
        expect(largestAboutPlane(differences, mode)).toBeLessThan(BACKGROUND_DN)
      },
    )
  })
}

/** The reference image is trimmed as ours is; a difference in size would show here. */
function onGrid(image: TestImage, expected: ReferenceImage): TestImage {
  expect([image.width, image.height]).toEqual([expected.header.NAXIS1, expected.header.NAXIS2])
  return image
}

function finiteCount({ data }: TestImage): number {
  return data.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
}

function sumOf({ data }: TestImage): number {
  return data.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value), 0)
}

function countAt(count: ReferenceImage, col: number, row: number): number | null {
  const i = count.sample_x_from_0.indexOf(col)
  const j = count.sample_y_from_0.indexOf(row)
  return count.sample_rows[j]?.[i] ?? null
}

function largestAboutPlane(
  differences: readonly { readonly col: number; readonly row: number; readonly value: number }[],
  mode: 'plane' | 'level',
): number {
  const n = differences.length
  const mean = (pick: (d: { col: number; row: number; value: number }) => number): number =>
    differences.reduce((sum, d) => sum + pick(d), 0) / n
  const [cx, cy, cv] = [mean((d) => d.col), mean((d) => d.row), mean((d) => d.value)]
  const xx = mean((d) => (d.col - cx) ** 2)
  const yy = mean((d) => (d.row - cy) ** 2)
  const xy = mean((d) => (d.col - cx) * (d.row - cy))
  const xv = mean((d) => (d.col - cx) * (d.value - cv))
  const yv = mean((d) => (d.row - cy) * (d.value - cv))
  const det = xx * yy - xy * xy
  const a = mode === 'level' ? 0 : (xv * yy - yv * xy) / det
  const b = mode === 'level' ? 0 : (yv * xx - xv * xy) / det
  return Math.max(...differences.map((d) => Math.abs(d.value - cv - a * (d.col - cx) - b * (d.row - cy))))
}
