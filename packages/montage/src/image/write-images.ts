import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, type Header, type ImageLayout, type ImageWriter } from '@skyloom/fits'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { cannotWrite } from './cannot-write.ts'
import { checkRoom } from './check-room.ts'

/** An image file that is to be written. */
export interface ImageOutput {
  readonly path: string
  readonly header: Header
  readonly layout: ImageLayout
}

/**
 * Writes image files piece by piece; all of them appear under their names when all are complete, or none.
 *
 * @param fill writes the pixels, one writer for each output in order
 * @throws MontageError `MONTAGE_CANNOT_WRITE`, `MONTAGE_BAD_ARGUMENT` for images that are too large, and what `fill` throws
 */
export async function writeImages(
  place: Place,
  outputs: readonly ImageOutput[],
  fill: (images: readonly ImageWriter[]) => Promise<void>,
): Promise<void> {
  await checkRoom(place, outputs)
  const writers: FitsWriter[] = []
  const images: ImageWriter[] = []
  try {
    for (const { path, header, layout } of outputs) {
      const writer = await beginFile(place, path)
      writers.push(writer)
      images.push(await writer.beginImage(layout, header))
    }
    await fill(images)
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
    throw cannotWrite(path, cause)
  }
}
