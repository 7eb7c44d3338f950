import { codecKernels } from '../codec-kernels.ts'
import type { RiceDecoding } from './rice-decode.ts'
import { riceStreamBytes } from './rice-encode.ts'

/**
 * A RICE_1 stream of the pixels, by the fastest kernels of this thread. Lossless for values that fit `bytePix` bytes;
 * higher bits are cut off.
 *
 * Source: FITS Standard 4.0, section 10.4.1.
 */
export function encodeRice(pixels: Int32Array, encoding: RiceDecoding): Uint8Array {
  const kernels = codecKernels()
  const source = kernels.reserve(pixels.byteLength + riceStreamBytes(pixels.length, encoding))
  const target = source + pixels.byteLength
  kernels.i32(source, pixels.length).set(pixels)
  const length = kernels.riceEncode(source, target, pixels.length, encoding.blockSize, encoding.bytePix)
  return kernels.u8(target, length).slice()
}
