import { boundingCap, type Cap, checkedVector } from './circle.ts'
import type { SkyPosition } from './sky-position.ts'
import { type PlanePoint, tangentPlane, toPlane } from './tangent-plane.ts'
import { positionOf, type Vector3 } from './vector3.ts'

/** The corners of the smallest convex region around positions, and the circle around it. */
export interface ConvexHull {
  /** Corners, counter-clockwise as seen from outside the sphere; one or two when the positions are one or on one arc. */
  readonly corners: readonly Vector3[]
  readonly bound: Cap
}

/**
 * Convex hull of positions by great circles, or `undefined` when they do not fit into less than a hemisphere.
 *
 * Great circles are straight on a tangent plane, so the hull is the one of the plane. Source: Andrew 1979, IPL 9, 216.
 *
 * @throws {WcsError} `WCS_BAD_REGION` for no positions or one that is not finite
 */
export function convexHull(positions: readonly SkyPosition[]): ConvexHull | undefined {
  const vectors = positions.map((position, i) => checkedVector(position, `position ${i}`))
  const bound = boundingCap(vectors)
  if (bound === undefined) return undefined
  const plane = tangentPlane(positionOf(bound.centre))
  const points: HullPoint[] = []
  for (const vector of vectors) {
    const point = toPlane(plane, vector)
    if (point === undefined) return undefined
    points.push({ ...point, vector })
  }
  points.sort((a, b) => a.xDeg - b.xDeg || a.yDeg - b.yDeg)
  // x runs east and y north on the plane: its left turns are those seen from outside the sphere.
  const ring = [...chain(points), ...chain(points.toReversed())]
  return { corners: ring.length === 0 ? [points[0]!.vector] : ring.map((p) => p.vector), bound }
}

interface HullPoint extends PlanePoint {
  readonly vector: Vector3
}

/** One side of the hull of sorted points, without its last point; every turn is to the left. */
function chain(points: readonly HullPoint[]): HullPoint[] {
  const side: HullPoint[] = []
  for (const next of points) {
    while (side.length >= 1 && !isLeftTurn(side.at(-2), side.at(-1)!, next)) side.pop()
    side.push(next)
  }
  side.pop()
  return side
}

/** True when b is a corner on the way from a to c; without a, when b and c differ. */
function isLeftTurn(a: HullPoint | undefined, b: HullPoint, c: HullPoint): boolean {
  if (a === undefined) return b.xDeg !== c.xDeg || b.yDeg !== c.yDeg
  const abX = b.xDeg - a.xDeg
  const abY = b.yDeg - a.yDeg
  const acX = c.xDeg - a.xDeg
  const acY = c.yDeg - a.yDeg
  return abX * acY - abY * acX > 0
}
