import type { ByteSink } from '@skyloom/base'
import { FitsError, type FitsLocation } from '../errors.ts'
import { FitsWriter, type FitsWriterOptions } from '../hdu/fits-writer.ts'
import { Header } from '../header/header.ts'
import type { ImageLayout } from '../image/image-header.ts'
import { arrayLayout, type WritablePlane } from '../image/write-image.ts'
import { type CompressionPlan, checkQuantize, compressedHeader } from './compressed-header.ts'
import { CompressedImageWriter } from './compressed-image-writer.ts'
import { type CompressionOptions, chosenMethod, chosenTileAxes } from './compression-options.ts'
import type { TileGrid } from './tile-layout.ts'

/** Images from this size on get descriptors of 64 bits. */
const LONG_HEAP_BYTES = 2 ** 31 - 2 ** 20

/**
 * Begins a compressed image: a table extension; when it is the first HDU of the file an empty primary HDU is put before it, and
 * unpacking makes the image the primary again.
 *
 * @param layout type and size of the image; BSCALE, BZERO and BLANK
 * @param header further cards; mandatory ones are replaced, the rest keeps its order
 * @throws FitsError `FITS_BAD_COMPRESSION`, `FITS_BAD_VALUE`, `FITS_WRITE_ORDER`
 */
export async function beginCompressedImage(
  writer: FitsWriter,
  layout: ImageLayout,
  header: Header = new Header(),
  options: CompressionOptions = {},
): Promise<CompressedImageWriter> {
  const location: FitsLocation = { file: writer.name, keyword: 'ZCMPTYPE' }
  checkHasPixels(layout, location)
  const method = chosenMethod(layout.bitpix, options, location)
  const quantize = layout.bitpix < 0 ? options.quantize : undefined
  checkQuantize(quantize, location)
  const axes = layout.shape.toReversed()
  const grid = tileGrid(axes, chosenTileAxes(axes, method, options.tileShape, location))
  const rawBytes = axes.reduce((product, length) => product * length, Math.abs(layout.bitpix) / 8)
  const isPrimary = writer.hduCount === 0
  const plan: CompressionPlan = {
    layout,
    grid,
    method,
    options,
    quantize,
    isLong: rawBytes >= LONG_HEAP_BYTES,
    isPrimary,
  }
  const hdu = await writer.beginHdu(compressedHeader(plan, header))
  const image = new CompressedImageWriter(hdu, plan, writer.name)
  await image.begin()
  return image
}

function checkHasPixels(layout: ImageLayout, location: FitsLocation): void {
  if (layout.shape.length > 0 && layout.shape.every((length) => length > 0)) return
  throw new FitsError('FITS_BAD_COMPRESSION', location, 'there are no pixels to compress', {
    found: `shape ${layout.shape.join(' x ')}`,
    remedy: 'write it as a plain image',
  })
}

function tileGrid(axes: readonly number[], tileAxes: readonly number[]): TileGrid {
  const counts = axes.map((length, axis) => Math.ceil(length / (tileAxes[axis] ?? 1)))
  return { axes, tileAxes, counts, tileCount: counts.reduce((product, count) => product * count, 1) }
}

/** How a plane is written compressed. */
export interface WriteCompressedImageOptions
  extends FitsWriterOptions,
    CompressionOptions,
    Omit<Partial<ImageLayout>, 'shape'> {}

/**
 * Writes one plane as a FITS file with one compressed image and commits the sink; on failure the sink is discarded.
 * Without `bitpix` it is that of the array, unsigned types by their BZERO.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION`, `FITS_WRITE_ORDER`, `FITS_UNREPRESENTABLE`
 */
export async function writeCompressedImage(
  sink: ByteSink,
  header: Header,
  plane: WritablePlane,
  options: WriteCompressedImageOptions = {},
): Promise<void> {
  try {
    const writer = new FitsWriter(sink, options)
    const layout = { ...arrayLayout(plane.data), ...options, shape: [plane.height, plane.width] }
    const image = await beginCompressedImage(writer, layout, header, options)
    await image.writeRows(plane.data)
    await image.end()
    await writer.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}
