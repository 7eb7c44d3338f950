import type { PlaneSums } from '@skyloom/kernels'
import { solveDense } from '../background/dense.ts'
import { type BackgroundPlane, ZERO_PLANE } from '../background/plane.ts'
import type { RotatedBox } from '../geometry/hull.ts'

/** Sums over the pixels with |d - plane| <= limit; an infinite limit takes all. */
export type PlanePass = (plane: BackgroundPlane, limit: number) => PlaneSums

/** Of the sums of a {@link PlanePass} only what the spread about the plane needs. */
export type PlaneSpread = (plane: BackgroundPlane, limit: number) => Pick<PlaneSums, 'count' | 'residuals'>

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
  /** Sums over the pixels within the last limit, residuals about this plane; from them follow residuals after any correction. */
  readonly sums: PlaneSums
}

/** How the fit is made. */
export interface FitPlaneOptions {
  /** Fit a level only: slopes are 0. */
  readonly isLevelOnly?: boolean
  /** Make no fit: ranges only, of all pixels with data; the plane and its rms are 0. */
  readonly isUnfitted?: boolean
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

/** The sums that a fit asks for: over the pixels with |d - plane| <= limit. */
export interface PassRequest {
  readonly plane: BackgroundPlane
  readonly limit: number
  /** Count and residuals are enough. */
  readonly isSpread: boolean
}

/** The answer to a {@link PassRequest}. */
export type PassAnswer = PlaneSums | ReturnType<PlaneSpread>

/**
 * Plane through a difference image with outlier rejection: fit, rms of what lies within twice the previous rms, fit
 * again to what lies within twice that rms, and so on. Ends early when a round changes nothing.
 *
 * @param spread the same sums as `pass`, where a quicker way to few of them exists
 * @returns undefined when fewer than three pixels are left
 */
export function fitPlane(
  pass: PlanePass,
  box: RotatedBox,
  options: FitPlaneOptions = {},
  spread: PlaneSpread = pass,
): PlaneFit | undefined {
  const rounds = fitRounds(box, options)
  let step = rounds.next()
  while (step.done !== true) {
    const { plane, limit, isSpread } = step.value
    step = rounds.next(isSpread ? spread(plane, limit) : pass(plane, limit))
  }
  return step.value
}

/** The fit of {@link fitPlane}, which asks for its sums one after another: they may come from anywhere, and take their time. */
export function* fitRounds(
  box: RotatedBox,
  options: FitPlaneOptions = {},
): Generator<PassRequest, PlaneFit | undefined, PassAnswer> {
  const solve = options.isLevelOnly === true ? solveLevel : solvePlane
  let used = yield* allSums(ZERO_PLANE, Infinity)
  if (used.count < MIN_PIXELS) return undefined
  if (options.isUnfitted === true) return planeFit(ZERO_PLANE, used, used, 0, box)
  let plane = solve(used)
  let limit = Infinity
  let close = yield { plane, limit, isSpread: true }
  let rms = rmsOf(close)
  for (let round = 1; round < FIT_ROUNDS && rms > 0; round++) {
    const nextLimit = REJECTION_SIGMA * rms
    const next = yield* allSums(plane, nextLimit)
    if (next.count < MIN_PIXELS) break
    const nextPlane = solve(next)
    const nextClose = yield { plane: nextPlane, limit: nextLimit, isSpread: true }
    const isSettled = next.count === used.count && nextClose.count === close.count && rmsOf(nextClose) === rms
    used = next
    plane = nextPlane
    limit = nextLimit
    close = nextClose
    rms = rmsOf(close)
    if (isSettled) break
  }
  return planeFit(plane, used, yield* allSums(plane, limit), rms, box)
}

function* allSums(plane: BackgroundPlane, limit: number): Generator<PassRequest, PlaneSums, PassAnswer> {
  const sums = yield { plane, limit, isSpread: false }
  if ('xx' in sums) return sums
  throw new TypeError('a fit was answered with the spread alone')
}

function planeFit(
  plane: BackgroundPlane,
  used: PlaneSums,
  close: PlaneSums,
  rms: number,
  box: RotatedBox,
): PlaneFit {
  return {
    ...plane,
    xmin: used.minX,
    xmax: used.maxX,
    ymin: used.minY,
    ymax: used.maxY,
    xcenter: used.centreX + used.x / used.count,
    ycenter: used.centreY + used.y / used.count,
    npixel: close.count,
    rms,
    box,
    sums: close,
  }
}

function rmsOf(sums: ReturnType<PlaneSpread>): number {
  return sums.count > 0 ? Math.sqrt(sums.residuals / sums.count) : 0
}

function solveLevel(sums: PlaneSums): BackgroundPlane {
  return { a: 0, b: 0, c: sums.d / sums.count }
}

/** Normal equations about the mean position of the pixels, where they are best conditioned. */
function solvePlane(sums: PlaneSums): BackgroundPlane {
  const n = sums.count
  const meanX = sums.x / n
  const meanY = sums.y / n
  const level = sums.d / n
  const matrix = Float64Array.of(
    sums.xx - n * meanX * meanX,
    sums.xy - n * meanX * meanY,
    sums.xy - n * meanX * meanY,
    sums.yy - n * meanY * meanY,
  )
  const pull = Float64Array.of(sums.xd - n * meanX * level, sums.yd - n * meanY * level)
  const [a = 0, b = 0] = solveDense(matrix, pull)
  return { a, b, c: level - a * (sums.centreX + meanX) - b * (sums.centreY + meanY) }
}
