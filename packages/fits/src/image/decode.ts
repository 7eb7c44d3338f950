import type { CodecKernels } from '@skyloom/kernels'
import type { Bitpix } from '../hdu/hdu.ts'
import type { PixelArray } from './pixel-array.ts'
import type { PixelScaling } from './scaling.ts'

/**
 * Turns stored pixels into values.
 *
 * @param source offset of big-endian pixels in the memory of the kernels; they may be overwritten
 * @param scratch offset of room for the decoded pixels there, 16-byte aligned, not overlapping
 */
export type DecodePixels = (
  kernels: CodecKernels,
  source: number,
  scratch: number,
  count: number,
  out: PixelArray,
  outIndex: number,
) => void

/** The decoder for an image and an array to fill: physical values for floats, stored numbers for its native type. */
export function pixelDecoder(
  bitpix: Bitpix,
  scaling: PixelScaling,
  as: 'float32' | 'float64' | 'native',
): DecodePixels {
  if (as === 'native') return nativeDecoder(bitpix, scaling.isShifted)
  const isIdentity = scaling.bscale === 1 && scaling.bzero === 0
  if (isIdentity && bitpix === -32 && as === 'float32') return nativeDecoder(bitpix, false)
  if (isIdentity && bitpix === -64 && as === 'float64') return nativeDecoder(bitpix, false)
  if (bitpix === 64 && scaling.isShifted) return decodeUnsigned64(scaling.blank)
  return scaledDecoder(bitpix, scaling, as)
}

function scaledDecoder(bitpix: Bitpix, scaling: PixelScaling, as: 'float32' | 'float64'): DecodePixels {
  const { bscale, blank } = scaling
  // -0 + v is v for every v, also for v = -0; 0 + v is not.
  const bzero = scaling.bzero === 0 ? -0 : scaling.bzero
  const hasBlank = blank === undefined ? 0 : 1
  const blank64 = blank ?? 0n
  const blank32 = Number(blank64)
  const isSingle = as === 'float32'
  return (kernels, source, scratch, count, out, outIndex) => {
    if (bitpix === 64) {
      const decode = isSingle ? kernels.i64ToF32 : kernels.i64ToF64
      decode(source, scratch, count, bscale, bzero, hasBlank, blank64)
    } else if (bitpix > 0) {
      integerKernel(kernels, bitpix, isSingle)(source, scratch, count, bscale, bzero, hasBlank, blank32)
    } else {
      floatKernel(kernels, bitpix, isSingle)(source, scratch, count, bscale, bzero)
    }
    const decoded = isSingle ? kernels.f32(scratch, count) : kernels.f64(scratch, count)
    ;(out as Float32Array | Float64Array).set(decoded, outIndex)
  }
}

function integerKernel(kernels: CodecKernels, bitpix: Bitpix, isSingle: boolean): CodecKernels['u8ToF32'] {
  if (bitpix === 8) return isSingle ? kernels.u8ToF32 : kernels.u8ToF64
  if (bitpix === 16) return isSingle ? kernels.i16ToF32 : kernels.i16ToF64
  return isSingle ? kernels.i32ToF32 : kernels.i32ToF64
}

function floatKernel(kernels: CodecKernels, bitpix: Bitpix, isSingle: boolean): CodecKernels['f32ToF32'] {
  if (bitpix === -32) return isSingle ? kernels.f32ToF32 : kernels.f32ToF64
  return isSingle ? kernels.f64ToF32 : kernels.f64ToF64
}

/** Bytes in machine order, and for the shifted types the sign bit flipped: the same as adding BZERO without rounding. */
function nativeDecoder(bitpix: Bitpix, isShifted: boolean): DecodePixels {
  const size = Math.abs(bitpix) / 8
  return (kernels, source, _scratch, count, out, outIndex) => {
    const bytes = new Uint8Array(out.buffer, out.byteOffset + outIndex * size, count * size)
    if (size === 1) {
      bytes.set(kernels.u8(source, count))
    } else {
      swapKernel(kernels, size)(source, source, count)
      bytes.set(kernels.u8(source, count * size))
    }
    if (isShifted) for (let at = size - 1; at < bytes.length; at += size) bytes[at] = bytes[at]! ^ 0x80
  }
}

function swapKernel(kernels: CodecKernels, size: number): CodecKernels['swap2'] {
  return size === 2 ? kernels.swap2 : size === 4 ? kernels.swap4 : kernels.swap8
}

/** Unsigned 64-bit integers rounded once to the output; BZERO added in float64 would round twice. */
function decodeUnsigned64(blank: bigint | undefined): DecodePixels {
  const blankHigh = blank === undefined ? 0 : Number((BigInt.asUintN(64, blank) >> 32n) & 0xffffffffn)
  const blankLow = blank === undefined ? 0 : Number(BigInt.asUintN(64, blank) & 0xffffffffn)
  return (kernels, source, _scratch, count, out, outIndex) => {
    const bytes = kernels.u8(source, count * 8)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let index = 0; index < count; index++) {
      const high = view.getUint32(index * 8)
      const low = view.getUint32(index * 8 + 4)
      const isBlank = blank !== undefined && high === blankHigh && low === blankLow
      out[outIndex + index] = isBlank ? NaN : ((high ^ 0x80000000) >>> 0) * 2 ** 32 + low
    }
  }
}
