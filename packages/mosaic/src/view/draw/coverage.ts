import { boxOf, type Fill, type Stroke } from './shape.ts'

/** Less is rounding of the sums. */
const LEAST_COVERAGE = 1e-4

/** How much of each pixel of some rows a shape covers, 0 to 1. Only the touched span of each row is read and cleared. */
export interface Coverage {
  readonly width: number
  readonly rows: number
  /** First row in the picture. */
  top: number
  readonly data: Float32Array
  /** First touched column of each row; beyond `right` while none is. */
  readonly left: Int32Array
  /** Column behind the last touched one. */
  readonly right: Int32Array
}

/** Coverage of nothing. */
export function emptyCoverage(width: number, rows: number): Coverage {
  return {
    width,
    rows,
    top: 0,
    data: new Float32Array(width * rows),
    left: new Int32Array(rows).fill(width),
    right: new Int32Array(rows),
  }
}

function touch({ left, right }: Coverage, row: number, from: number, to: number): void {
  if (from < left[row]!) left[row] = from
  if (to > right[row]!) right[row] = to
}

/**
 * Adds a stroke: a pixel is covered by what its distance from the line leaves of half the width, so that any cut across the line
 * gathers its width. Pieces of one stroke do not add up where they meet.
 */
export function strokeInto(coverage: Coverage, { points, width }: Stroke): void {
  const reach = width / 2 + 0.5
  if (points.length === 2) strokePiece(coverage, points[0]!, points[1]!, points[0]!, points[1]!, reach)
  for (let i = 0; i + 3 < points.length; i += 2)
    strokePiece(coverage, points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!, reach)
}

function strokePiece(
  coverage: Coverage,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  reach: number,
): void {
  const { width, rows, top, data } = coverage
  const firstRow = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5) - top)
  const lastRow = Math.min(rows - 1, Math.floor(Math.max(y0, y1) + reach - 0.5) - top)
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length2 = dx * dx + dy * dy
  for (let row = firstRow; row <= lastRow; row++) {
    const y = row + top + 0.5
    const [from, to] = spanOf(x0, y0, x1, y1, y, reach)
    const first = Math.max(0, Math.ceil(from - 0.5))
    const last = Math.min(width - 1, Math.floor(to - 0.5))
    if (first > last) continue
    touch(coverage, row, first, last + 1)
    for (let col = first; col <= last; col++) {
      const [px, py] = [col + 0.5 - x0, y - y0]
      const along = length2 > 0 ? (px * dx + py * dy) / length2 : 0
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const covered = Math.min(1, reach - Math.hypot(px - t * dx, py - t * dy))
      const at = row * width + col
      if (covered > data[at]!) data[at] = covered
    }
  }
}

/** Columns of a row that lie within reach of a piece; somewhat more near its ends. */
function spanOf(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  y: number,
  reach: number,
): readonly [number, number] {
  const [least, most] = [Math.min(x0, x1) - reach, Math.max(x0, x1) + reach]
  const dy = y1 - y0
  if (Math.abs(dy) < 1e-9) return [least, most]
  const slope = (x1 - x0) / dy
  const middle = x0 + (y - y0) * slope
  const half = reach * Math.hypot(1, slope)
  return [Math.max(least, middle - half), Math.min(most, middle + half)]
}

/**
 * Adds a filled shape: the exact area of each pixel within its contours.
 *
 * Signed areas are summed from left to right (Green's theorem), as in exact-area reprojection.
 */
export function fillInto(coverage: Coverage, { contours }: Fill): void {
  const { width, rows, top, data } = coverage
  const box = boxOf(contours, 0)
  const left = Math.max(0, Math.floor(box.left))
  const columns = Math.min(width, Math.ceil(box.right) + 1) - left
  if (columns <= 0) return
  const sums = new Map<number, Float32Array>()
  const sumsOf = (row: number): Float32Array => {
    const found = sums.get(row)
    if (found !== undefined) return found
    const made = new Float32Array(columns + 2)
    sums.set(row, made)
    return made
  }
  for (const points of contours) {
    for (let i = 0; i < points.length; i += 2) {
      const next = i + 2 < points.length ? i + 2 : 0
      const [xa, ya, xb, yb] = [points[i]!, points[i + 1]!, points[next]!, points[next + 1]!]
      addEdge(xa - left, ya - top, xb - left, yb - top, columns, rows, sumsOf)
    }
  }
  for (const [row, sum] of sums) {
    let area = 0
    touch(coverage, row, left, left + columns)
    for (let col = 0; col < columns; col++) {
      area += sum[col]!
      const covered = Math.min(1, Math.abs(area))
      const at = row * width + left + col
      if (covered > LEAST_COVERAGE && covered > data[at]!) data[at] = covered
    }
  }
}

/** Adds the area to the right of one edge, as differences between neighbouring columns. */
function addEdge(
  xa: number,
  ya: number,
  xb: number,
  yb: number,
  width: number,
  rows: number,
  sumsOf: (row: number) => Float32Array,
): void {
  if (ya === yb) return
  const sign = ya < yb ? 1 : -1
  const [x0, y0, x1, y1] = ya < yb ? [xa, ya, xb, yb] : [xb, yb, xa, ya]
  const slope = (x1 - x0) / (y1 - y0)
  const firstRow = Math.max(0, Math.floor(y0))
  const lastRow = Math.min(rows - 1, Math.ceil(y1) - 1)
  const within = (x: number): number => Math.min(width, Math.max(0, x))
  for (let row = firstRow; row <= lastRow; row++) {
    const [from, to] = [Math.max(row, y0), Math.min(row + 1, y1)]
    const entry = within(x0 + (from - y0) * slope)
    const exit = within(x0 + (to - y0) * slope)
    spread(sumsOf(row), Math.min(entry, exit), Math.max(entry, exit), sign * (to - from))
  }
}

/** Spreads the height of an edge's piece between two places of a row over the columns. */
function spread(sum: Float32Array, left: number, right: number, height: number): void {
  const first = Math.floor(left)
  const last = Math.floor(right)
  if (first === last) {
    const inside = (left + right) / 2 - first
    sum[first]! += height * (1 - inside)
    sum[first + 1]! += height * inside
    return
  }
  // Covered share of each column between the ends of the piece; what grows from column to column is added.
  const perColumn = height / (right - left)
  let covered = 0
  for (let col = first; col <= last; col++) {
    const begin = Math.max(left, col)
    const end = Math.min(right, col + 1)
    const share = perColumn * ((end - begin) * (col + 1 - (begin + end) / 2) + Math.max(0, begin - left))
    sum[col]! += share - covered
    covered = share
  }
  sum[last + 1]! += height - covered
}

/** Blends a colour over rows of a picture as far as they are covered, and clears the coverage. */
export function blendInto(
  pixels: Uint8Array,
  channels: 1 | 3,
  coverage: Coverage,
  color: readonly [number, number, number],
): void {
  const { width, rows, data, left, right } = coverage
  for (let row = 0; row < rows; row++) {
    for (let col = left[row]!; col < right[row]!; col++) {
      const at = row * width + col
      const covered = data[at]!
      data[at] = 0
      if (covered <= 0) continue
      for (let channel = 0; channel < channels; channel++) {
        const place = at * channels + channel
        const value = pixels[place]!
        pixels[place] = Math.round(value + covered * (color[channel]! - value))
      }
    }
    left[row] = width
    right[row] = 0
  }
}
