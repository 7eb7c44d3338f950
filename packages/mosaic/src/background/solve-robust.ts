import { boxMoments, type Moments } from './moments.ts'
import type { BackgroundPlane } from './plane.ts'
import type { OverlapFit } from './reject.ts'
import { type BackgroundMode, type BackgroundSolution, solveBackground } from './solve.ts'

/** A robust solution with the weights that it ended with. */
export interface RobustSolution extends BackgroundSolution {
  /** Factor of each fit, 1 for those that agree with the others. */
  readonly weights: Float64Array
}

/** Overlaps that disagree by more than so many standard deviations lose weight (Huber 1981, Robust Statistics: 95 % efficiency). */
const HUBER = 1.345
/** Standard deviation of a normal distribution over the median of the absolute values. */
const MEDIAN_TO_SIGMA = 1.482602218505602
/** Weights that change by less are settled. */
const SETTLED = 1e-4
/** Weights settle in 5 to 20 rounds; an alternation between two states is ended here. */
const MAX_ROUNDS = 50

/**
 * As {@link solveBackground}, but overlaps that disagree with the others, for example in a nebula or with a wrong fit, count less: the sum
 * of Huber's function of the residuals is minimised, by least squares with weights that follow from the residuals of the round before.
 * The residual of an overlap is the rms, over its rectangle, of its plane minus the difference of the corrections.
 *
 * @param options `locked`: images, by their place in the list, whose correction is 0; `noise`: standard deviation of the difference of each
 *   overlap about its plane: overlaps count by the inverse of its square, and residuals are held against it
 */
export function solveBackgroundRobustly(
  imageMoments: readonly Moments[],
  fits: readonly OverlapFit[],
  mode: BackgroundMode,
  options: { readonly locked?: ReadonlySet<number>; readonly noise?: Float64Array } = {},
): RobustSolution {
  const { locked = new Set<number>(), noise } = options
  const moments = fits.map(({ fit }) => boxMoments(fit.box))
  const scales = noiseScales(noise, fits.length)
  const full = scales.map((scale) => scale ** -2)
  let weights: Float64Array<ArrayBuffer> = full
  let solution = solveBackground(imageMoments, fits, mode, { locked, weights })
  for (let round = 1; round < MAX_ROUNDS; round++) {
    const { corrections } = solution
    const residuals = fits.map(
      (overlap, index) => residualRms(overlap, corrections, moments[index]!) / scales[index]!,
    )
    const next = huberWeights(residuals).map((weight, index) => weight * full[index]!)
    const change = next.reduce((most, weight, index) => Math.max(most, Math.abs(weight - weights[index]!)), 0)
    if (change < SETTLED) break
    weights = next
    solution = solveBackground(imageMoments, fits, mode, { locked, weights })
  }
  return { ...solution, weights }
}

/** Noise is held within this factor of the ordinary one: estimates from few pixels are rough. */
const NOISE_SPREAD = 10

/** Noise of each overlap relative to the median of all; 1 where it is not known. */
function noiseScales(noise: Float64Array | undefined, count: number): Float64Array<ArrayBuffer> {
  const sorted = Float64Array.from(noise ?? []).sort()
  const middle = sorted[sorted.length >> 1] ?? 0
  if (noise === undefined || !(middle > 0)) return new Float64Array(count).fill(1)
  return Float64Array.from(noise, (value) =>
    Math.min(NOISE_SPREAD, Math.max(1 / NOISE_SPREAD, value / middle)),
  )
}

function huberWeights(residuals: readonly number[]): Float64Array<ArrayBuffer> {
  const sorted = Float64Array.from(residuals).sort()
  const sigma = MEDIAN_TO_SIGMA * (sorted[sorted.length >> 1] ?? 0)
  const limit = HUBER * sigma
  // All but a few fits that agree to rounding leave no scale; then none is worse than another.
  return Float64Array.from(residuals, (residual) => (residual <= limit || limit === 0 ? 1 : limit / residual))
}

/** Root of the mean square of what is left of a fit over its rectangle. */
function residualRms(
  { plus, minus, fit }: OverlapFit,
  corrections: readonly BackgroundPlane[],
  { n, x, y, xx, xy, yy }: Moments,
): number {
  const [own, other] = [corrections[plus]!, corrections[minus]!]
  const a = fit.a - own.a + other.a
  const b = fit.b - own.b + other.b
  const c = fit.c - own.c + other.c
  const square = a * a * xx + 2 * a * b * xy + b * b * yy + 2 * c * (a * x + b * y) + c * c * n
  return n > 0 ? Math.sqrt(Math.max(0, square) / n) : 0
}
