import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import { EDGE_TOLERANCE, EDGE_TOLERANCE_DEG, type Projection } from './projection.ts'

/**
 * phi = x / scale, cut to +-180 degrees, NaN beyond. At a pole (scale 0) only x = 0 has sky, with phi = 0. The slack is one of
 * the plane, in degrees: near a pole a hair of x is much of phi.
 */
export function dividedLongitude(x: number, scale: number, slackDeg: number = EDGE_TOLERANCE_DEG): number {
  const limit = 180 * scale
  if (Math.abs(x) <= limit) return scale === 0 ? 0 : x / scale
  return Math.abs(x) <= limit + slackDeg ? 180 * Math.sign(x) : Number.NaN
}

/**
 * Sanson-Flamsteed projection (SFL); GLS is read as SFL.
 *
 * Source: Paper II, section 5.3.1, equations 90 and 91.
 */
export function sflProjection(): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const y = q[i]!
        const theta =
          Math.abs(y) <= 90 ? y : Math.abs(y) <= 90 + EDGE_TOLERANCE_DEG ? 90 * Math.sign(y) : Number.NaN
        const phi = dividedLongitude(p[i]!, Math.abs(theta) === 90 ? 0 : Math.cos(theta * DEG_TO_RAD))
        p[i] = phi
        q[i] = theta + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) p[i] = p[i]! * Math.cos(q[i]! * DEG_TO_RAD)
    },
  }
}

/**
 * Parabolic projection (PAR).
 *
 * Source: Paper II, section 5.3.2, equations 92 to 95.
 */
export function parProjection(): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const raw = q[i]! / 180
        // The poles are at y = +-90, where asin(1/2) = 30 degrees.
        const sine =
          Math.abs(raw) <= 0.5
            ? raw
            : Math.abs(raw) <= 0.5 + EDGE_TOLERANCE
              ? 0.5 * Math.sign(raw)
              : Number.NaN
        const phi = dividedLongitude(p[i]!, 1 - 4 * sine * sine)
        p[i] = phi
        q[i] = 3 * Math.asin(sine) * RAD_TO_DEG + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const sine = Math.sin((q[i]! * DEG_TO_RAD) / 3)
        p[i] = p[i]! * (1 - 4 * sine * sine)
        q[i] = 180 * sine
      }
    },
  }
}

const SQRT8_OVER_PI = (2 * Math.SQRT2) / Math.PI

/** 2 delta - sin(2 delta) without cancellation for small delta. */
function twoDeltaMinusSine(delta: number): number {
  if (delta > 0.05) return 2 * delta - Math.sin(2 * delta)
  const t = 4 * delta * delta
  return ((2 * delta * t) / 6) * (1 - (t / 20) * (1 - (t / 42) * (1 - t / 72)))
}

/**
 * The angle delta = 90 degrees - gamma of Mollweide's equation 2 gamma + sin 2 gamma = pi sin theta, that is
 * 2 delta - sin 2 delta = pi (1 - sin theta), for theta in 0 to 90 degrees. Solved for the distance from the pole, it keeps its
 * digits where the usual form loses half of them.
 */
function mollweideDelta(thetaDeg: number): number {
  const halfColat = Math.sin(((90 - thetaDeg) / 2) * DEG_TO_RAD)
  const target = 2 * Math.PI * halfColat * halfColat
  if (target === 0) return 0
  // Small-angle form 4/3 delta^3 as start; it underestimates, and the function is convex below delta = pi / 2.
  let delta = Math.min(Math.PI / 2, Math.cbrt(0.75 * target))
  for (let step = 0; step < 30; step++) {
    const sine = Math.sin(delta)
    const change = (twoDeltaMinusSine(delta) - target) / (4 * sine * sine)
    delta -= change
    if (Math.abs(change) <= 1e-16 + 2e-16 * delta) break
  }
  return delta
}

/**
 * Mollweide's projection (MOL).
 *
 * Accuracy: full near the poles too, where wcslib, which iterates on gamma, is good to some 1e-8 degree.
 * Source: Paper II, section 5.3.3, equations 96 to 100.
 */
export function molProjection(): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const raw = (q[i]! * DEG_TO_RAD) / Math.SQRT2
        const sine =
          Math.abs(raw) <= 1 ? raw : Math.abs(raw) <= 1 + EDGE_TOLERANCE ? Math.sign(raw) : Number.NaN
        const cosine = Math.sqrt((1 - sine) * (1 + sine))
        const delta = Math.atan2(cosine, Math.abs(sine))
        const colat = 2 * Math.asin(Math.min(1, Math.sqrt(twoDeltaMinusSine(delta) / (2 * Math.PI))))
        // A rounding of y moves the edge by this much, most at the pole.
        const slackDeg = EDGE_TOLERANCE_DEG + 1e-13 / Math.max(cosine, 1e-8)
        const phi = dividedLongitude(p[i]!, SQRT8_OVER_PI * cosine, slackDeg)
        p[i] = phi
        q[i] = (sine < 0 ? -1 : 1) * (90 - colat * RAD_TO_DEG) + 0 * phi
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const theta = q[i]!
        const delta = mollweideDelta(Math.abs(theta))
        p[i] = SQRT8_OVER_PI * p[i]! * Math.sin(delta)
        q[i] = (theta < 0 ? -1 : 1) * Math.SQRT2 * Math.cos(delta) * RAD_TO_DEG
      }
    },
  }
}

/**
 * Hammer-Aitoff projection (AIT).
 *
 * Source: Paper II, section 5.3.4, equations 101 to 105.
 */
export function aitProjection(): Projection {
  return {
    theta0Deg: 0,
    form: 'angles',
    toNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const x = (p[i]! * DEG_TO_RAD) / 4
        const y = (q[i]! * DEG_TO_RAD) / 2
        const z2 = 1 - x * x - y * y
        const inside = z2 >= 0.5 ? z2 : z2 >= 0.5 - EDGE_TOLERANCE ? 0.5 : Number.NaN
        const z = Math.sqrt(inside)
        // Vector of (theta, phi / 2): cosine and sine of phi / 2 times cos theta, then sin theta.
        const across = 2 * x * z
        const along = 2 * inside - 1
        p[i] = 2 * Math.atan2(across, along) * RAD_TO_DEG
        q[i] = Math.atan2(2 * y * z, Math.sqrt(across * across + along * along)) * RAD_TO_DEG
      }
    },
    fromNative: (p, q, _s, count) => {
      for (let i = 0; i < count; i++) {
        const halfPhi = (p[i]! * DEG_TO_RAD) / 2
        const theta = q[i]! * DEG_TO_RAD
        const cosTheta = Math.cos(theta)
        const gamma = Math.sqrt(2 / (1 + cosTheta * Math.cos(halfPhi))) * RAD_TO_DEG
        p[i] = 2 * gamma * cosTheta * Math.sin(halfPhi)
        q[i] = gamma * Math.sin(theta)
      }
    },
  }
}
