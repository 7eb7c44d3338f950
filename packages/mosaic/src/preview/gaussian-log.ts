import { type CumulativeHistogram, cumulativeHistogram, sigmaLevel } from './histogram.ts'
import { inverseNormal } from './inverse-normal.ts'

/** Grey levels of an image and the data values they stand for. */
export interface StretchedImage {
  /** One byte a pixel, rows as in the data; pixels without data are 0. */
  readonly levels: Uint8Array
  /** Data value shown as black. */
  readonly min: number
  /** Data value shown as white. */
  readonly max: number
}

/** Which data value is black, in sigmas from the median (mViewer's `-1s`). */
const BLACK_SIGMAS = -1
const LEVEL_COUNT = 256

/**
 * The gaussian-log stretch of mViewer from one sigma below the median to the maximum: the histogram is equalised to
 * a Gaussian and its upper levels are then spread logarithmically, which shows faint nebulosity and bright cores at once.
 *
 * Source: the stretch mathematics of mViewer as specified for Montage 6.0.
 */
export function gaussianLogStretch(data: Float32Array): StretchedImage {
  const levels = new Uint8Array(data.length)
  const histogram = cumulativeHistogram(data)
  if (histogram === undefined) return { levels, min: 0, max: 0 }
  const min = Math.max(histogram.min, sigmaLevel(histogram, BLACK_SIGMAS))
  const max = histogram.max
  const thresholds = levelThresholds(histogram, min, max)
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (!Number.isNaN(value)) levels[i] = firstAtLeast(thresholds, value)
  }
  return { levels, min, max }
}

/** Data value of each of the 256 grey levels, ascending. */
function levelThresholds(histogram: CumulativeHistogram, min: number, max: number): Float64Array {
  const { below, count, binWidth } = histogram
  const binCount = below.length - 1
  const binOf = (value: number): number =>
    Math.min(binCount - 1, Math.max(0, Math.floor((value - histogram.min) / binWidth)))
  // The brightest pixel does not count, so that the last level stays finite (checked against mViewer 6.0).
  const gaussOf = (bin: number): number => inverseNormal(Math.min(below[bin + 1]!, count - 1) / count)
  const first = binOf(min)
  const last = binOf(max)
  const gaussMin = gaussOf(first)
  const gaussMax = gaussOf(last)
  const step = Math.log10(Math.max(gaussMax - gaussMin, 1e-9)) / (LEVEL_COUNT - 1)
  const thresholds = new Float64Array(LEVEL_COUNT)
  let bin = first
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const gauss = gaussMax - 10 ** (step * (LEVEL_COUNT - level))
    while (bin < last && gaussOf(bin) < gauss) bin++
    thresholds[level] = valueAt(histogram, bin, gauss, gaussOf)
  }
  thresholds[LEVEL_COUNT - 1] = max
  return thresholds
}

/** Data value where the gaussianised histogram reaches `gauss`, linear between the ends of two bins. */
function valueAt(
  histogram: CumulativeHistogram,
  bin: number,
  gauss: number,
  gaussOf: (bin: number) => number,
): number {
  const high = gaussOf(bin)
  const low = bin > 0 ? gaussOf(bin - 1) : high
  const fraction =
    high > low && Number.isFinite(low) ? Math.min(1, Math.max(0, (gauss - low) / (high - low))) : 0
  return histogram.min + (bin + fraction) * histogram.binWidth
}

function firstAtLeast(thresholds: Float64Array, value: number): number {
  let low = 0
  let high = thresholds.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! >= value) high = middle
    else low = middle + 1
  }
  return low
}
