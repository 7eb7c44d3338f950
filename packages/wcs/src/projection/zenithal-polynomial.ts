import { RAD_TO_DEG } from '../celestial/angles.ts'
import { badParameter } from './bad-parameter.ts'
import { EDGE_TOLERANCE, type Projection, type ProjectionParameters } from './projection.ts'
import { radialProjection } from './radial.ts'
import { solveMonotone } from './solve-monotone.ts'

/** Samples of the derivative between pole and antipode when looking for the first turning point. */
const SAMPLES = 1800

/**
 * Zenithal polynomial projection (ZPN): R = sum PV2_m z^m with z = 90 degrees - theta in radians.
 *
 * It is used from the native pole to the first turning point of the polynomial; sky beyond has no image.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` when no coefficient above PV2_0 is given or the polynomial does not rise at the pole
 *
 * Source: Paper II, section 5.1.6, equation 66.
 */
export function zpnProjection(pv: ProjectionParameters): Projection {
  const coefficients = Float64Array.from(pv, (value) => value ?? 0)
  let degree = coefficients.length - 1
  while (degree > 0 && coefficients[degree] === 0) degree--
  if (degree < 1)
    throw badParameter('ZPN', 'PV2_1', coefficients[1] ?? 0, 'a coefficient other than 0 above PV2_0')
  const value = (z: number): number => {
    let sum = 0
    for (let m = degree; m >= 0; m--) sum = sum * z + coefficients[m]!
    return sum
  }
  const slope = (z: number): number => {
    let sum = 0
    for (let m = degree; m >= 1; m--) sum = sum * z + m * coefficients[m]!
    return sum
  }
  if (!(slope(0) > 0)) throw badParameter('ZPN', 'PV2_1', coefficients[1] ?? 0, 'above 0')
  const zMax = firstTurningPoint(slope)
  const rMin = value(0)
  const rMax = value(zMax)
  return radialProjection({
    radius: (z) => (z <= zMax + EDGE_TOLERANCE ? value(z) : Number.NaN),
    angle: (r) => {
      if (!(r >= rMin - EDGE_TOLERANCE && r <= rMax + EDGE_TOLERANCE)) return Number.NaN
      return solveMonotone(value, slope, r, 0, zMax)
    },
  })
}

/** Smallest z in (0, pi] where a function that is positive at 0 becomes zero; pi when it never does. */
function firstTurningPoint(slope: (z: number) => number): number {
  let before = 0
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const z = (sample / SAMPLES) * Math.PI
    if (slope(z) <= 0) return bisect(slope, before, z)
    before = z
  }
  return Math.PI
}

/** Root of a function that is positive at `low` and not at `high`. */
function bisect(f: (z: number) => number, low: number, high: number): number {
  let a = low
  let b = high
  for (let step = 0; step < 60; step++) {
    const middle = (a + b) / 2
    if (f(middle) > 0) a = middle
    else b = middle
  }
  return a
}

/**
 * Airy's projection (AIR) with PV2_1 = theta_b (degrees), the latitude within which the error is least.
 *
 * With xi = z / 2: R = -2 (ln cos xi / tan xi + tan xi ln cos xi_b / tan^2 xi_b).
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` for theta_b outside -90 to 90
 *
 * Accuracy: the inverse is iterated to rounding; wcslib stops at about 1e-12 of the radius.
 * Source: Paper II, section 5.1.8, equations 71 to 74.
 */
export function airProjection(pv: ProjectionParameters): Projection {
  const thetaB = pv[1] ?? 90
  if (!(thetaB > -90 && thetaB <= 90)) throw badParameter('AIR', 'PV2_1', thetaB, 'above -90 to 90')
  const xiB = (90 - thetaB) / 2 / RAD_TO_DEG
  const tanB = Math.tan(xiB)
  // ln cos xi / tan^2 xi goes to -1/2 at the pole.
  const constant = xiB < 1e-4 ? -0.5 + (xiB * xiB) / 4 : logCosine(xiB) / (tanB * tanB)
  const value = (z: number): number => {
    const xi = z / 2
    if (xi < 1e-8) return -2 * xi * (constant - 0.5)
    const tan = Math.tan(xi)
    return -2 * (logCosine(xi) / tan + constant * tan)
  }
  const slope = (z: number): number => {
    const xi = z / 2
    if (xi < 1e-4) return 0.5 - constant
    const sin = Math.sin(xi)
    const cos = Math.cos(xi)
    return 1 + logCosine(xi) / (sin * sin) - constant / (cos * cos)
  }
  return radialProjection({
    radius: (z) => (z < Math.PI - 1e-10 ? value(z) : Number.NaN),
    angle: (r) => solveMonotone(value, slope, r, 0, Math.PI - 1e-10),
  })
}

/** ln cos x without cancellation near 0 and near 90 degrees. */
function logCosine(x: number): number {
  if (x > 0.8) return Math.log(Math.cos(x))
  const sin = Math.sin(x)
  return 0.5 * Math.log1p(-sin * sin)
}
