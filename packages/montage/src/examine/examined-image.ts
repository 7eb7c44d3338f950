import { facingPixel } from '@skyloom/mosaic'
import type { FitsPixel } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs, fromJ2000 } from '../header/classic-wcs.ts'
import { countHdus } from '../image/count-hdus.ts'
import { planeIndex } from '../image/image-name.ts'
import { isOnImage } from '../image/on-image.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { scaleOf } from '../table/image-rows.ts'

/** An open image with its coordinates and the plane that is looked at. */
export interface ExaminedImage {
  readonly name: string
  readonly opened: OpenImage
  /** Index from 0 over all axes beyond the second. */
  readonly plane: number
  readonly sky: ClassicWcs
  /** Increments in degrees and rotation as the header gives them. */
  readonly scale: { readonly cdelt1: number; readonly cdelt2: number; readonly crota2: number }
}

/**
 * Opens an image to be examined. The caller closes `opened.file`.
 *
 * @param problem the sentence of the error when the file is no image
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`
 */
export async function openExamined(
  place: Place,
  name: string,
  hdu: number,
  planes: readonly number[],
  problem: string,
): Promise<ExaminedImage> {
  const count = await countHdus(place, name)
  if (count !== undefined && hdu >= count)
    throw new MontageError('MONTAGE_BAD_IMAGE', `Can't find HDU ${hdu}`, {
      where: [name],
      allowed: `0 to ${count - 1}`,
    })
  const opened = await openImage(place, name, hdu, problem)
  try {
    const sky = classicWcs(opened.header, name)
    const plane = planeIndex(planes, opened.hdu.shape)
    if (plane === undefined)
      throw new MontageError('MONTAGE_BAD_IMAGE', `Image file ${name} has no plane ${planes.join(', ')}`, {
        where: [name],
        found: `axes of ${opened.hdu.shape.toReversed().join(' x ')}`,
      })
    return { name, opened, plane, sky, scale: scaleOf(opened.header, sky) }
  } catch (error) {
    await opened.file.close()
    throw error
  }
}

/**
 * Pixel of a J2000 position on the image.
 *
 * @throws MontageError `MONTAGE_NO_RESULT` for one off the image
 */
export function pixelOf(
  { sky, opened, name }: ExaminedImage,
  { ra, dec }: { readonly ra: number; readonly dec: number },
): FitsPixel {
  const pixel = facingPixel(sky.wcs, fromJ2000(sky.frame).convert(ra, dec))
  if (isOnImage(pixel, opened)) return pixel
  throw new MontageError('MONTAGE_NO_RESULT', 'Location off the image.', {
    where: [name],
    found: `${ra}, ${dec}`,
  })
}
