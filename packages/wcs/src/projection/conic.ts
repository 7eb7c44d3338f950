import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import {
  EDGE_TOLERANCE,
  EDGE_TOLERANCE_DEG,
  type Projection,
  type ProjectionParameters,
} from './projection.ts'

/** A conic projection by its cone constant C, its apex Y0 and its radius, in units of the sphere's radius. */
interface Cone {
  readonly thetaADeg: number
  readonly constant: number
  readonly apex: number
  /** R_theta, with the sign of theta_a; NaN where there is none. */
  readonly radius: (thetaDeg: number) => number
  /** theta of R_theta in degrees; NaN where there is none. */
  readonly latitudeDeg: (radius: number) => number
}

/** theta_a and eta (PV2_1 and PV2_2) in radians: middle and half the distance of the standard parallels. */
interface StandardParallels {
  readonly thetaADeg: number
  readonly thetaA: number
  readonly eta: number
  /** Sines, cosines of theta_1 = theta_a - eta and theta_2 = theta_a + eta are taken of these. */
  readonly theta1: number
  readonly theta2: number
}

function readParallels(code: string, pv: ProjectionParameters): StandardParallels {
  const thetaADeg = pv[1]
  if (thetaADeg === undefined)
    throw badParameter(code, 'PV2_1', Number.NaN, 'a latitude; there is no default')
  const etaDeg = pv[2] ?? 0
  if (Math.abs(thetaADeg) > 90) throw badParameter(code, 'PV2_1', thetaADeg, '-90 to 90')
  const rad = (deg: number): number => deg * DEG_TO_RAD
  return {
    thetaADeg,
    thetaA: rad(thetaADeg),
    eta: rad(etaDeg),
    theta1: rad(thetaADeg - etaDeg),
    theta2: rad(thetaADeg + etaDeg),
  }
}

/** Steps of a conic: x = R sin(C phi), y = Y0 - R cos(C phi) (Paper II, equations 114 to 118). */
function conicProjection(cone: Cone): Projection {
  const { constant, apex, radius, latitudeDeg, thetaADeg } = cone
  const side = thetaADeg < 0 ? -1 : 1
  return {
    theta0Deg: thetaADeg,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const dy = apex - q[i]! * DEG_TO_RAD
        const r = side * Math.sqrt(x * x + dy * dy)
        const alpha = r === 0 ? 0 : Math.atan2(x * side, dy * side)
        const raw = (alpha / constant) * RAD_TO_DEG
        const over = Math.abs(raw) - 180
        // Close to the apex, a pole, a rounding turns phi by much.
        const slackDeg = EDGE_TOLERANCE_DEG + EDGE_TOLERANCE / Math.abs(r)
        const phi = over <= 0 ? raw : over <= slackDeg ? 180 * Math.sign(raw) : Number.NaN
        const theta = latitudeDeg(r)
        const beyond = Math.abs(theta) - 90
        const bounded =
          beyond <= 0 ? theta : beyond <= EDGE_TOLERANCE_DEG ? 90 * Math.sign(theta) : Number.NaN
        p[i] = phi + 0 * bounded
        q[i] = bounded + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const angle = constant * p[i]! * DEG_TO_RAD
        const r = radius(q[i]!)
        p[i] = r * Math.sin(angle) * RAD_TO_DEG
        q[i] = (apex - r * Math.cos(angle)) * RAD_TO_DEG
      }
    },
  }
}

/**
 * Conic perspective projection (COP): seen from the centre, so only within 90 degrees of theta_a.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for theta_a = 0 or eta = +-90
 *
 * Source: Paper II, section 5.4.1, equations 120 to 123.
 */
export function copProjection(pv: ProjectionParameters): Projection {
  const { thetaADeg, thetaA, eta } = readParallels('COP', pv)
  const constant = Math.sin(thetaA)
  const cosEta = Math.cos(eta)
  if (constant === 0) throw badParameter('COP', 'PV2_1', 0, 'any latitude but 0')
  if (Math.abs(cosEta) < 1e-10)
    throw badParameter('COP', 'PV2_2', eta * RAD_TO_DEG, 'any angle but 90 and -90')
  const cot = Math.cos(thetaA) / constant
  return conicProjection({
    thetaADeg,
    constant,
    apex: cosEta * cot,
    radius: (theta) => {
      const off = (theta - thetaADeg) * DEG_TO_RAD
      const r = cosEta * (cot - Math.tan(off))
      // Beyond the apex of the cone the sky would fall on the cone's other half.
      const isSeen = Math.cos(off) > 0 && r * thetaA >= -EDGE_TOLERANCE
      return isSeen ? r : Number.NaN
    },
    latitudeDeg: (r) => thetaADeg + Math.atan(cot - r / cosEta) * RAD_TO_DEG,
  })
}

/**
 * Conic equal-area projection (COE).
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` when the standard parallels are opposite
 *
 * Source: Paper II, section 5.4.2, equations 124 to 128.
 */
export function coeProjection(pv: ProjectionParameters): Projection {
  const { thetaADeg, theta1, theta2 } = readParallels('COE', pv)
  const sin1 = Math.sin(theta1)
  const sin2 = Math.sin(theta2)
  const gamma = sin1 + sin2
  if (Math.abs(gamma) < 1e-12) throw badParameter('COE', 'PV2_1', thetaADeg, 'any latitude but 0')
  const offset = 1 + sin1 * sin2
  const radius = (theta: number): number =>
    (2 / gamma) * Math.sqrt(offset - gamma * Math.sin(theta * DEG_TO_RAD))
  return conicProjection({
    thetaADeg,
    constant: gamma / 2,
    apex: radius(thetaADeg),
    radius,
    latitudeDeg: (r) => {
      const sine = offset / gamma - (gamma * r * r) / 4
      if (Math.abs(sine) <= 1) return Math.asin(sine) * RAD_TO_DEG
      return Math.abs(sine) <= 1 + EDGE_TOLERANCE ? 90 * Math.sign(sine) : Number.NaN
    },
  })
}

/**
 * Conic equidistant projection (COD).
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for theta_a = 0 or eta = +-90
 *
 * Source: Paper II, section 5.4.3, equations 129 to 132.
 */
export function codProjection(pv: ProjectionParameters): Projection {
  const { thetaADeg, thetaA, eta } = readParallels('COD', pv)
  const sinA = Math.sin(thetaA)
  const ratio = eta === 0 ? 1 : Math.sin(eta) / eta
  const constant = sinA * ratio
  if (constant === 0) throw badParameter('COD', 'PV2_1', thetaADeg, 'any latitude but 0')
  // eta cot eta cot theta_a
  const apex = ((Math.cos(eta) / ratio) * Math.cos(thetaA)) / sinA
  return conicProjection({
    thetaADeg,
    constant,
    apex,
    radius: (theta) => (thetaADeg - theta) * DEG_TO_RAD + apex,
    latitudeDeg: (r) => thetaADeg + (apex - r) * RAD_TO_DEG,
  })
}

/**
 * Conic orthomorphic projection (COO). The pole away from the apex has no image.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` when a standard parallel is a pole or they are opposite
 *
 * Source: Paper II, section 5.4.4, equations 133 to 137.
 */
export function cooProjection(pv: ProjectionParameters): Projection {
  const { thetaADeg, eta, theta1, theta2 } = readParallels('COO', pv)
  const theta1Deg = theta1 * RAD_TO_DEG
  const theta2Deg = theta2 * RAD_TO_DEG
  const constant =
    eta === 0
      ? Math.sin(theta1)
      : Math.log(Math.cos(theta2) / Math.cos(theta1)) /
        Math.log(tanHalfColat(theta2Deg) / tanHalfColat(theta1Deg))
  const psi = Math.cos(theta1) / (constant * tanHalfColat(theta1Deg) ** constant)
  if (!Number.isFinite(constant) || constant === 0 || !Number.isFinite(psi) || psi === 0) {
    throw badParameter('COO', 'PV2_1', thetaADeg, 'parallels that are neither opposite nor poles')
  }
  return conicProjection({
    thetaADeg,
    constant,
    apex: psi * tanHalfColat(thetaADeg) ** constant,
    radius: (theta) => {
      if (Math.abs(theta) === 90) return theta * constant > 0 ? 0 : Number.NaN
      return psi * tanHalfColat(theta) ** constant
    },
    latitudeDeg: (r) => {
      if (r === 0) return 90 * Math.sign(constant)
      const half = (r / psi) ** (1 / constant)
      return half <= 1 ? 90 - 2 * Math.atan(half) * RAD_TO_DEG : 2 * Math.atan(1 / half) * RAD_TO_DEG - 90
    },
  })
}

/** tan of half the distance from the native north pole, accurate near both poles. */
function tanHalfColat(thetaDeg: number): number {
  if (thetaDeg >= 0) return Math.tan(((90 - thetaDeg) / 2) * DEG_TO_RAD)
  return 1 / Math.tan(((90 + thetaDeg) / 2) * DEG_TO_RAD)
}
