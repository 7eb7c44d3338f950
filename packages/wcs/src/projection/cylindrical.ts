import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import { insideHalfTurn, insidePoles, nearestTurn } from './native-range.ts'
import { EDGE_TOLERANCE, type Projection, type ProjectionParameters } from './projection.ts'

/**
 * Native longitudes a cylindrical projection may give: half a turn to both sides of `centreDeg`. Paper II has 0; images that lie
 * beyond +-180 degrees need their own centre.
 */
export interface LongitudeRange {
  readonly centreDeg: number
}

/**
 * Plate carree projection (CAR).
 *
 * Source: Paper II, section 5.2.3, equations 83 and 84 (x = phi, y = theta).
 */
export function carProjection({ centreDeg }: LongitudeRange): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]!
        const y = q[i]!
        const off = x - centreDeg
        if (off >= -180 && off <= 180 && y >= -90 && y <= 90) continue
        const phi = insideHalfTurn(x, centreDeg)
        const theta = insidePoles(y)
        p[i] = phi + 0 * theta
        q[i] = theta + 0 * phi
      }
    },
    fromNative: (p, _q, _s, count) => {
      for (let i = 0; i < count; i++) p[i] = nearestTurn(p[i]!, centreDeg)
    },
  }
}

/**
 * Cylindrical perspective projection (CYP) with PV2_1 = mu, PV2_2 = lambda (sphere radii).
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for lambda = 0 or mu = -lambda
 *
 * Source: Paper II, section 5.2.1, equations 78 to 80.
 */
export function cypProjection(pv: ProjectionParameters, { centreDeg }: LongitudeRange): Projection {
  const mu = pv[1] ?? 1
  const lambda = pv[2] ?? 1
  if (lambda === 0) throw badParameter('CYP', 'PV2_2', lambda, 'any number but 0')
  if (mu === -lambda) throw badParameter('CYP', 'PV2_1', mu, 'any number but -PV2_2')
  const height = mu + lambda
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const phi = insideHalfTurn(p[i]! / lambda, centreDeg)
        const eta = (q[i]! * DEG_TO_RAD) / height
        const sine = (eta * mu) / Math.sqrt(eta * eta + 1)
        const bounded =
          Math.abs(sine) <= 1 ? sine : Math.abs(sine) <= 1 + EDGE_TOLERANCE ? Math.sign(sine) : Number.NaN
        const theta = insidePoles((Math.atan(eta) + Math.asin(bounded)) * RAD_TO_DEG)
        p[i] = phi + 0 * theta
        q[i] = theta + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const thetaRad = q[i]! * DEG_TO_RAD
        const cosTheta = Math.cos(thetaRad)
        const den = mu + cosTheta
        // Seen from the axis only where theta is single-valued: mu cos theta > -1 on the near side of the divergence.
        const seen = den * (mu + 1) > 0 && mu * cosTheta + 1 >= -EDGE_TOLERANCE
        p[i] = seen ? lambda * nearestTurn(p[i]!, centreDeg) : Number.NaN
        q[i] = seen ? (height * Math.sin(thetaRad) * RAD_TO_DEG) / den : Number.NaN
      }
    },
  }
}

/**
 * Cylindrical equal-area projection (CEA) with PV2_1 = lambda, the squared cosine of the conformal latitude.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for lambda outside (0, 1]
 *
 * Source: Paper II, section 5.2.2, equations 81 and 82.
 */
export function ceaProjection(pv: ProjectionParameters, { centreDeg }: LongitudeRange): Projection {
  const lambda = pv[1] ?? 1
  if (!(lambda > 0 && lambda <= 1)) throw badParameter('CEA', 'PV2_1', lambda, 'above 0 to 1')
  const scale = lambda * DEG_TO_RAD
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const phi = insideHalfTurn(p[i]!, centreDeg)
        const sine = q[i]! * scale
        const bounded =
          Math.abs(sine) <= 1 ? sine : Math.abs(sine) <= 1 + EDGE_TOLERANCE ? Math.sign(sine) : Number.NaN
        const theta = Math.asin(bounded) * RAD_TO_DEG
        p[i] = phi + 0 * theta
        q[i] = theta + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        p[i] = nearestTurn(p[i]!, centreDeg)
        q[i] = Math.sin(q[i]! * DEG_TO_RAD) / scale
      }
    },
  }
}

/**
 * Mercator projection (MER). The poles have no image.
 *
 * Source: Paper II, section 5.2.4, equations 85 and 86, in the form y = asinh(tan theta); near the poles in terms of the distance from
 * them, which keeps its digits.
 */
export function merProjection({ centreDeg }: LongitudeRange): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const phi = insideHalfTurn(p[i]!, centreDeg)
        p[i] = phi
        q[i] = mercatorLatitude(q[i]! * DEG_TO_RAD) + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const theta = q[i]!
        const seen = theta > -90 && theta < 90
        p[i] = seen ? nearestTurn(p[i]!, centreDeg) : Number.NaN
        q[i] = seen ? mercatorHeight(theta) * RAD_TO_DEG : Number.NaN
      }
    },
  }
}

/** theta in degrees of y in radians. */
function mercatorLatitude(y: number): number {
  if (Math.abs(y) < 1) return Math.atan(Math.sinh(y)) * RAD_TO_DEG
  return Math.sign(y) * (90 - 2 * Math.atan(Math.exp(-Math.abs(y))) * RAD_TO_DEG)
}

/** y in radians of theta in degrees. */
function mercatorHeight(theta: number): number {
  if (Math.abs(theta) < 45) return Math.asinh(Math.tan(theta * DEG_TO_RAD))
  return -Math.sign(theta) * Math.log(Math.tan(((90 - Math.abs(theta)) / 2) * DEG_TO_RAD))
}
