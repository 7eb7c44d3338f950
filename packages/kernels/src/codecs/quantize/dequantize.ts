import { DITHER_COUNT, type Dithering, ditherOffset, ditherSequence } from './dither.ts'

/** The integer that stands for exactly 0 under SUBTRACTIVE_DITHER_2. Source: FITS Standard 4.0, section 10.2.2. */
export const QUANTIZED_ZERO = -2147483646
/** The integer that this writer (and cfitsio) uses for NaN; readers go by `ZBLANK`. */
export const QUANTIZED_BLANK = -2147483647

/** How integers of one tile become floats. */
export interface Quantization {
  readonly scale: number
  readonly zero: number
  readonly dithering: Dithering
  /** Index into the sequence of random numbers, from `ditherSeed`. */
  readonly seed: number
  /** The integer that stands for NaN, if any. */
  readonly blank: number | undefined
}

/**
 * Floats of the quantized integers of a tile; `out` is single or double precision.
 *
 * @param first values before this index stay as they are
 *
 * Values are computed in float64 and rounded once, so they are the same in every reader that follows the standard.
 * Source: FITS Standard 4.0, sections 10.2.1 and 10.2.2, equation 13; Pence, White & Seaman 2010, section 4.
 */
export function dequantize(
  integers: Int32Array,
  quantization: Quantization,
  out: Float32Array | Float64Array,
  first: number = 0,
): void {
  const { scale, zero, dithering } = quantization
  // No int32 equals NaN, so tiles without blanks need no second loop.
  const blank = quantization.blank ?? NaN
  const count = Math.min(integers.length, out.length)
  if (dithering === 'NO_DITHER') {
    for (let i = first; i < count; i++) {
      const value = integers[i]!
      out[i] = value === blank ? NaN : value * scale + zero
    }
    return
  }
  const random = ditherSequence()
  const exactZero = dithering === 'SUBTRACTIVE_DITHER_2' ? QUANTIZED_ZERO : NaN
  let seed = quantization.seed
  let next = ditherOffset(seed)
  for (let i = 0; i < count; i++) {
    const value = integers[i]!
    if (i < first) {
      // Only its random number is used up.
    } else if (value === blank) out[i] = NaN
    else if (value === exactZero) out[i] = 0
    else out[i] = (value - random[next]! + 0.5) * scale + zero
    next++
    if (next === DITHER_COUNT) {
      seed = seed + 1 === DITHER_COUNT ? 0 : seed + 1
      next = ditherOffset(seed)
    }
  }
}
