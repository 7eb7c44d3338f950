/** Range of the numbers that integer images use for values. */
const STORED_RANGES = { 8: [0, 255], 16: [-32_767, 32_767], 32: [-2_147_483_647, 2_147_483_647] } as const

/** BITPIX of an integer image that values can be mapped to. */
export type IntegerBitpix = keyof typeof STORED_RANGES

/** How values become stored integers: value = bzero + bscale * stored. */
export interface IntegerScale {
  readonly bscale: number
  readonly bzero: number
  readonly min: number
  readonly max: number
}

/** The scale that maps values from `min` to `max` to the whole range of an integer type. */
export function integerScale(bitpix: IntegerBitpix, min: number, max: number): IntegerScale {
  const [low, high] = STORED_RANGES[bitpix]
  return {
    bscale: (max - min) / (high - low),
    bzero: (min * high - max * low) / (high - low),
    min: low,
    max: high,
  }
}

/** The integers that stand for values, the nearest ones, cut at the ends of the range; NaN becomes `blank` (default the low end). */
export function storedIntegers(
  data: Float64Array,
  { bscale, bzero, min, max }: IntegerScale,
  blank: number = min,
): Int32Array {
  return Int32Array.from(data, (value) =>
    Number.isNaN(value) ? blank : Math.min(max, Math.max(min, Math.round((value - bzero) / bscale))),
  )
}
