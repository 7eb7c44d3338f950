import type { Stage } from '../projection/projection.ts'

/** A 2 x 2 matrix, row after row. */
export type Matrix2 = readonly [number, number, number, number]

/** Inverse of a matrix, undefined when it has none (its rows are parallel to within rounding). */
export function invert2(matrix: Matrix2): Matrix2 | undefined {
  const [a, b, c, d] = matrix
  const det = a * d - b * c
  const size = Math.abs(a * d) + Math.abs(b * c)
  if (!(Math.abs(det) > 1e-14 * size)) return undefined
  return [d / det, -b / det, -c / det, a / det]
}

/** Step from pixels to plane coordinates: matrix times (pixel - crpix). Paper I (Greisen & Calabretta 2002), equation 1. */
export function pixelToPlaneStage(crpix: readonly [number, number], matrix: Matrix2): Stage {
  const [x0, y0] = crpix
  const [a, b, c, d] = matrix
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      const u = p[i]! - x0
      const v = q[i]! - y0
      p[i] = a * u + b * v
      q[i] = c * u + d * v
    }
  }
}

/** Step from plane coordinates to pixels, the inverse of {@link pixelToPlaneStage}; takes the inverted matrix. */
export function planeToPixelStage(crpix: readonly [number, number], inverse: Matrix2): Stage {
  const [x0, y0] = crpix
  const [a, b, c, d] = inverse
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      const x = p[i]!
      const y = q[i]!
      p[i] = a * x + b * y + x0
      q[i] = c * x + d * y + y0
    }
  }
}
