// Count, range and moments of the covered pixels of a plane, or of those with a number. Rows that are covered without a gap, which is most, need one comparison
// per pixel; the sums of their columns follow from the ends.

export function coverageSums(coverageAt: usize, stride: i32, width: i32, height: i32, recordAt: usize): void {
  sums<f32>(coverageAt, stride, width, height, recordAt)
}

export function valueSums(valueAt: usize, stride: i32, width: i32, height: i32, recordAt: usize): void {
  sums<i32>(valueAt, stride, width, height, recordAt)
}

/** T = f32: of the pixels above 0; T = i32: of those that are numbers. */
function sums<T>(planeAt: usize, stride: i32, width: i32, height: i32, recordAt: usize): void {
  let n = 0.0
  let sumX = 0.0
  let sumY = 0.0
  let sumXX = 0.0
  let sumXY = 0.0
  let sumYY = 0.0
  let minCol = width
  let maxCol = -1
  let minRow = -1
  let maxRow = -1
  for (let row = 0; row < height; row++) {
    const at = planeAt + ((<usize>row * <usize>stride) << 2)
    let first = 0
    while (first < width && !isCovered<T>(at, first)) first++
    if (first == width) continue
    let last = width - 1
    while (!isCovered<T>(at, last)) last--
    let count = <f64>(last - first + 1)
    let cols = 0.5 * count * <f64>(first + last)
    // Sum of squares up to k is k (k + 1) (2 k + 1) / 6.
    let squares = squaresTo(<f64>last) - squaresTo(<f64>(first - 1))
    if (!isWhole<T>(at, first, last)) {
      count = 0
      cols = 0
      squares = 0
      for (let col = first; col <= last; col++) {
        if (!isCovered<T>(at, col)) continue
        const x = <f64>col
        count += 1
        cols += x
        squares += x * x
      }
    }
    minCol = min(minCol, first)
    maxCol = max(maxCol, last)
    if (minRow < 0) minRow = row
    maxRow = row
    const y = <f64>row
    n += count
    sumX += cols
    sumY += count * y
    sumXX += squares
    sumXY += y * cols
    sumYY += count * y * y
  }
  store<f64>(recordAt, n)
  store<f64>(recordAt, sumX, 8)
  store<f64>(recordAt, sumY, 16)
  store<f64>(recordAt, sumXX, 24)
  store<f64>(recordAt, sumXY, 32)
  store<f64>(recordAt, sumYY, 40)
  store<f64>(recordAt, n > 0 ? <f64>minCol : Infinity, 48)
  store<f64>(recordAt, n > 0 ? <f64>maxCol : -Infinity, 56)
  store<f64>(recordAt, n > 0 ? <f64>minRow : Infinity, 64)
  store<f64>(recordAt, n > 0 ? <f64>maxRow : -Infinity, 72)
}

function isCovered<T>(at: usize, col: i32): bool {
  const value = load<f32>(at + (<usize>col << 2))
  return isFloat<T>() ? value > 0 : value == value
}

function squaresTo(k: f64): f64 {
  return (k * (k + 1) * (2 * k + 1)) / 6
}

/** Whether all pixels between two covered ones are covered. */
function isWhole<T>(at: usize, first: i32, last: i32): bool {
  const zero = f32x4.splat(0)
  let all = f32x4.eq(zero, zero)
  let col = first
  for (; col <= last - 3; col += 4) {
    const v = v128.load(at + (<usize>col << 2))
    all = v128.and(all, isFloat<T>() ? f32x4.gt(v, zero) : f32x4.eq(v, v))
  }
  if (!i32x4.all_true(all)) return false
  for (; col <= last; col++) if (!isCovered<T>(at, col)) return false
  return true
}
