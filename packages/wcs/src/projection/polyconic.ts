import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import { insideHalfTurn } from './native-range.ts'
import { EDGE_TOLERANCE_DEG, type Projection, type ProjectionParameters } from './projection.ts'
import { dividedLongitude, sflProjection } from './pseudocylindrical.ts'
import { solveMonotone } from './solve-monotone.ts'

/**
 * Bonne's equal-area projection (BON) with PV2_1 = theta_1 (degrees); theta_1 = 0 is SFL.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` without PV2_1 or for one beyond the poles
 *
 * Source: Paper II, section 5.5.1, equations 138 to 143.
 */
export function bonProjection(pv: ProjectionParameters): Projection {
  const theta1Deg = pv[1]
  if (theta1Deg === undefined)
    throw badParameter('BON', 'PV2_1', Number.NaN, 'a latitude; there is no default')
  if (Math.abs(theta1Deg) > 90) throw badParameter('BON', 'PV2_1', theta1Deg, '-90 to 90')
  if (theta1Deg === 0) return sflProjection()
  const theta1 = theta1Deg * DEG_TO_RAD
  const side = theta1 < 0 ? -1 : 1
  const apex = Math.cos(theta1) / Math.sin(theta1) + theta1
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const dy = apex - q[i]! * DEG_TO_RAD
        const r = side * Math.sqrt(x * x + dy * dy)
        const alpha = r === 0 ? 0 : Math.atan2(x * side, dy * side)
        const rawTheta = (apex - r) * RAD_TO_DEG
        const over = Math.abs(rawTheta) - 90
        const theta =
          over <= 0 ? rawTheta : over <= EDGE_TOLERANCE_DEG ? 90 * Math.sign(rawTheta) : Number.NaN
        const cosTheta = Math.abs(theta) === 90 ? 0 : Math.cos(theta * DEG_TO_RAD)
        const phi = dividedLongitude(alpha * r * RAD_TO_DEG, cosTheta)
        p[i] = phi
        q[i] = theta + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const theta = q[i]! * DEG_TO_RAD
        const r = apex - theta
        const alpha = r === 0 ? 0 : (p[i]! * DEG_TO_RAD * Math.cos(theta)) / r
        p[i] = r * Math.sin(alpha) * RAD_TO_DEG
        q[i] = (apex - r * Math.cos(alpha)) * RAD_TO_DEG
      }
    },
  }
}

/**
 * Polyconic projection (PCO).
 *
 * Accuracy: the inverse is iterated to rounding.
 * Source: Paper II, section 5.5.2, equations 144 to 150.
 */
export function pcoProjection(): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const theta = polyconicLatitude(Math.abs(x), Math.abs(y)) * Math.sign(y)
        const phi = polyconicLongitude(x, y, theta)
        p[i] = phi
        q[i] = theta * RAD_TO_DEG + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const phi = p[i]! * DEG_TO_RAD
        const theta = q[i]! * DEG_TO_RAD
        const sine = Math.sin(theta)
        if (Math.abs(sine) < 1e-100) continue
        const cot = Math.cos(theta) / sine
        const half = Math.sin((phi * sine) / 2)
        p[i] = cot * Math.sin(phi * sine) * RAD_TO_DEG
        q[i] = (theta + 2 * cot * half * half) * RAD_TO_DEG
      }
    },
  }
}

/**
 * theta in 0 to pi / 2 for x, y >= 0. Equation 148, multiplied by sin theta, is
 * g = (x^2 + (y - theta)^2) sin theta - 2 (y - theta) cos theta = 0, and g rises: g' = (x^2 + (y - theta)^2 + 2) cos theta.
 */
function polyconicLatitude(x: number, y: number): number {
  const g = (theta: number): number => {
    const rest = y - theta
    return (x * x + rest * rest) * Math.sin(theta) - 2 * rest * Math.cos(theta)
  }
  const slope = (theta: number): number => {
    const rest = y - theta
    return (x * x + rest * rest + 2) * Math.cos(theta)
  }
  return solveMonotone(g, slope, 0, 0, Math.min(y, Math.PI / 2))
}

/** phi in degrees of equation 149, multiplied by cos theta; NaN beyond +-180. */
function polyconicLongitude(x: number, y: number, theta: number): number {
  const sine = Math.sin(theta)
  // At the equator, and where products with the sine would underflow.
  if (Math.abs(sine) < 1e-100) return insideHalfTurn(x * RAD_TO_DEG, 0)
  const angle = Math.atan2(x * sine, Math.cos(theta) - (y - theta) * sine)
  return insideHalfTurn((angle / sine) * RAD_TO_DEG, 0)
}
