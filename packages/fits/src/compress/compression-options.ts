import type { Dithering } from '@skyloom/kernels'
import { FitsError, type FitsLocation } from '../errors.ts'
import type { DeflateTile } from '../gzip/deflate-tile.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { TileMethod } from './tile-layout.ts'

/** How floats are rounded so that they compress well. Every pixel changes by at most half a step. */
export interface QuantizeOptions {
  /**
   * Positive: the step is the noise of each tile divided by this number; 4 is a good choice and makes images about a quarter
   * as large. Negative: the step is the absolute size of this number, in units of the image.
   */
  readonly level: number
  /**
   * `SUBTRACTIVE_DITHER_1` (default) keeps means and faint sources unbiased; `SUBTRACTIVE_DITHER_2` also keeps pixels that are
   * exactly 0; `NO_DITHER` rounds plainly.
   */
  readonly dithering?: Dithering
  /** Where the sequence of random numbers begins, 1 to 10000. Default: derived from the pixels of the first tile. */
  readonly ditherStart?: number
}

/** How an image is compressed. */
export interface CompressionOptions {
  /** Default: `RICE_1` for integers and quantized floats, `GZIP_2` for floats that are kept as they are. */
  readonly method?: TileMethod
  /** Size of a tile, slowest axis first like a shape. Default: single rows; for HCOMPRESS_1 16 rows. */
  readonly tileShape?: readonly number[]
  /** Only for floats. Without it they are stored without loss, for which only GZIP_1, GZIP_2 and NOCOMPRESS will do. */
  readonly quantize?: QuantizeOptions
  /**
   * HCOMPRESS_1 only: 0 (default) loses nothing; a positive number is the scale in units of the noise, a negative one
   * the absolute scale. Errors are about as large as the scale.
   */
  readonly hcompressScale?: number
  /** HCOMPRESS_1 only: ask readers to smooth. Default false. */
  readonly smooth?: boolean
  /** Pixels of a block of RICE_1: 16 or 32 (default). */
  readonly riceBlockSize?: 16 | 32
  /** How gzip streams are made; default: on any platform. */
  readonly deflateTile?: DeflateTile | undefined
}

/** The method that will be used. */
export function chosenMethod(
  bitpix: Bitpix,
  options: CompressionOptions,
  location: FitsLocation,
): TileMethod {
  const isLossless = bitpix < 0 && options.quantize === undefined
  const method = options.method ?? (isLossless || bitpix === 64 ? 'GZIP_2' : 'RICE_1')
  const allowed = allowedMethods(bitpix, options.quantize !== undefined)
  if (allowed.includes(method)) return method
  const remedy = isLossless ? 'set `quantize`, or choose another method' : 'choose another method'
  throw new FitsError('FITS_BAD_COMPRESSION', location, `the method cannot hold pixels of BITPIX ${bitpix}`, {
    found: method,
    allowed: allowed.join(', '),
    remedy,
  })
}

function allowedMethods(bitpix: Bitpix, isQuantized: boolean): readonly TileMethod[] {
  const bytes: readonly TileMethod[] = ['GZIP_1', 'GZIP_2', 'NOCOMPRESS']
  if (bitpix === 64 || (bitpix < 0 && !isQuantized)) return bytes
  if (bitpix < 0) return ['RICE_1', 'HCOMPRESS_1', 'GZIP_1', 'GZIP_2']
  return ['RICE_1', 'HCOMPRESS_1', 'PLIO_1', ...bytes]
}

/** Rows of a tile of HCOMPRESS_1, and the fewest that cfitsio accepts. */
const HCOMPRESS_ROWS = 16
const HCOMPRESS_MIN_ROWS = 4

/**
 * Size of the tiles, NAXIS1 first.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION` for sizes that do not fit
 */
export function chosenTileAxes(
  axes: readonly number[],
  method: TileMethod,
  tileShape: readonly number[] | undefined,
  location: FitsLocation,
): readonly number[] {
  if (tileShape === undefined) {
    return axes.map((length, axis) => {
      if (axis === 0) return length
      return axis === 1 && method === 'HCOMPRESS_1' ? hcompressRows(length) : 1
    })
  }
  const isFine =
    tileShape.length === axes.length && tileShape.every((size) => Number.isInteger(size) && size >= 1)
  if (isFine) return tileShape.toReversed().map((size, axis) => Math.min(size, axes[axis] ?? 1))
  throw new FitsError('FITS_BAD_COMPRESSION', location, 'tiles cannot have this shape', {
    found: `tileShape ${tileShape.join(' x ')}`,
    allowed: `${axes.length} whole numbers of 1 or more, slowest axis first`,
  })
}

/** 16 rows, or a few more so that no tile at the end has fewer than 4. */
function hcompressRows(height: number): number {
  if (height <= 2 * HCOMPRESS_ROWS - 2) return height
  let rows = HCOMPRESS_ROWS
  while (height % rows > 0 && height % rows < HCOMPRESS_MIN_ROWS) rows++
  return rows
}
