import type { RotatedBox } from '../geometry/hull.ts'
import { boxMoments, type Moments } from './moments.ts'
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
}

/** How the relaxation goes. */
export interface RelaxOptions {
  readonly iterations: number
  readonly isLevelOnly?: boolean
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

/** An overlap as one of its images sees it. */
interface Side {
  readonly entry: number
  readonly other: number
  readonly overlap: number
  readonly sign: 1 | -1
  readonly moments: Moments
  readonly isUsed: boolean
}

/**
 * Background planes by damped relaxation, as mBgModel of Montage 6.0 finds them: in each of a fixed number of iterations every image moves
 * half-way to its neighbours, all from the same state; levels first, then planes; systems are solved in single precision. The overall level
 * is left as it comes. `solveBackground` is the direct solution; this one is for results that agree with the classic ones.
 *
 * @returns one correction for each image of an overlap, in the order in which images first appear
 */
export function relaxBackground(
  overlaps: readonly RelaxOverlap[],
  options: RelaxOptions,
): readonly ImageCorrection[] {
  const ids = [...new Set(overlaps.flatMap(({ plus, minus }) => [plus, minus]))]
  const entryOf = new Map(ids.map((id, entry) => [id, entry]))
  const sides = overlaps.flatMap((overlap, index) => sidesOf(overlap, index, entryOf))
  const planes = overlaps.map(({ plane }) => Float64Array.of(plane.a, plane.b, plane.c))
  const used = ids.map((_, entry) => sides.filter((side) => side.isUsed && side.entry === entry))
  const matrices = used.map(matrixOf)
  const totals = ids.map(() => new Float64Array(3))
  const steps = ids.map(() => new Float64Array(3))
  const { iterations } = options
  const levelIterations = iterations < FEW_ITERATIONS ? iterations / 2 : LEVEL_ITERATIONS
  for (let iteration = 0; iteration < iterations; iteration++) {
    const isLevel = options.isLevelOnly === true || iteration < Math.trunc(levelIterations)
    for (let entry = 0; entry < ids.length; entry++) {
      computeStep(used[entry]!, matrices[entry]!, planes, isLevel, steps[entry]!)
      for (let k = 0; k < 3; k++) totals[entry]![k]! += steps[entry]![k]!
    }
    overlaps.forEach(({ plus, minus }, index) => {
      const plane = planes[index]!
      const fromPlus = steps[entryOf.get(plus)!]!
      const fromMinus = steps[entryOf.get(minus)!]!
      for (let k = 0; k < 3; k++) plane[k]! += fromMinus[k]! - fromPlus[k]!
    })
  }
  return ids.map((id, entry) => {
    const [a = 0, b = 0, c = 0] = totals[entry]!
    return { id, a, b, c }
  })
}

function sidesOf(
  { plus, minus, box, isUsed }: RelaxOverlap,
  overlap: number,
  entryOf: ReadonlyMap<number, number>,
): readonly Side[] {
  const moments = boxMoments(box)
  const [first = 0, second = 0] = [entryOf.get(plus), entryOf.get(minus)]
  return [
    { entry: first, other: second, overlap, sign: 1, moments, isUsed },
    { entry: second, other: first, overlap, sign: -1, moments, isUsed },
  ]
}

/** Sums of moments over the neighbours of one image. */
function matrixOf(sides: readonly Side[]): Moments {
  const sum = { n: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 }
  for (const { moments } of sides) {
    sum.n += moments.n
    sum.x += moments.x
    sum.y += moments.y
    sum.xx += moments.xx
    sum.xy += moments.xy
    sum.yy += moments.yy
  }
  return sum
}

function computeStep(
  sides: readonly Side[],
  matrix: Moments,
  planes: readonly Float64Array[],
  isLevel: boolean,
  step: Float64Array,
): void {
  step.fill(0)
  let [z, xz, yz] = [0, 0, 0]
  for (const { moments: m, overlap, sign } of sides) {
    const plane = planes[overlap]!
    const a = sign * plane[0]!
    const b = sign * plane[1]!
    const c = sign * plane[2]!
    z += a * m.x + b * m.y + c * m.n
    xz += a * m.xx + b * m.xy + c * m.x
    yz += a * m.xy + b * m.yy + c * m.y
  }
  if (matrix.n === 0) return
  if (isLevel) step[2] = z / matrix.n
  else {
    const { n, x, y, xx, xy, yy } = matrix
    const solution = solveSingle(Float32Array.of(xx, xy, x, xz, xy, yy, y, yz, x, y, n, z))
    if (solution !== undefined) step.set(solution)
  }
  for (let k = 0; k < 3; k++) step[k]! *= DAMPING
}

/**
 * Solves three equations in single precision by elimination with the largest remaining element as pivot.
 *
 * @param rows three rows of four numbers, the last of each the right-hand side; changed
 * @returns undefined when a pivot is zero
 */
function solveSingle(rows: Float32Array): Float32Array | undefined {
  const unknownOf = [-1, -1, -1]
  for (let round = 0; round < 3; round++) {
    let [pivotRow, pivotCol, largest] = [-1, -1, 0]
    for (let row = 0; row < 3; row++) {
      if (unknownOf[row] !== -1) continue
      for (let col = 0; col < 3; col++) {
        const size = Math.abs(rows[4 * row + col]!)
        if (unknownOf.includes(col) || size <= largest) continue
        pivotRow = row
        pivotCol = col
        largest = size
      }
    }
    if (pivotRow < 0) return undefined
    unknownOf[pivotRow] = pivotCol
    const inverse = Math.fround(1 / rows[4 * pivotRow + pivotCol]!)
    for (let col = 0; col < 4; col++) rows[4 * pivotRow + col]! *= inverse
    for (let row = 0; row < 3; row++) {
      if (row === pivotRow) continue
      const factor = rows[4 * row + pivotCol]!
      for (let col = 0; col < 4; col++) {
        rows[4 * row + col]! -= Math.fround(factor * rows[4 * pivotRow + col]!)
      }
    }
  }
  const solution = new Float32Array(3)
  unknownOf.forEach((unknown, row) => (solution[unknown] = rows[4 * row + 3]!))
  return solution
}
