/** Pivots smaller than this fraction of the largest element count as zero. */
const RELATIVE_PIVOT = 1e-12

/**
 * Solves a small symmetric positive semidefinite system by Gauss elimination with full pivoting. Directions that the
 * matrix does not determine get the value 0.
 *
 * @param matrix row-major, not changed
 */
export function solveDense(matrix: Float64Array, rightSide: Float64Array): Float64Array {
  const n = rightSide.length
  const a = Float64Array.from(matrix)
  const b = Float64Array.from(rightSide)
  const order = Array.from({ length: n }, (_, i) => i)
  const floor = RELATIVE_PIVOT * a.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  let rank = 0
  for (; rank < n; rank++) {
    const pivot = largestDiagonal(a, n, rank)
    if (!(Math.abs(a[pivot * n + pivot]!) > floor)) break
    swapSymmetric(a, b, order, n, rank, pivot)
    for (let row = rank + 1; row < n; row++) {
      const factor = a[row * n + rank]! / a[rank * n + rank]!
      for (let col = rank; col < n; col++) a[row * n + col]! -= factor * a[rank * n + col]!
      b[row]! -= factor * b[rank]!
    }
  }
  const solution = new Float64Array(n)
  for (let row = rank - 1; row >= 0; row--) {
    let value = b[row]!
    for (let col = row + 1; col < rank; col++) value -= a[row * n + col]! * solution[order[col]!]!
    solution[order[row]!] = value / a[row * n + row]!
  }
  return solution
}

function largestDiagonal(a: Float64Array, n: number, from: number): number {
  let best = from
  for (let i = from + 1; i < n; i++) if (Math.abs(a[i * n + i]!) > Math.abs(a[best * n + best]!)) best = i
  return best
}

function swapSymmetric(
  a: Float64Array,
  b: Float64Array,
  order: number[],
  n: number,
  i: number,
  j: number,
): void {
  if (i === j) return
  for (let k = 0; k < n; k++) [a[i * n + k], a[j * n + k]] = [a[j * n + k]!, a[i * n + k]!]
  for (let k = 0; k < n; k++) [a[k * n + i], a[k * n + j]] = [a[k * n + j]!, a[k * n + i]!]
  ;[b[i], b[j]] = [b[j]!, b[i]!]
  ;[order[i], order[j]] = [order[j]!, order[i]!]
}
