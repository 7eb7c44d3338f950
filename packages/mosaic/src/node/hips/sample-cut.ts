import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { MosaicError } from '../../errors.ts'
import type { ImageRecord } from '../../image-table/image-record.ts'

/** Pixels that are looked at in all. */
const SAMPLE_PIXELS = 1_000_000
/** Rows of an image that are looked at, however many images there are. */
const MIN_ROWS = 4
/** Fraction of the pixels that are black, and that are white. */
const TAIL = 0.005

/**
 * Black and white of a set of images: the values below and above which half a per cent of their pixels lie. Evenly spaced rows of every image are
 * looked at.
 *
 * @throws MosaicError `MOSAIC_NO_IMAGES` when there is no pixel with data among them
 */
export async function sampleCut(
  images: readonly ImageRecord[],
): Promise<{ readonly low: number; readonly high: number }> {
  const values: Float32Array[] = []
  for (const image of images) values.push(await sampleRows(image, SAMPLE_PIXELS / images.length))
  const all = new Float32Array(values.reduce((sum, part) => sum + part.length, 0))
  let count = 0
  for (const part of values) {
    for (const value of part) if (Number.isFinite(value)) all[count++] = value
  }
  if (count === 0)
    throw new MosaicError(
      'MOSAIC_NO_IMAGES',
      'no pixel with data was found that tells what is black and white',
      {
        remedy: 'give --cut "LOW HIGH"',
      },
    )
  const sorted = all.subarray(0, count).sort()
  const low = sorted[Math.floor(TAIL * (count - 1))]!
  const high = sorted[Math.ceil((1 - TAIL) * (count - 1))]!
  return high > low ? { low, high } : { low, high: low + 1 }
}

async function sampleRows(image: ImageRecord, budget: number): Promise<Float32Array> {
  const { width, height } = image
  const count = Math.min(height, Math.max(MIN_ROWS, Math.floor(budget / width)))
  const file = await openFitsFile(image.path, { blocking: true })
  try {
    const hdu = await file.hdu(image.hdu)
    const sample = new Float32Array(count * width)
    for (let i = 0; i < count; i++) {
      const row = Math.floor(((i + 0.5) * height) / count)
      const into = sample.subarray(i * width, (i + 1) * width)
      await readImage(hdu, { as: 'float32', region: { col: 0, row, width, height: 1 }, into })
    }
    return sample
  } finally {
    await file.close()
  }
}
