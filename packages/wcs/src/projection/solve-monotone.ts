/** Steps allowed: bisection alone would need 60 to reach rounding. */
const MAX_STEPS = 100

/**
 * Solves f(z) = target for a rising f on [low, high] by Newton's method kept inside a shrinking bracket.
 *
 * Targets outside [f(low), f(high)] give the nearer end. Accuracy: rounding.
 */
export function solveMonotone(
  f: (z: number) => number,
  slope: (z: number) => number,
  target: number,
  low: number,
  high: number,
): number {
  if (!(target > f(low))) return target <= f(low) ? low : Number.NaN
  if (target >= f(high)) return high
  let a = low
  let b = high
  let z = Math.min(b, Math.max(a, low + (target - f(low)) / slope(low)))
  for (let step = 0; step < MAX_STEPS; step++) {
    const off = f(z) - target
    if (off === 0) return z
    if (off > 0) b = z
    else a = z
    const newton = z - off / slope(z)
    const next = newton > a && newton < b ? newton : (a + b) / 2
    if (Math.abs(next - z) <= 1e-16 * (1 + Math.abs(z)) || next === a || next === b) return next
    z = next
  }
  return z
}
