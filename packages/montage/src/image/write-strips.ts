import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, type Header, type ImageWriter } from '@skyloom/fits'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * Writes images of one size strip by strip; they appear under their names only when all are complete.
 *
 * @param make pixels of each image for some rows, in the order of `paths`
 * @throws MontageError `MONTAGE_CANNOT_WRITE`, and what `make` throws
 */
export async function writeStrips(
  place: Place,
  paths: readonly string[],
  header: Header,
  size: { readonly width: number; readonly height: number },
  stripRows: number,
  make: (row: number, height: number) => Promise<readonly Float64Array[]>,
): Promise<void> {
  const writers: FitsWriter[] = []
  const images: ImageWriter[] = []
  try {
    for (const path of paths) {
      const writer = await beginFile(place, path)
      writers.push(writer)
      images.push(await writer.beginImage({ bitpix: -64, shape: [size.height, size.width] }, header))
    }
    for (let row = 0; row < size.height; row += stripRows) {
      const strips = await make(row, Math.min(stripRows, size.height - row))
      for (const [index, image] of images.entries())
        await image.writeRows(strips[index] ?? new Float64Array(0))
    }
    for (const image of images) await image.end()
    for (const writer of writers) await writer.commit()
  } catch (error) {
    for (const writer of writers) await writer.discard()
    throw error
  }
}

async function beginFile(place: Place, path: string): Promise<FitsWriter> {
  try {
    return new FitsWriter(await atomicFile(pathOf(place, path), { overwrite: true }), { checksum: false })
  } catch (cause) {
    throw new MontageError('MONTAGE_CANNOT_WRITE', `Cannot write output file '${path}'`, {
      where: [path],
      remedy: 'check that the folder exists and may be written to',
      cause,
    })
  }
}
