import { DEG_TO_RAD } from '../celestial/angles.ts'
import { chainOf } from './chain.ts'
import type { Wcs } from './wcs.ts'

/**
 * Size of a pixel at the reference point: degrees along fitsX and along fitsY (the lengths of the columns of the CD matrix).
 */
export function pixelScaleDeg(wcs: Wcs): readonly [number, number] {
  const [a, b, c, d] = wcs.cd
  return [Math.sqrt(a * a + c * c), Math.sqrt(b * b + d * d)]
}

/** Half the side, in pixels, of the square whose corners give the local area. */
const HALF_SIDE_PX = 0.5

/**
 * Solid angle of a pixel in steradians.
 *
 * With a position: of the pixel there, from the great-circle chords between the middles of its edges; NaN where there is no sky.
 * Without: that of the projection plane at the reference point, |det CD|.
 *
 * Accuracy: relative error of the order of (pixel size in radians)^2.
 */
export function pixelAreaSr(wcs: Wcs, fitsX?: number, fitsY?: number): number {
  if (fitsX === undefined || fitsY === undefined) {
    const [a, b, c, d] = wcs.cd
    return Math.abs(a * d - b * c) * DEG_TO_RAD * DEG_TO_RAD
  }
  const h = HALF_SIDE_PX
  const p = Float64Array.of(fitsX - h, fitsX + h, fitsX, fitsX)
  const q = Float64Array.of(fitsY, fitsY, fitsY - h, fitsY + h)
  const s = new Float64Array(4)
  for (const stage of chainOf(wcs).pixelToVector) stage(p, q, s, 4)
  const [ux, uy, uz] = [p[1]! - p[0]!, q[1]! - q[0]!, s[1]! - s[0]!]
  const [vx, vy, vz] = [p[3]! - p[2]!, q[3]! - q[2]!, s[3]! - s[2]!]
  const nx = uy * vz - uz * vy
  const ny = uz * vx - ux * vz
  const nz = ux * vy - uy * vx
  return Math.sqrt(nx * nx + ny * ny + nz * nz)
}
