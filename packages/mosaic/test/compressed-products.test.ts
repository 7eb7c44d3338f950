import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { makeMosaic } from '@skyloom/mosaic/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksProgram, lacksPython, runPeer } from '../../../testing/peers.ts'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { loadImage, type TestImage, writeTestImage } from './support/images.ts'

const NOISE = 2
const METHODS = ['gzip', 'rice', 'hcompress'] as const

const folder = keptFolder()
const images = join(folder, 'images')

function made(compress: string, name: string = 'mosaic.fits'): string {
  return join(folder, compress, name)
}

/** The corners of two images that are turned against each other leave pixels without data. */
beforeAll(async () => {
  await mkdir(images)
  const random = seededRandom(5)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  for (const [index, rotationDeg] of [10, 40].entries()) {
    const grid = { width: 150, height: 120, lonDeg: 150 + index / 60, latDeg: 20, scaleDeg: 1 / 3600 }
    await writeTestImage(images, `${index}.fits`, { ...grid, rotationDeg }, () => 100 + NOISE * normal())
  }
  const options = { imagesDir: images, method: 'nearest', background: 'none', combine: 'median' } as const
  for (const compress of ['none', ...METHODS] as const) {
    await makeMosaic({ ...options, compress, outDir: join(folder, compress) })
  }
}, 60_000)

async function loadCompressed(compress: string, name?: string): Promise<TestImage> {
  return await loadImage(made(compress, name), compress === 'none' ? 0 : 1)
}

/** Largest difference of two images that must have the same pixels without data. */
function largestDifference(a: TestImage, b: TestImage): number {
  expect([b.width, b.height]).toEqual([a.width, a.height])
  expect(Array.from(b.data, Number.isNaN)).toEqual(Array.from(a.data, Number.isNaN))
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0)) || 0), 0)
}

/** Steps to which the tiles of a mosaic were rounded; 0 where nothing was. */
function stepsOf(compress: string): readonly number[] {
  const script = `
from astropy.io import fits
with fits.open(given['path'], disable_image_compression=True) as file:
    answer = [float(step) for step in file[1].data['ZSCALE']]
`
  return askPython(script, { path: made(compress) }) as number[]
}

describe('--compress', () => {
  test.for(METHODS)('%s: verifies, keeps coordinates and is smaller', async (compress) => {
    for (const name of ['mosaic.fits', 'mosaic_area.fits']) {
      await using file = await openFitsFile(made(compress, name))
      const { findings } = await verifyFits(file)
      expect(findings, name).toEqual([])
      expect((await readFile(made(compress, name))).length).toBeLessThan(
        (await readFile(made('none', name))).length,
      )
    }
    const { header } = await loadCompressed(compress)
    const plain = await loadCompressed('none')
    for (const keyword of ['CTYPE1', 'CRVAL1', 'CRPIX2', 'CD1_1', 'CDELT2'])
      expect(header.get(keyword), keyword).toEqual(plain.header.get(keyword))
  })

  test('gzip keeps every bit of the mosaic, and every method those of the area', async () => {
    expect(largestDifference(await loadCompressed('none'), await loadCompressed('gzip'))).toBe(0)
    for (const compress of METHODS) {
      const [plain, area] = [
        await loadCompressed('none', 'mosaic_area.fits'),
        await loadCompressed(compress, 'mosaic_area.fits'),
      ]
      expect(largestDifference(plain, area), compress).toBe(0)
    }
  })

  describe.skipIf(lacksPython('astropy'))('rounds the mosaic', () => {
    test.for([
      ['rice', 1],
      ['hcompress', 16],
    ] as const)('by %s, no pixel by more than half a step of its tile', async ([compress, tileRows]) => {
      const [plain, rounded] = [await loadCompressed('none'), await loadCompressed(compress)]
      const steps = stepsOf(compress)
      expect(largestDifference(plain, rounded)).toBeGreaterThan(NOISE / 40)
      const isFar = (value: number, i: number): boolean => {
        const step = steps[Math.floor(i / plain.width / tileRows)] ?? 0
        // The last bit of a float32 comes on top.
        return Math.abs(value - (rounded.data[i] ?? 0)) > step / 2 + 1e-5
      }
      expect(plain.data.findIndex(isFar)).toBe(-1)
      const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b)
      const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
      expect(middle / (NOISE / 4)).toBeGreaterThan(0.8)
      expect(middle / (NOISE / 4)).toBeLessThan(1.2)
    })
  })

  test.skipIf(lacksProgram('funpack'))('funpack gives the pixels that we read, to the bit', async () => {
    for (const compress of METHODS) {
      const path = join(folder, `${compress}-funpacked.fits`)
      runPeer('funpack', ['-O', path, made(compress)])
      expect(largestDifference(await loadCompressed(compress), await loadImage(path)), compress).toBe(0)
    }
  })

  test.skipIf(lacksPython('astropy'))('astropy finds right checksums and the same pixels', async () => {
    const script = `
from astropy.io import fits
import numpy as np, warnings
warnings.simplefilter('error')
with fits.open(given['path'], checksum=True) as file:
    data = file[1].data
    answer = [list(data.shape), float(np.nansum(data, dtype=np.float64)), int(np.isnan(data).sum())]
`
    const { width, height, data } = await loadCompressed('none')
    const values = data.filter((value) => !Number.isNaN(value))
    const [shape, sum, blanks] = askPython(script, { path: made('gzip') }) as [number[], number, number]
    expect(shape).toEqual([height, width])
    expect(blanks).toBe(data.length - values.length)
    expect(sum).toBeCloseTo(
      values.reduce((total, value) => total + value, 0),
      3,
    )
  })

  test('refuses other words', async () => {
    const wrong: object = { compress: 'zip' }
    const options = { imagesDir: images, outDir: join(folder, 'wrong'), ...wrong }
    await expect(makeMosaic(options)).rejects.toMatchObject({ code: 'MOSAIC_BAD_OPTION' })
  })
})
