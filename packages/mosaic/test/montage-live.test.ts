import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { makeMosaic } from '@skyloom/mosaic/node'
import { decode } from 'fast-png'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoImages, keptFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { loadImage, type TestImage, writeTestImage } from './support/images.ts'
import { planeResidual } from './support/plane-residual.ts'
import { FIXTURES } from './support/reference.ts'
import { stretchedLevels } from './support/stretched-levels.ts'

/** Mosaics, away from edges, after a common plane is taken out: mBgModel itself stops 0.015 DN from its limit. */
const BACKGROUND_RMS_DN = 0.02
/** Pixels of the template's border where mProjectPP gives only part of the area. */
const BORDER = 2

const nights = sharedPath('data/mosaic-m42-j-nights-9')
const SETS = [
  {
    name: 'ten images of one night',
    images: demoImages,
    template: join(FIXTURES, 'template.hdr'),
    isThere: true,
  },
  {
    name: 'nine images of six nights',
    images: join(nights, 'raw'),
    template: join(nights, 'reference/template.hdr'),
    isThere: !skipShared,
  },
]

/** Runs the chain of Montage's programs on unpacked copies of the images. */
async function montageChain(images: string, template: string, work: string): Promise<void> {
  for (const folder of ['raw', 'proj', 'diff', 'corr']) await mkdir(join(work, folder))
  for (const name of (await readdir(images)).filter((file) => file.endsWith('.gz'))) {
    await writeFile(
      join(work, 'raw', name.replace(/\.gz$/, '')),
      gunzipSync(await readFile(join(images, name))),
    )
  }
  await copyFile(template, join(work, 'template.hdr'))
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['mImgtbl', 'raw', 'images.tbl'],
    ['mProjExec', '-p', 'raw', 'images.tbl', 'template.hdr', 'proj', 'stats.tbl'],
    ['mImgtbl', 'proj', 'pimages.tbl'],
    ['mOverlaps', 'pimages.tbl', 'diffs.tbl'],
    ['mDiffFitExec', '-p', 'proj', 'diffs.tbl', 'template.hdr', 'diff', 'fits.tbl'],
    ['mBgModel', 'pimages.tbl', 'fits.tbl', 'corrections.tbl'],
    ['mBgExec', '-p', 'proj', 'pimages.tbl', 'corrections.tbl', 'corr'],
    ['mImgtbl', 'corr', 'cimages.tbl'],
    ['mAdd', '-p', 'corr', 'cimages.tbl', 'template.hdr', 'mean.fits'],
    ['mAdd', '-a', 'median', '-p', 'corr', 'cimages.tbl', 'template.hdr', 'median.fits'],
  ]
  for (const [program, ...args] of steps) {
    const answer = runPeer(program, args, { cwd: work })
    expect(answer, program).toContain('stat="OK"')
  }
}

for (const set of SETS) {
  describe.skipIf(!set.isThere || lacksProgram('mProjExec'))(`live Montage on ${set.name}`, () => {
    let work = ''
    let template: TestImage

    const ours = async (combine: 'mean' | 'median'): Promise<TestImage> => {
      const outDir = join(work, `ours-${combine}`)
      await makeMosaic({ imagesDir: set.images, outDir, headerFile: set.template, isFloat64: true, combine })
      return await loadImage(join(outDir, 'mosaic.fits'))
    }

    beforeAll(async () => {
      work = keptFolder()
      await montageChain(set.images, set.template, work)
      template = await loadImage(join(work, 'mean.fits'))
    }, 300_000)

    test('the mean mosaic differs by a plane and less than the tolerance, with the same blank pixels', async () => {
      const image = await ours('mean')
      const residual = planeResidual(template, image)
      expect(residual.mismatched).toBe(0)
      expect(residual.compared).toBeGreaterThan(2_000_000)
      expect(residual.rms).toBeLessThan(BACKGROUND_RMS_DN)
    })

    test('the median covers what mAdd covers, and more only in the outermost two rows and columns of the template', async () => {
      const image = await ours('median')
      const theirs = await loadImage(join(work, 'median.fits'))
      expect([image.width, image.height]).toEqual([theirs.width, theirs.height])
      const places = [...theirs.data.keys()].filter(
        (i) => Number.isNaN(theirs.data[i]) !== Number.isNaN(image.data[i]),
      )
      const inside = places.filter((i) => !isBorder(image, i))
      expect(inside).toEqual([])
    })
  })
}

/** True for pixels in the outermost rows and columns of the mosaic, which touches the template's edge on some sides. */
function isBorder({ width, height }: TestImage, index: number): boolean {
  const col = index % width
  const row = Math.floor(index / width)
  return col < BORDER || row < BORDER || col >= width - BORDER || row >= height - BORDER
}

describe.skipIf(lacksProgram('mViewer'))('live mViewer', () => {
  test('shows the same grey levels for the gaussian-log stretch', async () => {
    const work = keptFolder()
    const width = 200
    const height = 150
    // A bright core on a background of noise that repeats.
    const noise = (x: number): number => x - Math.floor(x) - 0.5
    const value = (col: number, row: number): number =>
      100 +
      20 * noise(Math.sin(col * 12.9898 + row * 78.233) * 43758.5453) +
      20 * noise(Math.sin(col * 39.425 + row * 11.135) * 24634.6345) +
      9000 / (1 + ((col - 90) ** 2 + (row - 60) ** 2) / 4)
    const grid = { width, height, lonDeg: 150, latDeg: 20, scaleDeg: 1 / 3600 }
    await writeTestImage(work, 'a.fits', grid, value)
    runPeer('mViewer', ['-ct', '0', '-gray', 'a.fits', '-1s', 'max', 'gaussian-log', '-out', 'a.png'], {
      cwd: work,
    })
    const png = decode(await readFile(join(work, 'a.png')))
    const { data } = await loadImage(join(work, 'a.fits'))
    const levels = stretchedLevels(Float32Array.from(data))
    let worst = 0
    let sum = 0
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        const theirs = png.data[((height - 1 - row) * width + col) * png.channels] ?? 0
        const difference = Math.abs(theirs - levels[row * width + col]!)
        worst = Math.max(worst, difference)
        sum += difference
      }
    }
    // Interpolation within single bins may shift a threshold by a pixel or two.
    expect(sum / (width * height)).toBeLessThan(0.05)
    expect(worst).toBeLessThanOrEqual(2)
  })
})
