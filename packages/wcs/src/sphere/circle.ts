import { WcsError } from '../errors.ts'
import type { SkyPosition } from './sky-position.ts'
import {
  add3,
  angleRad,
  cross3,
  dot3,
  normalize3,
  positionOf,
  subtract3,
  type Vector3,
  vectorOf,
} from './vector3.ts'

const RAD_TO_DEG = 180 / Math.PI
const DEG_TO_RAD = Math.PI / 180

/** A small circle on the sky with its inside. */
export interface SkyCircle {
  readonly centre: SkyPosition
  /** 0 to 180 degrees. */
  readonly radiusDeg: number
}

/** A circle with its inside as unit vector and radians. */
export interface Cap {
  readonly centre: Vector3
  readonly radiusRad: number
}

/**
 * Circle as a cap, checked.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when the centre is not finite or the radius not in 0 to 180
 */
export function capOf(circle: SkyCircle): Cap {
  const { centre, radiusDeg } = circle
  if (!(radiusDeg >= 0 && radiusDeg <= 180)) {
    throw new WcsError('WCS_BAD_REGION', 'a circle with an impossible radius', {
      found: String(radiusDeg),
      allowed: '0 to 180 degrees',
    })
  }
  return { centre: checkedVector(centre, 'centre of circle'), radiusRad: radiusDeg * DEG_TO_RAD }
}

/**
 * Unit vector of a position, checked.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when the position is not finite or its latitude is beyond a pole
 */
export function checkedVector(position: SkyPosition, place: string): Vector3 {
  const { lonDeg, latDeg } = position
  if (Number.isFinite(lonDeg) && Math.abs(latDeg) <= 90) return vectorOf(lonDeg, latDeg)
  throw new WcsError('WCS_BAD_REGION', 'not a position on the sky', {
    where: [place],
    found: `(${lonDeg}, ${latDeg})`,
    allowed: 'a finite longitude and a latitude from -90 to 90',
  })
}

/** True when the position lies in the circle or on it (to rounding, 1e-15 radian). */
export function circleContains(circle: SkyCircle, position: SkyPosition): boolean {
  const cap = capOf(circle)
  return angleRad(cap.centre, checkedVector(position, 'position')) <= cap.radiusRad + ROUNDING_RAD
}

/** True when two circles share a place. */
export function circlesOverlap(a: SkyCircle, b: SkyCircle): boolean {
  const capA = capOf(a)
  const capB = capOf(b)
  return angleRad(capA.centre, capB.centre) <= capA.radiusRad + capB.radiusRad + ROUNDING_RAD
}

/** Solid angle of a circle in steradians. */
export function circleAreaSr(circle: SkyCircle): number {
  const sinHalf = Math.sin(capOf(circle).radiusRad / 2)
  return 4 * Math.PI * sinHalf * sinHalf
}

/** Rounding of a unit vector and of an angle made from two. */
const ROUNDING_RAD = 1e-15

/**
 * The smallest circle around positions, or `undefined` when they do not fit into less than a hemisphere.
 *
 * @throws {WcsError} `WCS_BAD_REGION` for no positions or one that is not finite
 *
 * Source: Welzl 1991 (LNCS 555, 359) in its iterative form; the smallest ball around points of a sphere cuts it in their smallest
 * circle. Expected time grows with the number of positions; the order in which they are taken is fixed.
 */
export function boundingCircle(positions: readonly SkyPosition[]): SkyCircle | undefined {
  const cap = boundingCap(positions.map((position, i) => checkedVector(position, `position ${i}`)))
  return cap && { centre: positionOf(cap.centre), radiusDeg: cap.radiusRad * RAD_TO_DEG }
}

/** As {@link boundingCircle} for unit vectors. */
export function boundingCap(vectors: readonly Vector3[]): Cap | undefined {
  if (vectors.length === 0) {
    throw new WcsError('WCS_BAD_REGION', 'no positions to put a circle around', { allowed: 'one or more' })
  }
  const points = shuffled(vectors)
  let cap: Cap = { centre: points[0]!, radiusRad: 0 }
  for (let i = 1; i < points.length; i++) {
    if (isInside(cap, points[i]!)) continue
    cap = capThrough(points, i)
  }
  const isHemisphere = cap.radiusRad >= Math.PI / 2 || !points.every((p) => isInside(cap, p))
  return isHemisphere ? undefined : cap
}

/** Smallest cap around the first `end` points with point `end` on its edge. */
function capThrough(points: readonly Vector3[], end: number): Cap {
  const fixed = points[end]!
  let cap: Cap = { centre: fixed, radiusRad: 0 }
  for (let i = 0; i < end; i++) {
    if (isInside(cap, points[i]!)) continue
    cap = capOfTwo(fixed, points[i]!)
    for (let j = 0; j < i; j++) {
      if (!isInside(cap, points[j]!)) cap = capOfThree(fixed, points[i]!, points[j]!)
    }
  }
  return cap
}

/** Points this much outside still count as inside, relative and absolute, so that rounding cannot make the search go on. */
const SLACK = 1e-12

function isInside(cap: Cap, p: Vector3): boolean {
  return angleRad(cap.centre, p) <= cap.radiusRad * (1 + SLACK) + ROUNDING_RAD
}

function capOfTwo(a: Vector3, b: Vector3): Cap {
  const centre = normalize3(add3(a, b)) ?? a
  return { centre, radiusRad: angleRad(centre, a) }
}

function capOfThree(a: Vector3, b: Vector3, c: Vector3): Cap {
  const axis = normalize3(cross3(subtract3(b, a), subtract3(c, a)))
  if (axis === undefined) return capOfTwo(a, angleRad(a, b) > angleRad(a, c) ? b : c)
  const centre: Vector3 = dot3(axis, a) < 0 ? [-axis[0], -axis[1], -axis[2]] : axis
  const radiusRad = Math.max(angleRad(centre, a), angleRad(centre, b), angleRad(centre, c))
  return { centre, radiusRad }
}

/** A fixed mixing of the order: expected linear time needs one, and equal input must give equal output. */
function shuffled(vectors: readonly Vector3[]): Vector3[] {
  const points = [...vectors]
  let state = 1
  for (let i = points.length - 1; i > 0; i--) {
    // Park & Miller 1988, minimal standard generator.
    state = (state * 48271) % 2147483647
    const j = state % (i + 1)
    const swap = points[i]!
    points[i] = points[j]!
    points[j] = swap
  }
  return points
}
