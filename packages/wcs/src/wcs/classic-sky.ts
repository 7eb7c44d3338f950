import { RAD_TO_DEG } from '../celestial/angles.ts'
import {
  roundedAcos,
  roundedAsin,
  roundedAtan2,
  roundedCosDeg,
  roundedSinDeg,
} from '../celestial/rounded-trig.ts'
import type { ProjectionCode } from '../projection/make-projection.ts'
import type { Wcs } from './wcs.ts'

/** Sky positions of `count` pixels, degrees, written to `lonDeg` and `latDeg`, which may be the input arrays. */
export type PixelsToSky = (
  fitsX: Float64Array,
  fitsY: Float64Array,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  count: number,
) => void

/** Native latitude for a distance from the reference point, both degrees. */
type NativeLatitude = (radiusDeg: number) => number

/** Native latitudes of the zenithal projections in the form, of several equal ones, that the classic programs round. */
const ZENITHAL: ReadonlyMap<ProjectionCode, NativeLatitude> = new Map<ProjectionCode, NativeLatitude>([
  ['TAN', (radius) => atan2Deg(RAD_TO_DEG, radius)],
  ['SIN', sinLatitude],
  ['ZEA', (radius) => 90 - 2 * (RAD_TO_DEG * roundedAsin(radius * (1 / (2 * RAD_TO_DEG))))],
  ['STG', (radius) => 90 - 2 * (RAD_TO_DEG * roundedAtan2(radius * (1 / (2 * RAD_TO_DEG)), 1))],
  ['ARC', (radius) => 90 - radius],
])

/**
 * Sky positions with the roundings of the classic programs, to the last bit but for one in some hundred: native longitude and latitude in
 * degrees, then the rotation to the sky by the angles of the native pole. The positions are right to 1e-13 degree, as those of
 * `pixelsToSky`; only for results that depend on the last bit, which are those of the classic programs themselves.
 *
 * Found by experiment: with these formulas the areas of overlap that mProject of Montage 6.0 writes come out to the last bit for thousands
 * of pairs of pixels. Undefined for the projections, poles and distortions that were not tried.
 *
 * Source of the rotation: FITS WCS Paper II (Calabretta & Greisen 2002), equation 2.
 */
export function classicPixelsToSky(wcs: Wcs): PixelsToSky | undefined {
  const isPlain =
    wcs.sip === undefined &&
    wcs.lookup === undefined &&
    wcs.planeDistortion === undefined &&
    wcs.plate === undefined &&
    wcs.pv.every((value) => value === undefined) &&
    wcs.planeOffset.every((value) => value === 0) &&
    wcs.phiCentreDeg === 0
  if (!isPlain) return undefined
  const latitude = ZENITHAL.get(wcs.projection)
  if (latitude === undefined && !(wcs.projection === 'CAR' && wcs.pole.latDeg === 90)) return undefined
  const [x0, y0] = wcs.crpix
  const [a, b, c, d] = wcs.cd
  const toSky = skyOf(wcs)
  const sky = new Float64Array(2)
  return (fitsX, fitsY, lonDeg, latDeg, count) => {
    for (let k = 0; k < count; k++) {
      const u = fitsX[k]! - x0
      const v = fitsY[k]! - y0
      const x = a * u + b * v
      const y = c * u + d * v
      if (latitude === undefined) toSky(x, y, sky)
      else {
        const radius = Math.sqrt(x * x + y * y)
        toSky(radius === 0 ? 0 : atan2Deg(x, -y), latitude(radius), sky)
      }
      lonDeg[k] = sky[0]!
      latDeg[k] = sky[1]!
    }
  }
}

function sinLatitude(radiusDeg: number): number {
  const sine = radiusDeg * (1 / RAD_TO_DEG)
  const square = sine * sine
  return RAD_TO_DEG * (square < 0.5 ? roundedAcos(sine) : roundedAsin(Math.sqrt(1 - square)))
}

/** Components of a direction that are smaller than this are computed by another formula. */
const SMALL = 1e-5
/** Latitudes with a larger sine come from their cosine. */
const HIGH_SINE = 0.99

/** Rotation from native longitude and latitude, degrees. */
function skyOf({ pole }: Wcs): (phiDeg: number, thetaDeg: number, sky: Float64Array) => void {
  const { lonDeg: poleLonDeg, nativeLonDeg } = pole
  const colatitudeDeg = 90 - pole.latDeg
  const cosPole = roundedCosDeg(colatitudeDeg)
  const sinPole = roundedSinDeg(colatitudeDeg)
  return (phiDeg, thetaDeg, sky) => {
    const turnDeg = phiDeg - nativeLonDeg
    const cosTurn = roundedCosDeg(turnDeg)
    const sinTurn = roundedSinDeg(turnDeg)
    const cosTheta = roundedCosDeg(thetaDeg)
    const sinTheta = roundedSinDeg(thetaDeg)
    let x = sinTheta * sinPole - cosTheta * cosPole * cosTurn
    if (Math.abs(x) < SMALL) x = -roundedCosDeg(thetaDeg + colatitudeDeg) + cosTheta * cosPole * (1 - cosTurn)
    const y = -cosTheta * sinTurn
    const lon = poleLonDeg + (x === 0 && y === 0 ? turnDeg + 180 : atan2Deg(y, x))
    sky[0] = lon < 0 ? lon + 360 : lon > 360 ? lon - 360 : lon
    if (turnDeg % 180 === 0) {
      const lat = thetaDeg + cosTurn * colatitudeDeg
      sky[1] = lat > 90 ? 180 - lat : lat < -90 ? -180 - lat : lat
      return
    }
    const z = sinTheta * cosPole + cosTheta * sinPole * cosTurn
    sky[1] =
      Math.abs(z) > HIGH_SINE
        ? Math.sign(z) * (RAD_TO_DEG * roundedAcos(Math.sqrt(x * x + y * y)))
        : RAD_TO_DEG * roundedAsin(z)
  }
}

function atan2Deg(y: number, x: number): number {
  if (y === 0) return x < 0 ? 180 : 0
  return roundedAtan2(y, x) * RAD_TO_DEG
}
