import type { SkyPosition } from './sky-position.ts'
import {
  add3,
  angleRad,
  cross3,
  dot3,
  length3,
  normalize3,
  positionOf,
  scale3,
  stableCross3,
  type Vector3,
  vectorOf,
  wrapDegrees,
} from './vector3.ts'

const DEG_TO_RAD = Math.PI / 180
const RAD_TO_DEG = 180 / Math.PI

/**
 * Angular distance of two positions in degrees, 0 to 180.
 *
 * Accuracy: a few 1e-16 relative at small and at large distances. Source: Vincenty 1975, Survey Review 23, 88, for the sphere.
 */
export function angularDistanceDeg(a: SkyPosition, b: SkyPosition): number {
  const latA = a.latDeg * DEG_TO_RAD
  const latB = b.latDeg * DEG_TO_RAD
  const dLon = longitudeDifferenceRad(a.lonDeg, b.lonDeg)
  const dLat = (b.latDeg - a.latDeg) * DEG_TO_RAD
  const sinHalfLon = Math.sin(dLon / 2)
  const east = Math.cos(latB) * Math.sin(dLon)
  // cosA sinB - sinA cosB cos(dLon), written without cancellation.
  const north = Math.sin(dLat) + 2 * Math.sin(latA) * Math.cos(latB) * sinHalfLon * sinHalfLon
  const along = Math.sin(latA) * Math.sin(latB) + Math.cos(latA) * Math.cos(latB) * Math.cos(dLon)
  return Math.atan2(Math.sqrt(east * east + north * north), along) * RAD_TO_DEG
}

/**
 * Position angle of `to` as seen from `from`: degrees from north through east (growing longitude), in [0, 360). At the poles north is
 * along the meridian of the given longitude.
 */
export function positionAngleDeg(from: SkyPosition, to: SkyPosition): number {
  const latA = from.latDeg * DEG_TO_RAD
  const latB = to.latDeg * DEG_TO_RAD
  const dLon = longitudeDifferenceRad(from.lonDeg, to.lonDeg)
  const dLat = (to.latDeg - from.latDeg) * DEG_TO_RAD
  const sinHalfLon = Math.sin(dLon / 2)
  const east = Math.cos(latB) * Math.sin(dLon)
  const north = Math.sin(dLat) + 2 * Math.sin(latA) * Math.cos(latB) * sinHalfLon * sinHalfLon
  return wrapDegrees(Math.atan2(east, north) * RAD_TO_DEG)
}

/** The difference is taken in degrees and brought near 0 there: close longitudes subtract without rounding, also across 0. */
function longitudeDifferenceRad(fromDeg: number, toDeg: number): number {
  const difference = (toDeg - fromDeg) % 360
  const near = difference > 180 ? difference - 360 : difference < -180 ? difference + 360 : difference
  return near * DEG_TO_RAD
}

/** The position at a distance (degrees) from another in the direction of a position angle (degrees, north through east). */
export function offsetPosition(
  from: SkyPosition,
  positionAngleDeg: number,
  distanceDeg: number,
): SkyPosition {
  const { north, east, here } = axesAt(from)
  const angle = positionAngleDeg * DEG_TO_RAD
  const distance = distanceDeg * DEG_TO_RAD
  const direction = add3(scale3(north, Math.cos(angle)), scale3(east, Math.sin(angle)))
  return positionOf(add3(scale3(here, Math.cos(distance)), scale3(direction, Math.sin(distance))))
}

/** Unit vectors to a position and, there, to north and to east. */
export function axesAt(position: SkyPosition): {
  readonly here: Vector3
  readonly north: Vector3
  readonly east: Vector3
} {
  const lon = position.lonDeg * DEG_TO_RAD
  const lat = position.latDeg * DEG_TO_RAD
  return {
    here: vectorOf(position.lonDeg, position.latDeg),
    north: [-Math.sin(lat) * Math.cos(lon), -Math.sin(lat) * Math.sin(lon), Math.cos(lat)],
    east: [-Math.sin(lon), Math.cos(lon), 0],
  }
}

/** Angular distance in degrees of a position from the shorter great-circle arc between two others. */
export function distanceToArcDeg(position: SkyPosition, start: SkyPosition, end: SkyPosition): number {
  return (
    distanceToArcRad(
      vectorOf(position.lonDeg, position.latDeg),
      vectorOf(start.lonDeg, start.latDeg),
      vectorOf(end.lonDeg, end.latDeg),
    ) * RAD_TO_DEG
  )
}

/** As {@link distanceToArcDeg} for unit vectors, in radians. */
export function distanceToArcRad(p: Vector3, a: Vector3, b: Vector3): number {
  const pole = normalize3(stableCross3(a, b))
  if (pole !== undefined && dot3(cross3(pole, a), p) >= 0 && dot3(cross3(b, pole), p) >= 0) {
    return Math.abs(Math.atan2(dot3(pole, p), length3(cross3(pole, p))))
  }
  return Math.min(angleRad(p, a), angleRad(p, b))
}
