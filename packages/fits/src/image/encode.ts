import { codecKernels } from '@skyloom/kernels'
import { FitsError, type FitsLocation } from '../errors.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { ImageLayout } from './image-header.ts'
import { type NativeArray, nativeArray, type PixelArray } from './pixel-array.ts'

/** Turns values into stored pixels, big-endian. They stay valid until the next call. */
export type EncodePixels = (values: PixelArray) => Uint8Array

/**
 * The encoder for an image: floats are rounded to the nearest of BITPIX; integers are `(value - bzero) / bscale` rounded to the
 * nearest, halves away from zero, NaN as BLANK.
 *
 * It throws FitsError `FITS_UNREPRESENTABLE` for NaN without BLANK and (unless `clip`) for numbers out of range.
 */
export function pixelEncoder(layout: ImageLayout, location: FitsLocation): EncodePixels {
  const { bitpix, bscale = 1, bzero = 0 } = layout
  const bigEndian = swapper()
  return (values) => {
    const isPlain = bscale === 1 && bzero === 0
    if (isPlain && values instanceof nativeClass(bitpix)) return bigEndian(values)
    if (bitpix < 0) return bigEndian(encodeFloats(values, bitpix, bscale, bzero))
    if (bitpix === 64) return bigEndian(encodeLong(values, layout, location))
    return bigEndian(encodeIntegers(values, layout, location))
  }
}

function nativeClass(bitpix: Bitpix): new (length: number) => NativeArray {
  return nativeArray(bitpix, false, 0).constructor as new (
    length: number,
  ) => NativeArray
}

function encodeFloats(values: PixelArray, bitpix: Bitpix, bscale: number, bzero: number): NativeArray {
  const stored = bitpix === -32 ? new Float32Array(values.length) : new Float64Array(values.length)
  const isPlain = bscale === 1 && bzero === 0
  for (let index = 0; index < stored.length; index++) {
    const value = Number(values[index])
    stored[index] = isPlain ? value : (value - bzero) / bscale
  }
  return stored
}

function encodeIntegers(values: PixelArray, layout: ImageLayout, location: FitsLocation): NativeArray {
  const { bitpix, bscale = 1, bzero = 0, blank, clip = false } = layout
  const low = bitpix === 8 ? 0 : -(2 ** (bitpix - 1))
  const high = bitpix === 8 ? 255 : 2 ** (bitpix - 1) - 1
  const stored = nativeArray(bitpix, false, values.length)
  for (let index = 0; index < stored.length; index++) {
    const value = Number(values[index])
    if (Number.isNaN(value)) {
      if (blank === undefined) throw noBlank(location)
      stored[index] = blank
      continue
    }
    const scaled = (value - bzero) / bscale
    const rounded = Math.sign(scaled) * Math.round(Math.abs(scaled))
    if (rounded >= low && rounded <= high) stored[index] = rounded
    else if (clip) stored[index] = rounded < low ? low : high
    else throw outOfRange(String(value), layout, location)
  }
  return stored
}

const LONG_LOW = -(2n ** 63n)
const LONG_HIGH = 2n ** 63n - 1n

/** 64-bit integers stay exact when they come as bigints and BSCALE is 1. */
function encodeLong(values: PixelArray, layout: ImageLayout, location: FitsLocation): BigInt64Array {
  const { bscale = 1, bzero = 0, blank, clip = false } = layout
  const stored = new BigInt64Array(values.length)
  for (let index = 0; index < stored.length; index++) {
    const value = values[index]!
    if (typeof value === 'number' && Number.isNaN(value)) {
      if (blank === undefined) throw noBlank(location)
      stored[index] = BigInt(blank)
      continue
    }
    const exact = longOf(value, bscale, bzero)
    if (exact === undefined && !clip) throw outOfRange(String(value), layout, location)
    const long = exact ?? (Number(value) / bscale < 0 ? LONG_LOW : LONG_HIGH)
    if (long >= LONG_LOW && long <= LONG_HIGH) stored[index] = long
    else if (clip) stored[index] = long < LONG_LOW ? LONG_LOW : LONG_HIGH
    else throw outOfRange(String(value), layout, location)
  }
  return stored
}

/** Undefined for infinities. */
function longOf(value: number | bigint, bscale: number, bzero: number): bigint | undefined {
  if (bscale === 1 && Number.isInteger(bzero)) {
    if (typeof value === 'bigint') return value - BigInt(bzero)
    return Number.isFinite(value) ? BigInt(Math.round(value)) - BigInt(bzero) : undefined
  }
  const scaled = (Number(value) - bzero) / bscale
  return Number.isFinite(scaled) ? BigInt(Math.round(scaled)) : undefined
}

/** Swaps into one buffer again and again: a new one for each piece costs more than the swap, its pages being touched first. */
function swapper(): (values: NativeArray) => Uint8Array {
  let buffer = new Uint8Array(0)
  return (values) => {
    const size = values.BYTES_PER_ELEMENT
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    if (size === 1) return bytes
    const kernels = codecKernels()
    const scratch = kernels.reserve(bytes.length)
    kernels.u8(scratch, bytes.length).set(bytes)
    const swap = size === 2 ? kernels.swap2 : size === 4 ? kernels.swap4 : kernels.swap8
    swap(scratch, scratch, values.length)
    if (buffer.length < bytes.length) buffer = new Uint8Array(bytes.length)
    const swapped = buffer.subarray(0, bytes.length)
    swapped.set(kernels.u8(scratch, bytes.length))
    return swapped
  }
}

function noBlank(location: FitsLocation): FitsError {
  return new FitsError(
    'FITS_UNREPRESENTABLE',
    location,
    'a pixel without value cannot be stored as an integer',
    {
      found: 'NaN',
      remedy: 'set `blank`, or write floating point',
    },
  )
}

function outOfRange(found: string, layout: ImageLayout, location: FitsLocation): FitsError {
  return new FitsError('FITS_UNREPRESENTABLE', location, 'a pixel value is out of range', {
    found,
    allowed: `what fits into BITPIX ${layout.bitpix} with BSCALE ${layout.bscale ?? 1} and BZERO ${layout.bzero ?? 0}`,
    remedy: 'choose another BITPIX or scaling, or set `clip`',
  })
}
