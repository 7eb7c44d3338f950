// Interpolation between pixels with separable kernels from a table of weights, eight lanes a row, zeros behind the last weight.

/** When the pixels with data have less than this of the weights, the nearest pixel stands for all. */
export const MIN_WEIGHT: f64 = 0.1

let weightsAt: usize = 0
let imageStart: usize = 0
let stride: usize = 0
let cols: i32 = 0
let rows: i32 = 0

export function interpolateTile(
  imageAt: usize, windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, imageStride: i32, weightAt: usize,
  xAt: usize, yAt: usize, tileWidth: i32, tileHeight: i32, taps: i32, tableAt: usize, steps: i32,
  valueAt: usize, coverageAt: usize, outStride: i32,
): void {
  imageStart = imageAt
  weightsAt = weightAt
  stride = <usize>imageStride << 2
  cols = windowWidth
  rows = windowHeight
  const left = <f64>windowCol
  const bottom = <f64>windowRow
  const isWide = taps > 4
  const lanes = isWide ? 8 : 4
  const before = (taps >> 1) - 1
  const scale = <f64>steps
  for (let row = 0; row < tileHeight; row++) {
    const at = (<usize>row * <usize>(tileWidth + 1)) << 3
    const outAt = (<usize>row * <usize>outStride) << 2
    for (let col = 0; col < tileWidth; col++) {
      const x = load<f64>(xAt + at + (<usize>col << 3)) - left
      const y = load<f64>(yAt + at + (<usize>col << 3)) - bottom
      const out = outAt + (<usize>col << 2)
      if (!(x >= 0 && x <= <f64>cols && y >= 0 && y <= <f64>rows)) {
        put(valueAt + out, coverageAt + out, NaN, 0)
        continue
      }
      if (taps == 1) {
        nearest(x, y, valueAt + out, coverageAt + out)
        continue
      }
      const placeX = x - 0.5
      const placeY = y - 0.5
      const wholeX = floor(placeX)
      const wholeY = floor(placeY)
      const firstCol = <i32>wholeX - before
      const firstRow = <i32>wholeY - before
      const tableX = (placeX - wholeX) * scale
      const tableY = (placeY - wholeY) * scale
      const stepX = min(<i32>tableX, steps - 1)
      const stepY = min(<i32>tableY, steps - 1)
      const rowX = tableAt + (<usize>stepX << 5)
      const rowY = tableAt + (<usize>stepY << 5)
      const partX = f32x4.splat(<f32>(tableX - <f64>stepX))
      const partY = f32x4.splat(<f32>(tableY - <f64>stepY))
      const wx0 = between(rowX, partX)
      const wy0 = between(rowY, partY)
      if (weightAt == 0 && firstCol >= 0 && firstCol + lanes <= cols && firstRow >= 0 && firstRow + taps <= rows) {
        // Rows first: then every pixel is multiplied once.
        let pixel = imageAt + <usize>firstRow * stride + (<usize>firstCol << 2)
        let sum = f32x4.mul(v128.load(pixel), v128.shuffle<f32>(wy0, wy0, 0, 0, 0, 0))
        sum = f32x4.add(sum, f32x4.mul(v128.load(pixel + stride), v128.shuffle<f32>(wy0, wy0, 1, 1, 1, 1)))
        if (taps > 2) {
          const w2 = v128.shuffle<f32>(wy0, wy0, 2, 2, 2, 2)
          const w3 = v128.shuffle<f32>(wy0, wy0, 3, 3, 3, 3)
          const third = pixel + 2 * stride
          sum = f32x4.add(sum, f32x4.mul(v128.load(third), w2))
          sum = f32x4.add(sum, f32x4.mul(v128.load(third + stride), w3))
          if (isWide) {
            const w0 = v128.shuffle<f32>(wy0, wy0, 0, 0, 0, 0)
            const w1 = v128.shuffle<f32>(wy0, wy0, 1, 1, 1, 1)
            let right = f32x4.mul(v128.load(pixel, 16), w0)
            right = f32x4.add(right, f32x4.mul(v128.load(pixel + stride, 16), w1))
            right = f32x4.add(right, f32x4.mul(v128.load(third, 16), w2))
            right = f32x4.add(right, f32x4.mul(v128.load(third + stride, 16), w3))
            const wy1 = between(rowY + 16, partY)
            pixel = third + 2 * stride
            for (let row = 4; row < taps; row += 2) {
              const w4 = row == 4 ? v128.shuffle<f32>(wy1, wy1, 0, 0, 0, 0) : v128.shuffle<f32>(wy1, wy1, 2, 2, 2, 2)
              const w5 = row == 4 ? v128.shuffle<f32>(wy1, wy1, 1, 1, 1, 1) : v128.shuffle<f32>(wy1, wy1, 3, 3, 3, 3)
              sum = f32x4.add(sum, f32x4.mul(v128.load(pixel), w4))
              right = f32x4.add(right, f32x4.mul(v128.load(pixel, 16), w4))
              sum = f32x4.add(sum, f32x4.mul(v128.load(pixel + stride), w5))
              right = f32x4.add(right, f32x4.mul(v128.load(pixel + stride, 16), w5))
              pixel += 2 * stride
            }
            right = f32x4.mul(right, between(rowX + 16, partX))
            sum = f32x4.add(f32x4.mul(sum, wx0), right)
          } else sum = f32x4.mul(sum, wx0)
        } else sum = f32x4.mul(sum, wx0)
        const pair = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1))
        const value = f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1)
        if (abs(value) < Infinity) {
          put(valueAt + out, coverageAt + out, value, 1)
          continue
        }
      }
      masked(x, y, firstCol, firstRow, taps, rowX, rowY, tableX - <f64>stepX, tableY - <f64>stepY, valueAt + out, coverageAt + out)
    }
  }
}

function put(valueAt: usize, coverageAt: usize, value: f32, coverage: f32): void {
  store<f32>(valueAt, value)
  store<f32>(coverageAt, coverage)
}

/** Weights between two rows of the table. */
function between(at: usize, part: v128): v128 {
  const low = v128.load(at)
  return f32x4.add(low, f32x4.mul(part, f32x4.sub(v128.load(at, 32), low)))
}

/** Weight of a pixel; 0 without data. */
function weightOf(col: i32, row: i32): f64 {
  const at = <usize>row * stride + (<usize>col << 2)
  const value = load<f32>(imageStart + at)
  if (!(abs(value) < Infinity)) return 0
  if (weightsAt == 0) return 1
  const weight = load<f32>(weightsAt + at)
  return weight > 0 && weight < Infinity ? <f64>weight : 0
}

function nearest(x: f64, y: f64, valueAt: usize, coverageAt: usize): void {
  const col = min(<i32>x, cols - 1)
  const row = min(<i32>y, rows - 1)
  const weight = weightOf(col, row)
  if (weight == 0) put(valueAt, coverageAt, NaN, 0)
  else put(valueAt, coverageAt, load<f32>(imageStart + <usize>row * stride + (<usize>col << 2)), <f32>weight)
}

/** At borders, beside pixels without data, and with weights: the sum over pixels with data, divided by their weights. */
function masked(
  x: f64, y: f64, firstCol: i32, firstRow: i32, taps: i32, rowX: usize, rowY: usize, partX: f64, partY: f64,
  valueAt: usize, coverageAt: usize,
): void {
  if (weightOf(min(<i32>x, cols - 1), min(<i32>y, rows - 1)) == 0) {
    put(valueAt, coverageAt, NaN, 0)
    return
  }
  let sum = 0.0
  let kernelSum = 0.0
  let weightSum = 0.0
  for (let b = 0; b < taps; b++) {
    const row = firstRow + b
    if (row < 0 || row >= rows) continue
    const wy = scalarBetween(rowY + (<usize>b << 2), partY)
    for (let a = 0; a < taps; a++) {
      const col = firstCol + a
      if (col < 0 || col >= cols) continue
      const weight = weightOf(col, row)
      if (weight == 0) continue
      const kernel = wy * scalarBetween(rowX + (<usize>a << 2), partX)
      sum += kernel * <f64>load<f32>(imageStart + <usize>row * stride + (<usize>col << 2))
      kernelSum += kernel
      weightSum += kernel * weight
    }
  }
  if (kernelSum >= MIN_WEIGHT && weightSum > 0) put(valueAt, coverageAt, <f32>(sum / kernelSum), <f32>(weightSum / kernelSum))
  else nearest(x, y, valueAt, coverageAt)
}

function scalarBetween(at: usize, part: f64): f64 {
  const low = <f64>load<f32>(at)
  return low + part * (<f64>load<f32>(at, 32) - low)
}
