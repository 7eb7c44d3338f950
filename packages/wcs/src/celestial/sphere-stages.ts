import { type Matrix3, transpose3 } from '../frame/matrix3.ts'
import type { Stage } from '../projection/projection.ts'
import { cosDeg, DEG_TO_RAD, RAD_TO_DEG, sinDeg } from './angles.ts'
import type { CelestialPole } from './pole.ts'

/**
 * Native to celestial rotation as a matrix on unit vectors (cos lat cos lon, cos lat sin lon, sin lat).
 *
 * Source: FITS WCS Paper II (Calabretta & Greisen 2002), equation 2, written for vectors.
 */
export function nativeToCelestialMatrix(pole: CelestialPole): Matrix3 {
  const sa = sinDeg(pole.lonDeg)
  const ca = cosDeg(pole.lonDeg)
  const sd = sinDeg(pole.latDeg)
  const cd = cosDeg(pole.latDeg)
  const sp = sinDeg(pole.nativeLonDeg)
  const cp = cosDeg(pole.nativeLonDeg)
  return [
    -ca * sd * cp - sa * sp,
    sa * cp - ca * sd * sp,
    ca * cd,
    ca * sp - sa * sd * cp,
    -sa * sd * sp - ca * cp,
    sa * cd,
    cd * cp,
    cd * sp,
    sd,
  ]
}

/** Celestial to native rotation: the transpose of {@link nativeToCelestialMatrix}. */
export function celestialToNativeMatrix(pole: CelestialPole): Matrix3 {
  return transpose3(nativeToCelestialMatrix(pole))
}

/** Step that turns unit vectors by a matrix. */
export function rotateStage(matrix: Matrix3): Stage {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = matrix
  return (p, q, s, count) => {
    for (let i = 0; i < count; i++) {
      const x = p[i]!
      const y = q[i]!
      const z = s[i]!
      p[i] = m0 * x + m1 * y + m2 * z
      q[i] = m3 * x + m4 * y + m5 * z
      s[i] = m6 * x + m7 * y + m8 * z
    }
  }
}

/** Step from unit vectors to angles in degrees, longitude in [0, 360). */
export const vectorToSkyStage: Stage = (p, q, s, count) => {
  for (let i = 0; i < count; i++) {
    const x = p[i]!
    const y = q[i]!
    const lonDeg = Math.atan2(y, x) * RAD_TO_DEG
    q[i] = Math.atan2(s[i]!, Math.sqrt(x * x + y * y)) * RAD_TO_DEG
    const turned = lonDeg < 0 ? lonDeg + 360 : lonDeg
    p[i] = turned === 360 ? 0 : turned
  }
}

/** Step from unit vectors to angles in degrees, longitude in [-180, 180]. */
export const vectorToNativeAnglesStage: Stage = (p, q, s, count) => {
  for (let i = 0; i < count; i++) {
    const x = p[i]!
    const y = q[i]!
    p[i] = Math.atan2(y, x) * RAD_TO_DEG
    q[i] = Math.atan2(s[i]!, Math.sqrt(x * x + y * y)) * RAD_TO_DEG
  }
}

/** Step from angles in degrees to unit vectors. A latitude beyond the poles gives NaN. */
export const anglesToVectorStage: Stage = (p, q, s, count) => {
  for (let i = 0; i < count; i++) {
    const latDeg = q[i]!
    const lonRad = p[i]! * DEG_TO_RAD
    const latRad = latDeg >= -90 && latDeg <= 90 ? latDeg * DEG_TO_RAD : Number.NaN
    const cosLat = Math.cos(latRad)
    p[i] = cosLat * Math.cos(lonRad)
    q[i] = cosLat * Math.sin(lonRad)
    s[i] = Math.sin(latRad)
  }
}

/** Steps between native angles and the sky, both in degrees. */
export interface AngleStages {
  readonly toSky: Stage
  readonly fromSky: Stage
}

/** How longitudes and latitudes follow from native ones: lon = shift + sign phi, lat = sign theta. */
export interface AlignedShift {
  /** In [0, 360). */
  readonly shiftDeg: number
  readonly sign: 1 | -1
}

/** The shift of a native pole that is a celestial pole (Paper II, section 2.4); undefined for every other pole. */
export function alignedShift(pole: CelestialPole): AlignedShift | undefined {
  if (Math.abs(pole.latDeg) !== 90) return undefined
  const raw = pole.latDeg > 0 ? pole.lonDeg - pole.nativeLonDeg - 180 : pole.lonDeg + pole.nativeLonDeg
  return { shiftDeg: ((raw % 360) + 360) % 360, sign: pole.latDeg > 0 ? 1 : -1 }
}

/** Steps for a native pole that is a celestial pole; no trigonometry is needed. Undefined for every other pole. */
export function alignedAngleStages(pole: CelestialPole): AngleStages | undefined {
  const aligned = alignedShift(pole)
  return aligned === undefined ? undefined : shiftedAngles(aligned)
}

function shiftedAngles({ shiftDeg, sign }: AlignedShift): AngleStages {
  return {
    toSky: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        let lon = shiftDeg + sign * p[i]!
        if (lon >= 360) lon -= 360
        else if (lon < 0) lon += 360
        p[i] = lon === 360 ? 0 : lon
        q[i] = sign * q[i]!
      }
    },
    fromSky: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const lat = q[i]!
        let phi = sign * (p[i]! - shiftDeg)
        if (!(phi >= -180 && phi <= 180)) phi -= 360 * Math.round(phi / 360)
        p[i] = phi
        q[i] = lat >= -90 && lat <= 90 ? sign * lat : Number.NaN
      }
    },
  }
}
