import { normalProbability } from './normal.ts'

/** Nodes of the integrals. */
const NODES = 40
/** How far they reach, in the largest standard deviation. */
const REACH = 7

/**
 * Variance of the largest (or smallest) of independent normal values with one mean and their own standard deviations.
 *
 * The chance that all lie below x is the product of their chances; the first two moments are integrals of it.
 *
 * @param sigmas standard deviations; the first `count` are used
 *
 * Accuracy: 1e-4 relative, for standard deviations within a factor of 10 of each other.
 */
export function extremeVariance(sigmas: Float64Array, count: number): number {
  if (count === 1) return sigmas[0]! ** 2
  let largest = 0
  for (let i = 0; i < count; i++) largest = Math.max(largest, sigmas[i]!)
  const h = (REACH * largest) / NODES
  let [mean, square] = [0, 0]
  for (let k = 0; k <= NODES; k++) {
    const x = k * h
    let [below, above] = [1, 1]
    for (let i = 0; i < count; i++) {
      const p = normalProbability(x / sigmas[i]!)
      below *= p
      above *= 1 - p
    }
    // Simpson's rule.
    const factor = k === 0 || k === NODES ? 1 : k % 2 === 1 ? 4 : 2
    mean += factor * (1 - below - above)
    square += factor * 2 * x * (1 - below + above)
  }
  mean *= h / 3
  square *= h / 3
  return square - mean * mean
}
