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
  return pixelAreasSr(wcs, [fitsX], [fitsY])[0]!
}

/**
 * Solid angles of pixels at many positions, as {@link pixelAreaSr} gives each.
 *
 * @param fitsX positions, as many as in `fitsY`
 * @returns steradians; NaN where there is no sky
 */
export function pixelAreasSr(wcs: Wcs, fitsX: ArrayLike<number>, fitsY: ArrayLike<number>): Float64Array {
  const areas = new Float64Array(fitsX.length)
  const p = new Float64Array(4 * areas.length)
  const q = new Float64Array(p.length)
  const s = new Float64Array(p.length)
  // Of each pixel the middles of its edges: left, right, lower, upper.
  for (let i = 0; i < areas.length; i++) {
    const [x, y] = [fitsX[i]!, fitsY[i]!]
    p[4 * i] = x - HALF_SIDE_PX
    p[4 * i + 1] = x + HALF_SIDE_PX
    p[4 * i + 2] = x
    p[4 * i + 3] = x
    q[4 * i] = y
    q[4 * i + 1] = y
    q[4 * i + 2] = y - HALF_SIDE_PX
    q[4 * i + 3] = y + HALF_SIDE_PX
  }
  for (const stage of chainOf(wcs).pixelToVector) stage(p, q, s, p.length)
  for (let i = 0; i < areas.length; i++) {
    const at = 4 * i
    const [ux, uy, uz] = [p[at + 1]! - p[at]!, q[at + 1]! - q[at]!, s[at + 1]! - s[at]!]
    const [vx, vy, vz] = [p[at + 3]! - p[at + 2]!, q[at + 3]! - q[at + 2]!, s[at + 3]! - s[at + 2]!]
    const nx = uy * vz - uz * vy
    const ny = uz * vx - ux * vz
    const nz = ux * vy - uy * vx
    areas[i] = Math.sqrt(nx * nx + ny * ny + nz * nz)
  }
  return areas
}
