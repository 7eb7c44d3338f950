// Streaming kernels: plane subtraction, box average, statistics.

export function subtractPlane(
  sourceAt: usize, sourceStride: i32, targetAt: usize, targetStride: i32, width: i32, height: i32,
  x0: f64, y0: f64, a: f64, b: f64, c: f64,
): void {
  const slope = f64x2.splat(a)
  const start = f64x2.splat(x0)
  for (let row = 0; row < height; row++) {
    const p = b * (y0 + <f64>row) + c
    const level = f64x2.splat(p)
    const source = sourceAt + ((<usize>row * <usize>sourceStride) << 2)
    const target = targetAt + ((<usize>row * <usize>targetStride) << 2)
    let col = 0
    for (; col <= width - 4; col += 4) {
      const at = <usize>col << 2
      const v = v128.load(source + at)
      const k = <f64>col
      const x01 = f64x2.add(start, f64x2(k, k + 1))
      const x23 = f64x2.add(start, f64x2(k + 2, k + 3))
      const low = f64x2.sub(f64x2.promote_low_f32x4(v), f64x2.add(f64x2.mul(slope, x01), level))
      const high = f64x2.sub(
        f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)),
        f64x2.add(f64x2.mul(slope, x23), level),
      )
      v128.store(
        target + at,
        v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5),
      )
    }
    for (; col < width; col++) {
      const at = <usize>col << 2
      store<f32>(target + at, <f32>(<f64>load<f32>(source + at) - (a * (x0 + <f64>col) + p)))
    }
  }
}

/** Rows are summed per input column into scratch (sums, then weights), then the columns of each output pixel. */
export function shrinkRows(
  sourceAt: usize, sourceStride: i32, sourceWidth: i32, sourceRow: i32, sourceHeight: i32, factor: f64,
  targetAt: usize, targetStride: i32, targetWidth: i32, targetRow: i32, targetHeight: i32, scratchAt: usize,
): void {
  const weightsAt = scratchAt + (<usize>sourceWidth << 3)
  for (let row = 0; row < targetHeight; row++) {
    const top = <f64>(targetRow + row) * factor
    const bottom = <f64>(targetRow + row + 1) * factor
    memory.fill(scratchAt, 0, <usize>sourceWidth << 4)
    const end = <i32>min(<f64>(sourceRow + sourceHeight), ceil(bottom))
    for (let r = <i32>max(<f64>sourceRow, floor(top)); r < end; r++) {
      const w = min(bottom, <f64>(r + 1)) - max(top, <f64>r)
      addRow(sourceAt + ((<usize>(r - sourceRow) * <usize>sourceStride) << 2), sourceWidth, w, scratchAt, weightsAt)
    }
    let target = targetAt + ((<usize>row * <usize>targetStride) << 2)
    for (let col = 0; col < targetWidth; col++) {
      const left = <f64>col * factor
      const right = <f64>(col + 1) * factor
      const last = <i32>min(<f64>sourceWidth, ceil(right))
      let sum = 0.0
      let weight = 0.0
      for (let k = <i32>floor(left); k < last; k++) {
        const w = min(right, <f64>(k + 1)) - max(left, <f64>k)
        const at = <usize>k << 3
        sum += load<f64>(scratchAt + at) * w
        weight += load<f64>(weightsAt + at) * w
      }
      store<f32>(target, weight > 0 ? <f32>(sum / weight) : NaN)
      target += 4
    }
  }
}

function addRow(source: usize, width: i32, w: f64, sumsAt: usize, weightsAt: usize): void {
  const ws = f64x2.splat(w)
  let col = 0
  for (; col <= width - 4; col += 4) {
    const v = v128.load(source + (<usize>col << 2))
    const at = <usize>col << 3
    const isIn = f32x4.eq(v, v)
    const clean = v128.and(v, isIn)
    const sums = sumsAt + at
    const weights = weightsAt + at
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(ws, f64x2.promote_low_f32x4(clean))))
    v128.store(
      sums,
      f64x2.add(
        v128.load(sums, 16),
        f64x2.mul(ws, f64x2.promote_low_f32x4(v128.shuffle<i32>(clean, clean, 2, 3, 2, 3))),
      ),
      16,
    )
    v128.store(weights, f64x2.add(v128.load(weights), v128.and(ws, v128.shuffle<i32>(isIn, isIn, 0, 0, 1, 1))))
    v128.store(weights, f64x2.add(v128.load(weights, 16), v128.and(ws, v128.shuffle<i32>(isIn, isIn, 2, 2, 3, 3))), 16)
  }
  for (; col < width; col++) {
    const v = <f64>load<f32>(source + (<usize>col << 2))
    if (v != v) continue
    const at = <usize>col << 3
    store<f64>(sumsAt + at, load<f64>(sumsAt + at) + v * w)
    store<f64>(weightsAt + at, load<f64>(weightsAt + at) + w)
  }
}

export function scaleByGrid(
  valueAt: usize, width: i32, height: i32, x: i32, y: i32, step: i32, nodeCols: i32, nodesAt: usize,
): void {
  for (let row = 0; row < height; row++) {
    const nodeRow = (y + row) / step
    const f = <f64>(y + row - nodeRow * step) / <f64>step
    const nodeAt = nodesAt + (<usize>(nodeRow * nodeCols) << 3)
    const rowAt = valueAt + ((<usize>row * <usize>width) << 2)
    for (let from = 0; from < width; ) {
      const cell = (x + from) / step
      const x0 = x + from - cell * step
      const to = min(width, from + step - x0)
      const left = lineAt(nodeAt + (<usize>cell << 3), nodeCols, f)
      const right = lineAt(nodeAt + (<usize>cell << 3) + 8, nodeCols, f)
      scaleByLine(rowAt + (<usize>from << 2), to - from, x0, left, (right - left) / <f64>step)
      from = to
    }
  }
}

/** Between a node and the one in the next row. */
function lineAt(at: usize, nodeCols: i32, f: f64): f64 {
  return load<f64>(at) * (1 - f) + load<f64>(at + (<usize>nodeCols << 3)) * f
}

function scaleByLine(valueAt: usize, width: i32, x0: i32, start: f64, slope: f64): void {
  const base = f64x2.splat(start)
  const step = f64x2.splat(slope)
  let near = f64x2.add(f64x2.splat(<f64>x0), f64x2(0, 1))
  let col = 0
  for (; col <= width - 4; col += 4) {
    const at = valueAt + (<usize>col << 2)
    const v = v128.load(at)
    const far = f64x2.add(near, f64x2.splat(2))
    const a = f64x2.mul(f64x2.promote_low_f32x4(v), f64x2.add(base, f64x2.mul(step, near)))
    const b = f64x2.mul(
      f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3)),
      f64x2.add(base, f64x2.mul(step, far)),
    )
    v128.store(
      at,
      v128.shuffle<i32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5),
    )
    near = f64x2.add(far, f64x2.splat(2))
  }
  for (; col < width; col++) {
    const at = valueAt + (<usize>col << 2)
    store<f32>(at, <f32>(<f64>load<f32>(at) * (start + slope * <f64>(x0 + col))))
  }
}

export function statistics(valueAt: usize, stride: i32, width: i32, height: i32, recordAt: usize): void {
  let count = 0.0
  let low = f32x4.splat(Infinity)
  let high = f32x4.splat(-Infinity)
  let sum = 0.0
  let squares = 0.0
  const big = f32x4.splat(Infinity)
  for (let row = 0; row < height; row++) {
    const source = valueAt + ((<usize>row * <usize>stride) << 2)
    let s = f64x2.splat(0)
    let q = f64x2.splat(0)
    let n = i32x4.splat(0)
    for (let col = 0; col < width; col += 4) {
      const lanes = width - col
      const v = lanes >= 4 ? v128.load(source + (<usize>col << 2)) : loadLanesNaN(source + (<usize>col << 2), lanes)
      const isIn = f32x4.lt(f32x4.abs(v), big)
      n = i32x4.sub(n, isIn)
      low = f32x4.pmin(low, v128.bitselect(v, big, isIn))
      high = f32x4.pmax(high, v128.bitselect(v, f32x4.neg(big), isIn))
      const clean = v128.and(v, isIn)
      const a = f64x2.promote_low_f32x4(clean)
      const b = f64x2.promote_low_f32x4(v128.shuffle<i32>(clean, clean, 2, 3, 2, 3))
      s = f64x2.add(s, f64x2.add(a, b))
      q = f64x2.add(q, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)))
    }
    count += <f64>(
      i32x4.extract_lane(n, 0) + i32x4.extract_lane(n, 1) + i32x4.extract_lane(n, 2) + i32x4.extract_lane(n, 3)
    )
    sum += f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)
    squares += f64x2.extract_lane(q, 0) + f64x2.extract_lane(q, 1)
  }
  const smallest = min(
    min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)),
    min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)),
  )
  const largest = max(
    max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)),
    max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)),
  )
  store<f64>(recordAt, count)
  store<f64>(recordAt, count > 0 ? <f64>smallest : NaN, 8)
  store<f64>(recordAt, count > 0 ? <f64>largest : NaN, 16)
  store<f64>(recordAt, sum, 24)
  store<f64>(recordAt, squares, 32)
}

/** The last one to three pixels of a row, filled up with NaN. */
function loadLanesNaN(at: usize, lanes: i32): v128 {
  let v = f32x4.splat(NaN)
  v = f32x4.replace_lane(v, 0, load<f32>(at))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  return v
}

export function blankInfinite(valueAt: usize, count: i32): void {
  const nan = f32x4.splat(NaN)
  const infinite = f32x4.splat(Infinity)
  const end = valueAt + (<usize>count << 2)
  let at = valueAt
  for (; at + 16 <= end; at += 16) {
    const v = v128.load(at)
    const isInfinite = f32x4.eq(f32x4.abs(v), infinite)
    if (v128.any_true(isInfinite)) v128.store(at, v128.bitselect(nan, v, isInfinite))
  }
  for (; at < end; at += 4) if (abs(load<f32>(at)) == Infinity) store<f32>(at, NaN)
}
