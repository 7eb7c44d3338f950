// Difference of two images by Montage's rule (mDiff): one pass for the mean areas, one for the difference.

/** Pixels whose summed area is off the sum of the mean areas by more than this fraction are rejected (mDiff). */
const AREA_RTOL: f64 = 0.333

function areaOf(at: usize, skip: usize): f64 {
  return at == 0 ? 1 : <f64>load<f32>(at + skip)
}

export function diffMontage(
  value1At: usize, area1At: usize, stride1: i32, value2At: usize, area2At: usize, stride2: i32, width: i32, height: i32,
  factor: f64, outValueAt: usize, outAreaAt: usize, outStride: i32, recordAt: usize,
): void {
  let sum1 = 0.0
  let good1 = 0.0
  let sum2 = 0.0
  let good2 = 0.0
  let minPixel = Infinity
  let maxPixel = -Infinity
  for (let row = 0; row < height; row++) {
    let at1 = (<usize>row * <usize>stride1) << 2
    let at2 = (<usize>row * <usize>stride2) << 2
    for (let col = 0; col < width; col++) {
      const v1 = <f64>load<f32>(value1At + at1)
      const v2 = <f64>load<f32>(value2At + at2)
      const a1 = areaOf(area1At, at1)
      const a2 = areaOf(area2At, at2)
      const isGood1 = v1 == v1 && a1 > 0
      const isGood2 = v2 == v2 && a2 > 0
      if (isGood1) {
        sum1 += a1
        good1 += 1
        minPixel = min(minPixel, v1 * a1)
        maxPixel = max(maxPixel, v1 * a1)
      }
      if (isGood2) {
        minPixel = min(minPixel, v2 * a2)
        maxPixel = max(maxPixel, v2 * a2)
        if (isGood1) {
          sum2 += a2
          good2 += 1
        }
      }
      at1 += 4
      at2 += 4
    }
  }
  const mean1 = sum1 / good1
  const mean2 = sum2 / good2
  const meanSum = mean1 + mean2
  let count = 0.0
  let minCol = i32.MAX_VALUE
  let maxCol = -1
  let minRow = -1
  let maxRow = -1
  let minDiff = NaN
  let maxDiff = NaN
  for (let row = 0; row < height; row++) {
    let at1 = (<usize>row * <usize>stride1) << 2
    let at2 = (<usize>row * <usize>stride2) << 2
    let out = (<usize>row * <usize>outStride) << 2
    for (let col = 0; col < width; col++) {
      const v1 = <f64>load<f32>(value1At + at1)
      const v2 = <f64>load<f32>(value2At + at2)
      const a1 = areaOf(area1At, at1)
      const a2 = areaOf(area2At, at2)
      const areaSum = a1 + a2
      if (v1 == v1 && v2 == v2 && a1 > 0 && a2 > 0 && abs(areaSum - meanSum) <= AREA_RTOL * meanSum) {
        const diff = (2 * (v1 * a1 - factor * v2 * a2)) / areaSum
        store<f32>(outValueAt + out, <f32>diff)
        store<f32>(outAreaAt + out, <f32>areaSum)
        if (count == 0) {
          minDiff = diff
          maxDiff = diff
          minRow = row
        }
        minDiff = min(minDiff, abs(diff))
        maxDiff = max(maxDiff, abs(diff))
        count += 1
        minCol = min(minCol, col)
        maxCol = max(maxCol, col)
        maxRow = row
      } else {
        store<f32>(outValueAt + out, NaN)
        store<f32>(outAreaAt + out, 0)
      }
      at1 += 4
      at2 += 4
      out += 4
    }
  }
  const isEmpty = count == 0
  store<f64>(recordAt, count)
  store<f64>(recordAt, isEmpty ? Infinity : <f64>minCol, 8)
  store<f64>(recordAt, isEmpty ? -Infinity : <f64>maxCol, 16)
  store<f64>(recordAt, isEmpty ? Infinity : <f64>minRow, 24)
  store<f64>(recordAt, isEmpty ? -Infinity : <f64>maxRow, 32)
  store<f64>(recordAt, minPixel, 40)
  store<f64>(recordAt, maxPixel, 48)
  store<f64>(recordAt, minDiff, 56)
  store<f64>(recordAt, maxDiff, 64)
  store<f64>(recordAt, mean1, 72)
  store<f64>(recordAt, mean2, 80)
  store<f64>(recordAt, 0, 88)
}
