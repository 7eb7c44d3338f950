// Edges that touch more than three pixels: down-sampling has many of them, other maps hardly any.
import { pitch, sumsAt, weightStep } from './area-box'

/** Any edge inside one block: row by row, and in a row column by column. */
export function longEdge<T>(
  a: i32, fxa: f64, fya: f64, rowA: i32,
  b: i32, fxb: f64, fyb: f64, rowB: i32,
  out: usize, weightOut: usize,
): void {
  let sign = 1.0
  if (rowB < rowA) {
    const cell = a
    const fx = fxa
    const fy = fya
    const row = rowA
    a = b
    fxa = fxb
    fya = fyb
    rowA = rowB
    b = cell
    fxb = fx
    fyb = fy
    rowB = row
    sign = -1
  }
  const rows = rowB - rowA
  // Columns count from corner a's column.
  const xb = <f64>(b - a - rows * pitch) + fxb
  let total = 0.0
  let weightTotal = 0.0
  let at = sumsAt + (<usize>a << 3)
  if (rows == 0) {
    const dy = fyb - fya
    total = dy * rowMean(at, fxa, xb)
    if (isFloat<T>()) weightTotal = dy * rowMean(at + weightStep, fxa, xb)
  } else {
    // Lengths before the first and after the last row line never cancel.
    const first = 1 - fya
    const slope = (xb - fxa) / (first + <f64>(rows - 1) + fyb)
    const rowBytes = <usize>pitch << 3
    const low = min(fxa, xb)
    const high = max(fxa, xb)
    let x = fxa
    for (let row = 0; row <= rows; row++) {
      const dy = row == 0 ? first : row == rows ? fyb : 1.0
      const end = row == rows ? xb : min(high, max(low, fxa + (first + <f64>row) * slope))
      total += dy * rowMean(at, x, end)
      if (isFloat<T>()) weightTotal += dy * rowMean(at + weightStep, x, end)
      x = end
      at += rowBytes
    }
  }
  store<f64>(out, sign * total)
  if (isFloat<T>()) store<f64>(weightOut, sign * weightTotal)
}

/** Mean of G over x between two positions in one row; `at` is the prefix sum where x = 0. */
function rowMean(at: usize, x0: f64, x1: f64): f64 {
  const low = min(x0, x1)
  const high = max(x0, x1)
  const lowCell = floor(low)
  const highCell = floor(high)
  let p = at + (<usize>(<i32>lowCell) << 3)
  if (lowCell == highCell) {
    const g = load<f64>(p)
    return g + (load<f64>(p, 8) - g) * (0.5 * ((low - lowCell) + (high - lowCell)))
  }
  // First part of a cell, whole cells, last part of a cell.
  // In this order it is never 0.
  const first = lowCell + 1 - low
  const last = high - highCell
  const cells = <i32>(highCell - lowCell)
  let g = load<f64>(p, 8)
  let sum = first * (g - (g - load<f64>(p)) * (0.5 * first))
  for (let k = 1; k < cells; k++) {
    p += 8
    const next = load<f64>(p, 8)
    sum += 0.5 * (g + next)
    g = next
  }
  if (last > 0) sum += last * (g + (load<f64>(p, 16) - g) * (0.5 * last))
  return sum / (first + <f64>(cells - 1) + last)
}
