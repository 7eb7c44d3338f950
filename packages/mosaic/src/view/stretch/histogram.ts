/** Bins of a histogram, as mViewer and mHistogram count them: all but the last share the range, the last holds the largest value only. */
export const BIN_COUNT = 200_000

/** Pixels in a typed array of either precision. */
export type PixelValues = Float32Array | Float64Array

/** Cumulative histogram of the finite pixels of an image. */
export interface CumulativeHistogram {
  /** Least finite value. */
  readonly min: number
  /** Largest finite value; `min + 1` when all values are equal. */
  readonly max: number
  readonly binWidth: number
  /** Count of finite pixels. */
  readonly count: number
  /** `below[i]`: count of pixels in bins before bin i, {@link BIN_COUNT} entries. Pixels in the last bin are in `count` only. */
  readonly below: Float64Array
}

/** Range of the finite values of an image, gathered part by part; `min` is above `max` while there is none. */
export interface ValueExtent {
  readonly min: number
  readonly max: number
}

/** The extent of nothing. */
export const NO_VALUES: ValueExtent = { min: Infinity, max: -Infinity }

/** The extent widened by the finite values of `data`. */
export function widenExtent(extent: ValueExtent, data: PixelValues): ValueExtent {
  let { min, max } = extent
  // Comparisons with NaN are false, so blank pixels pass both.
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (value < min && value > -Infinity) min = value
    if (value > max && value < Infinity) max = value
  }
  return { min, max }
}

/** Counts pixels into bins, part by part. */
export interface HistogramCounter {
  /** Adds the finite values of `data`; all lie in the extent that the counter was made for. */
  add(data: PixelValues): void
  finish(): CumulativeHistogram
}

/** The bins of a histogram of values of this extent; undefined when there are none. */
export function histogramRange(
  extent: ValueExtent,
): Pick<CumulativeHistogram, 'min' | 'max' | 'binWidth'> | undefined {
  const { min } = extent
  if (!(min <= extent.max)) return undefined
  const max = min === extent.max ? min + 1 : extent.max
  return { min, max, binWidth: (max - min) / (BIN_COUNT - 1) }
}

/** A counter for values of this extent; undefined when there are none. */
export function histogramCounter(extent: ValueExtent): HistogramCounter | undefined {
  const range = histogramRange(extent)
  if (range === undefined) return undefined
  const { min, max, binWidth } = range
  const bins = new Uint32Array(BIN_COUNT)
  let count = 0
  return {
    add(data) {
      for (let i = 0; i < data.length; i++) {
        const value = data[i]!
        if (!(value >= min && value <= max)) continue
        // By its definition the last bin holds the largest value; the quotient may round to just below it.
        const bin = value === max ? BIN_COUNT - 1 : ((value - min) / binWidth) | 0
        bins[bin < BIN_COUNT ? bin : BIN_COUNT - 1]! += 1
        count++
      }
    },
    finish: () => ({ min, max, binWidth, count, below: cumulate(bins) }),
  }
}

/** Counts of the pixels in bins before each bin. */
export function cumulate(bins: Uint32Array | Float64Array): Float64Array {
  const below = new Float64Array(bins.length)
  for (let i = 1; i < bins.length; i++) below[i] = below[i - 1]! + bins[i - 1]!
  return below
}

/** Histogram of the finite values of `data`; undefined when there are none. @param extent theirs, where it is known */
export function cumulativeHistogram(
  data: PixelValues,
  extent: ValueExtent = widenExtent(NO_VALUES, data),
): CumulativeHistogram | undefined {
  const counter = histogramCounter(extent)
  counter?.add(data)
  return counter?.finish()
}

/** Data value below which `percent` of the pixels lie; linear within a bin. */
export function percentileLevel(histogram: CumulativeHistogram, percent: number): number {
  const { below, count, min, max, binWidth } = histogram
  if (percent <= 0) return min
  if (percent >= 100) return max
  const bin = firstBinWith(below, Math.trunc((count * percent) / 100))
  if (bin === below.length) return max
  const low = below[bin - 1]! / count
  const high = below[bin]! / count
  const fraction = high > low ? (percent / 100 - low) / (high - low) : 0
  return Math.min(max, min + (bin - 1 + fraction) * binWidth)
}

/** First bin from the second on before which there are at least `wanted` pixels; the count of bins when there is none. */
function firstBinWith(below: Float64Array, wanted: number): number {
  let low = 1
  let high = below.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (below[middle]! >= wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Percentage of the pixels that lie below a data value; linear within a bin. */
export function percentBelow(histogram: CumulativeHistogram, value: number): number {
  const { below, count, min, max, binWidth } = histogram
  if (!(value > min)) return 0
  if (value >= max) return 100
  const at = (value - min) / binWidth
  const bin = Math.min(below.length - 1, Math.trunc(at))
  const from = below[bin]!
  const to = below[bin + 1] ?? count
  return (100 * (from + (at - bin) * (to - from))) / count
}

/** Half the distance between the 16th and the 84th percentile. */
export function histogramSigma(histogram: CumulativeHistogram): number {
  return (percentileLevel(histogram, 84) - percentileLevel(histogram, 16)) / 2
}

/** Median plus `sigmas` times {@link histogramSigma}. */
export function sigmaLevel(histogram: CumulativeHistogram, sigmas: number): number {
  return percentileLevel(histogram, 50) + sigmas * histogramSigma(histogram)
}

/** How many sigmas a data value lies above the median. */
export function sigmasAbove(histogram: CumulativeHistogram, value: number): number {
  return (value - percentileLevel(histogram, 50)) / histogramSigma(histogram)
}
