/** Noise of one tile and the range of its values. */
export interface NoiseEstimate {
  /** Standard deviation from one pixel to the next; 0 when it cannot be told. */
  readonly noise: number
  readonly min: number
  readonly max: number
  /** Values that are numbers. */
  readonly goodCount: number
}

/**
 * Background noise of an image from differences of neighbours in a row: robust against stars and slopes.
 * The smallest of three estimates is taken, from differences of second, third and fifth order; each is the median
 * over rows of the median of a row.
 *
 * @param cols length of a row; rows too short for an estimate are joined to one. Pixels that are NaN or infinite are left
 *   out, as if the row were shorter
 *
 * Source: Stoehr et al. 2007, ST-ECF Newsletter 42, p. 4 (the factors make a Gaussian's deviation of each median);
 * Pence, Seaman & White 2009, PASP 121, 414, section 3 (third order).
 */
export function estimateNoise(values: Float32Array | Float64Array, cols: number): NoiseEstimate {
  if (cols < MIN_NOISE_PIXELS && cols < values.length) return estimateNoise(values, values.length)
  const line = new Float64Array(cols)
  const order2: number[] = []
  const order3: number[] = []
  const order5: number[] = []
  let min = Infinity
  let max = -Infinity
  let goodCount = 0
  for (let start = 0; start < values.length; start += cols) {
    let length = 0
    const end = Math.min(values.length, start + cols)
    for (let i = start; i < end; i++) {
      const value = values[i]!
      if (!Number.isFinite(value)) continue
      if (value < min) min = value
      if (value > max) max = value
      line[length++] = value
    }
    goodCount += length
    if (length < MIN_NOISE_PIXELS) continue
    const row = line.subarray(0, length)
    order2.push(rowNoise(row, difference2))
    order3.push(rowNoise(row, difference3))
    order5.push(rowNoise(row, difference5))
  }
  const estimates = [
    FACTOR_ORDER_2 * median(Float64Array.from(order2)),
    FACTOR_ORDER_3 * median(Float64Array.from(order3)),
    FACTOR_ORDER_5 * median(Float64Array.from(order5)),
  ].filter((noise) => noise > 0)
  return { noise: estimates.length > 0 ? Math.min(...estimates) : 0, min, max, goodCount }
}

/** Fewest good pixels of a row for fifth-order differences, which span nine. */
const MIN_NOISE_PIXELS = 9
/** From the median absolute difference to the standard deviation of Gaussian noise. Source: Stoehr et al. 2007. */
const FACTOR_ORDER_2 = 1.0483579
const FACTOR_ORDER_3 = 0.6052697
const FACTOR_ORDER_5 = 0.1772048

type DifferenceAt = (row: Float64Array, at: number) => number
const difference2: DifferenceAt = (row, at) => row[at]! - row[at + 2]!
const difference3: DifferenceAt = (row, at) => 2 * row[at]! - row[at - 2]! - row[at + 2]!
const difference5: DifferenceAt = (row, at) =>
  6 * row[at]! - 4 * (row[at - 2]! + row[at + 2]!) + row[at - 4]! + row[at + 4]!

/** Median of the absolute differences around pixels that have four neighbours on both sides. */
function rowNoise(row: Float64Array, differenceAt: DifferenceAt): number {
  const differences = new Float64Array(row.length - 8)
  for (let i = 0; i < differences.length; i++) differences[i] = Math.abs(differenceAt(row, i + 4))
  return median(differences)
}

/** The middle value, or the mean of the two middle ones; 0 for none. Sorts its argument. */
function median(values: Float64Array): number {
  if (values.length === 0) return 0
  values.sort()
  const middle = values.length >> 1
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
}
