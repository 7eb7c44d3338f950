import { join } from 'node:path'
import type { MosaicOptions } from '@skyloom/mosaic'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { loadImage, type TestImage } from './support/images.ts'
import { type NoisyField, writeNoisyField } from './support/noise.ts'

const SIDE = 260
/** The error bars are asked to be right within 2 %; 40,000 pixels, four of which share their noise, tell them within 0.7 %. */
const SIGMA_RTOL = 0.02

/** Noise that differs between images by a factor of 1.8 and across each by 1.5. */
const FIELD: NoisyField = {
  count: 7,
  side: SIDE,
  scaleDeg: 1 / 3600,
  sigma: (image, col) => (2 + 0.3 * image) * (1 + 0.5 * (col / SIDE)),
}

const folders = [keptFolder(), keptFolder()] as const
let made = 0

/** Two mosaics of independent noise, otherwise equal, with the variance that the first states. */
async function twoMosaics(
  options: Partial<MosaicOptions>,
): Promise<{ readonly pair: readonly TestImage[]; readonly variance: TestImage }> {
  made++
  const pair: TestImage[] = []
  for (const folder of folders) {
    const outDir = join(folder, `out${made}`)
    await makeMosaic({
      imagesDir: join(folder, 'raw'),
      outDir,
      background: 'none',
      planes: ['variance'],
      quality: { variance: join(folder, 'variance') },
      template: {
        scaleDeg: 1 / 3600,
        centre: { lonDeg: 150, latDeg: 20 },
        sizeDeg: { width: 0.056, height: 0.056 },
      },
      isExactSize: true,
      threads: 1,
      ...options,
    })
    pair.push(await loadImage(join(outDir, 'mosaic.fits')))
  }
  return { pair, variance: await loadImage(join(folders[0], `out${made}`, 'mosaic_variance.fits')) }
}

/** Scatter between both mosaics in units of what the variance says; 1 when it is right. */
function ratioOfSigmas(pair: readonly TestImage[], variance: TestImage): number {
  let [sum, count] = [0, 0]
  for (const [i, expected] of variance.data.entries()) {
    const difference = pair[0]!.data[i]! - pair[1]!.data[i]!
    if (Number.isNaN(difference)) continue
    sum += difference ** 2 / 2 / expected
    count++
  }
  expect(count).toBeGreaterThan(35_000)
  return Math.sqrt(sum / count)
}

describe('error bars on simulated noise', async () => {
  for (const [seed, folder] of folders.entries()) await writeNoisyField(folder, FIELD, seed + 1)

  test.each(['mean', 'weighted', 'median', 'clipped', 'min', 'max', 'sum'] as const)(
    'are right for %s',
    async (combine) => {
      const { pair, variance } = await twoMosaics({ combine })
      const ratio = ratioOfSigmas(pair, variance)
      expect(Math.abs(ratio - 1)).toBeLessThan(SIGMA_RTOL)
    },
  )

  test.each(['planar', 'drizzle', 'nearest', 'bilinear', 'bicubic', 'lanczos3'] as const)(
    'are right for the mean after %s',
    async (method) => {
      const { pair, variance } = await twoMosaics({ combine: 'mean', method })
      const ratio = ratioOfSigmas(pair, variance)
      expect(Math.abs(ratio - 1)).toBeLessThan(SIGMA_RTOL)
    },
  )
})
