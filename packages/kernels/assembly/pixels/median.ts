// Median of a stack of rows, four pixels at a time. Values that do not count become +infinity and are counted per lane, so one
// sorting network serves all four lanes. Real +infinity sorts among them, which is where it belongs.

const ENTRY_BYTES: usize = 32
const LANE_BYTES: usize = 16

export function medianRow(
  entriesAt: usize, entryCount: i32, firstCol: i32, count: i32, minArea: f32, evenRule: i32,
  valueAt: usize, areaAt: usize, scratchAt: usize, scratchBytes: u32,
): i32 {
  if (<u64>scratchBytes < <u64>32 * <u64>max(1, entryCount) + 64) return 1
  // The upper half of scratch lists the entries that reach the columns in work.
  const list = scratchAt + <usize>entryCount * LANE_BYTES
  const endCol = firstCol + count
  let col = firstCol
  while (col < endCol) {
    // As far as the same entries cover everything: then no lane needs a column test.
    let end = endCol
    let used = 0
    for (let k = 0; k < entryCount; k++) {
      const entry = entriesAt + <usize>k * ENTRY_BYTES
      const from = load<i32>(entry, 8)
      const to = load<i32>(entry, 12)
      if (from <= col && to > col) {
        store<usize>(list + (<usize>used << 2), entry)
        used++
        end = min(end, to)
      } else if (from > col && to > from) {
        end = min(end, from)
      }
    }
    const at = <usize>(col - firstCol) << 2
    medianRun(list, used, col, end - col, minArea, evenRule, valueAt + at, areaAt + at, scratchAt)
    col = end
  }
  return 0
}

/** Columns col .. col + count - 1, covered by the same `depth` entries. */
function medianRun(
  list: usize, depth: i32, col: i32, count: i32, minArea: f32, evenRule: i32, valueAt: usize, areaAt: usize,
  stackAt: usize,
): void {
  if (depth == 0) {
    for (let i: usize = 0; i < <usize>count; i++) {
      store<f32>(valueAt + (i << 2), NaN)
      store<f32>(areaAt + (i << 2), 0)
    }
    return
  }
  let i = 0
  for (; i < count; i += 4) {
    const lanes = min(4, count - i)
    let accepted = i32x4.splat(0)
    let areaLow = f64x2.splat(0)
    let areaHigh = f64x2.splat(0)
    for (let k = 0; k < depth; k++) {
      const entry = load<usize>(list + (<usize>k << 2))
      const skip = <usize>(col + i - load<i32>(entry, 8)) << 2
      const values = load<usize>(entry) + skip
      const areas = load<usize>(entry, 4)
      let v: v128
      let w = f32x4.splat(1)
      if (lanes == 4) {
        v = v128.load(values)
        if (areas != 0) w = v128.load(areas + skip)
      } else {
        v = loadLanes(values, lanes)
        if (areas != 0) w = loadLanes(areas + skip, lanes)
      }
      const a = f64x2.splat(load<f64>(entry, 16))
      const p = f64x2.splat(load<f64>(entry, 24))
      const x = <f64>(col + i)
      const low = f64x2.sub(f64x2.promote_low_f32x4(v), f64x2.add(f64x2.mul(a, f64x2(x, x + 1)), p))
      const high = f64x2.sub(
        f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)),
        f64x2.add(f64x2.mul(a, f64x2(x + 2, x + 3)), p),
      )
      const d = v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5)
      const isIn = v128.and(f32x4.eq(d, d), f32x4.gt(w, f32x4.splat(minArea)))
      v128.store(stackAt + <usize>k * LANE_BYTES, v128.bitselect(d, f32x4.splat(Infinity), isIn))
      // A true lane is -1.
      accepted = i32x4.sub(accepted, isIn)
      w = v128.and(w, isIn)
      areaLow = f64x2.add(areaLow, f64x2.promote_low_f32x4(w))
      areaHigh = f64x2.add(areaHigh, f64x2.promote_low_f32x4(v128.shuffle<i32>(w, w, 2, 3, 2, 3)))
    }
    sortStack(stackAt, depth)
    const area = v128.shuffle<i32>(f32x4.demote_f64x2_zero(areaLow), f32x4.demote_f64x2_zero(areaHigh), 0, 1, 4, 5)
    const median = pickMedians(stackAt, accepted, evenRule)
    const at = <usize>i << 2
    if (lanes == 4) {
      v128.store(valueAt + at, median)
      v128.store(areaAt + at, area)
    } else {
      storeLanes(valueAt + at, median, lanes)
      storeLanes(areaAt + at, area, lanes)
    }
  }
}

function loadLanes(at: usize, lanes: i32): v128 {
  let v = f32x4.splat(0)
  v = f32x4.replace_lane(v, 0, load<f32>(at))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  return v
}

function storeLanes(at: usize, v: v128, lanes: i32): void {
  v128.store32_lane(at, v, 0)
  if (lanes > 1) v128.store32_lane(at, v, 1, 4)
  if (lanes > 2) v128.store32_lane(at, v, 2, 8)
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
      const other = <usize>d * LANE_BYTES
      for (let i = 0; i < depth - d; i++) {
        if ((i & p) == r) exchange(at + <usize>i * LANE_BYTES, other)
      }
      if (q == p) break
      d = q - p
      q >>= 1
      r = p
    }
  }
}

/** Orders a row and the one `other` bytes behind it, lane by lane; there is no NaN. */
// @ts-ignore: decorator
@inline
function exchange(at: usize, other: usize): void {
  const a = v128.load(at)
  const b = v128.load(at + other)
  v128.store(at, f32x4.pmin(a, b))
  v128.store(at + other, f32x4.pmax(b, a))
}

// @ts-ignore: decorator
@inline
function pickMedians(stackAt: usize, accepted: v128, evenRule: i32): v128 {
  let result = f32x4.splat(NaN)
  result = f32x4.replace_lane(result, 0, pickMedian(stackAt, i32x4.extract_lane(accepted, 0), evenRule))
  result = f32x4.replace_lane(result, 1, pickMedian(stackAt + 4, i32x4.extract_lane(accepted, 1), evenRule))
  result = f32x4.replace_lane(result, 2, pickMedian(stackAt + 8, i32x4.extract_lane(accepted, 2), evenRule))
  result = f32x4.replace_lane(result, 3, pickMedian(stackAt + 12, i32x4.extract_lane(accepted, 3), evenRule))
  return result
}

function pickMedian(laneAt: usize, count: i32, evenRule: i32): f32 {
  if (count == 0) return NaN
  const low = load<f32>(laneAt + <usize>((count - 1) >> 1) * LANE_BYTES)
  if ((count & 1) == 1 || evenRule == 1 || (evenRule == 2 && count == 2)) return low
  return <f32>(0.5 * (<f64>low + <f64>load<f32>(laneAt + <usize>(count >> 1) * LANE_BYTES)))
}
