import type { SkyPosition } from './sky-position.ts'

const DEG_TO_RAD = Math.PI / 180
const RAD_TO_DEG = 180 / Math.PI

/** Three Cartesian coordinates; a direction on the sky is one of length 1: x to (0, 0), y to (90, 0), z to the pole. */
export type Vector3 = readonly [number, number, number]

/** Unit vector of a sky position. */
export function vectorOf(lonDeg: number, latDeg: number): Vector3 {
  const lonRad = lonDeg * DEG_TO_RAD
  const latRad = latDeg * DEG_TO_RAD
  const cosLat = Math.cos(latRad)
  return [cosLat * Math.cos(lonRad), cosLat * Math.sin(lonRad), Math.sin(latRad)]
}

/** Sky position of a vector of any length but 0; longitude in [0, 360). */
export function positionOf(v: Vector3): SkyPosition {
  const lonDeg = Math.atan2(v[1], v[0]) * RAD_TO_DEG
  return {
    lonDeg: wrapDegrees(lonDeg),
    latDeg: Math.atan2(v[2], Math.sqrt(v[0] * v[0] + v[1] * v[1])) * RAD_TO_DEG,
  }
}

/** An angle in [0, 360). */
export function wrapDegrees(angleDeg: number): number {
  const turned = angleDeg % 360
  const positive = turned < 0 ? turned + 360 : turned
  // -1e-17 + 360 is 360; so that -0 does not escape either, 0 is added.
  return positive === 360 ? 0 : positive + 0
}

/** Scalar product. */
export function dot3(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/** Vector product. */
export function cross3(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/**
 * Vector product of two unit vectors by way of their difference and sum: a x b = (a - b) x (a + b) / 2. Its direction is exact to
 * rounding also when the vectors nearly coincide.
 */
export function stableCross3(a: Vector3, b: Vector3): Vector3 {
  const v = cross3(subtract3(a, b), add3(a, b))
  return [v[0] / 2, v[1] / 2, v[2] / 2]
}

/** Sum of vectors. */
export function add3(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/** Difference of vectors. */
export function subtract3(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/** The vector times a number. */
export function scale3(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

/** Length of a vector. */
export function length3(a: Vector3): number {
  return Math.sqrt(dot3(a, a))
}

/** The vector made one long, or `undefined` when it is too short to have a direction. */
export function normalize3(a: Vector3): Vector3 | undefined {
  const length = length3(a)
  return length > 0 && Number.isFinite(length) ? scale3(a, 1 / length) : undefined
}

/** Angle between two vectors in radians, exact for small and for large angles (Kahan's atan2 form). */
export function angleRad(a: Vector3, b: Vector3): number {
  return 2 * Math.atan2(length3(subtract3(a, b)), length3(add3(a, b)))
}
