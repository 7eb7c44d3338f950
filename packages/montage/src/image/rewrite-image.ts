import type { Header } from '@skyloom/fits'
import type { FloatPlane } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { float64Cards, type OpenImage, openImage } from './open-image.ts'
import { stripRowsOf } from './read-part.ts'
import { writeStrips } from './write-strips.ts'

/** The image that {@link rewriteImage} writes. */
export interface Rewriting {
  readonly width: number
  readonly height: number
  /** Default: the cards of the old image. */
  readonly header?: Header
  /** Pixels of some rows; called from the first row to the last. */
  readonly makeRows: (row: number, height: number) => Promise<FloatPlane>
}

/**
 * Makes a float64 image from another one strip by strip, so that memory does not grow with its height; the new image appears under its
 * name when it is complete. It may have the name of the old one.
 *
 * @param output `-` for no file: the rows are made all the same
 * @param plan looks at the old image and tells what becomes of it
 * @throws MontageError as `openImage`, `MONTAGE_CANNOT_WRITE`, and what `plan` throws
 */
export async function rewriteImage(
  place: Place,
  image: string,
  hdu: number,
  output: string,
  plan: (opened: OpenImage) => Rewriting | Promise<Rewriting>,
): Promise<void> {
  const opened = await openImage(place, image, hdu)
  try {
    requirePixels(opened, image)
    const { width, height, header = opened.header, makeRows } = await plan(opened)
    const stripRows = stripRowsOf(Math.max(width, opened.width))
    if (output === '-') {
      for (let row = 0; row < height; row += stripRows) await makeRows(row, Math.min(stripRows, height - row))
      return
    }
    await writeStrips(
      place,
      [output],
      float64Cards(header),
      { width, height },
      stripRows,
      async (row, rows) => {
        const { data } = await makeRows(row, rows)
        return [data]
      },
    )
  } finally {
    await opened.file.close()
  }
}

/** An image whose header says so may have an axis without pixels. */
function requirePixels({ width, height, hdu }: OpenImage, image: string): void {
  if (width > 0 && height > 0) return
  throw new MontageError('MONTAGE_BAD_IMAGE', `Image ${image} has no pixels`, {
    where: [image, `HDU ${hdu.index}`],
    found: `axes of ${hdu.shape.length === 0 ? 'no' : hdu.shape.toReversed().join(' x ')} pixels`,
    remedy: 'choose another HDU with -h, or check the file',
  })
}
