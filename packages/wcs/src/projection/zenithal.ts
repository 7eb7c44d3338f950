import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import { EDGE_TOLERANCE, type Projection, type ProjectionParameters } from './projection.ts'

// The loops of these projections, and those of radial.ts, look alike and are written out all the same: a shared loop would call a function
// for every point, and a call that takes and returns doubles costs more than the projection itself unless V8 inlines it, which it does not
// once the shared loop has seen several of them. Setting up, parameters and errors are shared; the points are not.

/**
 * Gnomonic projection (TAN).
 *
 * Source: Paper II, section 5.1.3, equations 54 and 55. Points on or below the native equator have no image.
 */
export function tanProjection(): Projection {
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const vz = 1 / Math.sqrt(1 + x * x + y * y)
        p[i] = -y * vz
        q[i] = x * vz
        s[i] = vz
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vz = s[i]!
        const scale = vz > 0 ? RAD_TO_DEG / vz : Number.NaN
        const x = q[i]! * scale
        q[i] = -p[i]! * scale
        p[i] = x
      }
    },
  }
}

/** 1 + sin theta within a rounding or so of the antipode, which stereographic images have at infinity. */
const ANTIPODE = 1e-24

/**
 * Stereographic projection (STG).
 *
 * Source: Paper II, section 5.1.4, equations 56 and 57. The native south pole has no image.
 */
export function stgProjection(): Projection {
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const quarter = (x * x + y * y) / 4
        const scale = 1 / (1 + quarter)
        p[i] = -y * scale
        q[i] = x * scale
        s[i] = (1 - quarter) * scale
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const vz = s[i]!
        // 1 + vz without cancellation near the south pole
        const den = vz > 0 ? 1 + vz : (vx * vx + vy * vy) / (1 - vz)
        const scale = den > ANTIPODE ? (2 * RAD_TO_DEG) / den : Number.NaN
        p[i] = vy * scale
        q[i] = -vx * scale
      }
    },
  }
}

/**
 * Zenithal equal-area projection (ZEA).
 *
 * Source: Paper II, section 5.1.7, equations 69 and 70. The native south pole is the circle of radius 2 (in radians).
 */
export function zeaProjection(): Projection {
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const half = (x * x + y * y) / 2
        const inside = half <= 2 ? 1 - half / 2 : half <= 2 + EDGE_TOLERANCE ? 0 : Number.NaN
        const scale = Math.sqrt(inside)
        p[i] = -y * scale
        q[i] = x * scale
        s[i] = inside === 0 ? -1 : 1 - half
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const vz = s[i]!
        const rho2 = vx * vx + vy * vy
        const den = vz > 0 ? 1 + vz : rho2 / (1 - vz)
        if (den === 0) {
          // Native south pole: every point of the limiting circle; phi = 0 is taken.
          p[i] = 0
          q[i] = -2 * RAD_TO_DEG
        } else {
          const scale = Math.sqrt(2 / den) * RAD_TO_DEG
          p[i] = vy * scale
          q[i] = -vx * scale
        }
      }
    },
  }
}

/**
 * Zenithal equidistant projection (ARC).
 *
 * Source: Paper II, section 5.1.5, equations 67 and 68 (R = 90 degrees - theta).
 */
export function arcProjection(): Projection {
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const r = Math.sqrt(x * x + y * y)
        const inside = r <= Math.PI + EDGE_TOLERANCE ? Math.min(r, Math.PI) : Number.NaN
        const scale = inside === 0 ? 1 : Math.sin(inside) / r
        p[i] = -y * scale
        q[i] = x * scale
        s[i] = Math.cos(inside)
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const rho = Math.sqrt(vx * vx + vy * vy)
        const rDeg = Math.atan2(rho, s[i]!) * RAD_TO_DEG
        const scale = rDeg / rho
        p[i] = rho === 0 ? rho : vy * scale
        q[i] = rho === 0 ? -rDeg : -vx * scale
      }
    },
  }
}

/**
 * Orthographic and synthesis projection (SIN) with PV2_1 = xi, PV2_2 = eta. NCP is SIN with xi = 0, eta = cot(CRVAL2).
 *
 * With sigma = 1 - sin theta the plane equations become A sigma^2 - 2 B sigma + C = 0 with A = xi^2 + eta^2 + 1,
 * B = x xi + y eta + 1, C = x^2 + y^2; its smaller root is the side of the sky that is seen.
 *
 * Source: Paper II, section 5.1.5 and 6.1.1, equations 59 to 66.
 */
export function sinProjection(pv: ProjectionParameters): Projection {
  const xi = pv[1] ?? 0
  const eta = pv[2] ?? 0
  const a = xi * xi + eta * eta + 1
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const b = x * xi + y * eta + 1
        const c = x * x + y * y
        const d = b * b - a * c
        const root = d >= 0 ? Math.sqrt(d) : d >= -EDGE_TOLERANCE ? 0 : Number.NaN
        const sigma = c / (b + root)
        p[i] = eta * sigma - y
        q[i] = x - xi * sigma
        s[i] = 1 - (sigma <= 2 ? sigma : Number.NaN)
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const vz = s[i]!
        const sigma = vz > 0 ? (vx * vx + vy * vy) / (1 + vz) : 1 - vz
        const x = vy + xi * sigma
        const y = eta * sigma - vx
        // Seen only when sigma is the smaller root: A sigma <= B.
        const scale = a * sigma - (x * xi + y * eta + 1) <= EDGE_TOLERANCE ? RAD_TO_DEG : Number.NaN
        p[i] = x * scale
        q[i] = y * scale
      }
    },
  }
}

/**
 * Zenithal perspective projection (AZP) with PV2_1 = mu (sphere radii), PV2_2 = gamma (degrees).
 *
 * Where two points of the sky share a place on the plane only the one nearer to the native pole has an image.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for mu = -1 or gamma = +-90
 *
 * Source: Paper II, section 5.1.1, equations 20 to 31.
 */
export function azpProjection(pv: ProjectionParameters): Projection {
  const mu = pv[1] ?? 0
  const gammaRad = (pv[2] ?? 0) * DEG_TO_RAD
  const cosGamma = Math.cos(gammaRad)
  if (mu === -1) throw badParameter('AZP', 'PV2_1', mu, 'any number but -1')
  if (Math.abs(cosGamma) < 1e-10) throw badParameter('AZP', 'PV2_2', pv[2] ?? 0, 'any angle but 90 and -90')
  const sinGamma = Math.sin(gammaRad)
  const tanGamma = sinGamma / cosGamma
  const side = mu > -1 ? 1 : -1
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD * cosGamma
        // rho = cos theta / (mu + sin theta); mu + sin theta = (mu +- root) / (1 + rho^2) must have the sign of den.
        const den = mu + 1 + (y / cosGamma) * sinGamma
        const rho2 = (x * x + y * y) / (den * den)
        const d = 1 + rho2 * (1 - mu * mu)
        const root = d >= 0 ? Math.sqrt(d) : d >= -EDGE_TOLERANCE ? 0 : Number.NaN
        const nearer = mu + root
        const sum = nearer * den > 0 ? nearer : mu - root
        const factor = sum * den > 0 ? sum / (1 + rho2) / den : Number.NaN
        p[i] = -y * factor
        q[i] = x * factor
        s[i] = factor * den - mu
      }
    },
    fromNative: (p, q, s, count) => {
      const limb = Math.abs(mu) > 1 ? -1 / mu : -2
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const vz = s[i]!
        const den = mu + vz + vx * tanGamma
        const seen = den * side > 0 && vz >= limb - EDGE_TOLERANCE
        const scale = seen ? ((mu + 1) * RAD_TO_DEG) / den : Number.NaN
        p[i] = vy * scale
        q[i] = (-vx * scale) / cosGamma
      }
    },
  }
}

/**
 * Slant zenithal perspective projection (SZP) with PV2_1 = mu (sphere radii), PV2_2 = phi_c, PV2_3 = theta_c (degrees).
 *
 * Solved, like {@link sinProjection}, as a quadratic in sigma = 1 - sin theta.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` when the point of projection lies in the plane of projection
 *
 * Source: Paper II, section 5.1.2, equations 32 to 48.
 */
export function szpProjection(pv: ProjectionParameters): Projection {
  const mu = pv[1] ?? 0
  const phiCRad = (pv[2] ?? 0) * DEG_TO_RAD
  const thetaCRad = (pv[3] ?? 90) * DEG_TO_RAD
  const xp = -mu * Math.cos(thetaCRad) * Math.sin(phiCRad)
  const yp = mu * Math.cos(thetaCRad) * Math.cos(phiCRad)
  const zp = mu * Math.sin(thetaCRad) + 1
  if (zp === 0) throw badParameter('SZP', 'PV2_1', mu, 'parameters with mu sin(theta_c) other than -1')
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const xs = (x - xp) / zp
        const ys = (y - yp) / zp
        const a = xs * xs + ys * ys + 1
        const b = x * xs + y * ys + 1
        const c = x * x + y * y
        const d = b * b - a * c
        const root = d >= 0 ? Math.sqrt(d) : d >= -EDGE_TOLERANCE * a ? 0 : Number.NaN
        const sigma = c / (b + root)
        const seen = sigma >= 0 && sigma <= 2 && (zp - sigma) * zp > 0
        p[i] = ys * sigma - y
        q[i] = x - xs * sigma
        s[i] = seen ? 1 - sigma : Number.NaN
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const vz = s[i]!
        const sigma = vz > 0 ? (vx * vx + vy * vy) / (1 + vz) : 1 - vz
        const den = zp - sigma
        const x = (zp * vy - xp * sigma) / den
        const y = -(zp * vx + yp * sigma) / den
        const xs = (x - xp) / zp
        const ys = (y - yp) / zp
        const a = xs * xs + ys * ys + 1
        const isSmallerRoot = a * sigma - (x * xs + y * ys + 1) <= EDGE_TOLERANCE * a
        const scale = den * zp > 0 && isSmallerRoot ? RAD_TO_DEG : Number.NaN
        p[i] = x * scale
        q[i] = y * scale
      }
    },
  }
}
