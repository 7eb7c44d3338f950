/** Bins between the least and the largest value, as mViewer and mHistogram count them. */
const BIN_COUNT = 199_999

/** Cumulative histogram of the finite pixels of an image. */
export interface CumulativeHistogram {
  readonly min: number
  readonly max: number
  readonly binWidth: number
  /** Count of finite pixels. */
  readonly count: number
  /** `below[i]`: count of pixels in bins before bin i; one entry more than there are bins. */
  readonly below: Float64Array
}

/** Histogram of the finite values of `data`; undefined when there are none. */
export function cumulativeHistogram(data: Float32Array): CumulativeHistogram | undefined {
  let min = Infinity
  let max = -Infinity
  for (const value of data) {
    if (value < min && value > -Infinity) min = value
    if (value > max && value < Infinity) max = value
  }
  if (!(min <= max)) return undefined
  if (min === max) max = min + 1
  const binWidth = (max - min) / BIN_COUNT
  const below = new Float64Array(BIN_COUNT + 1)
  let count = 0
  for (const value of data) {
    if (!(value >= min && value <= max)) continue
    const bin = Math.min(BIN_COUNT - 1, Math.floor((value - min) / binWidth))
    below[bin + 1]! += 1
    count++
  }
  for (let i = 1; i <= BIN_COUNT; i++) below[i]! += below[i - 1]!
  return { min, max, binWidth, count, below }
}

/** Data value below which `percent` of the pixels lie; linear within a bin. */
export function percentileLevel(histogram: CumulativeHistogram, percent: number): number {
  const { below, count, min, max, binWidth } = histogram
  if (percent <= 0) return min
  if (percent >= 100) return max
  const wanted = (count * percent) / 100
  let low = 1
  let high = below.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (below[middle]! >= wanted) high = middle
    else low = middle + 1
  }
  const before = below[low - 1]!
  const inBin = below[low]! - before
  const fraction = inBin > 0 ? (wanted - before) / inBin : 0
  return min + (low - 1 + fraction) * binWidth
}

/** Median plus `sigmas` times half the distance between the 16th and the 84th percentile. */
export function sigmaLevel(histogram: CumulativeHistogram, sigmas: number): number {
  const sigma = (percentileLevel(histogram, 84) - percentileLevel(histogram, 16)) / 2
  return percentileLevel(histogram, 50) + sigmas * sigma
}
