// Overlap areas of input pixels with output pixels, in the plane of the output ("exact area", from the side of the input).
//
// The area that a quadrilateral shares with output pixel (c, r) is the integral of -clamp(c + 1 - x, 0, 1) dy around it, within the row.
// An edge therefore leaves -dy (1 - f) in the pixel where it runs (f: its mean distance from the left border) and -dy in every pixel to
// the right; the latter is left as -dy f in the next pixel alone, and one running sum along the row spreads it. Neighbouring input pixels
// share their edges, so each edge is walked once, with the difference of what the two pixels bring. Both quantities, value * area and
// area, are the lanes of one vector.

import { MAX_CORNER, MIN_FOLD, MIN_SHAPE } from './area-limits'

// The window of output pixels and its work array: one vector per pixel and one more at the end of each row.
let width: i32 = 0
let widthF: f64 = 0
let heightF: f64 = 0
let workAt: usize = 0
let workPitch: usize = 0

/** Pixels with data whose quadrilateral cannot be used. */
let skipped: i32 = 0

export function overlapBlock(
  valueAt: usize, weightAt: usize, cols: i32, rows: i32, cornersXAt: usize, cornersYAt: usize, maxExtent: f64, isFlux: i32,
  windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, sumsAt: usize, sumsStride: i32, scratchAt: usize,
): i32 {
  startWindow(windowWidth, windowHeight, scratchAt)
  const left = <f64>windowCol
  const bottom = <f64>windowRow
  const cornerPitch = <usize>(cols + 1) << 3
  // Densities of the pixels with a border of zeros around them.
  const pitch = <usize>(cols + 2) << 4
  const densityAt = workAt + workPitch * <usize>windowHeight
  memory.fill(densityAt, 0, pitch * <usize>(rows + 2))
  skipped = 0
  for (let row = 0; row < rows; row++) {
    const at = cornersXAt + <usize>row * cornerPitch
    const atY = cornersYAt + <usize>row * cornerPitch
    const out = densityAt + <usize>(row + 1) * pitch + 16
    const first = (<usize>row * <usize>cols) << 3
    for (let col = 0; col < cols; col++) {
      const k = <usize>col << 3
      const c = at + k
      const d = atY + k
      const weight = weightAt == 0 ? 1.0 : load<f64>(weightAt + first + k)
      const density = densityOf(
        load<f64>(valueAt + first + k), weight, load<f64>(c), load<f64>(d), load<f64>(c, 8), load<f64>(d, 8),
        load<f64>(c + cornerPitch, 8), load<f64>(d + cornerPitch, 8), load<f64>(c + cornerPitch), load<f64>(d + cornerPitch),
        maxExtent, isFlux,
      )
      v128.store(out + (<usize>col << 4), density)
    }
  }
  for (let row = 0; row <= rows; row++) {
    const x = cornersXAt + <usize>row * cornerPitch
    const y = cornersYAt + <usize>row * cornerPitch
    const density = densityAt + <usize>row * pitch
    for (let col = 0; col <= cols; col++) {
      const k = <usize>col << 3
      const at = density + (<usize>col << 4)
      // From pixel (col - 1, row - 1): right of it (col, row - 1), above that (col, row), left of that (col - 1, row).
      const here = v128.load(at + pitch, 16)
      if (col < cols) walk(x + k, y + k, 8, f64x2.sub(v128.load(at, 16), here), left, bottom)
      if (row < rows) walk(x + k, y + k, cornerPitch, f64x2.sub(here, v128.load(at + pitch)), left, bottom)
    }
  }
  finishWindow(sumsAt, sumsStride, windowHeight)
  return skipped
}

export function overlapDrops(
  valueAt: usize, weightAt: usize, count: i32, cornersAt: usize, maxExtent: f64, isFlux: i32,
  windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, sumsAt: usize, sumsStride: i32, scratchAt: usize,
): i32 {
  startWindow(windowWidth, windowHeight, scratchAt)
  const left = <f64>windowCol
  const bottom = <f64>windowRow
  const plane = <usize>count << 3
  skipped = 0
  for (let k = 0; k < count; k++) {
    const at = cornersAt + (<usize>k << 3)
    const x0 = load<f64>(at)
    const y0 = load<f64>(at + plane)
    const x1 = load<f64>(at + 2 * plane)
    const y1 = load<f64>(at + 3 * plane)
    const x2 = load<f64>(at + 4 * plane)
    const y2 = load<f64>(at + 5 * plane)
    const x3 = load<f64>(at + 6 * plane)
    const y3 = load<f64>(at + 7 * plane)
    const weight = weightAt == 0 ? 1.0 : load<f64>(weightAt + (<usize>k << 3))
    const value = load<f64>(valueAt + (<usize>k << 3))
    const density = f64x2.neg(densityOf(value, weight, x0, y0, x1, y1, x2, y2, x3, y3, maxExtent, isFlux))
    if (!v128.any_true(f64x2.ne(density, f64x2.splat(0)))) continue
    edge(x0 - left, y0 - bottom, x1 - left, y1 - bottom, density)
    edge(x1 - left, y1 - bottom, x2 - left, y2 - bottom, density)
    edge(x2 - left, y2 - bottom, x3 - left, y3 - bottom, density)
    edge(x3 - left, y3 - bottom, x0 - left, y0 - bottom, density)
  }
  finishWindow(sumsAt, sumsStride, windowHeight)
  return skipped
}

function startWindow(windowWidth: i32, windowHeight: i32, scratchAt: usize): void {
  width = windowWidth
  widthF = <f64>windowWidth
  heightF = <f64>windowHeight
  workAt = scratchAt
  workPitch = <usize>(windowWidth + 1) << 4
  memory.fill(workAt, 0, workPitch * <usize>windowHeight)
}

/** Spreads the edges along the rows and adds them to the sums. */
function finishWindow(sumsAt: usize, sumsStride: i32, windowHeight: i32): void {
  let from = workAt
  for (let row = 0; row < windowHeight; row++) {
    let at = from
    let out = sumsAt + ((<usize>row * <usize>sumsStride) << 4)
    let run = f64x2.splat(0)
    for (let col = 0; col < width; col++) {
      run = f64x2.add(run, v128.load(at))
      v128.store(out, f64x2.add(v128.load(out), run))
      at += 16
      out += 16
    }
    from += workPitch
  }
}

/** What a pixel brings per unit of area: lanes value and 1, times weight and orientation; zeros when it is not used. */
function densityOf(
  value: f64, weight: f64, x0: f64, y0: f64, x1: f64, y1: f64, x2: f64, y2: f64, x3: f64, y3: f64, maxExtent: f64, isFlux: i32,
): v128 {
  if (!(abs(value) < Infinity) || !(weight > 0) || !(weight < Infinity)) return f64x2.splat(0)
  const area = quadArea(x0, y0, x1, y1, x2, y2, x3, y3, maxExtent)
  if (area == 0) {
    skipped++
    return f64x2.splat(0)
  }
  const signed = area < 0 ? -weight : weight
  return f64x2.replace_lane(f64x2.splat(signed), 0, isFlux == 0 ? signed * value : (weight * value) / area)
}

/** Signed area of a quadrilateral, or 0 when it cannot be used: the rule of area-shape.ts and a limit of its size. */
export function quadArea(x0: f64, y0: f64, x1: f64, y1: f64, x2: f64, y2: f64, x3: f64, y3: f64, maxExtent: f64): f64 {
  // min and max give NaN for NaN, so the comparisons fail.
  const lowX = min(min(x0, x1), min(x2, x3))
  const highX = max(max(x0, x1), max(x2, x3))
  const lowY = min(min(y0, y1), min(y2, y3))
  const highY = max(max(y0, y1), max(y2, y3))
  if (!(lowX >= -MAX_CORNER && highX <= MAX_CORNER && lowY >= -MAX_CORNER && highY <= MAX_CORNER)) return 0
  if (highX - lowX > maxExtent || highY - lowY > maxExtent) return 0
  const dx1 = x2 - x0
  const dy1 = y2 - y0
  const dx2 = x3 - x1
  const dy2 = y3 - y1
  const twice = dx1 * dy2 - dx2 * dy1
  const area = 0.5 * twice
  if (!(abs(area) > (abs(dx1) + abs(dy1)) * (abs(dx2) + abs(dy2)) * MIN_SHAPE)) return 0
  const turn1 = (x1 - x0) * dy1 - (y1 - y0) * dx1
  const turn2 = (x2 - x1) * dy2 - (y2 - y1) * dx2
  const limit = MIN_FOLD * (twice * twice)
  return turn1 * (twice - turn1) < limit && turn2 * (twice - turn2) < limit ? 0 : area
}

/** An edge between two corners of the block, the second `step` bytes behind the first. */
function walk(xAt: usize, yAt: usize, step: usize, density: v128, left: f64, bottom: f64): void {
  if (!v128.any_true(f64x2.ne(density, f64x2.splat(0)))) return
  edge(load<f64>(xAt) - left, load<f64>(yAt) - bottom, load<f64>(xAt + step) - left, load<f64>(yAt + step) - bottom, density)
}

/** Leaves the part of an edge inside the rows of the window; positions count from its corner. */
function edge(xa: f64, ya: f64, xb: f64, yb: f64, density: v128): void {
  if (ya == yb) return
  if (ya > yb) {
    const x = xa
    const y = ya
    xa = xb
    ya = yb
    xb = x
    yb = y
    density = f64x2.neg(density)
  }
  let y = max(ya, 0)
  const end = min(yb, heightF)
  if (!(y < end)) return
  const lowX = min(xa, xb)
  const highX = max(xa, xb)
  if (lowX >= widthF) return
  const slope = (xb - xa) / (yb - ya)
  let x = y == ya ? xa : min(highX, max(lowX, xa + (y - ya) * slope))
  let rowAt = workAt + <usize>(<i32>y) * workPitch
  let nextRow = floor(y) + 1
  while (true) {
    const nextY = min(nextRow, end)
    const nextX = nextY == yb ? xb : min(highX, max(lowX, xa + (nextY - ya) * slope))
    leave(rowAt, min(x, nextX), max(x, nextX), f64x2.mul(f64x2.splat(nextY - y), density))
    if (nextY == end) return
    y = nextY
    x = nextX
    nextRow += 1
    rowAt += workPitch
  }
}

/** Leaves a piece of an edge within one row, between columns low and high. */
function leave(rowAt: usize, low: f64, high: f64, amount: v128): void {
  if (low >= 0 && high < widthF) {
    const col = <i32>low
    if (<i32>high == col) {
      leaveIn(rowAt, col, 0.5 * (low + high), amount)
      return
    }
  }
  if (high <= 0) {
    v128.store(rowAt, f64x2.add(v128.load(rowAt), amount))
    return
  }
  if (low >= widthF) return
  const per = f64x2.mul(amount, f64x2.splat(1 / (high - low)))
  if (low < 0) {
    v128.store(rowAt, f64x2.add(v128.load(rowAt), f64x2.mul(per, f64x2.splat(-low))))
    low = 0
  }
  const end = min(high, widthF)
  // An edge along a border (low == high) would divide by zero; it lies in one pixel and was left above, save on the right border.
  for (let col = <i32>low; low < end; col++) {
    const to = min(<f64>(col + 1), end)
    leaveIn(rowAt, col, 0.5 * (low + to), f64x2.mul(per, f64x2.splat(to - low)))
    low = to
  }
}

function leaveIn(rowAt: usize, col: i32, middle: f64, amount: v128): void {
  const at = rowAt + (<usize>col << 4)
  const right = f64x2.mul(amount, f64x2.splat(middle - <f64>col))
  v128.store(at, f64x2.add(v128.load(at), f64x2.sub(amount, right)))
  v128.store(at, f64x2.add(v128.load(at, 16), right), 16)
}
