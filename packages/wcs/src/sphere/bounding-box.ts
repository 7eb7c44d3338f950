import { type ConvexHull, convexHull } from './convex-hull.ts'
import { axesAt } from './great-circle.ts'
import type { SkyPosition } from './sky-position.ts'
import { type TangentPlane, tangentPlane, toPlane } from './tangent-plane.ts'
import { add3, cross3, dot3, normalize3, positionOf, scale3, stableCross3, type Vector3 } from './vector3.ts'

const RAD_TO_DEG = 180 / Math.PI

/**
 * A rectangle on the tangent plane (TAN projection) around positions: what a template header is made of.
 *
 * `CRVAL` is `centre`, `CROTA2` is `crota2Deg`, `CDELT1` negative, `NAXISn` at least the size over the pixel scale, `CRPIXn` (NAXISn + 1) / 2.
 */
export interface SkyBox {
  readonly centre: SkyPosition
  /** Size on the plane along x, degrees. */
  readonly widthDeg: number
  /** Size on the plane along y, degrees. */
  readonly heightDeg: number
  /** Position angle of the y axis, north through east, in (-45, 45]. */
  readonly positionAngleDeg: number
  /** The same as `CROTA2` (north through west when `CDELT1` is negative), in [0, 360). */
  readonly crota2Deg: number
}

/** How to choose a box. */
export interface BoundingBoxOptions {
  /**
   * `smallest` (default), or `montage` for the very box of `mMakeHdr` of Montage 6.0. Its smallest box turns a box along a side that has the region to its
   * north by the negative of its angle, so that such a box comes out too large and is passed over, or is taken with the wrong angle; the result still
   * holds every position.
   */
  readonly rule?: 'smallest' | 'montage'
}

/**
 * The rectangle of smallest area around positions on the tangent plane of its centre, or `undefined` when they do not fit into less than a
 * hemisphere. One side lies along an edge of the convex hull; the centre is midway between this side and the opposite one. Works over poles and across
 * longitude 0.
 *
 * Accuracy: with the rule `montage` centre and angle agree with mMakeHdr to its nine printed decimals.
 *
 * @throws {WcsError} `WCS_BAD_REGION` for no positions or one that is not finite
 */
export function minimumBoundingBox(
  positions: readonly SkyPosition[],
  options: BoundingBoxOptions = {},
): SkyBox | undefined {
  const hull = convexHull(positions)
  if (hull === undefined) return undefined
  const { corners } = hull
  if (corners.length === 1) return pointBox(positionOf(corners[0]!))
  let best: SkyBox | undefined
  corners.forEach((start, i) => {
    const end = corners[(i + 1) % corners.length]!
    const box = boxAlong(corners, start, end, options.rule === 'montage')
    if (box !== undefined && (best === undefined || areaOf(box) < areaOf(best))) best = box
  })
  return best
}

function pointBox(centre: SkyPosition): SkyBox {
  return { centre, widthDeg: 0, heightDeg: 0, positionAngleDeg: 0, crota2Deg: 0 }
}

function areaOf(box: SkyBox): number {
  return box.widthDeg * box.heightDeg
}

/** The box with one side along the arc from `start` to `end`. */
function boxAlong(
  corners: readonly Vector3[],
  start: Vector3,
  end: Vector3,
  isMontage: boolean,
): SkyBox | undefined {
  const pole = normalize3(stableCross3(start, end))
  if (pole === undefined) return undefined
  const ahead = cross3(pole, start)
  let first = 0
  let last = 0
  let farthest = start
  for (const corner of corners) {
    const along = Math.atan2(dot3(ahead, corner), dot3(start, corner))
    first = Math.min(first, along)
    last = Math.max(last, along)
    if (dot3(pole, corner) > dot3(pole, farthest)) farthest = corner
  }
  const middle = (first + last) / 2
  const foot = add3(scale3(start, Math.cos(middle)), scale3(ahead, Math.sin(middle)))
  // Both long sides pass through the poles of the circle from `foot` to `pole`; the centre halves the angle between them.
  const half = Math.atan2(dot3(pole, farthest), dot3(foot, farthest)) / 2
  const centre = add3(scale3(foot, Math.cos(half)), scale3(pole, Math.sin(half)))
  const up = add3(scale3(pole, Math.cos(half)), scale3(foot, -Math.sin(half)))
  const position = positionOf(centre)
  const { north, east } = axesAt(position)
  const northwards = dot3(up, north)
  const angle = Math.atan2(dot3(up, east), northwards) * RAD_TO_DEG
  return boxAt(corners, position, isMontage && northwards > 0 ? -angle : angle)
}

/** The box around corners with y at an angle from north, turned by quarters so that y is within 45 degrees of north. */
function boxAt(corners: readonly Vector3[], centre: SkyPosition, angleDeg: number): SkyBox | undefined {
  const quarters = Math.ceil((angleDeg - 45) / 90)
  const positionAngleDeg = angleDeg - 90 * quarters
  const size = sizeOn(tangentPlane(centre, positionAngleDeg), corners)
  if (size === undefined) return undefined
  return {
    centre,
    ...size,
    positionAngleDeg,
    crota2Deg: positionAngleDeg > 0 ? 360 - positionAngleDeg : 0 - positionAngleDeg,
  }
}

/** Twice the largest distance of the corners from both axes, or `undefined` when one is beyond the plane. */
function sizeOn(
  plane: TangentPlane,
  corners: readonly Vector3[],
): { readonly widthDeg: number; readonly heightDeg: number } | undefined {
  let widthDeg = 0
  let heightDeg = 0
  for (const corner of corners) {
    const point = toPlane(plane, corner)
    if (point === undefined) return undefined
    widthDeg = Math.max(widthDeg, 2 * Math.abs(point.xDeg))
    heightDeg = Math.max(heightDeg, 2 * Math.abs(point.yDeg))
  }
  return { widthDeg, heightDeg }
}

/** The centre of a box moves by less than this part of its size in the last step. */
const CENTRED = 1e-13
/** Each step squares the error; only regions near a pole or a hemisphere need more than five. */
const MAX_CENTRE_STEPS = 100

/**
 * The rectangle with y to the north around positions on the tangent plane of its centre, as tight on opposite sides; `undefined` when
 * the positions do not fit into less than a hemisphere.
 *
 * With the rule `montage` it is the box of `mMakeHdr -n` of Montage 6.0, which holds every position as well but is less tight and off centre by up to
 * a hundredth of its size in wide fields far from the equator.
 *
 * Accuracy: with the rule `montage` the centre agrees with mMakeHdr to its nine printed decimals.
 *
 * @throws {WcsError} `WCS_BAD_REGION` for no positions or one that is not finite
 */
export function northUpBoundingBox(
  positions: readonly SkyPosition[],
  options: BoundingBoxOptions = {},
): SkyBox | undefined {
  const hull = convexHull(positions)
  if (hull === undefined) return undefined
  if (hull.corners.length === 1) return pointBox(positionOf(hull.corners[0]!))
  if (options.rule === 'montage') return northUpAt(hull, montageNorthUpCentre(hull))
  let centre = positionOf(hull.bound.centre)
  for (let step = 0; step < MAX_CENTRE_STEPS; step++) {
    const plane = tangentPlane(centre)
    const range = rangeOn(plane, hull.corners)
    if (range === undefined) break
    const x = (range.minX + range.maxX) / 2
    const y = (range.minY + range.maxY) / 2
    const moved = add3(
      add3(plane.centre, scale3(plane.xAxis, x / RAD_TO_DEG)),
      scale3(plane.yAxis, y / RAD_TO_DEG),
    )
    centre = positionOf(moved)
    if (Math.hypot(x, y) <= CENTRED * (range.maxX - range.minX + range.maxY - range.minY)) break
  }
  return northUpAt(hull, centre)
}

/**
 * The centre of the box of `mMakeHdr -n`: where the diagonals of a frame of four great circles cross. The first one goes through the corner of the
 * hull that is nearest to the equator (for a region on both sides of it, the southernmost) and is level there; the second one through the corner
 * farthest from the first, and both meet where the first is level with the equator, a quarter of the sky to the east. The other two
 * go through the corners farthest east and west, at right angles to the direction to that meeting point.
 *
 * Source: found from results of Montage 6.0; it gives its nine decimals for regions of all sizes, at the equator, at the poles and between.
 */
function montageNorthUpCentre({ corners, bound }: ConvexHull): SkyPosition {
  const isSouth = corners.every(([, , z]) => z < 0)
  const height = ([, , z]: Vector3): number => (isSouth ? -z : z)
  // Of equal ones Montage takes the last.
  const base = extreme(corners.toReversed(), (corner) => -height(corner))
  const { north, east } = axesAt(positionOf(base))
  const side = isSouth ? scale3(north, -1) : north
  const top = extreme(corners, (corner) => dot3(side, corner))
  const upright = (corner: Vector3): Vector3 => add3(east, scale3(corner, -dot3(east, corner)))
  const left = upright(extreme(corners, (corner) => -dot3(east, corner)))
  const right = upright(extreme(corners, (corner) => dot3(east, corner)))
  const [low, high] = [cross3(base, east), cross3(top, east)]
  const meet = (a: Vector3, b: Vector3): Vector3 => {
    const place = normalize3(cross3(a, b)) ?? bound.centre
    return dot3(place, bound.centre) < 0 ? scale3(place, -1) : place
  }
  const rising = cross3(meet(low, left), meet(high, right))
  const falling = cross3(meet(low, right), meet(high, left))
  return positionOf(meet(rising, falling))
}

/** The first corner with the largest value. */
function extreme(corners: readonly Vector3[], value: (corner: Vector3) => number): Vector3 {
  return corners.reduce((best, corner) => (value(corner) > value(best) ? corner : best))
}

function northUpAt(hull: ConvexHull, centre: SkyPosition): SkyBox | undefined {
  const size = sizeOn(tangentPlane(centre), hull.corners)
  return size && { centre, ...size, positionAngleDeg: 0, crota2Deg: 0 }
}

interface PlaneRange {
  readonly minX: number
  readonly maxX: number
  readonly minY: number
  readonly maxY: number
}

function rangeOn(plane: TangentPlane, corners: readonly Vector3[]): PlaneRange | undefined {
  const points = corners.map((corner) => toPlane(plane, corner))
  let range: PlaneRange = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity }
  for (const point of points) {
    if (point === undefined) return undefined
    range = {
      minX: Math.min(range.minX, point.xDeg),
      maxX: Math.max(range.maxX, point.xDeg),
      minY: Math.min(range.minY, point.yDeg),
      maxY: Math.max(range.maxY, point.yDeg),
    }
  }
  return range
}
