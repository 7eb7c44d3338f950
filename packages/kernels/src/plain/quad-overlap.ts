import { MAX_CORNER, MIN_FOLD, MIN_SHAPE } from '../pixels/area-limits.ts'

/**
 * Signed area of a quadrilateral of four corners, positive when they run counter-clockwise; 0 for one that the kernels do not use:
 * corners that are not finite or lie more than 2^30 away, no area, edges that cross.
 */
export function quadArea(x: Float64Array, y: Float64Array): number {
  for (let k = 0; k < 4; k++) {
    if (!(Math.abs(x[k]!) <= MAX_CORNER && Math.abs(y[k]!) <= MAX_CORNER)) return 0
  }
  const dx1 = x[2]! - x[0]!
  const dy1 = y[2]! - y[0]!
  const dx2 = x[3]! - x[1]!
  const dy2 = y[3]! - y[1]!
  const twice = dx1 * dy2 - dx2 * dy1
  const size = (Math.abs(dx1) + Math.abs(dy1)) * (Math.abs(dx2) + Math.abs(dy2))
  if (!(Math.abs(0.5 * twice) > MIN_SHAPE * size)) return 0
  // The turns at corners 0-1-2 and 2-3-0 add up to twice the area, as do those at 1-2-3 and 3-0-1.
  const turn1 = (x[1]! - x[0]!) * dy1 - (y[1]! - y[0]!) * dx1
  const turn2 = (x[2]! - x[1]!) * dy2 - (y[2]! - y[1]!) * dx2
  const limit = MIN_FOLD * (twice * twice)
  const isFolded = turn1 * (twice - turn1) < limit && turn2 * (twice - turn2) < limit
  return isFolded ? 0 : 0.5 * twice
}

/** Signed overlap of a quadrilateral with the unit square at (col, row): the integral of clamp(x - col, 0, 1) dy around it. */
export function cellOverlap(x: Float64Array, y: Float64Array, col: number, row: number): number {
  let sum = 0
  for (let k = 0; k < 4; k++) {
    const next = (k + 1) & 3
    sum += edgeIntegral(x[k]! - col, y[k]! - row, x[next]! - col, y[next]! - row)
  }
  return sum
}

/** Integral of clamp(x, 0, 1) dy along the part of an edge with 0 <= y <= 1. */
function edgeIntegral(xa: number, ya: number, xb: number, yb: number): number {
  const y0 = Math.min(Math.max(ya, 0), 1)
  const y1 = Math.min(Math.max(yb, 0), 1)
  if (y0 === y1) return 0
  const slope = (xb - xa) / (yb - ya)
  const x0 = y0 === ya ? xa : xa + (y0 - ya) * slope
  const x1 = y1 === yb ? xb : xa + (y1 - ya) * slope
  return meanOfClamp(Math.min(x0, x1), Math.max(x0, x1)) * (y1 - y0)
}

/** Mean of clamp(x, 0, 1) over low <= x <= high. */
function meanOfClamp(low: number, high: number): number {
  if (high <= 0) return 0
  if (low >= 1) return 1
  if (low >= 0 && high <= 1) return (low + high) / 2
  const from = Math.max(low, 0)
  const to = Math.min(high, 1)
  return (((to - from) * (from + to)) / 2 + Math.max(0, high - 1)) / (high - low)
}
