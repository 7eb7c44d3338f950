/** Degrees to radians. */
export const DEG_TO_RAD: number = Math.PI / 180
/** Radians to degrees. */
export const RAD_TO_DEG: number = 180 / Math.PI

/** Sine of an angle in degrees, exact at multiples of 90. */
export function sinDeg(angleDeg: number): number {
  const turned = angleDeg % 360
  if (turned % 90 === 0) return [0, 1, 0, -1][(turned / 90 + 4) % 4] ?? Number.NaN
  return Math.sin(turned * DEG_TO_RAD)
}

/** Cosine of an angle in degrees, exact at multiples of 90. */
export function cosDeg(angleDeg: number): number {
  const turned = angleDeg % 360
  if (turned % 90 === 0) return [1, 0, -1, 0][(turned / 90 + 4) % 4] ?? Number.NaN
  return Math.cos(turned * DEG_TO_RAD)
}

/** Angle of the vector (x, y) in degrees, -180 to 180. */
export function atan2Deg(y: number, x: number): number {
  return Math.atan2(y, x) * RAD_TO_DEG
}

/** The same longitude in [0, 360). */
export function wrap360(lonDeg: number): number {
  const turned = lonDeg % 360
  const positive = turned < 0 ? turned + 360 : turned
  // -1e-17 + 360 is 360 in floating point; + 0 turns a negative zero into zero.
  return positive === 360 ? 0 : positive + 0
}

/** The same longitude in [-180, 180]. */
export function wrap180(lonDeg: number): number {
  const turned = lonDeg % 360
  if (turned > 180) return turned - 360
  return turned < -180 ? turned + 360 : turned
}

/** Cotangent of an angle in degrees, exact at multiples of 90. */
export function cotDeg(angleDeg: number): number {
  return cosDeg(angleDeg) / sinDeg(angleDeg)
}
