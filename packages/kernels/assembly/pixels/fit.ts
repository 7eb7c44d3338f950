// Sums for fitting a plane to an image: the innermost loop of background matching, run some forty times over every overlap.
//
// Four columns are worked on at once in two pairs; each row's two partial sums are joined at the row's end, then folded with y.
// Coordinates count from the centre of the window. The range of the accepted columns is looked for from the row's ends, and only
// where the row could widen it, which costs next to nothing.

import { high2, lastLanes, low2, sum2 } from './lanes'

/** A difference this large is no number: the finite limit rejects NaN and infinity in the same comparison. */
const LARGEST: f64 = f64.MAX_VALUE

export function planeFitPass(
  valueAt: usize, stride: i32, width: i32, height: i32, x0: f64, y0: f64, a: f64, b: f64, c: f64, limit: f64, recordAt: usize,
): void {
  const halfX = <f64>(width - 1) / 2
  const halfY = <f64>(height - 1) / 2
  const centreX = x0 + halfX
  const centreY = y0 + halfY
  const bound = min(limit, LARGEST)
  const slope = f64x2.splat(a)
  const limits = f64x2.splat(bound)
  const step = f64x2.splat(4)
  const nan = f32x4.splat(NaN)
  const whole = width & ~3
  let n = 0.0
  let x = 0.0
  let y = 0.0
  let xx = 0.0
  let xy = 0.0
  let yy = 0.0
  let d = 0.0
  let xd = 0.0
  let yd = 0.0
  let rr = 0.0
  let minCol = width
  let maxCol = -1
  let minRow = -1
  let maxRow = -1
  for (let row = 0; row < height; row++) {
    const source = valueAt + ((<usize>row * <usize>stride) << 2)
    const dy = <f64>row - halfY
    const p = a * centreX + b * (y0 + <f64>row) + c
    const level = f64x2.splat(p)
    // Lanes of true are -1: the count goes down.
    let rowN = i64x2.splat(0)
    let rowX = f64x2.splat(0)
    let rowXX = rowX
    let rowD = rowX
    let rowXD = rowX
    let rowRR = rowX
    let x01 = f64x2(-halfX, 1 - halfX)
    let x23 = f64x2(2 - halfX, 3 - halfX)
    for (let col = 0; col < width; col += 4) {
      const at = source + (<usize>col << 2)
      const v = col < whole ? v128.load(at) : lastLanes(nan, at, width - col)
      const d0 = low2(v)
      const d1 = high2(v)
      const r0 = f64x2.sub(d0, f64x2.add(f64x2.mul(slope, x01), level))
      const r1 = f64x2.sub(d1, f64x2.add(f64x2.mul(slope, x23), level))
      const in0 = f64x2.le(f64x2.abs(r0), limits)
      const in1 = f64x2.le(f64x2.abs(r1), limits)
      const e0 = v128.and(d0, in0)
      const e1 = v128.and(d1, in1)
      const g0 = v128.and(x01, in0)
      const g1 = v128.and(x23, in1)
      const s0 = v128.and(r0, in0)
      const s1 = v128.and(r1, in1)
      rowN = i64x2.add(rowN, i64x2.add(in0, in1))
      rowX = f64x2.add(rowX, f64x2.add(g0, g1))
      rowXX = f64x2.add(rowXX, f64x2.add(f64x2.mul(g0, g0), f64x2.mul(g1, g1)))
      rowD = f64x2.add(rowD, f64x2.add(e0, e1))
      rowXD = f64x2.add(rowXD, f64x2.add(f64x2.mul(g0, e0), f64x2.mul(g1, e1)))
      rowRR = f64x2.add(rowRR, f64x2.add(f64x2.mul(s0, s0), f64x2.mul(s1, s1)))
      x01 = f64x2.add(x01, step)
      x23 = f64x2.add(x23, step)
    }
    const count = -<f64>(i64x2.extract_lane(rowN, 0) + i64x2.extract_lane(rowN, 1))
    if (count == 0) continue
    if (minRow < 0) minRow = row
    maxRow = row
    minCol = firstAccepted(source, minCol, a, halfX, p, bound)
    maxCol = lastAccepted(source, maxCol, width, a, halfX, p, bound)
    const sx = sum2(rowX)
    const sd = sum2(rowD)
    n += count
    x += sx
    y += dy * count
    xx += sum2(rowXX)
    xy += dy * sx
    yy += dy * dy * count
    d += sd
    xd += sum2(rowXD)
    yd += dy * sd
    rr += sum2(rowRR)
  }
  const isEmpty = n == 0
  store<f64>(recordAt, n)
  store<f64>(recordAt, centreX, 8)
  store<f64>(recordAt, centreY, 16)
  store<f64>(recordAt, x, 24)
  store<f64>(recordAt, y, 32)
  store<f64>(recordAt, xx, 40)
  store<f64>(recordAt, xy, 48)
  store<f64>(recordAt, yy, 56)
  store<f64>(recordAt, d, 64)
  store<f64>(recordAt, xd, 72)
  store<f64>(recordAt, yd, 80)
  store<f64>(recordAt, rr, 88)
  store<f64>(recordAt, isEmpty ? Infinity : x0 + <f64>minCol, 96)
  store<f64>(recordAt, isEmpty ? -Infinity : x0 + <f64>maxCol, 104)
  store<f64>(recordAt, isEmpty ? Infinity : y0 + <f64>minRow, 112)
  store<f64>(recordAt, isEmpty ? -Infinity : y0 + <f64>maxRow, 120)
}

/** Whether a column of a row is within the limit of the plane; the same arithmetic as the loop's. */
function isAccepted(source: usize, col: i32, a: f64, halfX: f64, level: f64, limit: f64): bool {
  const value = <f64>load<f32>(source + (<usize>col << 2))
  return abs(value - (a * (<f64>col - halfX) + level)) <= limit
}

/** The first accepted column, when it comes before `known`. */
function firstAccepted(source: usize, known: i32, a: f64, halfX: f64, level: f64, limit: f64): i32 {
  for (let col = 0; col < known; col++) if (isAccepted(source, col, a, halfX, level, limit)) return col
  return known
}

/** The last accepted column, when it comes behind `known`. */
function lastAccepted(source: usize, known: i32, width: i32, a: f64, halfX: f64, level: f64, limit: f64): i32 {
  for (let col = width - 1; col > known; col--) if (isAccepted(source, col, a, halfX, level, limit)) return col
  return known
}

/** Count and squares of the residuals as `planeFitPass` sums them, to the last bit, in half its time. */
export function planeSpread(
  valueAt: usize, stride: i32, width: i32, height: i32, x0: f64, y0: f64, a: f64, b: f64, c: f64, limit: f64, recordAt: usize,
): void {
  const halfX = <f64>(width - 1) / 2
  const centreX = x0 + halfX
  const slope = f64x2.splat(a)
  const limits = f64x2.splat(min(limit, LARGEST))
  const step = f64x2.splat(4)
  const nan = f32x4.splat(NaN)
  const whole = width & ~3
  let n = 0.0
  let rr = 0.0
  for (let row = 0; row < height; row++) {
    const source = valueAt + ((<usize>row * <usize>stride) << 2)
    const level = f64x2.splat(a * centreX + b * (y0 + <f64>row) + c)
    let rowN = i64x2.splat(0)
    let rowRR = f64x2.splat(0)
    let x01 = f64x2(-halfX, 1 - halfX)
    let x23 = f64x2(2 - halfX, 3 - halfX)
    for (let col = 0; col < width; col += 4) {
      const at = source + (<usize>col << 2)
      const v = col < whole ? v128.load(at) : lastLanes(nan, at, width - col)
      const r0 = f64x2.sub(low2(v), f64x2.add(f64x2.mul(slope, x01), level))
      const r1 = f64x2.sub(high2(v), f64x2.add(f64x2.mul(slope, x23), level))
      const in0 = f64x2.le(f64x2.abs(r0), limits)
      const in1 = f64x2.le(f64x2.abs(r1), limits)
      const s0 = v128.and(r0, in0)
      const s1 = v128.and(r1, in1)
      rowN = i64x2.add(rowN, i64x2.add(in0, in1))
      rowRR = f64x2.add(rowRR, f64x2.add(f64x2.mul(s0, s0), f64x2.mul(s1, s1)))
      x01 = f64x2.add(x01, step)
      x23 = f64x2.add(x23, step)
    }
    n -= <f64>(i64x2.extract_lane(rowN, 0) + i64x2.extract_lane(rowN, 1))
    rr += sum2(rowRR)
  }
  store<f64>(recordAt, n)
  store<f64>(recordAt, rr, 8)
}
