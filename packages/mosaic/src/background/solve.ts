import type { NodePlaces } from './elimination-order.ts'
import { connectedGroups } from './groups.ts'
import { boxMoments, type Moments } from './moments.ts'
import { type PairSystem, solvePairSystem } from './pair-system.ts'
import { type BackgroundPlane, ZERO_PLANE } from './plane.ts'
import type { OverlapFit } from './reject.ts'

/** What the corrections may be: a plane per image, one level per image, nothing. */
export const BACKGROUND_MODES = ['plane', 'level', 'none'] as const

/** One of {@link BACKGROUND_MODES}. */
export type BackgroundMode = (typeof BACKGROUND_MODES)[number]

/** The solution for all images, in the order of `imageMoments`. */
export interface BackgroundSolution {
  readonly corrections: readonly BackgroundPlane[]
  /** Number of the connected group of each image; the relative level of two groups cannot be known. */
  readonly groups: readonly number[]
  readonly iterations: number
}

/** How {@link solveBackground} solves. */
export interface SolveOptions {
  /** Factor of each fit; default 1. */
  readonly weights?: Float64Array
  /** Images, by their place in the list, whose correction is 0. */
  readonly locked?: ReadonlySet<number>
}

/**
 * Corrections that make all images agree where they overlap: the least-squares solution that mBgModel's iteration
 * approaches, solved directly.
 *
 * Minimised is the sum over the overlaps of the integral, over the overlap's bounding box, of
 * (difference plane - correction of plus + correction of minus)². This leaves one plane (or level) common to all
 * images of a connected group free. It is chosen so that the images change least: first in slope (the sum of the squared
 * slopes over all pixels is smallest, so no gradient is added to the group as a whole), then in level (the corrections of all pixels
 * add up to nothing, so the mean sky stays). See ADR 2.
 *
 * Locked images keep their values; a group that has some has no free common plane, and nothing is chosen there.
 *
 * @param imageMoments moments of the covered pixels of each image, template offsets
 * @param fits only the overlaps that are to be used
 *
 * Accuracy: relative residual of the normal equations below 1e-12.
 */
export function solveBackground(
  imageMoments: readonly Moments[],
  fits: readonly OverlapFit[],
  mode: BackgroundMode,
  options: SolveOptions = {},
): BackgroundSolution {
  const { weights, locked = new Set<number>() } = options
  const groups = connectedGroups(imageMoments.length, fits)
  if (mode === 'none' || fits.length === 0) {
    return { corrections: imageMoments.map(() => ZERO_PLANE), groups, iterations: 0 }
  }
  const scale = coordinateScale(imageMoments)
  const order = mode === 'plane' ? 3 : 1
  const size = imageMoments.length * order
  const isFixed = fixedImages(groups, locked)
  const system = { ...assemble(fits, weights, order, scale, size), isFixed }
  const { solution, iterations } = solvePairSystem(system, order, placesOf(imageMoments, scale))
  const lockedGroups = new Set([...locked].map((image) => groups[image] ?? -1))
  fixGauge(solution, imageMoments, groups, lockedGroups, order, scale)
  const corrections = imageMoments.map((_, image) => toPlane(solution, image, order, scale))
  return { corrections, groups, iterations }
}

/** 1 for locked images, and for one image of each group that has none: the common plane of such a group is chosen afterwards. */
function fixedImages(groups: readonly number[], locked: ReadonlySet<number>): Uint8Array {
  const isFixed = Uint8Array.from(groups, (_, image) => (locked.has(image) ? 1 : 0))
  const held = new Set([...locked].map((image) => groups[image]))
  for (const [image, group] of groups.entries()) {
    if (held.has(group)) continue
    held.add(group)
    isFixed[image] = 1
  }
  return isFixed
}

/** Centres of the covered pixels of the images; the origin for images without any. */
function placesOf(moments: readonly Moments[], scale: number): NodePlaces {
  const centre = (sum: number, { n }: Moments): number => (n > 0 ? sum / n / scale : 0)
  return {
    x: Float64Array.from(moments, (m) => centre(m.x, m)),
    y: Float64Array.from(moments, (m) => centre(m.y, m)),
  }
}

/** Coordinates are divided by this length so that all unknowns are of one size. */
function coordinateScale(moments: readonly Moments[]): number {
  let second = 0
  let count = 0
  for (const m of moments) {
    second += m.xx + m.yy
    count += m.n
  }
  return count > 0 && second > 0 ? Math.sqrt(second / count) : 1
}

function toPlane(solution: Float64Array, image: number, order: number, scale: number): BackgroundPlane {
  if (order === 1) return { a: 0, b: 0, c: solution[image]! }
  const at = image * 3
  return { a: solution[at]! / scale, b: solution[at + 1]! / scale, c: solution[at + 2]! }
}

/** Moment matrix of the basis (x, y, 1) or (1), row-major, in scaled coordinates. */
function momentMatrix(m: Moments, order: number, scale: number): Float64Array {
  if (order === 1) return Float64Array.of(m.n)
  const s = 1 / scale
  const xx = m.xx * s * s
  const xy = m.xy * s * s
  const yy = m.yy * s * s
  return Float64Array.of(xx, xy, m.x * s, xy, yy, m.y * s, m.x * s, m.y * s, m.n)
}

function assemble(
  fits: readonly OverlapFit[],
  weights: Float64Array | undefined,
  order: number,
  scale: number,
  size: number,
): Omit<PairSystem, 'isFixed'> {
  const blocks = new Float64Array(fits.length * order * order)
  const rightSide = new Float64Array(size)
  const plus = new Int32Array(fits.length)
  const minus = new Int32Array(fits.length)
  fits.forEach((overlap, pair) => {
    const moments = boxMoments(overlap.fit.box)
    const weight = weights?.[pair] ?? 1
    const block = momentMatrix(moments, order, scale).map((value) => value * weight)
    blocks.set(block, pair * order * order)
    plus[pair] = overlap.plus
    minus[pair] = overlap.minus
    const pull = boxPull(overlap, moments, block, weight, order, scale)
    for (let i = 0; i < order; i++) {
      rightSide[overlap.plus * order + i]! += pull[i]!
      rightSide[overlap.minus * order + i]! -= pull[i]!
    }
  })
  return { size, plus, minus, blocks, rightSide }
}

/** Integral of the difference plane times the basis over the box. */
function boxPull(
  { fit }: OverlapFit,
  moments: Moments,
  block: Float64Array,
  weight: number,
  order: number,
  scale: number,
): Float64Array {
  if (order === 1)
    return Float64Array.of(weight * (fit.a * moments.x + fit.b * moments.y + fit.c * moments.n))
  const plane = [fit.a * scale, fit.b * scale, fit.c]
  return Float64Array.from([0, 1, 2], (row) =>
    plane.reduce((sum, value, col) => sum + block[row * 3 + col]! * value, 0),
  )
}

/**
 * Takes from every group without locked images its mean slopes, weighted by the pixels of the images, and then its mean level over all pixels.
 *
 * @param solution (a, b, c) or (c) of each image, slopes times `scale`
 */
function fixGauge(
  solution: Float64Array,
  imageMoments: readonly Moments[],
  groups: readonly number[],
  lockedGroups: ReadonlySet<number>,
  order: number,
  scale: number,
): void {
  const groupCount = groups.reduce((most, group) => Math.max(most, group + 1), 0)
  const members = Array.from({ length: groupCount }, (): number[] => [])
  groups.forEach((group, image) => members[group]!.push(image))
  for (const [group, images] of members.entries()) {
    if (lockedGroups.has(group)) continue
    for (let slope = 0; slope < order - 1; slope++) {
      takeMean(solution, images, order, slope, imageMoments, (image) => solution[image * order + slope]!)
    }
    const level = order - 1
    takeMean(solution, images, order, level, imageMoments, (image) =>
      meanLevel(solution, image, imageMoments[image]!, order, scale),
    )
  }
}

/** Subtracts from one component of all images of a group the pixel-weighted mean of a quantity. */
function takeMean(
  solution: Float64Array,
  images: readonly number[],
  order: number,
  component: number,
  imageMoments: readonly Moments[],
  quantity: (image: number) => number,
): void {
  let sum = 0
  let pixels = 0
  for (const image of images) {
    const { n } = imageMoments[image]!
    sum += n * quantity(image)
    pixels += n
  }
  const mean = pixels > 0 ? sum / pixels : 0
  for (const image of images) solution[image * order + component]! -= mean
}

/** Mean of an image's correction over its pixels. */
function meanLevel(
  solution: Float64Array,
  image: number,
  { n, x, y }: Moments,
  order: number,
  scale: number,
): number {
  const level = solution[image * order + order - 1]!
  if (order === 1 || n === 0) return level
  const at = image * order
  return level + (solution[at]! * x + solution[at + 1]! * y) / (n * scale)
}
