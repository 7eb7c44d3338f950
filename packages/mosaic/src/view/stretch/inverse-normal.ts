const CENTRAL = 0.02425

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
] as const
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
] as const
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1] as const

/**
 * The value below which a normal variate of mean 0 and variance 1 lies with probability `p`.
 *
 * @param p in (0, 1); 0 and 1 give -Infinity and Infinity
 *
 * Accuracy: relative error below 1.2e-9.
 * Source: rational approximation of P. J. Acklam (2003).
 */
export function inverseNormal(p: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p < CENTRAL) return tail(p)
  if (p > 1 - CENTRAL) return -tail(1 - p)
  const q = p - 0.5
  const r = q * q
  return (q * polynomial(A, r)) / polynomial(B, r)
}

function tail(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p))
  return polynomial(C, q) / polynomial(D, q)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
