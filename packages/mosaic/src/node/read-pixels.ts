import { type Hdu, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { PixelViews } from '@skyloom/kernels'

/** An image of a file and its place in pixel memory. */
export interface PixelSource {
  readonly path: string
  readonly hdu: number
  readonly width: number
  readonly height: number
  readonly imageAt: number
}

/** Reads an image into pixel memory; gives what `look` tells of its HDU. */
export async function readPixels<Result>(
  memory: PixelViews,
  { path, hdu: index, width, height, imageAt }: PixelSource,
  look: (hdu: Hdu) => Result,
): Promise<Result> {
  const file = await openFitsFile(path, { blocking: true })
  try {
    const hdu = await file.hdu(index)
    await readImage(hdu, { as: 'float32', into: memory.f32(imageAt, width * height) })
    return look(hdu)
  } finally {
    await file.close()
  }
}
