import type { SkyPosition } from '@skyloom/wcs'
import { roundedSinCos } from './rounded-trig.ts'

/** Degrees to radian in the classic programs. */
const DEG_TO_RAD = 0.0174532925199433

/**
 * Angle between two positions as the classic programs compute it: the arc cosine of the scalar product of their unit vectors, radian. For
 * near positions it is off by up to 1e-16 over the angle. To be used only where their results must be met.
 */
export function classicAngleRad(a: SkyPosition, b: SkyPosition): number {
  const [u, v] = [classicVector(a), classicVector(b)]
  return Math.acos(Math.min(1, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]))
}

function classicVector({ lonDeg, latDeg }: SkyPosition): readonly [number, number, number] {
  const lon = roundedSinCos(lonDeg * DEG_TO_RAD)
  const lat = roundedSinCos(latDeg * DEG_TO_RAD)
  return [lat.cos * lon.cos, lat.cos * lon.sin, lat.sin]
}
