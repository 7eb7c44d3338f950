// Convex hull of the pixels with data by Andrew's monotone chain along the rows, whose ends come in order. Whole numbers: exact.

export function rowEndHull(valueAt: usize, stride: i32, width: i32, height: i32, hullAt: usize): i32 {
  let count = 0
  let lastRow = -1
  for (let row = 0; row < height; row++) {
    const first = firstCol(valueAt, stride, width, row)
    const last = lastCol(valueAt, stride, width, row)
    if (first >= last) continue
    if (lastRow < 0) count = push(hullAt, 0, count, first, row)
    count = push(hullAt, 0, count, last, row)
    lastRow = row
  }
  if (count == 0) return 0
  const top = count - 1
  for (let row = lastRow; row >= 0; row--) {
    const first = firstCol(valueAt, stride, width, row)
    if (first < lastCol(valueAt, stride, width, row)) count = push(hullAt, top, count, first, row)
  }
  // The chain has come back to where it began.
  return count - 1
}

function firstCol(valueAt: usize, stride: i32, width: i32, row: i32): i32 {
  const at = valueAt + ((<usize>row * <usize>stride) << 2)
  let col = 0
  while (col < width && isBlank(at, col)) col++
  return col
}

function lastCol(valueAt: usize, stride: i32, width: i32, row: i32): i32 {
  const at = valueAt + ((<usize>row * <usize>stride) << 2)
  let col = width - 1
  while (col > 0 && isBlank(at, col)) col--
  return col
}

function isBlank(rowAt: usize, col: i32): bool {
  const value = load<f32>(rowAt + (<usize>col << 2))
  return value != value
}

/** Adds a point to the chain that begins with point number `start`, without those before it that it leaves inside. */
function push(hullAt: usize, start: i32, count: i32, x: i32, y: i32): i32 {
  while (count - start >= 2) {
    const o = hullAt + (<usize>(count - 2) << 3)
    const ox = load<i32>(o)
    const oy = load<i32>(o, 4)
    const px = load<i32>(o, 8)
    const py = load<i32>(o, 12)
    if (<i64>(px - ox) * <i64>(y - oy) - <i64>(py - oy) * <i64>(x - ox) > 0) break
    count--
  }
  const at = hullAt + (<usize>count << 3)
  store<i32>(at, x)
  store<i32>(at, y, 4)
  return count + 1
}
