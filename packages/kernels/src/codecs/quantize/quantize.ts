import { QUANTIZED_BLANK, QUANTIZED_ZERO, type Quantization } from './dequantize.ts'
import { DITHER_COUNT, type Dithering, ditherOffset, ditherSequence } from './dither.ts'
import { estimateNoise, rangeOf } from './noise.ts'

/** How floats are made integers for writing. */
export interface QuantizationRequest {
  /**
   * Positive: steps of the noise of each tile divided by this number, so 4 means a quarter of the noise.
   * Negative: steps of the absolute size of this number.
   */
  readonly level: number
  readonly dithering: Dithering
  /** Index into the sequence of random numbers, from `ditherSeed`. */
  readonly seed: number
}

/** Integers of a tile and how to read them. */
export interface QuantizedTile {
  readonly integers: Int32Array
  readonly quantization: Quantization
}

/** Integers near the ends of the range that are kept for special meanings. */
const RESERVED_COUNT = 10

/**
 * Quantizes a tile of floats.
 *
 * @param cols length of a row, for the noise
 * @returns undefined when the tile has to be kept as floats: it has no noise, no number, an infinite value, or more
 *   steps than an int32 can count
 *
 * Source: Pence, White & Seaman 2010, PASP 122, 1065, sections 3 and 4; FITS Standard 4.0, section 10.2.
 */
export function quantize(
  values: Float32Array | Float64Array,
  cols: number,
  request: QuantizationRequest,
): QuantizedTile | undefined {
  const isAbsolute = request.level < 0
  const { noise, min, max, goodCount } = isAbsolute
    ? { noise: 0, ...rangeOf(values) }
    : estimateNoise(values, cols)
  const scale = isAbsolute ? -request.level : noise / request.level
  if (!(scale > 0) || !Number.isFinite(scale) || goodCount === 0 || hasInfinity(values)) return undefined
  const steps = (max - min) / scale
  if (!(steps <= 2 * -QUANTIZED_BLANK - RESERVED_COUNT)) return undefined
  const hasBlanks = goodCount < values.length
  const zero = zeroPoint(min, max, scale, steps, hasBlanks || request.dithering === 'SUBTRACTIVE_DITHER_2')
  const quantization: Quantization = {
    scale,
    zero,
    dithering: request.dithering,
    seed: request.seed,
    blank: hasBlanks ? QUANTIZED_BLANK : undefined,
  }
  return { integers: toIntegers(values, quantization), quantization }
}

function hasInfinity(values: Float32Array | Float64Array): boolean {
  for (const value of values) if (value === Infinity || value === -Infinity) return true
  return false
}

/**
 * The value of integer 0. With reserved integers in use the whole range is moved next to them, so that differences
 * between neighbours stay small; otherwise it is a multiple of the scale where possible, so that quantizing twice
 * changes nothing.
 */
function zeroPoint(min: number, max: number, scale: number, steps: number, usesReserved: boolean): number {
  if (usesReserved) return min - scale * (QUANTIZED_BLANK + RESERVED_COUNT)
  if (steps < -QUANTIZED_BLANK - RESERVED_COUNT) return Math.floor(min / scale + 0.5) * scale
  return (min + max) / 2
}

function toIntegers(values: Float32Array | Float64Array, quantization: Quantization): Int32Array {
  const { scale, zero, dithering } = quantization
  const out = new Int32Array(values.length)
  const isDithered = dithering !== 'NO_DITHER'
  const keepsZero = dithering === 'SUBTRACTIVE_DITHER_2'
  const random = ditherSequence()
  let seed = quantization.seed
  let next = ditherOffset(seed)
  for (let i = 0; i < out.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) out[i] = QUANTIZED_BLANK
    else if (keepsZero && value === 0) out[i] = QUANTIZED_ZERO
    else out[i] = roundHalfAway((value - zero) / scale + (isDithered ? random[next]! - 0.5 : 0))
    next++
    if (next === DITHER_COUNT) {
      seed = seed + 1 === DITHER_COUNT ? 0 : seed + 1
      next = ditherOffset(seed)
    }
  }
  return out
}

function roundHalfAway(value: number): number {
  return value >= 0 ? Math.floor(value + 0.5) : -Math.floor(0.5 - value)
}
