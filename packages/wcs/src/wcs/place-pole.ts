import { DEG_TO_RAD } from '../celestial/angles.ts'
import { type CelestialPole, celestialPole } from '../celestial/pole.ts'
import type { KeywordReader } from '../keywords/keyword-reader.ts'
import type { Projection } from '../projection/projection.ts'

/** Where a projection lies on the sky. */
export interface PolePlacement {
  readonly pole: CelestialPole
  /** Plane coordinates of the reference point, degrees. */
  readonly planeOffset: readonly [number, number]
}

/** PVi_m of the longitude axis by their meaning (Paper II, section 2.6 and table 13). */
export interface LongitudeParameters {
  /** PVi_0: true when the plane's origin is moved to the fiducial point. */
  readonly isOffset: boolean
  readonly phi0Deg: number | undefined
  readonly theta0Deg: number | undefined
  readonly lonPoleDeg: number | undefined
  readonly latPoleDeg: number | undefined
}

/**
 * Reads LONPOLE, LATPOLE and PVi_0 to PVi_4 of the longitude axis; PVi_3 and PVi_4 take precedence over LONPOLE and LATPOLE.
 *
 * @param usesPv false when the PV keywords of the longitude axis are coefficients of a distortion
 */
export function readLongitudeParameters(
  header: KeywordReader,
  lonAxis: number,
  alternate: string,
  usesPv: boolean,
): LongitudeParameters {
  const pv = (m: number): number | undefined =>
    usesPv ? header.number(`PV${lonAxis}_${m}${alternate}`) : undefined
  return {
    isOffset: (pv(0) ?? 0) !== 0,
    phi0Deg: pv(1),
    theta0Deg: pv(2),
    lonPoleDeg: pv(3) ?? header.number(`LONPOLE${alternate}`),
    latPoleDeg: pv(4) ?? header.number(`LATPOLE${alternate}`),
  }
}

/**
 * Finds the native pole on the sky and the offset of the plane's origin.
 *
 * @throws {WcsError} `WCS_NO_POLE` when no pole puts the fiducial point at `crval`
 */
export function placePole(
  projection: Projection,
  crval: readonly [number, number],
  parameters: LongitudeParameters,
): PolePlacement {
  const phi0Deg = parameters.phi0Deg ?? 0
  const theta0Deg = parameters.theta0Deg ?? projection.theta0Deg
  const pole = celestialPole({
    phi0Deg,
    theta0Deg,
    lonDeg: crval[0],
    latDeg: crval[1],
    lonPoleDeg: parameters.lonPoleDeg,
    latPoleDeg: parameters.latPoleDeg ?? 90,
  })
  return { pole, planeOffset: parameters.isOffset ? imageOf(projection, phi0Deg, theta0Deg) : [0, 0] }
}

/** Plane coordinates of one native point. */
function imageOf(projection: Projection, phiDeg: number, thetaDeg: number): readonly [number, number] {
  const p = new Float64Array(1)
  const q = new Float64Array(1)
  const s = new Float64Array(1)
  if (projection.form === 'angles') {
    p[0] = phiDeg
    q[0] = thetaDeg
  } else {
    const cosTheta = Math.cos(thetaDeg * DEG_TO_RAD)
    p[0] = cosTheta * Math.cos(phiDeg * DEG_TO_RAD)
    q[0] = cosTheta * Math.sin(phiDeg * DEG_TO_RAD)
    s[0] = Math.sin(thetaDeg * DEG_TO_RAD)
  }
  projection.fromNative(p, q, s, 1)
  return [p[0], q[0]]
}
