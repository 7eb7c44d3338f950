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
 * Accuracy: the circle holds every position to 1e-15 radian and is smallest to 1e-12 of the radius and 1e-13 radian. Method: the smallest circle of the two or three positions that hold it, with the
 * farthest one outside added, until none is outside; the radius grows each time. Of the few candidates the one that reaches least far is
 * taken, so that rounding cannot lead astray where positions lie close or on one arc.
 */
export function boundingCircle(positions: readonly SkyPosition[]): SkyCircle | undefined {
  const cap = boundingCap(positions.map((position, i) => checkedVector(position, `position ${i}`)))
  return cap && { centre: positionOf(cap.centre), radiusDeg: cap.radiusRad * RAD_TO_DEG }
}

/** Far more rounds than ever needed: each one raises the radius, and ten are many. */
const MAX_ROUNDS = 1000
/** Smallest growth that counts, relative. */
const GROWTH = 1e-12

/** As {@link boundingCircle} for unit vectors. */
export function boundingCap(vectors: readonly Vector3[]): Cap | undefined {
  const first = vectors[0]
  if (first === undefined) {
    throw new WcsError('WCS_BAD_REGION', 'no positions to put a circle around', { allowed: 'one or more' })
  }
  let held: HeldCap = { centre: first, radiusRad: 0, holders: [first] }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outermost = farthestFrom(held.centre, vectors)
    const reachRad = angleRad(held.centre, outermost)
    if (reachRad <= held.radiusRad * (1 + GROWTH) + ROUNDING_RAD) {
      return { centre: held.centre, radiusRad: Math.max(held.radiusRad, reachRad) }
    }
    const next = smallestCapOf([...held.holders, outermost])
    if (next.radiusRad >= Math.PI / 2) return undefined
    if (next.radiusRad <= held.radiusRad) {
      // Rounding is all that is left: the centre stays, the radius takes in what is outside.
      return reachRad < Math.PI / 2 ? { centre: held.centre, radiusRad: reachRad } : undefined
    }
    held = next
  }
  const reachRad = angleRad(held.centre, farthestFrom(held.centre, vectors))
  return reachRad < Math.PI / 2 ? { centre: held.centre, radiusRad: reachRad } : undefined
}

/** A cap with the points on its edge. */
interface HeldCap extends Cap {
  readonly holders: readonly Vector3[]
}

function farthestFrom(centre: Vector3, vectors: readonly Vector3[]): Vector3 {
  let farthest = vectors[0]!
  let farthestSquare = -1
  for (const v of vectors) {
    const d = subtract3(v, centre)
    const square = dot3(d, d)
    if (square > farthestSquare) {
      farthestSquare = square
      farthest = v
    }
  }
  return farthest
}

/** The smallest cap around two to four points, each of which may hold it. */
function smallestCapOf(points: readonly Vector3[]): HeldCap {
  let best: HeldCap | undefined
  const consider = (centre: Vector3 | undefined, holders: readonly Vector3[]): void => {
    if (centre === undefined) return
    const radiusRad = Math.max(...points.map((p) => angleRad(centre, p)))
    if (best === undefined || radiusRad < best.radiusRad) best = { centre, radiusRad, holders }
  }
  points.forEach((a, i) =>
    points.slice(0, i).forEach((b, j) => {
      consider(normalize3(add3(a, b)), [a, b])
      for (const c of points.slice(0, j)) consider(centreOfThree(a, b, c), [a, b, c])
    }),
  )
  return best ?? { centre: points[0]!, radiusRad: Math.PI, holders: points }
}

/** The centre of the circle through three points, on their side of the sphere. */
function centreOfThree(a: Vector3, b: Vector3, c: Vector3): Vector3 | undefined {
  const axis = normalize3(cross3(subtract3(b, a), subtract3(c, a)))
  if (axis === undefined) return undefined
  return dot3(axis, a) < 0 ? [-axis[0], -axis[1], -axis[2]] : axis
}
