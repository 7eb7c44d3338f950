// Variance of interpolated values: sum of squared weights times variance over the squared sum of weights, with the weights that
// `interpolateTile` takes.

import { MIN_WEIGHT } from './interpolate'

export function interpolateVarianceTile(
  varianceAt: usize, windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, imageStride: i32,
  xAt: usize, yAt: usize, tileWidth: i32, tileHeight: i32, taps: i32, tableAt: usize, steps: i32, outAt: usize, outStride: i32,
): void {
  const stride = <usize>imageStride << 2
  const before = (taps >> 1) - 1
  const lanes = taps > 4 ? 8 : 4
  for (let row = 0; row < tileHeight; row++) {
    const at = (<usize>row * <usize>(tileWidth + 1)) << 3
    const out = outAt + ((<usize>row * <usize>outStride) << 2)
    for (let col = 0; col < tileWidth; col++) {
      const x = load<f64>(xAt + at + (<usize>col << 3)) - <f64>windowCol
      const y = load<f64>(yAt + at + (<usize>col << 3)) - <f64>windowRow
      let result: f32 = NaN
      if (x >= 0 && x <= <f64>windowWidth && y >= 0 && y <= <f64>windowHeight) {
        const nearestCol = min(<i32>x, windowWidth - 1)
        const nearestRow = min(<i32>y, windowHeight - 1)
        result = load<f32>(varianceAt + <usize>nearestRow * stride + (<usize>nearestCol << 2))
        if (taps > 1 && result < Infinity) {
          const wholeX = floor(x - 0.5)
          const wholeY = floor(y - 0.5)
          const firstCol = <i32>wholeX - before
          const firstRow = <i32>wholeY - before
          const tableX = (x - 0.5 - wholeX) * <f64>steps
          const tableY = (y - 0.5 - wholeY) * <f64>steps
          const stepX = min(<i32>tableX, steps - 1)
          const stepY = min(<i32>tableY, steps - 1)
          const rowX = tableAt + (<usize>stepX << 5)
          const rowY = tableAt + (<usize>stepY << 5)
          const partX = <f32>(tableX - <f64>stepX)
          const partY = <f32>(tableY - <f64>stepY)
          let value: f32 = NaN
          if (firstCol >= 0 && firstCol + lanes <= windowWidth && firstRow >= 0 && firstRow + taps <= windowHeight) {
            value = inside(varianceAt + <usize>firstRow * stride + (<usize>firstCol << 2), stride, taps, rowX, rowY, partX, partY)
          }
          if (!(value < Infinity)) {
            value = masked(varianceAt, firstCol, firstRow, windowWidth, windowHeight, stride, taps, rowX, rowY, partX, partY)
          }
          if (value < Infinity) result = value
        }
      }
      store<f32>(out + (<usize>col << 2), result < Infinity ? result : NaN)
    }
  }
}

/** All pixels under the kernel lie in the window; NaN when one has no data. */
function inside(pixelAt: usize, stride: usize, taps: i32, rowX: usize, rowY: usize, partX: f32, partY: f32): f32 {
  const part = f32x4.splat(partX)
  const low = squared(rowX, part)
  const high = taps > 4 ? squared(rowX + 16, part) : f32x4.splat(0)
  let sum = f32x4.splat(0)
  for (let b = 0; b < taps; b++) {
    const at = rowY + (<usize>b << 2)
    const from = load<f32>(at)
    const wy = from + partY * (load<f32>(at, 32) - from)
    let line = f32x4.mul(v128.load(pixelAt), low)
    if (taps > 4) line = f32x4.add(line, f32x4.mul(v128.load(pixelAt, 16), high))
    sum = f32x4.add(sum, f32x4.mul(line, f32x4.splat(wy * wy)))
    pixelAt += stride
  }
  const pair = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1))
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1)
}

/** Squares of four weights between two rows of the table. */
function squared(at: usize, part: v128): v128 {
  const from = v128.load(at)
  const weight = f32x4.add(from, f32x4.mul(part, f32x4.sub(v128.load(at, 32), from)))
  return f32x4.mul(weight, weight)
}

/** At borders and beside pixels without data; NaN when the nearest pixel stands for all. */
function masked(
  varianceAt: usize, firstCol: i32, firstRow: i32, cols: i32, rows: i32, stride: usize, taps: i32, rowX: usize, rowY: usize,
  partX: f32, partY: f32,
): f32 {
  let sum: f64 = 0
  let kernels: f64 = 0
  for (let b = max(0, -firstRow); b < min(taps, rows - firstRow); b++) {
    const wy = between(rowY + (<usize>b << 2), partY)
    for (let a = max(0, -firstCol); a < min(taps, cols - firstCol); a++) {
      const variance = <f64>load<f32>(varianceAt + <usize>(firstRow + b) * stride + (<usize>(firstCol + a) << 2))
      if (!(variance < Infinity)) continue
      const kernel = wy * between(rowX + (<usize>a << 2), partX)
      sum += kernel * kernel * variance
      kernels += kernel
    }
  }
  return kernels >= MIN_WEIGHT ? <f32>(sum / (kernels * kernels)) : <f32>NaN
}

function between(at: usize, part: f32): f64 {
  const low = <f64>load<f32>(at)
  return low + <f64>part * (<f64>load<f32>(at, 32) - low)
}
