import { classicGauss } from './classic-gauss.ts'
import { BIN_COUNT, type CumulativeHistogram } from './histogram.ts'

/** Grey levels of a picture. */
export const LEVEL_COUNT = 256

/**
 * Data values of the 256 grey levels of a histogram equalisation to a Gaussian, ascending. A pixel has the first level whose value is
 * not below its own.
 *
 * `gaussian`: levels are even steps of the Gaussian. `gaussian-log`: steps shrink logarithmically towards the bright end, which shows
 * faint nebulosity and bright cores at once.
 *
 * Source: the stretch mathematics of mViewer as specified for Montage 6.0.
 */
export function gaussianLevels(
  histogram: CumulativeHistogram,
  min: number,
  max: number,
  spacing: 'gaussian' | 'gaussian-log',
): Float64Array {
  const gaussMin = binGauss(histogram, firstBinAbove(histogram, min))
  const gaussMax = binGauss(histogram, firstBinAbove(histogram, max))
  const span = gaussMax - gaussMin
  const step = spacing === 'gaussian' ? span / (LEVEL_COUNT - 1) : Math.log10(span) / (LEVEL_COUNT - 1)
  const levels = new Float64Array(LEVEL_COUNT)
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const gauss =
      spacing === 'gaussian' ? gaussMin + level * step : gaussMax - 10 ** (step * (LEVEL_COUNT - level))
    levels[level] = valueAt(histogram, gauss)
  }
  return levels
}

/** Sigmas of a Gaussian below which as many pixels lie as up to the end of a bin; the last bin is as the one before it. */
export function binGauss({ below, count }: CumulativeHistogram, bin: number): number {
  return classicGauss(below[Math.min(bin, BIN_COUNT - 2) + 1]! / count)
}

/** First bin whose lower end is above a value; the last one when there is none. */
function firstBinAbove({ min, binWidth }: CumulativeHistogram, value: number): number {
  const bin = Math.floor((value - min) / binWidth) + 1
  return Math.min(BIN_COUNT - 1, Math.max(0, bin))
}

/** Data value where the equalised histogram reaches `gauss`, linear between the lower ends of two bins. */
function valueAt(histogram: CumulativeHistogram, gauss: number): number {
  let low = 1
  let high = BIN_COUNT - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (binGauss(histogram, middle) >= gauss) high = middle
    else low = middle + 1
  }
  const from = binGauss(histogram, low - 1)
  const to = binGauss(histogram, low)
  const fraction = to > from && Number.isFinite(from) ? (gauss - from) / (to - from) : 0
  return histogram.min + (low - 1 + fraction) * histogram.binWidth
}
