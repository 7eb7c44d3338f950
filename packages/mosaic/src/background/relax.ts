import type { RotatedBox } from '../geometry/hull.ts'
import { boxMoments } from './moments.ts'
import type { BackgroundPlane } from './plane.ts'

/** One fitted overlap of two images, named by their numbers in the image table. */
export interface RelaxOverlap {
  readonly plus: number
  readonly minus: number
  /** Plane through plus minus minus. */
  readonly plane: BackgroundPlane
  /** Rectangle around the overlap. */
  readonly box: RotatedBox
  /** False for overlaps that corrections are not computed from. */
  readonly isUsed: boolean
  /** Only `plus` moves towards `minus`; default false. */
  readonly isOneSided?: boolean
  /** How the correction of `minus` looks in the coordinates of `plus`; default: as it is. Goes with `isOneSided`. */
  readonly mapMinus?: CorrectionMap
}

/** A linear map of corrections between two coordinate frames: slopes by a matrix, then a shift of the origin. */
export interface CorrectionMap {
  /** Matrix of slopes, row-major. */
  readonly matrix: readonly [number, number, number, number]
  /** Offsets by which slopes enter the level. */
  readonly shift: readonly [number, number]
}

/**
 * When levels and slopes are fitted. `all`: levels, then planes, as Montage 6.0; `level`: levels only; `toggle`: levels in the first half,
 * then slopes only; `flip`: levels and slopes in turns; both as Montage of 2026.
 */
export type RelaxSchedule = 'all' | 'level' | 'toggle' | 'flip'

/** How the relaxation goes. */
export interface RelaxOptions {
  readonly iterations: number
  /** Default `all`. */
  readonly schedule?: RelaxSchedule
  /** Numbers of images that are not corrected. */
  readonly locked?: ReadonlySet<number>
}

/** The plane to subtract from one image. */
export interface ImageCorrection extends BackgroundPlane {
  readonly id: number
}

/** Corrections are taken by half, so that both images of a pair meet in the middle. */
const DAMPING = 0.5
/** Levels alone are fitted so long before slopes join, or for half of all iterations when they are few. */
const LEVEL_ITERATIONS = 2500
const FEW_ITERATIONS = 5000
/** Levels and slopes take turns of so many iterations, or of a tenth of all when they are few. */
const FLIP_ITERATIONS = 1000

/** What is fitted in one iteration. */
type Step = 'level' | 'slope' | 'both'

/**
 * Background planes by damped relaxation, as mBgModel finds them: in each of a fixed number of iterations every image moves
 * half-way to its neighbours, all from the same state; systems are solved in single precision. The overall level
 * is left as it comes. `solveBackground` is the direct solution; this one is for results that agree with the classic ones.
 *
 * @returns one correction for each image of an overlap, in the order in which images first appear
 */
export function relaxBackground(
  overlaps: readonly RelaxOverlap[],
  options: RelaxOptions,
): readonly ImageCorrection[] {
  const { iterations, schedule = 'all', locked = new Set<number>() } = options
  const ids = [...new Set(overlaps.flatMap(({ plus, minus }) => [plus, minus]))]
  const state = relaxState(overlaps, ids)
  const totals = new Float64Array(3 * ids.length)
  const steps = new Float64Array(3 * ids.length)
  const isFree = ids.map((id) => !locked.has(id))
  for (let iteration = 0; iteration < iterations; iteration++) {
    const step = stepOf(iteration, iterations, schedule)
    for (let entry = 0; entry < ids.length; entry++)
      if (isFree[entry]!) computeStep(state, entry, step, steps)
    for (let k = 0; k < totals.length; k++) totals[k]! += steps[k]!
    applySteps(state, steps)
  }
  return ids.map((id, entry) => ({
    id,
    a: totals[3 * entry]!,
    b: totals[3 * entry + 1]!,
    c: totals[3 * entry + 2]!,
  }))
}

function stepOf(iteration: number, iterations: number, schedule: RelaxSchedule): Step {
  switch (schedule) {
    case 'level':
      return 'level'
    case 'toggle':
      return iteration < Math.trunc((iterations + 1) / 2) ? 'level' : 'slope'
    case 'flip': {
      const turn =
        iterations < 10 * FLIP_ITERATIONS ? Math.max(1, Math.trunc(iterations / 10)) : FLIP_ITERATIONS
      return Math.trunc(iteration / turn) % 2 === 0 ? 'level' : 'slope'
    }
    case 'all': {
      const levels = iterations < FEW_ITERATIONS ? Math.trunc(iterations / 2) : LEVEL_ITERATIONS
      return iteration < levels ? 'level' : 'both'
    }
  }
}

/** All fits in both directions, as flat arrays: they are gone through thousands of times. */
interface RelaxState {
  /** Entries of the image that moves and of its neighbour. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** a, b, c of each fit: what is left of it. */
  readonly planes: Float64Array
  /** n, x, y, xx, xy, yy of each fit. */
  readonly moments: Float64Array
  readonly maps: readonly (CorrectionMap | undefined)[]
  /** Used fits of each entry and the sums of their moments. */
  readonly used: readonly Int32Array[]
  readonly sums: readonly Float64Array[]
}

const MOMENTS = 6

function relaxState(overlaps: readonly RelaxOverlap[], ids: readonly number[]): RelaxState {
  const entryOf = new Map(ids.map((id, entry) => [id, entry]))
  const directed = overlaps.flatMap((overlap) =>
    overlap.isOneSided === true
      ? [{ overlap, sign: 1 }]
      : [
          { overlap, sign: 1 },
          { overlap, sign: -1 },
        ],
  )
  const from = new Int32Array(directed.length)
  const to = new Int32Array(directed.length)
  const planes = new Float64Array(3 * directed.length)
  const moments = new Float64Array(MOMENTS * directed.length)
  const used = ids.map((): number[] => [])
  directed.forEach(({ overlap, sign }, fit) => {
    const { plus, minus, plane, box, isUsed } = overlap
    from[fit] = entryOf.get(sign > 0 ? plus : minus) ?? 0
    to[fit] = entryOf.get(sign > 0 ? minus : plus) ?? 0
    planes.set([sign * plane.a, sign * plane.b, sign * plane.c], 3 * fit)
    const { n, x, y, xx, xy, yy } = boxMoments(box)
    moments.set([n, x, y, xx, xy, yy], MOMENTS * fit)
    if (isUsed) used[from[fit]]!.push(fit)
  })
  const sums = used.map((fits) => {
    const sum = new Float64Array(MOMENTS)
    for (const fit of fits) for (let k = 0; k < MOMENTS; k++) sum[k]! += moments[MOMENTS * fit + k]!
    return sum
  })
  const maps = directed.map(({ overlap }) => overlap.mapMinus)
  return { from, to, planes, moments, maps, used: used.map((fits) => Int32Array.from(fits)), sums }
}

function computeStep(state: RelaxState, entry: number, step: Step, steps: Float64Array): void {
  const { planes, moments } = state
  const [n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0] = state.sums[entry]!
  const at = 3 * entry
  steps.fill(0, at, at + 3)
  if (n === 0) return
  let [z, xz, yz] = [0, 0, 0]
  const fits = state.used[entry]!
  for (let i = 0; i < fits.length; i++) {
    const plane = 3 * fits[i]!
    const m = MOMENTS * fits[i]!
    const a = planes[plane]!
    const b = planes[plane + 1]!
    const c = planes[plane + 2]!
    z += a * moments[m + 1]! + b * moments[m + 2]! + c * moments[m]!
    if (step === 'level') continue
    xz += a * moments[m + 3]! + b * moments[m + 4]! + c * moments[m + 1]!
    yz += a * moments[m + 4]! + b * moments[m + 5]! + c * moments[m + 2]!
  }
  if (step === 'level') steps[at + 2] = DAMPING * (z / n)
  else {
    const both = Float32Array.of(xx, xy, x, xz, xy, yy, y, yz, x, y, n, z)
    const slopes = Float32Array.of(xx, xy, xz, xy, yy, yz)
    const solution = step === 'both' ? solveSingle(both, 3) : solveSingle(slopes, 2)
    for (let k = 0; k < (solution?.length ?? 0); k++) steps[at + k] = DAMPING * solution![k]!
  }
}

/** Takes the steps from all fits, used or not. */
function applySteps({ from, to, planes, maps }: RelaxState, steps: Float64Array): void {
  for (let fit = 0; fit < from.length; fit++) {
    const own = 3 * from[fit]!
    const other = 3 * to[fit]!
    const plane = 3 * fit
    const map = maps[fit]
    let a = steps[other]!
    let b = steps[other + 1]!
    let c = steps[other + 2]!
    if (map !== undefined) {
      const [aa, ab, ba, bb] = map.matrix
      ;[a, b, c] = [aa * a + ab * b, ba * a + bb * b, c + a * map.shift[0] + b * map.shift[1]]
    }
    planes[plane]! += a - steps[own]!
    planes[plane + 1]! += b - steps[own + 1]!
    planes[plane + 2]! += c - steps[own + 2]!
  }
}

/**
 * Solves two or three equations in single precision by elimination with the largest remaining element as pivot.
 *
 * @param rows one row of numbers for each equation, the last of each the right-hand side; changed
 * @returns undefined when a pivot is zero
 */
function solveSingle(rows: Float32Array, count: number): Float32Array | undefined {
  const stride = count + 1
  const unknownOf = new Array<number>(count).fill(-1)
  for (let round = 0; round < count; round++) {
    let [pivotRow, pivotCol, largest] = [-1, -1, 0]
    for (let row = 0; row < count; row++) {
      if (unknownOf[row] !== -1) continue
      for (let col = 0; col < count; col++) {
        const size = Math.abs(rows[stride * row + col]!)
        if (unknownOf.includes(col) || size <= largest) continue
        pivotRow = row
        pivotCol = col
        largest = size
      }
    }
    if (pivotRow < 0) return undefined
    unknownOf[pivotRow] = pivotCol
    const inverse = Math.fround(1 / rows[stride * pivotRow + pivotCol]!)
    for (let col = 0; col < stride; col++) rows[stride * pivotRow + col]! *= inverse
    for (let row = 0; row < count; row++) {
      if (row === pivotRow) continue
      const factor = rows[stride * row + pivotCol]!
      for (let col = 0; col < stride; col++) {
        rows[stride * row + col]! -= Math.fround(factor * rows[stride * pivotRow + col]!)
      }
    }
  }
  const solution = new Float32Array(count)
  unknownOf.forEach((unknown, row) => (solution[unknown] = rows[stride * row + count]!))
  return solution
}
