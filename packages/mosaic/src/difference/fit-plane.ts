import { solveDense } from '../background/dense.ts'
import { type BackgroundPlane, ZERO_PLANE } from '../background/plane.ts'
import type { RotatedBox } from '../background/moments.ts'

/** Sums over the pixels of a difference image that one pass accepted; x and y are template offsets. */
export interface PlaneSums {
  readonly n: number
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly xy: number
  readonly yy: number
  readonly d: number
  readonly xd: number
  readonly yd: number
  /** Sum of the squared residuals about the plane that the pass was given. */
  readonly residualSquares: number
  readonly xmin: number
  readonly xmax: number
  readonly ymin: number
  readonly ymax: number
}

/** Sums over the pixels with |d - plane| <= limit; an infinite limit takes all. */
export type PlanePass = (plane: BackgroundPlane, limit: number) => PlaneSums

/** A plane fitted to the difference of two images; field names as in Montage's table of fits. */
export interface PlaneFit extends BackgroundPlane {
  /** Range of the pixels of the last fit, template offsets. */
  readonly xmin: number
  readonly xmax: number
  readonly ymin: number
  readonly ymax: number
  readonly xcenter: number
  readonly ycenter: number
  /** Count of pixels within the last limit. */
  readonly npixel: number
  /** Root mean square of their residuals, data units. */
  readonly rms: number
  /** Smallest rectangle around all pixels of the difference. */
  readonly box: RotatedBox
}

/** How the fit is made. */
export interface FitPlaneOptions {
  /** Fit a level only: slopes are 0. */
  readonly isLevelOnly?: boolean
}

/**
 * Fits with rejection that are made at most. mFitplane 6.0 makes 20 rounds, of which the first does not count (its first
 * rejection compares with a residual of 0), so 19 give its answer.
 */
const FIT_ROUNDS = 19
/** Pixels farther from the plane than so many rms take no part in the next fit (mFitplane). */
const REJECTION_SIGMA = 2
/** Fewer pixels than unknowns cannot be fitted. */
const MIN_PIXELS = 3

/**
 * Plane through a difference image with outlier rejection: fit, rms of what lies within twice the previous rms, fit
 * again to what lies within twice that rms, and so on. Ends early when a round changes nothing.
 *
 * @returns undefined when fewer than three pixels are left
 */
export function fitPlane(pass: PlanePass, box: RotatedBox, options: FitPlaneOptions = {}): PlaneFit | undefined {
  const solve = options.isLevelOnly === true ? solveLevel : solvePlane
  let used = pass(ZERO_PLANE, Infinity)
  if (used.n < MIN_PIXELS) return undefined
  let plane = solve(used)
  let close = pass(plane, Infinity)
  let rms = rmsOf(close)
  for (let round = 1; round < FIT_ROUNDS && rms > 0; round++) {
    const next = pass(plane, REJECTION_SIGMA * rms)
    if (next.n < MIN_PIXELS) break
    const nextPlane = solve(next)
    const nextClose = pass(nextPlane, REJECTION_SIGMA * rms)
    const isSettled = next.n === used.n && nextClose.n === close.n && rmsOf(nextClose) === rms
    used = next
    plane = nextPlane
    close = nextClose
    rms = rmsOf(close)
    if (isSettled) break
  }
  const { xmin, xmax, ymin, ymax } = used
  const centre = { xcenter: used.x / used.n, ycenter: used.y / used.n }
  return { ...plane, xmin, xmax, ymin, ymax, ...centre, npixel: close.n, rms, box }
}

function rmsOf(sums: PlaneSums): number {
  return sums.n > 0 ? Math.sqrt(sums.residualSquares / sums.n) : 0
}

function solveLevel(sums: PlaneSums): BackgroundPlane {
  return { a: 0, b: 0, c: sums.d / sums.n }
}

/** Normal equations about the centre of the pixels, where they are best conditioned. */
function solvePlane(sums: PlaneSums): BackgroundPlane {
  const { n } = sums
  const cx = sums.x / n
  const cy = sums.y / n
  const level = sums.d / n
  const matrix = Float64Array.of(
    sums.xx - n * cx * cx,
    sums.xy - n * cx * cy,
    sums.xy - n * cx * cy,
    sums.yy - n * cy * cy,
  )
  const slopes = solveDense(matrix, Float64Array.of(sums.xd - n * cx * level, sums.yd - n * cy * level))
  const a = slopes[0]!
  const b = slopes[1]!
  return { a, b, c: level - a * cx - b * cy }
}
