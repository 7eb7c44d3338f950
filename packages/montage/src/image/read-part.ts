import { readImage } from '@skyloom/fits'
import type { FloatPlane, Region } from '@skyloom/mosaic'
import { MontageError } from '../errors.ts'
import type { OpenImage } from './open-image.ts'

/** Pixels that modules hold at a time: 4 million, 32 MB. */
const STRIP_PIXELS = 4_000_000

/** Rows of an image of this width that are worked on at a time. */
export function stripRowsOf(width: number): number {
  return Math.max(1, Math.floor(STRIP_PIXELS / Math.max(1, width)))
}

/**
 * Reads a part of a plane of an image; an empty one for a region without pixels.
 *
 * @param path the image in the sentence of the error
 * @param plane index from 0 over all axes beyond the second
 * @throws MontageError `MONTAGE_BAD_IMAGE`
 */
export async function readPart(
  { hdu }: OpenImage,
  path: string,
  region: Region,
  plane: number = 0,
): Promise<FloatPlane> {
  const { width, height } = region
  if (width <= 0 || height <= 0) return { width: 0, height: 0, data: new Float64Array(0) }
  try {
    const { data } = await readImage(hdu, { as: 'float64', region, plane })
    return { width, height, data }
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_IMAGE', `Image file ${path} missing or invalid FITS`, {
      where: [path],
      cause,
    })
  }
}
