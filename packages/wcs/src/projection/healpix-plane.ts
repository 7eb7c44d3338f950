import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import {
  EDGE_TOLERANCE,
  EDGE_TOLERANCE_DEG,
  type Projection,
  type ProjectionParameters,
} from './projection.ts'

/** 1 - |sin theta| without cancellation near the poles; theta in degrees. */
function polarDistance(thetaDeg: number): number {
  const half = Math.sin(((90 - Math.abs(thetaDeg)) / 2) * DEG_TO_RAD)
  return 2 * half * half
}

/** |theta| in degrees of 1 - |sin theta|. */
function latitudeOfDistance(distance: number): number {
  return 90 - 2 * Math.asin(Math.sqrt(distance / 2)) * RAD_TO_DEG
}

/**
 * HEALPix projection (HPX) with PV2_1 = H (default 4), PV2_2 = K (default 3).
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` unless H and K are whole numbers above 0
 *
 * Source: Calabretta & Roukema 2007, MNRAS 381, 865, section 5, equations 21 to 28; FITS Standard 4.0, table 13.
 */
export function hpxProjection(pv: ProjectionParameters): Projection {
  const h = pv[1] ?? 4
  const k = pv[2] ?? 3
  if (!Number.isInteger(h) || h < 1 || h > 1000)
    throw badParameter('HPX', 'PV2_1', h, 'a whole number from 1 to 1000')
  if (!Number.isInteger(k) || k < 1 || k > 1000)
    throw badParameter('HPX', 'PV2_2', k, 'a whole number from 1 to 1000')
  const facetDeg = 180 / h
  const equatorialY = (90 * (k - 1)) / h
  const polarY = (90 * (k + 1)) / h
  const sineScale = (90 * k) / h
  /** Middle of the polar facet a longitude belongs to; even K turns the southern facets by half of one. */
  const facetCentre = (phi: number, isNorth: boolean): number => {
    const omega = k % 2 === 1 || isNorth ? 1 : 0
    const index = Math.floor((phi + 180) / (2 * facetDeg) + (1 - omega) / 2)
    // The seam at +180 belongs to the last facet.
    const bounded = omega === 1 ? Math.min(h - 1, Math.max(0, index)) : index
    return -180 + (2 * bounded + omega) * facetDeg
  }
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]!
        const y = q[i]!
        const absY = Math.abs(y)
        let phi = Number.NaN
        let theta = Number.NaN
        if (absY <= equatorialY) {
          if (Math.abs(x) <= 180 + EDGE_TOLERANCE_DEG) phi = x
          theta = Math.asin(y / sineScale) * RAD_TO_DEG
        } else if (absY <= polarY + EDGE_TOLERANCE_DEG && Math.abs(x) <= 180 + EDGE_TOLERANCE_DEG) {
          const sigma = Math.max(0, (k + 1) / 2 - absY / facetDeg)
          const centre = facetCentre(x, y > 0)
          const off = x - centre
          if (Math.abs(off) <= sigma * facetDeg + EDGE_TOLERANCE_DEG) {
            phi = sigma === 0 ? centre : centre + Math.max(-facetDeg, Math.min(facetDeg, off / sigma))
            theta = latitudeOfDistance((sigma * sigma) / k) * Math.sign(y)
          }
        }
        const bounded = Math.max(-180, Math.min(180, phi))
        p[i] = bounded
        q[i] = theta + 0 * bounded
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const theta = q[i]!
        const distance = polarDistance(theta)
        const sine = 1 - distance
        if (sine * k <= k - 1) {
          q[i] = sineScale * Math.sin(theta * DEG_TO_RAD)
        } else {
          const sigma = Math.sqrt(k * distance)
          const centre = facetCentre(p[i]!, theta > 0)
          p[i] = centre + (p[i]! - centre) * sigma
          q[i] = Math.sign(theta) * facetDeg * ((k + 1) / 2 - sigma)
        }
      }
    },
  }
}

/**
 * HEALPix polar ("butterfly") projection (XPH): the HEALPix projection with H = 4, K = 3 cut along four meridians and laid out around
 * the north pole, which is the reference point.
 *
 * Each quarter, phi from 90 k to 90 k + 90, has HEALPix coordinates xi (from its middle) and eta (0 at the north pole, -180 at the
 * south pole) and is turned so that its middle meridian points along phi = 90 k + 45.
 *
 * Source: Calabretta & Lowe 2013, PASA 30, e050, section 2.
 */
export function xphProjection(): Projection {
  return {
    theta0Deg: 90,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]!
        const y = q[i]!
        // The quarter whose axis (sin, -cos of 90 k + 45) is nearest.
        const isRight = x > 0 || (x === 0 && y < 0)
        const isLow = y < 0 || (y === 0 && x < 0)
        const quarter = isRight ? (isLow ? 0 : 1) : isLow ? 3 : 2
        const alongX = quarter < 2 ? Math.SQRT1_2 : -Math.SQRT1_2
        const alongY = quarter === 0 || quarter === 3 ? -Math.SQRT1_2 : Math.SQRT1_2
        const eta = -(x * alongX + y * alongY)
        const xi = -x * alongY + y * alongX
        const height = eta + 90
        const absHeight = Math.abs(height)
        let psi = Number.NaN
        let theta = Number.NaN
        let slackDeg = EDGE_TOLERANCE_DEG
        if (absHeight <= 45) {
          psi = xi
          theta = Math.asin(height / 67.5) * RAD_TO_DEG
        } else if (absHeight <= 90 + EDGE_TOLERANCE_DEG) {
          const sigma = Math.max(0, (90 - absHeight) / 45)
          psi = sigma === 0 ? (Math.abs(xi) <= EDGE_TOLERANCE_DEG ? 0 : Number.NaN) : xi / sigma
          // Close to a pole a rounding turns psi by much.
          slackDeg += EDGE_TOLERANCE / sigma
          theta = latitudeOfDistance((sigma * sigma) / 3) * Math.sign(height)
        }
        if (!(Math.abs(psi) <= 45)) psi = Math.abs(psi) <= 45 + slackDeg ? 45 * Math.sign(psi) : Number.NaN
        const phi = 90 * quarter + 45 + psi
        p[i] = phi > 180 ? phi - 360 : phi
        q[i] = theta + 0 * psi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const turned = p[i]! < 0 ? p[i]! + 360 : p[i]!
        const theta = q[i]!
        const quarter = Math.min(3, Math.floor(turned / 90))
        const distance = polarDistance(theta)
        const psi = turned - 90 * quarter - 45
        let xi = psi
        let eta = 67.5 * Math.sin(theta * DEG_TO_RAD) - 90
        if (1 - distance > 2 / 3) {
          const sigma = Math.sqrt(3 * distance)
          xi = psi * sigma
          eta = Math.sign(theta) * (90 - 45 * sigma) - 90
        }
        const alongX = quarter < 2 ? Math.SQRT1_2 : -Math.SQRT1_2
        const alongY = quarter === 0 || quarter === 3 ? -Math.SQRT1_2 : Math.SQRT1_2
        p[i] = -eta * alongX - xi * alongY
        q[i] = -eta * alongY + xi * alongX
      }
    },
  }
}
