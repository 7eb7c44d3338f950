// Median of a stack of rows, eight pixels at a time. Values that do not count become +infinity and are counted per lane, so one
// sorting network serves all lanes. Real +infinity sorts among them, which is where it belongs.
import { findRun, runEnd } from './stack-runs'

const ENTRY_BYTES: usize = 32
/** Pixels that are sorted at once, in two vectors: their networks do not wait for each other. */
const PIXELS: i32 = 8
/** Bytes from one plane of the stack to the next. */
const STACK_BYTES: usize = 32

export function medianRow(
  entriesAt: usize, entryCount: i32, firstCol: i32, count: i32, minArea: f32, evenRule: i32,
  valueAt: usize, areaAt: usize, countsAt: usize, scratchAt: usize, scratchBytes: u32,
): i32 {
  if (<u64>scratchBytes < <u64>40 * <u64>max(1, entryCount) + 64) return 1
  // The upper half of scratch lists the entries that reach the columns in work.
  const list = scratchAt + <usize>entryCount * STACK_BYTES
  const endCol = firstCol + count
  for (let col = firstCol; col < endCol; col = runEnd) {
    const depth = findRun(list, entriesAt, ENTRY_BYTES, entryCount, col, endCol)
    const at = <usize>(col - firstCol) << 2
    const countAt = countsAt == 0 ? 0 : countsAt + at
    medianRun(list, depth, col, runEnd - col, minArea, evenRule, valueAt + at, areaAt + at, countAt, scratchAt)
  }
  return 0
}

/** Columns col .. col + count - 1, covered by the same `depth` entries. */
function medianRun(
  list: usize, depth: i32, col: i32, count: i32, minArea: f32, evenRule: i32, valueAt: usize, areaAt: usize,
  countAt: usize, stackAt: usize,
): void {
  if (depth == 0) {
    for (let i: usize = 0; i < <usize>count; i++) {
      store<f32>(valueAt + (i << 2), NaN)
      store<f32>(areaAt + (i << 2), 0)
      if (countAt != 0) store<i32>(countAt + (i << 2), 0)
    }
    return
  }
  const threshold = f32x4.splat(minArea)
  const zero = f64x2.splat(0)
  for (let i = 0; i < count; i += PIXELS) {
    const lanes = min(PIXELS, count - i)
    let accepted0 = i32x4.splat(0)
    let accepted1 = accepted0
    let area0 = zero
    let area1 = zero
    let area2 = zero
    let area3 = zero
    const x = <f64>(col + i)
    for (let k = 0; k < depth; k++) {
      const entry = load<usize>(list + (<usize>k << 2))
      const skip = <usize>(col + i - load<i32>(entry, 8)) << 2
      const values = load<usize>(entry) + skip
      const areas = load<usize>(entry, 4)
      let v0: v128
      let v1: v128
      let w0 = f32x4.splat(1)
      let w1 = w0
      if (lanes == PIXELS) {
        v0 = v128.load(values)
        v1 = v128.load(values, 16)
        if (areas != 0) {
          w0 = v128.load(areas + skip)
          w1 = v128.load(areas + skip, 16)
        }
      } else {
        v0 = loadLanes(values, lanes)
        v1 = loadLanes(values + 16, lanes - 4)
        if (areas != 0) {
          w0 = loadLanes(areas + skip, lanes)
          w1 = loadLanes(areas + skip + 16, lanes - 4)
        }
      }
      const a = f64x2.splat(load<f64>(entry, 16))
      const p = f64x2.splat(load<f64>(entry, 24))
      const d0 = minusPlane(v0, a, p, x)
      const d1 = minusPlane(v1, a, p, x + 4)
      const in0 = v128.and(f32x4.eq(d0, d0), f32x4.gt(w0, threshold))
      const in1 = v128.and(f32x4.eq(d1, d1), f32x4.gt(w1, threshold))
      const at = stackAt + <usize>k * STACK_BYTES
      v128.store(at, v128.bitselect(d0, f32x4.splat(Infinity), in0))
      v128.store(at, v128.bitselect(d1, f32x4.splat(Infinity), in1), 16)
      // A true lane is -1.
      accepted0 = i32x4.sub(accepted0, in0)
      accepted1 = i32x4.sub(accepted1, in1)
      w0 = v128.and(w0, in0)
      w1 = v128.and(w1, in1)
      area0 = f64x2.add(area0, f64x2.promote_low_f32x4(w0))
      area1 = f64x2.add(area1, f64x2.promote_low_f32x4(v128.shuffle<i32>(w0, w0, 2, 3, 2, 3)))
      area2 = f64x2.add(area2, f64x2.promote_low_f32x4(w1))
      area3 = f64x2.add(area3, f64x2.promote_low_f32x4(v128.shuffle<i32>(w1, w1, 2, 3, 2, 3)))
    }
    sortStack(stackAt, depth)
    const at = <usize>i << 2
    const median0 = pickMedians(stackAt, accepted0, depth, evenRule)
    const median1 = pickMedians(stackAt + 16, accepted1, depth, evenRule)
    if (lanes == PIXELS) {
      v128.store(valueAt + at, median0)
      v128.store(valueAt + at, median1, 16)
      v128.store(areaAt + at, narrow(area0, area1))
      v128.store(areaAt + at, narrow(area2, area3), 16)
      if (countAt != 0) {
        v128.store(countAt + at, accepted0)
        v128.store(countAt + at, accepted1, 16)
      }
    } else {
      storeLanes(valueAt + at, median0, lanes)
      storeLanes(valueAt + at + 16, median1, lanes - 4)
      storeLanes(areaAt + at, narrow(area0, area1), lanes)
      storeLanes(areaAt + at + 16, narrow(area2, area3), lanes - 4)
      if (countAt != 0) {
        storeLanes(countAt + at, accepted0, lanes)
        storeLanes(countAt + at + 16, accepted1, lanes - 4)
      }
    }
  }
}

/** Four values minus a * col + p, rounded to float32. */
function minusPlane(v: v128, a: v128, p: v128, x: f64): v128 {
  const low = f64x2.sub(f64x2.promote_low_f32x4(v), f64x2.add(f64x2.mul(a, f64x2(x, x + 1)), p))
  const high = f64x2.sub(
    f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)),
    f64x2.add(f64x2.mul(a, f64x2(x + 2, x + 3)), p),
  )
  return narrow(low, high)
}

function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5)
}

/** The first `lanes` of four values; the others are 0. */
function loadLanes(at: usize, lanes: i32): v128 {
  let v = f32x4.splat(0)
  if (lanes > 0) v = f32x4.replace_lane(v, 0, load<f32>(at))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  if (lanes > 3) v = f32x4.replace_lane(v, 3, load<f32>(at, 12))
  return v
}

function storeLanes(at: usize, v: v128, lanes: i32): void {
  if (lanes > 0) v128.store32_lane(at, v, 0)
  if (lanes > 1) v128.store32_lane(at, v, 1, 4)
  if (lanes > 2) v128.store32_lane(at, v, 2, 8)
  if (lanes > 3) v128.store32_lane(at, v, 3, 12)
}

/** Batcher's merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): sorts any number of rows. */
function sortStack(at: usize, depth: i32): void {
  if (depth < 2) return
  const rounds = 32 - clz<i32>(depth - 1)
  for (let p = 1 << (rounds - 1); p > 0; p >>= 1) {
    let q = 1 << (rounds - 1)
    let r = 0
    let d = p
    while (true) {
      const other = <usize>d * STACK_BYTES
      const end = depth - d
      // All i below `end` with (i & p) == r.
      for (let start = r; start < end; start += 2 * p) {
        const stop = min(start + p, end)
        for (let i = start; i < stop; i++) exchange(at + <usize>i * STACK_BYTES, other)
      }
      if (q == p) break
      d = q - p
      q >>= 1
      r = p
    }
  }
}

/** Orders a row and the one `other` bytes behind it, lane by lane; there is no NaN. */
function exchange(at: usize, other: usize): void {
  const a0 = v128.load(at)
  const a1 = v128.load(at, 16)
  const b0 = v128.load(at + other)
  const b1 = v128.load(at + other, 16)
  v128.store(at, f32x4.pmin(a0, b0))
  v128.store(at, f32x4.pmin(a1, b1), 16)
  v128.store(at + other, f32x4.pmax(b0, a0))
  v128.store(at + other, f32x4.pmax(b1, a1), 16)
}

function pickMedians(stackAt: usize, accepted: v128, depth: i32, evenRule: i32): v128 {
  if (i32x4.all_true(i32x4.eq(accepted, i32x4.splat(depth)))) {
    // Nothing left out: all lanes look at the same places.
    const low = v128.load(stackAt + <usize>((depth - 1) >> 1) * STACK_BYTES)
    if (takesLower(depth, evenRule)) return low
    const high = v128.load(stackAt + <usize>(depth >> 1) * STACK_BYTES)
    const half = f64x2.splat(0.5)
    const first = f64x2.add(f64x2.promote_low_f32x4(low), f64x2.promote_low_f32x4(high))
    const second = f64x2.add(
      f64x2.promote_low_f32x4(v128.shuffle<i32>(low, low, 2, 3, 2, 3)),
      f64x2.promote_low_f32x4(v128.shuffle<i32>(high, high, 2, 3, 2, 3)),
    )
    return narrow(f64x2.mul(half, first), f64x2.mul(half, second))
  }
  let result = f32x4.splat(NaN)
  result = f32x4.replace_lane(result, 0, pickMedian(stackAt, i32x4.extract_lane(accepted, 0), evenRule))
  result = f32x4.replace_lane(result, 1, pickMedian(stackAt + 4, i32x4.extract_lane(accepted, 1), evenRule))
  result = f32x4.replace_lane(result, 2, pickMedian(stackAt + 8, i32x4.extract_lane(accepted, 2), evenRule))
  result = f32x4.replace_lane(result, 3, pickMedian(stackAt + 12, i32x4.extract_lane(accepted, 3), evenRule))
  return result
}

function pickMedian(laneAt: usize, count: i32, evenRule: i32): f32 {
  if (count == 0) return NaN
  const low = load<f32>(laneAt + <usize>((count - 1) >> 1) * STACK_BYTES)
  if (takesLower(count, evenRule)) return low
  return <f32>(0.5 * (<f64>low + <f64>load<f32>(laneAt + <usize>(count >> 1) * STACK_BYTES)))
}

function takesLower(count: i32, evenRule: i32): bool {
  return (count & 1) == 1 || evenRule == 1 || (evenRule == 2 && count == 2)
}
