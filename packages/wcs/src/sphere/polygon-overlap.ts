import { WcsError } from '../errors.ts'
import { type Cap, capOf, type SkyCircle } from './circle.ts'
import { distanceToArcRad } from './great-circle.ts'
import { arcsCross, polygonContainsVector, type SkyPolygon, signedAreaSr } from './polygon.ts'
import { add3, angleRad, dot3, normalize3, scale3, stableCross3, type Vector3 } from './vector3.ts'

/** True when two polygons share a place: an edge crosses an edge, or one holds the other. */
export function polygonsOverlap(a: SkyPolygon, b: SkyPolygon): boolean {
  if (!capsTouch(a.bound, b.bound)) return false
  if (polygonContainsVector(a, b.vectors[0]!) || polygonContainsVector(b, a.vectors[0]!)) return true
  return someEdge(a, (start, end) => someEdge(b, (from, to) => arcsCross(start, end, from, to)))
}

/** True when a circle and a polygon share a place. */
export function circleOverlapsPolygon(circle: SkyCircle, polygon: SkyPolygon): boolean {
  const cap = capOf(circle)
  if (!capsTouch(cap, polygon.bound)) return false
  if (polygonContainsVector(polygon, cap.centre)) return true
  return someEdge(polygon, (a, b) => distanceToArcRad(cap.centre, a, b) <= cap.radiusRad)
}

/** True when a circle holds the whole polygon. */
export function circleContainsPolygon(circle: SkyCircle, polygon: SkyPolygon): boolean {
  const cap = capOf(circle)
  // The point of an edge farthest from the centre is an end only while the circle is smaller than a hemisphere.
  if (cap.radiusRad <= Math.PI / 2)
    return polygon.vectors.every((v) => angleRad(cap.centre, v) <= cap.radiusRad)
  const rest: SkyCircle = { centre: antipodeOf(circle), radiusDeg: 180 - circle.radiusDeg }
  return !circleOverlapsPolygon(rest, polygon)
}

/** True when the polygon holds the whole circle. */
export function polygonContainsCircle(polygon: SkyPolygon, circle: SkyCircle): boolean {
  const cap = capOf(circle)
  return (
    cap.radiusRad < Math.PI / 2 &&
    polygonContainsVector(polygon, cap.centre) &&
    !someEdge(polygon, (a, b) => distanceToArcRad(cap.centre, a, b) < cap.radiusRad)
  )
}

/**
 * Solid angle in steradians that two polygons share; one of them must be convex.
 *
 * The other one is cut by the great circle of each edge of the convex one (Sutherland & Hodgman 1974, CACM 17, 32, on the sphere). Relative
 * error as for the area of a polygon: about 1e-16 over the size of the smaller one in radian.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when both are concave
 */
export function overlapAreaSr(a: SkyPolygon, b: SkyPolygon): number {
  if (!a.isConvex && !b.isConvex) {
    throw new WcsError('WCS_BAD_REGION', 'the common area of two concave polygons', {
      allowed: 'at least one convex polygon',
      remedy: 'split one of them into convex parts',
    })
  }
  if (!capsTouch(a.bound, b.bound)) return 0
  const [subject, clip] = b.isConvex ? [a, b] : [b, a]
  const ring = clipRing(subject.vectors, clip.vectors)
  const pivot = ring[0]
  return pivot === undefined ? 0 : Math.max(0, signedAreaSr(ring, pivot))
}

/** The part of a ring on the left of every edge of a convex counter-clockwise ring. */
function clipRing(subject: readonly Vector3[], clip: readonly Vector3[]): readonly Vector3[] {
  let ring = subject
  let a = clip.at(-1)!
  for (const b of clip) {
    if (ring.length === 0) return ring
    ring = cutRing(ring, stableCross3(a, b))
    a = b
  }
  return ring
}

/** The part of a ring on the side of a great circle where its pole is. */
function cutRing(ring: readonly Vector3[], pole: Vector3): readonly Vector3[] {
  const out: Vector3[] = []
  let a = ring.at(-1)!
  let sideA = dot3(pole, a)
  for (const b of ring) {
    const sideB = dot3(pole, b)
    if (sideA >= 0 !== sideB >= 0) {
      const crossing = normalize3(add3(scale3(a, Math.abs(sideB)), scale3(b, Math.abs(sideA))))
      if (crossing !== undefined) out.push(crossing)
    }
    if (sideB >= 0) out.push(b)
    a = b
    sideA = sideB
  }
  return out
}

function someEdge(polygon: SkyPolygon, test: (a: Vector3, b: Vector3) => boolean): boolean {
  let a = polygon.vectors.at(-1)!
  for (const b of polygon.vectors) {
    if (test(a, b)) return true
    a = b
  }
  return false
}

function capsTouch(a: Cap, b: Cap): boolean {
  // The slack keeps touching regions for the exact tests that follow.
  return angleRad(a.centre, b.centre) <= a.radiusRad + b.radiusRad + 1e-14
}

function antipodeOf(circle: SkyCircle): SkyCircle['centre'] {
  return { lonDeg: circle.centre.lonDeg + 180, latDeg: -circle.centre.latDeg }
}
