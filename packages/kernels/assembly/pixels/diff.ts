// Difference of two images by Montage's rule (mDiff): one pass for the mean areas, one for the difference. Four columns at once.
import { high2, lastLanes, low2, mask2High, mask2Low, sum2 } from './lanes'

/** Pixels whose summed area is off the sum of the mean areas by more than this fraction are rejected (mDiff). */
const AREA_RTOL: f64 = 0.333

export function diffMontage(
  value1At: usize, area1At: usize, stride1: i32, value2At: usize, area2At: usize, stride2: i32, width: i32, height: i32,
  factor: f64, outAt: usize, outStride: i32, recordAt: usize,
): void {
  const nan = f32x4.splat(NaN)
  const ones = f32x4.splat(1)
  const zero = f32x4.splat(0)
  const whole = width & ~3
  let sum1 = f64x2.splat(0)
  let sum2Areas = f64x2.splat(0)
  let good1: i64 = 0
  let good2: i64 = 0
  for (let row = 0; row < height; row++) {
    const skip1 = (<usize>row * <usize>stride1) << 2
    const skip2 = (<usize>row * <usize>stride2) << 2
    // Lanes of true are -1: the counts go down.
    let n1 = i32x4.splat(0)
    let n2 = n1
    for (let col = 0; col < width; col += 4) {
      const at1 = skip1 + (<usize>col << 2)
      const at2 = skip2 + (<usize>col << 2)
      const lanes = width - col
      const v1 = col < whole ? v128.load(value1At + at1) : lastLanes(nan, value1At + at1, lanes)
      const v2 = col < whole ? v128.load(value2At + at2) : lastLanes(nan, value2At + at2, lanes)
      const a1 = area1At == 0 ? ones : col < whole ? v128.load(area1At + at1) : lastLanes(zero, area1At + at1, lanes)
      const a2 = area2At == 0 ? ones : col < whole ? v128.load(area2At + at2) : lastLanes(zero, area2At + at2, lanes)
      const isGood1 = v128.and(f32x4.eq(v1, v1), f32x4.gt(a1, zero))
      const isGood2 = v128.and(v128.and(f32x4.eq(v2, v2), f32x4.gt(a2, zero)), isGood1)
      const b1 = v128.and(a1, isGood1)
      const b2 = v128.and(a2, isGood2)
      n1 = i32x4.add(n1, isGood1)
      n2 = i32x4.add(n2, isGood2)
      sum1 = f64x2.add(sum1, f64x2.add(low2(b1), high2(b1)))
      sum2Areas = f64x2.add(sum2Areas, f64x2.add(low2(b2), high2(b2)))
    }
    good1 -= sum4(n1)
    good2 -= sum4(n2)
  }
  const mean1 = sum2(sum1) / <f64>good1
  const mean2 = sum2(sum2Areas) / <f64>good2
  const meanSum = f64x2.splat(mean1 + mean2)
  const largest = f64x2.splat(AREA_RTOL * (mean1 + mean2))
  const factors = f64x2.splat(factor)
  const two = f64x2.splat(2)
  let count: i64 = 0
  for (let row = 0; row < height; row++) {
    const skip1 = (<usize>row * <usize>stride1) << 2
    const skip2 = (<usize>row * <usize>stride2) << 2
    const out = outAt + ((<usize>row * <usize>outStride) << 2)
    let n = i32x4.splat(0)
    for (let col = 0; col < width; col += 4) {
      const at1 = skip1 + (<usize>col << 2)
      const at2 = skip2 + (<usize>col << 2)
      const lanes = width - col
      const v1 = col < whole ? v128.load(value1At + at1) : lastLanes(nan, value1At + at1, lanes)
      const v2 = col < whole ? v128.load(value2At + at2) : lastLanes(nan, value2At + at2, lanes)
      const a1 = area1At == 0 ? ones : col < whole ? v128.load(area1At + at1) : lastLanes(zero, area1At + at1, lanes)
      const a2 = area2At == 0 ? ones : col < whole ? v128.load(area2At + at2) : lastLanes(zero, area2At + at2, lanes)
      const isGood = v128.and(
        v128.and(f32x4.eq(v1, v1), f32x4.eq(v2, v2)),
        v128.and(f32x4.gt(a1, zero), f32x4.gt(a2, zero)),
      )
      const b1 = low2(a1)
      const b2 = low2(a2)
      const c1 = high2(a1)
      const c2 = high2(a2)
      const lowArea = f64x2.add(b1, b2)
      const highArea = f64x2.add(c1, c2)
      const lowUsed = v128.and(mask2Low(isGood), f64x2.le(f64x2.abs(f64x2.sub(lowArea, meanSum)), largest))
      const highUsed = v128.and(mask2High(isGood), f64x2.le(f64x2.abs(f64x2.sub(highArea, meanSum)), largest))
      const lowSum = f64x2.sub(f64x2.mul(low2(v1), b1), f64x2.mul(f64x2.mul(factors, low2(v2)), b2))
      const highSum = f64x2.sub(f64x2.mul(high2(v1), c1), f64x2.mul(f64x2.mul(factors, high2(v2)), c2))
      const low = f32x4.demote_f64x2_zero(f64x2.div(f64x2.mul(two, lowSum), lowArea))
      const high = f32x4.demote_f64x2_zero(f64x2.div(f64x2.mul(two, highSum), highArea))
      const isUsed = v128.shuffle<i32>(lowUsed, highUsed, 0, 2, 4, 6)
      n = i32x4.add(n, isUsed)
      const difference = v128.bitselect(v128.shuffle<i32>(low, high, 0, 1, 4, 5), nan, isUsed)
      const at = out + (<usize>col << 2)
      if (col < whole) v128.store(at, difference)
      else storeLanes(at, difference, lanes)
    }
    count -= sum4(n)
  }
  store<f64>(recordAt, <f64>count)
  store<f64>(recordAt, mean1, 8)
  store<f64>(recordAt, mean2, 16)
}

function sum4(v: v128): i64 {
  return <i64>(i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3))
}

/** Stores the first one to three lanes. */
function storeLanes(at: usize, v: v128, lanes: i32): void {
  v128.store32_lane(at, v, 0)
  if (lanes > 1) v128.store32_lane(at + 4, v, 1)
  if (lanes > 2) v128.store32_lane(at + 8, v, 2)
}
