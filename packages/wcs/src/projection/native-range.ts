import { EDGE_TOLERANCE_DEG } from './projection.ts'

/** Longitude within half a turn of `centre`, NaN beyond; the slack is cut off. */
export function insideHalfTurn(phi: number, centre: number): number {
  const off = phi - centre
  if (off >= -180 && off <= 180) return phi
  if (Math.abs(off) <= 180 + EDGE_TOLERANCE_DEG) return centre + (off < 0 ? -180 : 180)
  return Number.NaN
}

/** Longitude turned to lie within half a turn of `centre`. */
export function nearestTurn(phi: number, centre: number): number {
  const off = phi - centre
  return off >= -180 && off <= 180 ? phi : phi - 360 * Math.round(off / 360)
}

/** Latitude within the poles, NaN beyond; the slack is cut off. */
export function insidePoles(theta: number): number {
  if (theta >= -90 && theta <= 90) return theta
  if (Math.abs(theta) <= 90 + EDGE_TOLERANCE_DEG) return theta < 0 ? -90 : 90
  return Number.NaN
}
