/** Standard deviation of a normal distribution over its median absolute deviation. */
const MAD_TO_SIGMA = 1.482602218505602
/**
 * Factors that take the bias from the median absolute deviation of 3 to 9 values (Croux & Rousseeuw 1992, Computational Statistics 1,
 * 411, table of b_n); beyond, n / (n - 0.8).
 */
const SMALL_SAMPLE = [1.495, 1.363, 1.206, 1.2, 1.14, 1.129, 1.107] as const
/** Of fewer values none can be called an outlier. */
const MIN_VALUES = 3

/** A mean without outliers. */
export interface ClippedMean {
  readonly mean: number
  /** Summed area of the values that are left. */
  readonly area: number
}

/**
 * Mean of values weighted by their areas, without those that lie farther than `kappa` standard deviations from the median; repeated until
 * none is left out any more. The standard deviation follows from the median absolute deviation, corrected for small numbers, so that an
 * outlier cannot hide itself by making it large. Two values are never told apart.
 *
 * @param values the first `count` are used; they and `areas` are put in another order
 * @param areas positive
 */
export function clippedMean(
  values: Float64Array,
  areas: Float64Array,
  count: number,
  kappa: number,
): ClippedMean {
  let left = count
  while (left >= MIN_VALUES) {
    const middle = median(values, left)
    const sigma = deviation(values, left, middle)
    let kept = 0
    for (let i = 0; i < left; i++) {
      if (Math.abs(values[i]! - middle) > kappa * sigma) continue
      values[kept] = values[i]!
      areas[kept] = areas[i]!
      kept++
    }
    if (kept === left) break
    left = kept
  }
  let [sum, area] = [0, 0]
  for (let i = 0; i < left; i++) {
    sum += values[i]! * areas[i]!
    area += areas[i]!
  }
  return { mean: sum / area, area }
}

function median(values: Float64Array, count: number): number {
  const sorted = values.slice(0, count).sort()
  const half = count >> 1
  return count % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Robust standard deviation; where more than half of the values are equal, from the mean absolute deviation. */
function deviation(values: Float64Array, count: number, middle: number): number {
  const distances = values.slice(0, count).map((value) => Math.abs(value - middle))
  const mad = median(distances, count)
  const factor = SMALL_SAMPLE[count - MIN_VALUES] ?? count / (count - 0.8)
  if (mad > 0) return MAD_TO_SIGMA * factor * mad
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / count
  return Math.sqrt(Math.PI / 2) * mean
}
