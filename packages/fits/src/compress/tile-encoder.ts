import {
  codecKernels,
  ditherSeed,
  encodeHcompress,
  encodePlio,
  encodeRice,
  estimateNoise,
  PLIO_MAX_PIXEL,
  quantize,
  shuffleBytes,
} from '@skyloom/kernels'
import { FitsError, type FitsLocation } from '../errors.ts'
import type { DeflateTile } from '../gzip/deflate-tile.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { QuantizeOptions } from './compression-options.ts'
import type { TileMethod } from './tile-layout.ts'

/** How the tiles of one image are encoded. */
export interface TileEncoding {
  readonly bitpix: Bitpix
  readonly method: TileMethod
  readonly quantize: Required<QuantizeOptions> | undefined
  readonly hcompressScale: number
  readonly riceBlockSize: number
  /** Added to integers before PLIO_1: the unsigned 16-bit convention. */
  readonly plioShift: number
  readonly deflate: DeflateTile
  readonly location: FitsLocation
}

/** A tile as it goes into the table. */
export interface EncodedTile {
  /** `gzip`: floats that could not be quantized. */
  readonly store: 'compressed' | 'gzip'
  readonly bytes: Uint8Array
  readonly scale: number
  readonly zero: number
}

/**
 * Encodes one tile.
 *
 * @param stored its pixels as an uncompressed file has them, big-endian
 * @param axes size of the tile, NAXIS1 first
 * @param tile its number from 0
 * @throws FitsError `FITS_UNREPRESENTABLE` for pixels that PLIO_1 cannot hold
 */
export function encodeTile(
  encoding: TileEncoding,
  stored: Uint8Array,
  axes: readonly number[],
  tile: number,
): EncodedTile {
  const { bitpix, method } = encoding
  if (encoding.quantize !== undefined) return encodeQuantized(encoding, encoding.quantize, stored, axes, tile)
  const plain = { store: 'compressed', scale: 1, zero: 0 } as const
  if (method === 'NOCOMPRESS') return { ...plain, bytes: stored.slice() }
  if (method === 'GZIP_1') return { ...plain, bytes: encoding.deflate(stored) }
  const size = Math.abs(bitpix) / 8
  if (method === 'GZIP_2') return { ...plain, bytes: encoding.deflate(shuffleBytes(stored, size)) }
  return { ...plain, bytes: encodeIntegers(encoding, integersOf(stored, bitpix), axes, false) }
}

function encodeQuantized(
  encoding: TileEncoding,
  options: Required<QuantizeOptions>,
  stored: Uint8Array,
  axes: readonly number[],
  tile: number,
): EncodedTile {
  const values = floatsOf(stored, encoding.bitpix)
  const seed = ditherSeed(tile, options.ditherStart)
  const result = quantize(values, axes[0] ?? 1, { level: options.level, dithering: options.dithering, seed })
  if (result === undefined) return { store: 'gzip', bytes: encoding.deflate(stored), scale: 0, zero: 0 }
  const { integers, quantization } = result
  const hasBlanks = quantization.blank !== undefined
  const bytes = encodeIntegers(encoding, integers, axes, hasBlanks)
  return { store: 'compressed', bytes, scale: quantization.scale, zero: quantization.zero }
}

function encodeIntegers(
  encoding: TileEncoding,
  integers: Int32Array,
  axes: readonly number[],
  hasBlanks: boolean,
): Uint8Array {
  const { method, bitpix } = encoding
  switch (method) {
    case 'RICE_1': {
      const bytePix = bitpix === 8 ? 1 : bitpix === 16 ? 2 : 4
      return encodeRice(integers, { blockSize: encoding.riceBlockSize, bytePix })
    }
    case 'HCOMPRESS_1': {
      const cols = axes[0] ?? 1
      return encodeHcompress(
        integers,
        integers.length / cols,
        cols,
        hcompressScale(encoding, integers, cols, hasBlanks),
      )
    }
    case 'PLIO_1':
      return encodeMask(encoding, integers)
    case 'GZIP_1':
      return encoding.deflate(bigEndian(integers))
    default:
      return encoding.deflate(shuffleBytes(bigEndian(integers), 4))
  }
}

/** Tiles with blanks are never lossy: an error of 1 would turn a blank into a value. */
function hcompressScale(
  encoding: TileEncoding,
  integers: Int32Array,
  cols: number,
  hasBlanks: boolean,
): number {
  const wanted = encoding.hcompressScale
  if (wanted === 0 || hasBlanks) return 0
  if (wanted < 0) return Math.round(-wanted)
  return Math.round(wanted * estimateNoise(new Float64Array(integers), cols).noise)
}

function encodeMask(encoding: TileEncoding, integers: Int32Array): Uint8Array {
  const shifted = encoding.plioShift === 0 ? integers : integers.map((value) => value + encoding.plioShift)
  const bytes = encodePlio(shifted)
  if (bytes !== undefined) return bytes
  throw new FitsError('FITS_UNREPRESENTABLE', encoding.location, 'PLIO_1 cannot hold a pixel value', {
    found: String(shifted.find((value) => value < 0 || value > PLIO_MAX_PIXEL)),
    allowed: `stored pixels from 0 to ${PLIO_MAX_PIXEL}`,
    remedy: 'choose RICE_1',
  })
}

/** Big-endian integers of BITPIX 8, 16 or 32 as int32. */
function integersOf(stored: Uint8Array, bitpix: Bitpix): Int32Array {
  if (bitpix === 8) return new Int32Array(stored)
  const native = swapped(stored, bitpix / 8)
  return bitpix === 16 ? new Int32Array(new Int16Array(native)) : new Int32Array(native)
}

function floatsOf(stored: Uint8Array, bitpix: Bitpix): Float32Array | Float64Array {
  const native = swapped(stored, Math.abs(bitpix) / 8)
  return bitpix === -32 ? new Float32Array(native) : new Float64Array(native)
}

function bigEndian(integers: Int32Array): Uint8Array {
  return new Uint8Array(swapped(new Uint8Array(integers.buffer, integers.byteOffset, integers.byteLength), 4))
}

/** A copy with the bytes of each element reversed. */
function swapped(bytes: Uint8Array, size: number): ArrayBuffer {
  const kernels = codecKernels()
  const scratch = kernels.reserve(bytes.length)
  kernels.u8(scratch, bytes.length).set(bytes)
  const count = bytes.length / size
  if (size === 2) kernels.swap2(scratch, scratch, count)
  else if (size === 4) kernels.swap4(scratch, scratch, count)
  else kernels.swap8(scratch, scratch, count)
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(kernels.u8(scratch, bytes.length))
  return copy
}
