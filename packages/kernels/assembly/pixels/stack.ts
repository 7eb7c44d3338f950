// Sums over a stack of rows with weights, variances and rejection, four pixels at a time: the sums of a pixel stay in registers while
// all planes pass by. Float64, in the order of the entries. What a plane has in common for all of its pixels is a number of its entry.
import { high2, lastLanes, low2, mask2High, mask2Low } from './lanes'
import { findRun, runEnd } from './stack-runs'

const ENTRY_BYTES: usize = 80

// Places in an entry (stack-entry.ts); the first four words are as those of a median entry.
const COVERAGE: usize = 4
const FIRST_COL: usize = 8
const SLOPE: usize = 16
const OFFSET: usize = 24
const WEIGHTS: usize = 32
const VARIANCES: usize = 36
const CONTEXT: usize = 40
const CONTEXT_BIT: usize = 44
const WEIGHT: usize = 48
const VARIANCE: usize = 56
const REJECTED: usize = 64
/** Work space: what follows from the variance that all pixels have. */
const DERIVED: usize = 72

// What the call wants, for all of its runs.
let rowStart: i32 = 0
let sums: usize = 0
let weightSums: usize = 0
let areaSums: usize = 0
let varianceSums: usize = 0
let inverseSums: usize = 0
let counts: usize = 0

export function stackSumsRow(
  entriesAt: usize, entryCount: i32, firstCol: i32, count: i32, isSum: i32, centreAt: usize, toleranceAt: usize, kappa: f64,
  sumAt: usize, weightSumAt: usize, areaSumAt: usize, varianceSumAt: usize, countsAt: usize, listAt: usize,
): void {
  rowStart = firstCol
  sums = sumAt
  weightSums = weightSumAt
  areaSums = areaSumAt
  varianceSums = varianceSumAt
  counts = countsAt
  for (let k = 0; k < entryCount; k++) {
    const entry = entriesAt + <usize>k * ENTRY_BYTES
    store<f64>(entry, kappa * sqrt(load<f64>(entry, VARIANCE)), DERIVED)
  }
  const endCol = firstCol + count
  for (let col = firstCol; col < endCol; col = runEnd) {
    const depth = findRun(listAt, entriesAt, ENTRY_BYTES, entryCount, col, endCol)
    if (centreAt == 0) sumsRun<i32>(listAt, depth, col, runEnd, isSum != 0, 0, 0, kappa)
    else sumsRun<f32>(listAt, depth, col, runEnd, isSum != 0, centreAt, toleranceAt, kappa)
  }
}

/** T = f32: values far from the centre are rejected. */
function sumsRun<T>(
  list: usize, depth: i32, fromCol: i32, toCol: i32, isSum: bool, centreAt: usize, toleranceAt: usize, kappa: f64,
): void {
  const zero = f64x2.splat(0)
  const ones = f32x4.splat(1)
  const nan = f32x4.splat(NaN)
  for (let col = fromCol; col < toCol; col += 4) {
    const lanes = min(4, toCol - col)
    const i = <usize>(col - rowStart)
    let sum0 = zero
    let sum1 = zero
    let weightSum0 = zero
    let weightSum1 = zero
    let areaSum0 = zero
    let areaSum1 = zero
    let varianceSum0 = zero
    let varianceSum1 = zero
    let number = i32x4.splat(0)
    let centre0 = zero
    let centre1 = zero
    let tolerance0 = zero
    let tolerance1 = zero
    if (isFloat<T>()) {
      const centre = four(nan, centreAt + (i << 2), lanes)
      const tolerance = four(nan, toleranceAt + (i << 2), lanes)
      centre0 = low2(centre)
      centre1 = high2(centre)
      tolerance0 = low2(tolerance)
      tolerance1 = high2(tolerance)
    }
    const x = <f64>col
    const x0 = f64x2(x, x + 1)
    const x1 = f64x2(x + 2, x + 3)
    for (let k = 0; k < depth; k++) {
      const entry = load<usize>(list + (<usize>k << 2))
      const skip = <usize>(col - load<i32>(entry, FIRST_COL)) << 2
      const v = four(nan, load<usize>(entry) + skip, lanes)
      const a = f64x2.splat(load<f64>(entry, SLOPE))
      const p = f64x2.splat(load<f64>(entry, OFFSET))
      const v0 = f64x2.sub(low2(v), f64x2.add(f64x2.mul(a, x0), p))
      const v1 = f64x2.sub(high2(v), f64x2.add(f64x2.mul(a, x1), p))
      let isIn = f32x4.eq(v, v)
      let c = ones
      const coverageAt = load<usize>(entry, COVERAGE)
      if (coverageAt != 0) {
        c = four(zero, coverageAt + skip, lanes)
        isIn = v128.and(isIn, f32x4.gt(c, zero))
      }
      const c0 = low2(c)
      const c1 = high2(c)
      let w0: v128
      let w1: v128
      const weightsAt = load<usize>(entry, WEIGHTS)
      if (weightsAt == 0) {
        const weight = f64x2.splat(load<f64>(entry, WEIGHT))
        w0 = f64x2.mul(c0, weight)
        w1 = f64x2.mul(c1, weight)
      } else {
        const w = four(zero, weightsAt + skip, lanes)
        isIn = v128.and(isIn, f32x4.gt(w, zero))
        w0 = low2(w)
        w1 = high2(w)
      }
      const variancesAt = load<usize>(entry, VARIANCES)
      let s0 = f64x2.splat(load<f64>(entry, VARIANCE))
      let s1 = s0
      if (variancesAt != 0) {
        const s = four(zero, variancesAt + skip, lanes)
        s0 = low2(s)
        s1 = high2(s)
      }
      if (isFloat<T>()) {
        let limit0 = f64x2.splat(load<f64>(entry, DERIVED))
        let limit1 = limit0
        if (variancesAt != 0) {
          limit0 = f64x2.mul(f64x2.splat(kappa), f64x2.sqrt(s0))
          limit1 = f64x2.mul(f64x2.splat(kappa), f64x2.sqrt(s1))
        }
        // NaN, without a centre, rejects nothing.
        const far0 = f64x2.gt(f64x2.abs(f64x2.sub(v0, centre0)), f64x2.add(limit0, tolerance0))
        const far1 = f64x2.gt(f64x2.abs(f64x2.sub(v1, centre1)), f64x2.add(limit1, tolerance1))
        const isFar = v128.and(isIn, v128.shuffle<i32>(far0, far1, 0, 2, 4, 6))
        if (v128.any_true(isFar)) {
          store<u32>(entry, load<u32>(entry, REJECTED) + popcnt<i32>(i32x4.bitmask(isFar)), REJECTED)
          isIn = v128.andnot(isIn, isFar)
        }
      }
      const in0 = mask2Low(isIn)
      const in1 = mask2High(isIn)
      if (isSum) {
        sum0 = f64x2.add(sum0, v128.and(v0, in0))
        sum1 = f64x2.add(sum1, v128.and(v1, in1))
      } else {
        sum0 = f64x2.add(sum0, v128.and(f64x2.mul(w0, v0), in0))
        sum1 = f64x2.add(sum1, v128.and(f64x2.mul(w1, v1), in1))
        s0 = f64x2.mul(f64x2.mul(w0, w0), s0)
        s1 = f64x2.mul(f64x2.mul(w1, w1), s1)
      }
      weightSum0 = f64x2.add(weightSum0, v128.and(w0, in0))
      weightSum1 = f64x2.add(weightSum1, v128.and(w1, in1))
      areaSum0 = f64x2.add(areaSum0, v128.and(c0, in0))
      areaSum1 = f64x2.add(areaSum1, v128.and(c1, in1))
      varianceSum0 = f64x2.add(varianceSum0, v128.and(s0, in0))
      varianceSum1 = f64x2.add(varianceSum1, v128.and(s1, in1))
      // A true lane is -1.
      number = i32x4.sub(number, isIn)
      const context = load<usize>(entry, CONTEXT)
      if (context != 0) markContext(context + skip, load<u32>(entry, CONTEXT_BIT), isIn, lanes)
    }
    put(sums, i, sum0, sum1, lanes)
    put(weightSums, i, weightSum0, weightSum1, lanes)
    put(areaSums, i, areaSum0, areaSum1, lanes)
    put(varianceSums, i, varianceSum0, varianceSum1, lanes)
    putCounts(i, number, lanes)
  }
}

export function stackSpreadRow(
  entriesAt: usize, entryCount: i32, firstCol: i32, count: i32, minCoverage: f32,
  varianceSumAt: usize, inverseSumAt: usize, weightSumAt: usize, areaSumAt: usize, countsAt: usize, listAt: usize,
): void {
  rowStart = firstCol
  varianceSums = varianceSumAt
  inverseSums = inverseSumAt
  weightSums = weightSumAt
  areaSums = areaSumAt
  counts = countsAt
  for (let k = 0; k < entryCount; k++) {
    const entry = entriesAt + <usize>k * ENTRY_BYTES
    store<f64>(entry, 1 / sqrt(load<f64>(entry, VARIANCE)), DERIVED)
  }
  const endCol = firstCol + count
  for (let col = firstCol; col < endCol; col = runEnd) {
    const depth = findRun(listAt, entriesAt, ENTRY_BYTES, entryCount, col, endCol)
    spreadRun(listAt, depth, col, runEnd, f32x4.splat(minCoverage))
  }
}

function spreadRun(list: usize, depth: i32, fromCol: i32, toCol: i32, least: v128): void {
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  for (let col = fromCol; col < toCol; col += 4) {
    const lanes = min(4, toCol - col)
    let varianceSum0 = zero
    let varianceSum1 = zero
    let inverseSum0 = zero
    let inverseSum1 = zero
    let weightSum0 = zero
    let weightSum1 = zero
    let areaSum0 = zero
    let areaSum1 = zero
    let number = i32x4.splat(0)
    for (let k = 0; k < depth; k++) {
      const entry = load<usize>(list + (<usize>k << 2))
      const skip = <usize>(col - load<i32>(entry, FIRST_COL)) << 2
      const v = four(f32x4.splat(NaN), load<usize>(entry) + skip, lanes)
      const coverageAt = load<usize>(entry, COVERAGE)
      const c = coverageAt == 0 ? f32x4.splat(1) : four(zero, coverageAt + skip, lanes)
      const isIn = v128.and(f32x4.eq(v, v), f32x4.gt(c, least))
      const in0 = mask2Low(isIn)
      const in1 = mask2High(isIn)
      const c0 = low2(c)
      const c1 = high2(c)
      let s0 = f64x2.splat(load<f64>(entry, VARIANCE))
      let s1 = s0
      let d0 = f64x2.splat(load<f64>(entry, DERIVED))
      let d1 = d0
      const variancesAt = load<usize>(entry, VARIANCES)
      if (variancesAt != 0) {
        const s = four(zero, variancesAt + skip, lanes)
        s0 = low2(s)
        s1 = high2(s)
        d0 = f64x2.div(one, f64x2.sqrt(s0))
        d1 = f64x2.div(one, f64x2.sqrt(s1))
      }
      varianceSum0 = f64x2.add(varianceSum0, v128.and(s0, in0))
      varianceSum1 = f64x2.add(varianceSum1, v128.and(s1, in1))
      inverseSum0 = f64x2.add(inverseSum0, v128.and(d0, in0))
      inverseSum1 = f64x2.add(inverseSum1, v128.and(d1, in1))
      let w0: v128
      let w1: v128
      const weightsAt = load<usize>(entry, WEIGHTS)
      if (weightsAt == 0) {
        const weight = f64x2.splat(load<f64>(entry, WEIGHT))
        w0 = f64x2.mul(c0, weight)
        w1 = f64x2.mul(c1, weight)
      } else {
        const w = four(zero, weightsAt + skip, lanes)
        w0 = low2(w)
        w1 = high2(w)
      }
      weightSum0 = f64x2.add(weightSum0, v128.and(w0, in0))
      weightSum1 = f64x2.add(weightSum1, v128.and(w1, in1))
      areaSum0 = f64x2.add(areaSum0, v128.and(c0, in0))
      areaSum1 = f64x2.add(areaSum1, v128.and(c1, in1))
      number = i32x4.sub(number, isIn)
      const context = load<usize>(entry, CONTEXT)
      if (context != 0) markContext(context + skip, load<u32>(entry, CONTEXT_BIT), isIn, lanes)
    }
    const i = <usize>(col - rowStart)
    put(varianceSums, i, varianceSum0, varianceSum1, lanes)
    put(inverseSums, i, inverseSum0, inverseSum1, lanes)
    put(weightSums, i, weightSum0, weightSum1, lanes)
    put(areaSums, i, areaSum0, areaSum1, lanes)
    putCounts(i, number, lanes)
  }
}

/** Four pixels, or the last ones of a run with `none` in the other lanes. */
function four(none: v128, at: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(at) : lastLanes(none, at, lanes)
}

/** Stores sums of pixel i and those after it. */
function put(plane: usize, i: usize, low: v128, high: v128, lanes: i32): void {
  const at = plane + (i << 3)
  if (lanes == 4) {
    v128.store(at, low)
    v128.store(at, high, 16)
    return
  }
  v128.store64_lane(at, low, 0)
  if (lanes > 1) v128.store64_lane(at, low, 1, 8)
  if (lanes > 2) v128.store64_lane(at, high, 0, 16)
}

function putCounts(i: usize, number: v128, lanes: i32): void {
  const high = v128.shuffle<i32>(number, number, 2, 3, 2, 3)
  put(counts, i, f64x2.convert_low_i32x4_s(number), f64x2.convert_low_i32x4_s(high), lanes)
}

/** Sets a bit in the words of the pixels that count. */
function markContext(at: usize, bit: u32, isIn: v128, lanes: i32): void {
  const bits = v128.and(i32x4.splat(bit), isIn)
  if (lanes == 4) {
    v128.store(at, v128.or(v128.load(at), bits))
    return
  }
  store<u32>(at, load<u32>(at) | i32x4.extract_lane(bits, 0))
  if (lanes > 1) store<u32>(at, load<u32>(at, 4) | i32x4.extract_lane(bits, 1), 4)
  if (lanes > 2) store<u32>(at, load<u32>(at, 8) | i32x4.extract_lane(bits, 2), 8)
}

export function addExtreme(
  valueAt: usize, coverageAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, minCoverage: f32, sign: f64,
  extremeAt: usize,
): void {
  const p = b * y + c
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = <f64>load<f32>(valueAt + (i << 2)) - (a * (x0 + <f64>i) + p)
    if (coverageAt != 0 && !(load<f32>(coverageAt + (i << 2)) > minCoverage)) continue
    if (value != value) continue
    const extreme = load<f64>(extremeAt + (i << 3))
    if (!(sign * extreme >= sign * value)) store<f64>(extremeAt + (i << 3), value)
  }
}
