import { compressedScaling } from '../compress/compressed-scaling.ts'
import { readTilesInto, selectTiles } from '../compress/read-tiles.ts'
import { FitsError, type FitsWarning } from '../errors.ts'
import type { Bitpix, Hdu } from '../hdu/hdu.ts'
import { type NativeArray, nativeArray, type PixelArray } from './pixel-array.ts'
import { checkBoxInFile, readBoxInto } from './read-box.ts'
import {
  badRegion,
  boxPixelCount,
  checkBox,
  hduLocation,
  type PixelBox,
  type PixelRegion,
  planeBox,
} from './region.ts'
import { pixelScaling } from './scaling.ts'

/** Form in which pixels are given. */
export type PixelForm = 'float32' | 'float64' | 'native'

/** The array that goes with a {@link PixelForm}. */
export interface PixelFormArray {
  readonly float32: Float32Array
  readonly float64: Float64Array
  readonly native: NativeArray
}

/** How pixels are read. */
export interface ReadPixelsOptions<Form extends PixelForm = PixelForm> {
  /**
   * `float32` (default) and `float64`: physical values, `bzero + bscale * stored` computed in float64 and rounded once, BLANK
   * as NaN. `native`: the stored numbers in their own type, the unsigned conventions applied, neither scaled nor blanked.
   */
  readonly as?: Form
  /** Filled instead of a new array: of the right type and exactly as long as the pixels that are read. */
  readonly into?: PixelFormArray[Form]
  readonly signal?: AbortSignal | undefined
}

/** What part of an image is read, and how. */
export interface ReadImageOptions<Form extends PixelForm = PixelForm> extends ReadPixelsOptions<Form> {
  /** Default: the whole plane. */
  readonly region?: PixelRegion
  /** Index from 0 over all axes beyond the second, the third axis fastest; default 0. */
  readonly plane?: number
}

/** What part of an image of any number of axes is read, and how. */
export interface ReadCubeOptions<Form extends PixelForm = PixelForm> extends ReadPixelsOptions<Form> {
  /** First index of each axis, NAXIS1 first, from 0; default 0 each. */
  readonly start?: readonly number[]
  /** Length along each axis, NAXIS1 first; default up to the end. */
  readonly size?: readonly number[]
}

/** What is needed to turn `native` pixels into values oneself. */
export interface StoredPixels {
  readonly bitpix: Bitpix
  readonly bscale: number
  readonly bzero: number
  /** Stored number of undefined pixels, before any scaling. */
  readonly blank: bigint | undefined
  readonly warnings: readonly FitsWarning[]
}

/** One plane of an image, or a region of it. Row-major, `col` fastest. */
export interface Image<Data extends PixelArray = PixelArray> extends StoredPixels {
  readonly width: number
  readonly height: number
  readonly data: Data
}

/** A box of an image of any number of axes. */
export interface Cube<Data extends PixelArray = PixelArray> extends StoredPixels {
  /** Slowest axis first. */
  readonly shape: readonly number[]
  /** First FITS axis fastest. */
  readonly data: Data
}

/**
 * Reads one plane of an image, or a region of it, and only the bytes of that.
 *
 * Images of one axis have one row. Tile-compressed images are decompressed as far as the region needs it.
 *
 * @throws FitsError `FITS_NOT_AN_IMAGE`, `FITS_NO_DATA`, `FITS_BAD_REGION`, `FITS_TRUNCATED`, and those of BSCALE, BZERO, BLANK.
 *   Everything is checked against the size of the file before memory is allocated.
 */
export async function readImage<Form extends PixelForm = 'float32'>(
  hdu: Hdu,
  options: ReadImageOptions<Form> = {},
): Promise<Image<PixelFormArray[Form]>> {
  checkIsImage(hdu)
  const box = planeBox(hdu, options.region, options.plane ?? 0)
  const { shape, ...rest } = await readBox(hdu, box, options)
  return { width: shape.at(-1) ?? 0, height: shape.at(-2) ?? 1, ...rest }
}

/**
 * Reads a box of an image of any number of axes, and only the bytes of that. Otherwise as {@link readImage}.
 */
export async function readCube<Form extends PixelForm = 'float32'>(
  hdu: Hdu,
  options: ReadCubeOptions<Form> = {},
): Promise<Cube<PixelFormArray[Form]>> {
  checkIsImage(hdu)
  return await readBox(hdu, checkBox(hdu, options), options)
}

async function readBox<Form extends PixelForm>(
  hdu: Hdu,
  box: PixelBox,
  options: ReadPixelsOptions<Form>,
): Promise<Cube<PixelFormArray[Form]>> {
  const { bitpix } = hdu
  const form: PixelForm = options.as ?? 'float32'
  const tiles = hdu.type === 'compressed-image' ? await selectTiles(hdu, box, options.signal) : undefined
  const scaling = tiles === undefined ? pixelScaling(hdu.header, bitpix) : compressedScaling(hdu)
  if (tiles === undefined) checkBoxInFile(hdu, box)
  const count = boxPixelCount(box)
  const data = outputArray(hdu, form, scaling.isShifted, count, options.into)
  if (tiles === undefined) await readBoxInto(data, hdu, box, scaling, form, options.signal)
  else await readTilesInto(data, tiles, scaling, form, options.signal)
  const { bscale, bzero, blank, warnings } = scaling
  const shape = box.size.slice(0, Math.max(1, hdu.shape.length)).toReversed()
  // `outputArray` gives the array of `form`.
  return { shape, data: data as PixelFormArray[Form], bitpix, bscale, bzero, blank, warnings }
}

function checkIsImage(hdu: Hdu): void {
  const hasPixels = hdu.shape.length > 0 && !hdu.shape.includes(0)
  if (hdu.type === 'image' || (hdu.type === 'compressed-image' && hasPixels)) return
  if (hdu.type === 'empty' || hdu.type === 'compressed-image') {
    throw new FitsError('FITS_NO_DATA', hduLocation(hdu), 'the HDU holds no pixels', {
      found: hdu.shape.length === 0 ? 'NAXIS = 0' : `axes ${hdu.shape.toReversed().join(' x ')}`,
      remedy: 'choose an HDU with an image',
    })
  }
  throw new FitsError('FITS_NOT_AN_IMAGE', hduLocation(hdu), 'the HDU holds no image', {
    found: hdu.type,
    allowed: 'image, compressed-image',
    remedy: 'choose an HDU with an image',
  })
}

/** The array to fill: that of the caller if it fits, else a new one. */
function outputArray(
  hdu: Hdu,
  form: PixelForm,
  isShifted: boolean,
  count: number,
  into: PixelArray | undefined,
): PixelArray {
  if (into === undefined) return allocate(hdu, form, isShifted, count)
  const sample = allocate(hdu, form, isShifted, 0)
  if (into.length === count && into.constructor === sample.constructor) return into
  const found = `${into.constructor.name} of ${into.length}`
  throw badRegion(hdu, 'the buffer does not fit the pixels', found, `${sample.constructor.name} of ${count}`)
}

function allocate(hdu: Hdu, form: PixelForm, isShifted: boolean, count: number): PixelArray {
  try {
    if (form === 'native') return nativeArray(hdu.bitpix, isShifted, count)
    return form === 'float32' ? new Float32Array(count) : new Float64Array(count)
  } catch (cause) {
    throw new FitsError('FITS_TOO_LARGE', hduLocation(hdu), 'the pixels do not fit into memory', {
      found: `${count} pixels`,
      remedy: 'read it by regions',
      cause,
    })
  }
}
