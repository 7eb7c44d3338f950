import { WcsError } from '../errors.ts'
import { boundingCap, type Cap, checkedVector } from './circle.ts'
import type { SkyPosition } from './sky-position.ts'
import {
  angleRad,
  cross3,
  dot3,
  normalize3,
  scale3,
  stableCross3,
  subtract3,
  type Vector3,
} from './vector3.ts'

/**
 * A polygon on the sky: vertices joined by great-circle arcs, convex or not, smaller than a hemisphere. Make one with
 * {@link skyPolygon}.
 */
export interface SkyPolygon {
  /** Vertices without repetitions, counter-clockwise as seen from outside the sphere (clockwise on the sky, where east is left). */
  readonly vertices: readonly SkyPosition[]
  /** Unit vectors of the vertices. */
  readonly vectors: readonly Vector3[]
  /** The smallest circle around the vertices. */
  readonly bound: Cap
  readonly isConvex: boolean
  /** Solid angle in steradians. */
  readonly areaSr: number
}

/** Most vertices of a polygon: work on pairs of polygons grows with the product of their vertices. */
export const MAX_POLYGON_VERTICES = 100_000

/** Vertices closer than this (radian) are one vertex: half a rounding step of an angle in degrees. */
const SAME_VERTEX_RAD = 1e-15

/**
 * Polygon with the given vertices in either sense of rotation; a repeated or closing vertex is dropped. Its inside is the part with the
 * smaller area. Edges must not cross each other: then the inside is not defined (this is not checked).
 *
 * @throws {WcsError} `WCS_BAD_REGION` for fewer than three different vertices, for one that is not a position, or for vertices that do
 *   not fit into less than a hemisphere
 */
export function skyPolygon(vertices: readonly SkyPosition[]): SkyPolygon {
  const polygon = polygonWithin(vertices)
  if (polygon !== undefined) return polygon
  throw new WcsError('WCS_BAD_REGION', 'the vertices do not fit into less than a hemisphere', {
    remedy: 'split the region into smaller polygons',
  })
}

/** As {@link skyPolygon}, but `undefined` when the vertices do not fit into less than a hemisphere. */
export function polygonWithin(vertices: readonly SkyPosition[]): SkyPolygon | undefined {
  if (vertices.length > MAX_POLYGON_VERTICES) {
    throw new WcsError('WCS_TOO_LARGE', 'a polygon with too many vertices', {
      found: String(vertices.length),
      allowed: `at most ${MAX_POLYGON_VERTICES}`,
    })
  }
  const all = vertices.map((position, i) => ({ position, vector: checkedVector(position, `vertex ${i}`) }))
  const kept = all.filter(({ vector }, i) => {
    const next = all[(i + 1) % all.length]
    return next !== undefined && angleRad(vector, next.vector) > SAME_VERTEX_RAD
  })
  if (kept.length < 3) {
    throw new WcsError('WCS_BAD_REGION', 'too few vertices for a polygon', {
      found: `${kept.length} different of ${vertices.length}`,
      allowed: '3 or more',
    })
  }
  return polygonOf(kept)
}

function polygonOf(
  corners: readonly { readonly position: SkyPosition; readonly vector: Vector3 }[],
): SkyPolygon | undefined {
  const bound = boundingCap(corners.map((corner) => corner.vector))
  if (bound === undefined) return undefined
  const area = signedAreaSr(
    corners.map((corner) => corner.vector),
    bound.centre,
  )
  const ordered = area < 0 ? corners.toReversed() : corners
  const vectors = ordered.map((corner) => corner.vector)
  return {
    vertices: ordered.map((corner) => corner.position),
    vectors,
    bound,
    isConvex: turnsLeftOnly(vectors),
    areaSr: Math.abs(area),
  }
}

/**
 * Area of a ring of unit vectors within a hemisphere around `pivot`, positive when it runs counter-clockwise as seen from outside.
 *
 * Sum of triangles with the pivot: tan(E / 2) = a.(b x c) / (1 + a.b + b.c + c.a) (Van Oosterom & Strackee 1983, IEEE Trans. BME 30, 125),
 * with the triple product taken of differences, so that the relative error of a pixel of size s radian is about 1e-16 / s: 2e-9 at
 * 0.01 arcsec, where the sum of angles (Girard) has no digit left.
 */
export function signedAreaSr(ring: readonly Vector3[], pivot: Vector3): number {
  let sum = 0
  let previous = ring.at(-1)
  for (const vertex of ring) {
    if (previous !== undefined) sum += triangleAreaSr(pivot, previous, vertex)
    previous = vertex
  }
  return sum
}

/** Signed solid angle of a triangle of unit vectors, in steradians: positive when a, b, c run counter-clockwise seen from outside. */
export function triangleAreaSr(a: Vector3, b: Vector3, c: Vector3): number {
  const triple = dot3(a, cross3(subtract3(b, a), subtract3(c, a)))
  return 2 * Math.atan2(triple, 1 + dot3(a, b) + dot3(b, c) + dot3(c, a))
}

function turnsLeftOnly(vectors: readonly Vector3[]): boolean {
  const count = vectors.length
  return vectors.every((a, i) => {
    const b = vectors[(i + 1) % count]!
    const c = vectors[(i + 2) % count]!
    return dot3(a, cross3(subtract3(b, a), subtract3(c, a))) >= -SAME_VERTEX_RAD * angleRad(a, c)
  })
}

/**
 * True when the position lies inside the polygon. On an edge either answer may come, within 2e-16 radian of it.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when the position is not finite
 */
export function polygonContains(polygon: SkyPolygon, position: SkyPosition): boolean {
  return polygonContainsVector(polygon, checkedVector(position, 'position'))
}

/**
 * As {@link polygonContains} for a unit vector.
 *
 * Counts the edges that cross the half great circle from p towards its antipode: an odd number means that exactly one of the two is inside,
 * and the polygon lies within a hemisphere, so it is the one within the bounding circle.
 */
export function polygonContainsVector(polygon: SkyPolygon, p: Vector3): boolean {
  if (angleRad(polygon.bound.centre, p) > polygon.bound.radiusRad + SAME_VERTEX_RAD) return false
  const side = perpendicularTo(p)
  const towards = cross3(side, p)
  const { vectors } = polygon
  let isOdd = false
  let a = vectors.at(-1)!
  let sideA = dot3(a, side)
  for (const b of vectors) {
    const sideB = dot3(b, side)
    if (sideA >= 0 !== sideB >= 0) {
      // The crossing has the direction a |sideB| + b |sideA|.
      const along = dot3(a, towards) * Math.abs(sideB) + dot3(b, towards) * Math.abs(sideA)
      if (along > 0) isOdd = !isOdd
    }
    a = b
    sideA = sideB
  }
  return isOdd
}

/** A vector at right angles to p, of a length between 0.8 and 1. */
function perpendicularTo(p: Vector3): Vector3 {
  return Math.abs(p[2]) < 0.6 ? [-p[1], p[0], 0] : [0, -p[2], p[1]]
}

/** True when the arcs a-b and c-d (each shorter than half a circle) have a point in common. */
export function arcsCross(a: Vector3, b: Vector3, c: Vector3, d: Vector3): boolean {
  const poleAb = stableCross3(a, b)
  const poleCd = stableCross3(c, d)
  const sideC = dot3(poleAb, c)
  const sideD = dot3(poleAb, d)
  const sideA = dot3(poleCd, a)
  const sideB = dot3(poleCd, b)
  if (sideC > 0 === sideD > 0 && sideC !== 0 && sideD !== 0) return false
  if (sideA > 0 === sideB > 0 && sideA !== 0 && sideB !== 0) return false
  // The circles meet in two opposite points; both arcs must pass through the same one.
  const crossing = cross3(poleAb, poleCd)
  const middleAb: Vector3 = [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
  const middleCd: Vector3 = [c[0] + d[0], c[1] + d[1], c[2] + d[2]]
  const onAb = dot3(crossing, middleAb)
  const onCd = dot3(crossing, middleCd)
  const place = normalize3(crossing)
  if (place === undefined || (onAb === 0 && onCd === 0))
    return isOnArc(c, a, b) || isOnArc(d, a, b) || isOnArc(a, c, d)
  if (!(onAb * onCd > 0)) return false
  // Two arcs of one circle, up to rounding, seem to meet anywhere on it.
  const meeting = onAb > 0 ? place : scale3(place, -1)
  return isOnArc(meeting, a, b) && isOnArc(meeting, c, d)
}

/** Cosines are rounded by so much. */
const COSINE_ROUNDING = 1e-15

/** For a point of the circle through a and b: true when it lies between them. */
function isOnArc(p: Vector3, a: Vector3, b: Vector3): boolean {
  const least = dot3(a, b) - COSINE_ROUNDING
  return dot3(p, a) >= least && dot3(p, b) >= least
}
