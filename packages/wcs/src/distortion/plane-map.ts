import type { Stage } from '../projection/projection.ts'

/**
 * A smooth map of a plane onto itself with its derivatives.
 *
 * `evaluate(x, y, out)` writes f, g, df/dx, df/dy, dg/dx, dg/dy to `out[0]` to `out[5]`.
 */
export interface PlaneMap {
  readonly evaluate: (x: number, y: number, out: Float64Array) => void
}

/** Newton steps allowed; from a start within the polynomial's monotone range four or five suffice. */
const MAX_STEPS = 40

/** Step that applies a plane map to every point. */
export function forwardStage(map: PlaneMap): Stage {
  const out = new Float64Array(6)
  const { evaluate } = map
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      evaluate(p[i]!, q[i]!, out)
      p[i] = out[0]!
      q[i] = out[1]!
    }
  }
}

/** How to invert a plane map. */
export interface InverseOptions {
  /** Where the map is certainly not folded over, usually the reference point. */
  readonly origin: readonly [number, number]
  /** A Newton step below this size counts as settled; one more is done. In the units of the plane. */
  readonly settled: number
  /** Step that replaces a target by a better first guess; default the target itself. */
  readonly start?: Stage
}

/**
 * Largest change of a pixel's area by distortion, up or down, that counts as meant. Beyond it, usually far outside the image, a
 * polynomial runs wild: folded over, or with terms so huge that their sum is all rounding.
 */
const MAX_AREA_RATIO = 16

/**
 * Step that inverts a plane map point by point with Newton's method. It gives NaN where the iteration does not settle, or settles
 * where the map is folded over or stretches areas more than {@link MAX_AREA_RATIO} times against the origin.
 */
export function inverseStage(map: PlaneMap, options: InverseOptions): Stage {
  const out = new Float64Array(6)
  const guessX = new Float64Array(1)
  const guessY = new Float64Array(1)
  const { evaluate } = map
  const { settled, start } = options
  evaluate(options.origin[0], options.origin[1], out)
  const detAtOrigin = out[2]! * out[5]! - out[3]! * out[4]!
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      const f = p[i]!
      const g = q[i]!
      guessX[0] = f
      guessY[0] = g
      if (start !== undefined) start(guessX, guessY, guessX, 1)
      let x = guessX[0]
      let y = guessY[0]
      let det = 0
      let isLast = false
      let isGood = false
      for (let step = 0; step < MAX_STEPS && !isGood; step++) {
        evaluate(x, y, out)
        const rf = out[0]! - f
        const rg = out[1]! - g
        det = out[2]! * out[5]! - out[3]! * out[4]!
        const dx = (out[5]! * rf - out[3]! * rg) / det
        const dy = (out[2]! * rg - out[4]! * rf) / det
        x -= dx
        y -= dy
        // Convergence is quadratic: the step after a settled one reaches rounding.
        if (isLast) isGood = true
        const moved = Math.abs(dx) + Math.abs(dy)
        if (moved <= settled) isLast = true
        else if (!(moved < Number.POSITIVE_INFINITY)) break
      }
      const ratio = det / detAtOrigin
      const seen = isGood && ratio > 1 / MAX_AREA_RATIO && ratio < MAX_AREA_RATIO
      p[i] = seen ? x : Number.NaN
      q[i] = seen ? y : Number.NaN
    }
  }
}

/** Largest sum of coordinate changes that counts as settled in {@link solvePlaneMap}. */
const SOLVED = 1e-9

/** The point that a plane map takes to (f, g), by Newton's method from a guess; undefined when it does not settle. */
export function solvePlaneMap(
  map: PlaneMap,
  f: number,
  g: number,
  guessX: number,
  guessY: number,
): readonly [number, number] | undefined {
  const out = new Float64Array(6)
  let x = guessX
  let y = guessY
  for (let step = 0; step < MAX_STEPS; step++) {
    map.evaluate(x, y, out)
    const rf = out[0]! - f
    const rg = out[1]! - g
    const det = out[2]! * out[5]! - out[3]! * out[4]!
    const dx = (out[5]! * rf - out[3]! * rg) / det
    const dy = (out[2]! * rg - out[4]! * rf) / det
    x -= dx
    y -= dy
    const moved = Math.abs(dx) + Math.abs(dy)
    if (moved <= SOLVED * (1 + Math.abs(x) + Math.abs(y))) return [x, y]
    if (!Number.isFinite(moved)) return undefined
  }
  return undefined
}
