import { BIN_COUNT, type CumulativeHistogram, cumulate } from './histogram.ts'

/**
 * The histogram of several images together, over the range of them all. Counts of a bin go into the bin that holds its middle, so
 * levels are right within the width of a bin of the largest range.
 *
 * @returns undefined for none
 */
export function combineHistograms(
  histograms: readonly CumulativeHistogram[],
): CumulativeHistogram | undefined {
  if (histograms.length === 0) return undefined
  const min = Math.min(...histograms.map((histogram) => histogram.min))
  const max = Math.max(...histograms.map((histogram) => histogram.max))
  const binWidth = (max - min) / (BIN_COUNT - 1)
  const bins = new Float64Array(BIN_COUNT)
  let count = 0
  for (const { below, count: pixels, min: first, max: last, binWidth: width } of histograms) {
    count += pixels
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      const here = (below[bin + 1] ?? pixels) - below[bin]!
      if (here === 0) continue
      // The ends hold the least and the largest value themselves.
      const value = bin === 0 ? first : bin === BIN_COUNT - 1 ? last : first + (bin + 0.5) * width
      const at = Math.floor((value - min) / binWidth)
      bins[Math.min(BIN_COUNT - 1, Math.max(0, at))]! += here
    }
  }
  return { min, max, binWidth, count, below: cumulate(bins) }
}
