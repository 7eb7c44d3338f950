import type { ByteSink } from '@skyloom/base'
import { FitsWriter, type FitsWriterOptions } from '../hdu/fits-writer.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { Header } from '../header/header.ts'
import type { ImageLayout } from './image-header.ts'
import type { PixelArray } from './pixel-array.ts'

/** A plane to be written. */
export interface WritablePlane {
  readonly width: number
  readonly height: number
  /** Row-major, length = width * height. */
  readonly data: PixelArray
}

/** How a plane is written. */
export interface WriteImageOptions extends FitsWriterOptions, Omit<Partial<ImageLayout>, 'shape'> {}

/**
 * Writes one plane as a FITS file of a single HDU and commits the sink; on failure the sink is discarded.
 * Without `bitpix` it is that of the array, unsigned types by their BZERO.
 *
 * @throws FitsError `FITS_WRITE_ORDER` when the array is not as long as the plane, `FITS_UNREPRESENTABLE`
 */
export async function writeImage(
  sink: ByteSink,
  header: Header,
  plane: WritablePlane,
  options: WriteImageOptions = {},
): Promise<void> {
  try {
    const writer = new FitsWriter(sink, options)
    const layout = { ...arrayLayout(plane.data), ...options, shape: [plane.height, plane.width] }
    const image = await writer.beginImage(layout, header)
    await image.writeRows(plane.data)
    await image.end()
    await writer.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

/** BITPIX and BZERO that hold an array's numbers exactly (FITS Standard 4.0, section 5.2.5, table 11). */
export function arrayLayout(data: PixelArray): { readonly bitpix: Bitpix; readonly bzero?: number } {
  if (data instanceof Float32Array) return { bitpix: -32 }
  if (data instanceof Float64Array) return { bitpix: -64 }
  if (data instanceof Uint8Array) return { bitpix: 8 }
  if (data instanceof Int8Array) return { bitpix: 8, bzero: -128 }
  if (data instanceof Int16Array) return { bitpix: 16 }
  if (data instanceof Uint16Array) return { bitpix: 16, bzero: 2 ** 15 }
  if (data instanceof Int32Array) return { bitpix: 32 }
  if (data instanceof Uint32Array) return { bitpix: 32, bzero: 2 ** 31 }
  return data instanceof BigInt64Array ? { bitpix: 64 } : { bitpix: 64, bzero: 2 ** 63 }
}
