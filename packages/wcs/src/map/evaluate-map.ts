import type { ApproximateMap } from './approximate-map.ts'
import type { PixelMap } from './pixel-map.ts'

/** Weights of the four Lagrange nodes -1, 0, 1, 2 at `t`. */
function weightBefore(t: number): number {
  return (-t * (t - 1) * (t - 2)) / 6
}
function weightFirst(t: number): number {
  return ((t + 1) * (t - 1) * (t - 2)) / 2
}
function weightSecond(t: number): number {
  return (-(t + 1) * t * (t - 2)) / 2
}
function weightAfter(t: number): number {
  return ((t + 1) * t * (t - 1)) / 6
}

/** Cubic along column `k` of the four node rows around a row. */
function inColumn(values: Float64Array, k: number, pitch: number, t: number): number {
  return (
    weightBefore(t) * values[k - pitch]! +
    weightFirst(t) * values[k]! +
    weightSecond(t) * values[k + pitch]! +
    weightAfter(t) * values[k + 2 * pitch]!
  )
}

/**
 * Places in the second image of `count` points of one row, one pixel apart, written to `outX` and `outY` from index 0.
 *
 * @param map the approximated map
 * @param exact the exact map it was made of; used for the cells that need it
 * @param firstX corner coordinate of the first point; col + 0.5 is the centre of a pixel
 * @param row corner coordinate of the row
 *
 * Points outside the region of the map get the exact map. NaN where the second image has no such place.
 */
export function evaluateMapRow(
  map: ApproximateMap,
  exact: PixelMap,
  firstX: number,
  row: number,
  count: number,
  outX: Float64Array,
  outY: Float64Array,
): void {
  const { step, region, nodeCols } = map
  const cellCols = nodeCols - 3
  const cellRows = map.nodeRows - 3
  const j = Math.min(cellRows - 1, Math.floor((row - region.row) / step))
  const isInside = row >= region.row && row <= region.row + region.height
  if (!isInside) {
    exactRow(exact, firstX, row, 0, count, outX, outY)
    return
  }
  const t = (row - region.row) / step - j
  let done = 0
  while (done < count) {
    const u = (firstX + done - region.col) / step
    const i = Math.min(cellCols - 1, Math.floor(u))
    // Points up to the right edge of this cell; the last cell holds its edge too.
    const toEdge = Math.max(1, Math.ceil((i + 1) * step - (firstX + done - region.col)))
    const isOutside = u < 0 || firstX + done > region.col + region.width
    const length = isOutside ? (u < 0 ? Math.ceil(region.col - firstX - done) : count - done) : toEdge
    const many = Math.min(count - done, Math.max(1, length))
    if (isOutside || map.exactCells[j * cellCols + i] === 1) {
      exactRow(exact, firstX + done, row, done, many, outX, outY)
    } else {
      const k = (j + 1) * nodeCols + i + 1
      const start = u - i
      cubicRun(map.x, k, nodeCols, t, start, 1 / step, outX, done, many)
      cubicRun(map.y, k, nodeCols, t, start, 1 / step, outY, done, many)
    }
    done += many
  }
}

/** A run of points within one cell: the cubic in x, as a polynomial in t. */
function cubicRun(
  values: Float64Array,
  k: number,
  pitch: number,
  ty: number,
  start: number,
  delta: number,
  out: Float64Array,
  offset: number,
  count: number,
): void {
  const a = inColumn(values, k - 1, pitch, ty)
  const b = inColumn(values, k, pitch, ty)
  const c = inColumn(values, k + 1, pitch, ty)
  const d = inColumn(values, k + 2, pitch, ty)
  // Newton's form at nodes 0, 1, -1, 2 collected by powers of t.
  const c2 = (a + c) / 2 - b
  const c3 = (d - a) / 6 + (b - c) / 2
  const c1 = c - b - c2 - c3
  for (let n = 0; n < count; n++) {
    const t = start + n * delta
    out[offset + n] = b + t * (c1 + t * (c2 + t * c3))
  }
}

/** A run of points by the exact map. */
function exactRow(
  exact: PixelMap,
  firstX: number,
  row: number,
  offset: number,
  count: number,
  outX: Float64Array,
  outY: Float64Array,
): void {
  const x = outX.subarray(offset, offset + count)
  const y = outY.subarray(offset, offset + count)
  for (let n = 0; n < count; n++) x[n] = firstX + n
  y.fill(row)
  exact(x, y, x, y, count)
}

/** A place in an image in corner coordinates: the first pixel covers 0 to 1. */
export interface CornerPosition {
  readonly x: number
  readonly y: number
}

/**
 * Place in the second image of one point of the first, corner coordinates; undefined where the second image has none.
 *
 * Points outside the region of the map get the exact map.
 */
export function evaluateMap(
  map: ApproximateMap,
  exact: PixelMap,
  x: number,
  y: number,
): CornerPosition | undefined {
  const outX = new Float64Array(1)
  const outY = new Float64Array(1)
  evaluateMapRow(map, exact, x, y, 1, outX, outY)
  const [placeX = Number.NaN] = outX
  const [placeY = Number.NaN] = outY
  return Number.isFinite(placeX) && Number.isFinite(placeY) ? { x: placeX, y: placeY } : undefined
}
