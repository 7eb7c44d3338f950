import { solveDense } from '../background/dense.ts'

/**
 * Least-squares fit of z = sum of c[i * order + j] x^i y^j with i, j = 0 ... order - 1; undefined with fewer points than terms.
 *
 * Powers are taken of x and y divided by their largest values, so that the normal equations stay solvable.
 */
export function fitPolynomial(
  x: readonly number[],
  y: readonly number[],
  z: readonly number[],
  order: number,
): Float64Array | undefined {
  const terms = order * order
  if (x.length < terms) return undefined
  const largest = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const [scaleX, scaleY] = [largest(x), largest(y)]
  const matrix = new Float64Array(terms * terms)
  const right = new Float64Array(terms)
  const row = new Float64Array(terms)
  for (let k = 0; k < x.length; k++) {
    let powerX = 1
    for (let i = 0; i < order; i++) {
      let power = powerX
      for (let j = 0; j < order; j++) {
        row[i * order + j] = power
        power *= y[k]! / scaleY
      }
      powerX *= x[k]! / scaleX
    }
    for (let a = 0; a < terms; a++) {
      right[a]! += row[a]! * z[k]!
      for (let b = 0; b < terms; b++) matrix[a * terms + b]! += row[a]! * row[b]!
    }
  }
  const solution = solveDense(matrix, right)
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++) solution[i * order + j]! /= scaleX ** i * scaleY ** j
  return solution
}
