import type { ByteSink } from '@skyloom/base'
import { isFileSink, writeAllAt } from '@skyloom/base/node'
import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import type { ProductImage } from '../product/product-storage.ts'

/** Where in an open file pixels go, for any thread of the process. */
export interface PixelPlace {
  readonly descriptor: number
  readonly offset: number
  /** Of the file, for messages. */
  readonly path: string
}

/** The place of the first pixel that an image still lacks; undefined where pixels must be handed to the image itself. */
export function nextPlace(sink: ByteSink, { nextOffset }: ProductImage): PixelPlace | undefined {
  if (nextOffset === undefined || !isFileSink(sink)) return undefined
  return { descriptor: sink.descriptor, offset: nextOffset, path: sink.name }
}

/**
 * Writes pixels into a file as FITS wants them; their block of memory holds big-endian numbers afterwards.
 *
 * @param size bytes of a pixel
 * @returns what the bytes give to DATASUM
 * @throws BaseError `BASE_WRITE_FAILED`, `BASE_DISK_FULL`
 */
export function storePixels(
  memory: PixelViews,
  kernels: PixelKernels,
  at: number,
  size: 4 | 8,
  count: number,
  { descriptor, offset, path }: PixelPlace,
): number {
  const sum = kernels.wordSum(at, (count * size) / 4)
  if (size === 8) kernels.swap8(at, at, count)
  else kernels.swap4(at, at, count)
  writeAllAt(descriptor, memory.u8(at, count * size), offset, path)
  return sum
}
