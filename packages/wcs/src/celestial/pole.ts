import { WcsError } from '../errors.ts'
import { atan2Deg, cosDeg, sinDeg, wrap360 } from './angles.ts'

/** Where the native sphere of a projection sits on the sky: the Euler angles of Paper II, section 2.3. */
export interface CelestialPole {
  /** Celestial longitude of the native pole (alpha_p), degrees. */
  readonly lonDeg: number
  /** Celestial latitude of the native pole (delta_p), degrees. */
  readonly latDeg: number
  /** Native longitude of the celestial pole (phi_p, LONPOLE), degrees. */
  readonly nativeLonDeg: number
}

/** What a header says about the native pole. */
export interface FiducialPoint {
  /** Native coordinates of the fiducial point (phi_0, theta_0), degrees. */
  readonly phi0Deg: number
  readonly theta0Deg: number
  /** Its celestial coordinates (CRVAL), degrees. */
  readonly lonDeg: number
  readonly latDeg: number
  /** LONPOLE; undefined means the default of Paper II, section 2.2. */
  readonly lonPoleDeg: number | undefined
  /** LATPOLE; only used where two poles are possible. */
  readonly latPoleDeg: number
}

/** Slack for a pole that rounding has pushed out of reach, as sine or cosine. */
const POLE_TOLERANCE = 1e-10

/**
 * The native pole on the sky.
 *
 * @throws {WcsError} `WCS_NO_POLE` when no position of the pole puts the fiducial point at CRVAL
 *
 * Source: FITS WCS Paper II (Calabretta & Greisen 2002), section 2.4, equations 8 to 10.
 */
export function celestialPole(fiducial: FiducialPoint): CelestialPole {
  const { phi0Deg, theta0Deg, lonDeg, latDeg } = fiducial
  const defaultLonPole = latDeg >= theta0Deg ? phi0Deg : phi0Deg + 180
  const nativeLonDeg = fiducial.lonPoleDeg ?? (defaultLonPole > 180 ? defaultLonPole - 360 : defaultLonPole)
  if (theta0Deg === 90) return { lonDeg: wrap360(lonDeg), latDeg, nativeLonDeg }

  const poleLatDeg = poleLatitude(fiducial, nativeLonDeg)
  return {
    lonDeg: wrap360(poleLongitude(fiducial, nativeLonDeg, poleLatDeg)),
    latDeg: poleLatDeg,
    nativeLonDeg,
  }
}

/** delta_p by equation 8; of two solutions the one nearer to LATPOLE, of two equally near the northern one. */
function poleLatitude(fiducial: FiducialPoint, nativeLonDeg: number): number {
  const { phi0Deg, theta0Deg, latDeg, latPoleDeg } = fiducial
  const along = cosDeg(theta0Deg) * cosDeg(nativeLonDeg - phi0Deg)
  const across = cosDeg(theta0Deg) * sinDeg(nativeLonDeg - phi0Deg)
  const norm = Math.sqrt(1 - across * across)
  if (norm < POLE_TOLERANCE) {
    // Fiducial point on the native equator, a quarter turn from the celestial pole: LATPOLE alone decides.
    if (Math.abs(sinDeg(latDeg)) > POLE_TOLERANCE) throw noPole(fiducial, nativeLonDeg)
    return latPoleDeg
  }
  // The arc cosine of sin(delta_0) / norm, written so that it keeps its digits near the poles.
  const rest = (cosDeg(latDeg) - across) * (cosDeg(latDeg) + across)
  if (rest < -POLE_TOLERANCE) throw noPole(fiducial, nativeLonDeg)
  const centre = atan2Deg(sinDeg(theta0Deg), along)
  const half = atan2Deg(Math.sqrt(Math.max(0, rest)), sinDeg(latDeg))
  const solutions = [centre + half, centre - half].map(intoLatitude).filter((lat) => lat !== undefined)
  const [first, second] = solutions
  if (first === undefined) throw noPole(fiducial, nativeLonDeg)
  if (second === undefined) return first
  const firstOff = Math.abs(latPoleDeg - first)
  const secondOff = Math.abs(latPoleDeg - second)
  if (Math.abs(firstOff - secondOff) < 1e-10) return Math.max(first, second)
  return firstOff < secondOff ? first : second
}

/** An angle brought into -90 to 90 by whole turns, undefined when that is impossible. */
function intoLatitude(angleDeg: number): number | undefined {
  const turned = angleDeg > 180 ? angleDeg - 360 : angleDeg < -180 ? angleDeg + 360 : angleDeg
  if (Math.abs(turned) > 90 + 1e-8) return undefined
  return Math.min(90, Math.max(-90, turned))
}

/** alpha_p by equations 9 and 10 and the special cases of section 2.4. */
function poleLongitude(fiducial: FiducialPoint, nativeLonDeg: number, poleLatDeg: number): number {
  const { phi0Deg, theta0Deg, lonDeg, latDeg } = fiducial
  if (Math.abs(cosDeg(latDeg)) < POLE_TOLERANCE) return lonDeg
  const cosPole = cosDeg(poleLatDeg)
  if (Math.abs(cosPole) < POLE_TOLERANCE) {
    return poleLatDeg > 0 ? lonDeg + nativeLonDeg - phi0Deg - 180 : lonDeg - nativeLonDeg + phi0Deg
  }
  const x = (sinDeg(theta0Deg) - sinDeg(poleLatDeg) * sinDeg(latDeg)) / cosPole
  const y = sinDeg(nativeLonDeg - phi0Deg) * cosDeg(theta0Deg)
  return lonDeg - atan2Deg(y, x)
}

function noPole(fiducial: FiducialPoint, nativeLonDeg: number): WcsError {
  return new WcsError('WCS_NO_POLE', 'no native pole puts the fiducial point at CRVAL', {
    where: ['LONPOLE'],
    found: `latitude ${fiducial.latDeg}, LONPOLE ${nativeLonDeg}, theta_0 ${fiducial.theta0Deg}`,
    allowed: 'a LONPOLE that keeps the latitude of CRVAL within reach (Paper II, equation 8)',
    remedy: 'correct LONPOLE or CRVAL, or remove LONPOLE to get its default',
  })
}
