import type { Vector3 } from '../sphere/vector3.ts'
import { IDENTITY3, type Matrix3 } from './matrix3.ts'

const DEG_TO_RAD = Math.PI / 180
const RAD_TO_DEG = 180 / Math.PI

/**
 * A change of celestial coordinates: take the E-terms `removed` away, turn by `matrix`, put the E-terms `added` on.
 * `null` stands for no E-terms.
 */
export interface SkyRotation {
  readonly removed: Vector3 | null
  readonly matrix: Matrix3
  readonly added: Vector3 | null
}

/** True when the rotation changes nothing. */
export function isIdentityRotation(rotation: SkyRotation): boolean {
  return (
    rotation.removed === null &&
    rotation.added === null &&
    rotation.matrix.every((m, i) => m === IDENTITY3[i])
  )
}

const NO_TERMS: Vector3 = [0, 0, 0]

/**
 * Applies a change of coordinates to `count` positions in place: degrees in, degrees out, longitude in [0, 360).
 * What is not finite gives NaN in both.
 *
 * With unit vector v and E-terms a, removal is v(1 + a.v) - a and addition v + a, up to length (Explanatory Supplement,
 * section 3.53; the fixed point of the usual iteration has the direction v + a).
 */
export function rotateInPlace(
  rotation: SkyRotation,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  count: number,
): void {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = rotation.matrix
  const [a0, a1, a2] = rotation.removed ?? NO_TERMS
  const [b0, b1, b2] = rotation.added ?? NO_TERMS
  for (let i = 0; i < count; i++) {
    const lonRad = lonDeg[i]! * DEG_TO_RAD
    const latRad = latDeg[i]! * DEG_TO_RAD
    const cosLat = Math.cos(latRad)
    const vx = cosLat * Math.cos(lonRad)
    const vy = cosLat * Math.sin(lonRad)
    const vz = Math.sin(latRad)
    const scale = 1 + a0 * vx + a1 * vy + a2 * vz
    const wx = vx * scale - a0
    const wy = vy * scale - a1
    const wz = vz * scale - a2
    const x = m0 * wx + m1 * wy + m2 * wz + b0
    const y = m3 * wx + m4 * wy + m5 * wz + b1
    const z = m6 * wx + m7 * wy + m8 * wz + b2
    const lon = Math.atan2(y, x) * RAD_TO_DEG
    // A longitude of -1e-17 becomes 360 when added to 360: that is 0.
    const turned = lon < 0 ? lon + 360 : lon
    lonDeg[i] = turned === 360 ? 0 : turned
    latDeg[i] = Math.atan2(z, Math.sqrt(x * x + y * y)) * RAD_TO_DEG
  }
}
