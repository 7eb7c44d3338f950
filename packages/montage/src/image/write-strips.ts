import type { Header, ImageLayout } from '@skyloom/fits'
import type { Place } from '../command/module.ts'
import { writeImages } from './write-images.ts'

/**
 * Writes images of one size strip by strip; they appear under their names only when all are complete.
 *
 * @param make pixels of each image for some rows, in the order of `paths`
 * @param pixels type and scaling of the pixels; default float64
 * @throws MontageError `MONTAGE_CANNOT_WRITE`, and what `make` throws
 */
export async function writeStrips(
  place: Place,
  paths: readonly string[],
  header: Header,
  size: { readonly width: number; readonly height: number },
  stripRows: number,
  make: (row: number, height: number) => Promise<readonly Float64Array[]>,
  pixels: Omit<ImageLayout, 'shape'> = { bitpix: -64 },
): Promise<void> {
  const layout = { ...pixels, shape: [size.height, size.width] }
  const outputs = paths.map((path) => ({ path, header, layout }))
  await writeImages(place, outputs, async (images) => {
    for (let row = 0; row < size.height; row += stripRows) {
      const strips = await make(row, Math.min(stripRows, size.height - row))
      for (const [index, image] of images.entries())
        await image.writeRows(strips[index] ?? new Float64Array(0))
    }
  })
}
