// Weighted mean, sum and count of planes: one run of pixels of one row at a time, float64 accumulators.

/** Values minus plane of four pixels as two pairs: x is the first pixel's coordinate. */
function planeAt(a: f64, x0: f64, i: i32, p: v128): v128 {
  const x = f64x2.add(f64x2.splat(x0), f64x2(<f64>i, <f64>(i + 1)))
  return f64x2.add(f64x2.mul(f64x2.splat(a), x), p)
}

/** Lanes that count: area above 0 and value not NaN. */
function counts(value: v128, area: v128): v128 {
  return v128.and(f64x2.gt(area, f64x2.splat(0)), f64x2.eq(value, value))
}

function addTo(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value))
}

function addOneTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value)
}

/** T = f32: weighted with the area; T = i32: plain sum. */
function accumulate<T>(
  valueAt: usize, areaAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, sumAt: usize, weightAt: usize,
): void {
  const p = b * y + c
  const p2 = f64x2.splat(p)
  const ones = f32x4.splat(1)
  let i = 0
  for (; i <= count - 4; i += 4) {
    const at = <usize>i << 2
    const v = v128.load(valueAt + at)
    const w = areaAt == 0 ? ones : v128.load(areaAt + at)
    const vLow = f64x2.sub(f64x2.promote_low_f32x4(v), planeAt(a, x0, i, p2))
    const vHigh = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)), planeAt(a, x0, i + 2, p2))
    const wLow = f64x2.promote_low_f32x4(w)
    const wHigh = f64x2.promote_low_f32x4(v128.shuffle<i32>(w, w, 2, 3, 2, 3))
    const low = counts(vLow, wLow)
    const high = counts(vHigh, wHigh)
    const out = at << 1
    addTo(sumAt + out, v128.and(isFloat<T>() ? f64x2.mul(vLow, wLow) : vLow, low))
    addTo(sumAt + out + 16, v128.and(isFloat<T>() ? f64x2.mul(vHigh, wHigh) : vHigh, high))
    addTo(weightAt + out, v128.and(wLow, low))
    addTo(weightAt + out + 16, v128.and(wHigh, high))
  }
  for (; i < count; i++) {
    const at = <usize>i << 2
    const area: f64 = areaAt == 0 ? 1 : <f64>load<f32>(areaAt + at)
    const value = <f64>load<f32>(valueAt + at) - (a * (x0 + <f64>i) + p)
    if (!(area > 0) || value != value) continue
    addOneTo(sumAt + (at << 1), isFloat<T>() ? value * area : value)
    addOneTo(weightAt + (at << 1), area)
  }
}

export function accumulateMean(
  valueAt: usize, areaAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, sumVWAt: usize, sumWAt: usize,
): void {
  accumulate<f32>(valueAt, areaAt, count, x0, y, a, b, c, sumVWAt, sumWAt)
}

export function accumulateSum(
  valueAt: usize, areaAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, sumVAt: usize, sumWAt: usize,
): void {
  accumulate<i32>(valueAt, areaAt, count, x0, y, a, b, c, sumVAt, sumWAt)
}

export function accumulateCount(
  valueAt: usize, areaAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, positiveOnly: i32,
  countsAt: usize,
): void {
  const p = b * y + c
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2
    const area: f64 = areaAt == 0 ? 1 : <f64>load<f32>(areaAt + at)
    const value = <f64>load<f32>(valueAt + at) - (a * (x0 + <f64>i) + p)
    const isIn = area > 0 && value == value && (positiveOnly == 0 || value > 0)
    addOneTo(countsAt + (at << 1), isIn ? 1 : 0)
  }
}

/** T = type of the values. */
function finishMean<T>(sumVWAt: usize, sumWAt: usize, count: i32, valueAt: usize, areaAt: usize): void {
  const nan = f64x2.splat(NaN)
  const zero = f64x2.splat(0)
  let i = 0
  for (; i <= count - 2; i += 2) {
    const at = <usize>i << 3
    const weight = v128.load(sumWAt + at)
    const isGood = f64x2.gt(weight, zero)
    const value = v128.bitselect(f64x2.div(v128.load(sumVWAt + at), weight), nan, isGood)
    if (sizeof<T>() == 8) v128.store(valueAt + at, value)
    else v128.store64_lane(valueAt + (at >> 1), f32x4.demote_f64x2_zero(value), 0)
    v128.store64_lane(areaAt + (at >> 1), f32x4.demote_f64x2_zero(v128.and(weight, isGood)), 0)
  }
  if (i < count) {
    const at = <usize>i << 3
    const weight = load<f64>(sumWAt + at)
    const isGood = weight > 0
    store<T>(valueAt + <usize>i * sizeof<T>(), isGood ? <T>(load<f64>(sumVWAt + at) / weight) : <T>NaN)
    store<f32>(areaAt + (at >> 1), isGood ? <f32>weight : 0)
  }
}

export function finishMeanF32(sumVWAt: usize, sumWAt: usize, count: i32, valueAt: usize, areaAt: usize): void {
  finishMean<f32>(sumVWAt, sumWAt, count, valueAt, areaAt)
}

/** Records of `meanStrip`; src/pixels/strip-entry.ts writes them. */
const STRIP_ENTRY_BYTES: usize = 64

export function meanStrip(
  entriesAt: usize, entryCount: i32, firstRow: i32, height: i32, width: i32, crpixY: f64, isFloat64: i32, valueAt: usize,
  areaAt: usize, scratchAt: usize,
): void {
  const weightAt = scratchAt + (<usize>width << 3)
  const end = entriesAt + <usize>entryCount * STRIP_ENTRY_BYTES
  for (let row = firstRow; row < firstRow + height; row++) {
    memory.fill(scratchAt, 0, <usize>width << 4)
    for (let entry = entriesAt; entry < end; entry += STRIP_ENTRY_BYTES) {
      const inEntry = row - load<i32>(entry, 16)
      if (inEntry < 0 || inEntry >= load<i32>(entry, 20)) continue
      const skip = (<usize>inEntry * <usize>load<i32>(entry, 8)) << 2
      const coverage = <usize>load<u32>(entry, 4)
      const to = <usize>load<i32>(entry, 12) << 3
      accumulate<f32>(
        <usize>load<u32>(entry) + skip, coverage == 0 ? 0 : coverage + skip, load<i32>(entry, 24), load<f64>(entry, 32),
        <f64>row - crpixY, load<f64>(entry, 40), load<f64>(entry, 48), load<f64>(entry, 56), scratchAt + to, weightAt + to,
      )
    }
    if (isFloat64 != 0) finishMean<f64>(scratchAt, weightAt, width, valueAt, areaAt)
    else finishMean<f32>(scratchAt, weightAt, width, valueAt, areaAt)
    valueAt += <usize>width << (isFloat64 != 0 ? 3 : 2)
    areaAt += <usize>width << 2
  }
}
