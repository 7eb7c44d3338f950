import { cubeProjection } from './cube-faces.ts'
import type { Projection } from './projection.ts'

/**
 * Tangential spherical cube projection (TSC).
 *
 * Source: Paper II, section 5.6.1.
 */
export function tscProjection(): Projection {
  return cubeProjection({ toSquare: () => undefined, toFace: () => undefined })
}

/** Coefficients of the forward COBE polynomial (Chan & O'Neill 1975; Paper II, section 5.6.2, table 12). */
const GAMMA_STAR = 1.37484847732
const M = 0.004869491981
const GAMMA = -0.13161671474
const OMEGA1 = -0.159596235474
const D0 = 0.0759196200467
const D1 = -0.0217762490699
const C00 = 0.141189631152
const C10 = 0.0809701286525
const C01 = -0.281528535557
const C20 = -0.178251207466
const C11 = 0.15384112876
const C02 = 0.106959469314

/** F(alpha, beta) of equation 168. */
function cobeForward(a: number, b: number): number {
  const a2 = a * a
  const b2 = b * b
  const a2co = 1 - a2
  const sum = C00 + C10 * a2 + C01 * b2 + C20 * a2 * a2 + C11 * a2 * b2 + C02 * b2 * b2
  return (
    a * GAMMA_STAR +
    a * a2 * (1 - GAMMA_STAR) +
    a * b2 * a2co * (GAMMA + (M - GAMMA) * a2 + (1 - b2) * sum) +
    a * a2 * a2co * (OMEGA1 - a2co * (D0 + D1 * a2))
  )
}

/** Coefficients P_ij of the inverse COBE polynomial, row j holding powers of X^2 (Paper II, section 5.6.2, table 12). */
const INVERSE: readonly (readonly number[])[] = [
  [-0.27292696, -0.07629969, -0.22797056, 0.54852384, -0.62930065, 0.25795794, 0.02584375],
  [-0.02819452, -0.01471565, 0.48051509, -1.74114454, 1.71547508, -0.53022337],
  [0.2705816, -0.56800938, 0.30803317, 0.98938102, -0.83180469],
  [-0.6044156, 1.50880086, -0.93678576, 0.08693841],
  [0.93412077, -1.4160192, 0.33887446],
  [-0.63915306, 0.52032238],
  [0.14381585],
]

/** f(X, Y) of equation 171. */
function cobeInverse(x: number, y: number): number {
  const x2 = x * x
  const y2 = y * y
  let sum = 0
  for (let j = INVERSE.length - 1; j >= 0; j--) {
    const row = INVERSE[j] ?? []
    let inner = 0
    for (let i = row.length - 1; i >= 0; i--) inner = inner * x2 + (row[i] ?? 0)
    sum = sum * y2 + inner
  }
  return x + x * (1 - x2) * sum
}

/**
 * COBE quadrilateralized spherical cube projection (CSC).
 *
 * Accuracy: the convention's two polynomials are inverse to each other only to some 0.01 degree, so pixel to sky to pixel does not
 * close. wcslib computes CSC in single precision, this library in double: they agree to 1e-5 degree.
 * Source: Paper II, section 5.6.2, equations 168 to 172.
 */
export function cscProjection(): Projection {
  return cubeProjection({
    toSquare: (pair) => {
      const a = pair[0]!
      const b = pair[1]!
      pair[0] = cobeForward(a, b)
      pair[1] = cobeForward(b, a)
    },
    toFace: (pair) => {
      const x = pair[0]!
      const y = pair[1]!
      pair[0] = cobeInverse(x, y)
      pair[1] = cobeInverse(y, x)
    },
  })
}

const PI_12 = Math.PI / 12

/**
 * Quadrilateralized spherical cube projection (QSC).
 *
 * With the larger of xi, eta first: omega = eta / xi, u^2 = (1 - zeta) / (1 - 1 / sqrt(2 + omega^2)),
 * v = u (12 / pi) (atan omega - asin(omega / sqrt(2 (1 + omega^2)))).
 *
 * Source: Paper II, section 5.6.3, equations 173 to 181.
 */
export function qscProjection(): Projection {
  return cubeProjection({
    toSquare: (pair) => {
      const isXLarger = Math.abs(pair[0]!) >= Math.abs(pair[1]!)
      const large = isXLarger ? pair[0]! : pair[1]!
      const small = isXLarger ? pair[1]! : pair[0]!
      if (large === 0) return
      const omega = small / large
      // 1 - zeta of the unit vector, without cancellation
      const t2 = large * large + small * small
      const norm = Math.sqrt(1 + t2)
      const sigma = t2 / (norm * (1 + norm))
      const u = Math.sign(large) * Math.sqrt(sigma / (1 - 1 / Math.sqrt(2 + omega * omega)))
      const v = (u / PI_12) * (Math.atan(omega) - Math.asin(omega / Math.sqrt(2 * (1 + omega * omega))))
      pair[0] = isXLarger ? u : v
      pair[1] = isXLarger ? v : u
    },
    toFace: (pair) => {
      const isXLarger = Math.abs(pair[0]!) >= Math.abs(pair[1]!)
      const u = isXLarger ? pair[0]! : pair[1]!
      const v = isXLarger ? pair[1]! : pair[0]!
      if (u === 0) return
      const angle = (PI_12 * v) / u
      const omega = Math.sin(angle) / (Math.cos(angle) - Math.SQRT1_2)
      const sigma = u * u * (1 - 1 / Math.sqrt(2 + omega * omega))
      const zeta = 1 - sigma
      const large = (Math.sign(u) * Math.sqrt((sigma * (2 - sigma)) / (1 + omega * omega))) / zeta
      pair[0] = isXLarger ? large : omega * large
      pair[1] = isXLarger ? omega * large : large
    },
  })
}
