/** A range of values, ends included. */
export interface ValueRange {
  readonly min: number
  readonly max: number
}

/** What was replaced. */
export interface ReplacedCounts {
  /** Values within a range. */
  readonly rangeCount: number
  /** Values that were replaced: those within a range, and with `value` those that were NaN. */
  readonly nanCount: number
}

/**
 * Replaces NaN and all values within ranges, in place.
 *
 * @param value default NaN, so that NaN stays
 */
export function replaceRanges(
  data: Float64Array,
  ranges: readonly ValueRange[],
  value?: number,
): ReplacedCounts {
  let [rangeCount, nanCount] = [0, 0]
  for (let i = 0; i < data.length; i++) {
    const found = data[i]!
    const isInRange = ranges.some(({ min, max }) => found >= min && found <= max)
    if (!isInRange && !Number.isNaN(found)) continue
    if (isInRange) rangeCount++
    if (isInRange || value !== undefined) nanCount++
    data[i] = value ?? Number.NaN
  }
  return { rangeCount, nanCount }
}
