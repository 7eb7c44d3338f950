/** Reverses the bytes of `count` elements from `source` to `target`: the same offset, or blocks that do not overlap. */
export type SwapFunction = (source: number, target: number, count: number) => void

/**
 * Decodes `count` big-endian integers: `bzero + bscale * sample` in float64, rounded once to the target's type.
 * Where `hasBlank` is not 0, samples equal to `blank` become NaN. Blocks must not overlap.
 */
export type DecodeIntegers<Blank> = (
  source: number,
  target: number,
  count: number,
  bscale: number,
  bzero: number,
  hasBlank: number,
  blank: Blank,
) => void

/** Decodes `count` big-endian floats: `bzero + bscale * sample` in float64. Blocks must not overlap. */
export type DecodeFloats = (
  source: number,
  target: number,
  count: number,
  bscale: number,
  bzero: number,
) => void

/** Functions of the module `codecs`: offsets and counts in its own memory, nothing is checked. */
export interface CodecFunctions {
  readonly swap2: SwapFunction
  readonly swap4: SwapFunction
  readonly swap8: SwapFunction
  readonly u8ToF32: DecodeIntegers<number>
  readonly u8ToF64: DecodeIntegers<number>
  readonly i16ToF32: DecodeIntegers<number>
  readonly i16ToF64: DecodeIntegers<number>
  readonly i32ToF32: DecodeIntegers<number>
  readonly i32ToF64: DecodeIntegers<number>
  readonly i64ToF32: DecodeIntegers<bigint>
  readonly i64ToF64: DecodeIntegers<bigint>
  readonly f32ToF32: DecodeFloats
  readonly f32ToF64: DecodeFloats
  readonly f64ToF32: DecodeFloats
  readonly f64ToF64: DecodeFloats
}
