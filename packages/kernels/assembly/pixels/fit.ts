// Sums for fitting a plane to the difference of two images (or to one image).
//
// Two columns are worked on at once; each row's two partial sums are joined at the row's end, then folded with y. Coordinates
// count from the centre of the window.

export function planeFitPass(
  value1At: usize, area1At: usize, stride1: i32, value2At: usize, area2At: usize, stride2: i32, width: i32, height: i32,
  x0: f64, y0: f64, minArea: f64, a: f64, b: f64, c: f64, limit: f64, recordAt: usize,
): void {
  const halfX = <f64>(width - 1) / 2
  const halfY = <f64>(height - 1) / 2
  const centreX = x0 + halfX
  const centreY = y0 + halfY
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
  let minCol = i32x4.splat(i32.MAX_VALUE)
  let maxCol = i32x4.splat(-1)
  let minRow = -1
  let maxRow = -1
  const slope = f64x2.splat(a)
  const limits = f64x2.splat(limit)
  const big = f64x2.splat(Infinity)
  const threshold = f32x4.splat(<f32>minArea)
  const one = f64x2.splat(1)
  const all = i32x4.splat(-1)
  for (let row = 0; row < height; row++) {
    const at1 = (<usize>row * <usize>stride1) << 2
    const at2 = (<usize>row * <usize>stride2) << 2
    const v1 = value1At + at1
    const w1 = area1At + at1
    const v2 = value2At + at2
    const w2 = area2At + at2
    const dy = <f64>row - halfY
    const level = f64x2.splat(a * centreX + b * (y0 + <f64>row) + c)
    let rowN = f64x2.splat(0)
    let rowX = rowN
    let rowXX = rowN
    let rowD = rowN
    let rowXD = rowN
    let rowRR = rowN
    for (let col = 0; col < width; col += 4) {
      const at = <usize>col << 2
      const lanes = min(4, width - col)
      let good = all
      let p: v128
      let q = f32x4.splat(0)
      if (lanes == 4) {
        p = v128.load(v1 + at)
        if (value2At != 0) q = v128.load(v2 + at)
        if (area1At != 0) good = f32x4.ge(v128.load(w1 + at), threshold)
        if (area2At != 0) good = v128.and(good, f32x4.ge(v128.load(w2 + at), threshold))
      } else {
        p = loadLanes(v1 + at, lanes)
        if (value2At != 0) q = loadLanes(v2 + at, lanes)
        if (area1At != 0) good = f32x4.ge(loadLanes(w1 + at, lanes), threshold)
        if (area2At != 0) good = v128.and(good, f32x4.ge(loadLanes(w2 + at, lanes), threshold))
        good = v128.and(good, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(lanes)))
      }
      // Low and high pair of the four pixels.
      const d0 = f64x2.sub(f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q))
      const d1 = f64x2.sub(
        f64x2.promote_low_f32x4(v128.shuffle<i32>(p, p, 2, 3, 2, 3)),
        f64x2.promote_low_f32x4(v128.shuffle<i32>(q, q, 2, 3, 2, 3)),
      )
      const dx = <f64>col - halfX
      const x01 = f64x2(dx, dx + 1)
      const x23 = f64x2(dx + 2, dx + 3)
      const r0 = f64x2.sub(d0, f64x2.add(f64x2.mul(slope, x01), level))
      const r1 = f64x2.sub(d1, f64x2.add(f64x2.mul(slope, x23), level))
      const in0 = v128.and(
        v128.and(f64x2.le(f64x2.abs(r0), limits), f64x2.lt(f64x2.abs(d0), big)),
        v128.shuffle<i32>(good, good, 0, 0, 1, 1),
      )
      const in1 = v128.and(
        v128.and(f64x2.le(f64x2.abs(r1), limits), f64x2.lt(f64x2.abs(d1), big)),
        v128.shuffle<i32>(good, good, 2, 2, 3, 3),
      )
      const accepted = v128.shuffle<i32>(in0, in1, 0, 2, 4, 6)
      if (!v128.any_true(accepted)) continue
      const e0 = v128.and(d0, in0)
      const e1 = v128.and(d1, in1)
      const g0 = v128.and(x01, in0)
      const g1 = v128.and(x23, in1)
      const s0 = v128.and(r0, in0)
      const s1 = v128.and(r1, in1)
      rowN = f64x2.add(rowN, f64x2.add(v128.and(one, in0), v128.and(one, in1)))
      rowX = f64x2.add(rowX, f64x2.add(g0, g1))
      rowXX = f64x2.add(rowXX, f64x2.add(f64x2.mul(g0, g0), f64x2.mul(g1, g1)))
      rowD = f64x2.add(rowD, f64x2.add(e0, e1))
      rowXD = f64x2.add(rowXD, f64x2.add(f64x2.mul(g0, e0), f64x2.mul(g1, e1)))
      rowRR = f64x2.add(rowRR, f64x2.add(f64x2.mul(s0, s0), f64x2.mul(s1, s1)))
      const cols = i32x4.add(i32x4.splat(col), i32x4(0, 1, 2, 3))
      minCol = i32x4.min_s(minCol, v128.bitselect(cols, i32x4.splat(i32.MAX_VALUE), accepted))
      maxCol = i32x4.max_s(maxCol, v128.bitselect(cols, all, accepted))
    }
    const count = sum2(rowN)
    if (count == 0) continue
    if (minRow < 0) minRow = row
    maxRow = row
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
  store<f64>(recordAt, isEmpty ? Infinity : x0 + <f64>smallest(minCol), 96)
  store<f64>(recordAt, isEmpty ? -Infinity : x0 + <f64>largest(maxCol), 104)
  store<f64>(recordAt, isEmpty ? Infinity : y0 + <f64>minRow, 112)
  store<f64>(recordAt, isEmpty ? -Infinity : y0 + <f64>maxRow, 120)
}

function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

function smallest(v: v128): i32 {
  return min(min(i32x4.extract_lane(v, 0), i32x4.extract_lane(v, 1)), min(i32x4.extract_lane(v, 2), i32x4.extract_lane(v, 3)))
}

function largest(v: v128): i32 {
  return max(max(i32x4.extract_lane(v, 0), i32x4.extract_lane(v, 1)), max(i32x4.extract_lane(v, 2), i32x4.extract_lane(v, 3)))
}

/** The last one to three pixels of a row. */
function loadLanes(at: usize, lanes: i32): v128 {
  let v = f32x4.splat(0)
  v = f32x4.replace_lane(v, 0, load<f32>(at))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  return v
}
