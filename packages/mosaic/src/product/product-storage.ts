import {
  beginCompressedImage,
  type CompressionOptions,
  type FitsWriter,
  type Header,
  type ImageLayout,
  type ImageWriter,
} from '@skyloom/fits'

/** How the pixels of products are stored: as they are, or in tiles of rows compressed by the method of this name. */
export const STORAGES = ['none', 'gzip', 'rice', 'hcompress'] as const

/** One of {@link STORAGES}. */
export type Storage = (typeof STORAGES)[number]

/** Chosen storage with all that goes with it. */
export interface StorageSettings {
  readonly compress: Storage
  /** `rice` and `hcompress` round the values of the mosaic to steps of their noise divided by this number. */
  readonly quantize: number
  /** How gzip streams are made. */
  readonly deflateTile?: CompressionOptions['deflateTile']
}

/** Takes the pixels of a product row by row. */
export type ProductImage = Pick<ImageWriter, 'writeRows' | 'end'> &
  // Without compression rows have their places in the file, where others may write them.
  Partial<Pick<ImageWriter, 'nextOffset' | 'skipRows'>>

/**
 * Begins the image of a product. Rows are compressed as they come and go to the file at once; the table of tiles, whose room is left before them,
 * is filled in at the end.
 *
 * @param isExact the pixels must not be rounded (areas, weights, counts): floats are then packed without loss by `GZIP_2`
 */
export async function beginProductImage(
  writer: FitsWriter,
  layout: ImageLayout,
  header: Header,
  storage: StorageSettings,
  isExact: boolean,
): Promise<ProductImage> {
  const options = compressionOf(storage, layout.bitpix < 0, isExact)
  return options === undefined
    ? await writer.beginImage(layout, header)
    : await beginCompressedImage(writer, layout, header, options)
}

function compressionOf(
  { compress, quantize, deflateTile }: StorageSettings,
  isFloat: boolean,
  isExact: boolean,
): CompressionOptions | undefined {
  if (compress === 'none') return undefined
  if (compress === 'gzip' || (isFloat && isExact)) return { method: 'GZIP_2', deflateTile }
  const method = compress === 'rice' || isExact ? 'RICE_1' : 'HCOMPRESS_1'
  return { method, deflateTile, ...(isFloat ? { quantize: { level: quantize } } : {}) }
}
