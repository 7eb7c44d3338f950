import type { DecodeFloats, DecodeIntegers } from './codec-functions.ts'

type Pixels = Float32Array | Float64Array
type MakePixels = (buffer: ArrayBufferLike, offset: number, count: number) => Pixels

/** float32 pixels at a byte offset. */
export const f32Pixels: MakePixels = (buffer, offset, count) => new Float32Array(buffer, offset, count)

/** float64 pixels at a byte offset. */
export const f64Pixels: MakePixels = (buffer, offset, count) => new Float64Array(buffer, offset, count)

/** Plain twin of the integer decoders; `read` gives one big-endian sample. */
export function plainIntegers(
  memory: WebAssembly.Memory,
  size: number,
  read: (view: DataView, at: number) => number,
  pixels: MakePixels,
): DecodeIntegers<number> {
  return (source, target, count, bscale, bzero, hasBlank, blank) => {
    const view = new DataView(memory.buffer)
    const out = pixels(memory.buffer, target, count)
    for (let i = 0; i < count; i++) {
      const sample = read(view, source + i * size)
      out[i] = hasBlank !== 0 && sample === blank ? NaN : bzero + bscale * sample
    }
  }
}

/** Plain twin of the decoders of 64-bit integers; blank is compared before the conversion to float64. */
export function plainLongIntegers(memory: WebAssembly.Memory, pixels: MakePixels): DecodeIntegers<bigint> {
  return (source, target, count, bscale, bzero, hasBlank, blank) => {
    const view = new DataView(memory.buffer)
    const out = pixels(memory.buffer, target, count)
    for (let i = 0; i < count; i++) {
      const sample = view.getBigInt64(source + i * 8)
      out[i] = hasBlank !== 0 && sample === blank ? NaN : bzero + bscale * Number(sample)
    }
  }
}

/** Plain twin of the float decoders; `read` gives one big-endian sample. */
export function plainFloats(
  memory: WebAssembly.Memory,
  size: number,
  read: (view: DataView, at: number) => number,
  pixels: MakePixels,
): DecodeFloats {
  return (source, target, count, bscale, bzero) => {
    const view = new DataView(memory.buffer)
    const out = pixels(memory.buffer, target, count)
    for (let i = 0; i < count; i++) out[i] = bzero + bscale * read(view, source + i * size)
  }
}
