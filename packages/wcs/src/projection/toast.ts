import { badParameter } from './bad-parameter.ts'
import type { Projection, ProjectionParameters } from './projection.ts'

/**
 * Steps of subdivision. A cell is then some 1e-6 radian wide and flat to far below rounding, so the place inside it is
 * found in the plane.
 */
const DEPTH = 20
/** Highest level of tiles. */
const MAX_LEVEL = 30

/** Corners of a cell as unit vectors, three numbers each: near the north pole, left and right end of the diagonal, opposite. */
type Corners = Float64Array
const NORTH = 0
const LEFT = 3
const RIGHT = 6
const SOUTH = 9

/**
 * TOAST projection (TOA) of Montage and the WorldWide Telescope with PV2_1 = level.
 *
 * The octahedron on the sphere, north pole in the middle and south pole in the corners, is unfolded to a square of 2^(level + 8) pixels; its
 * quadrants are halved again and again along great circles through the middles of edges and of the diagonal between the two equator
 * corners. The plane is counted in pixels (CDELT = 1), not degrees: it runs from 1 to 1 + 2^(level + 8). Longitude 0 is at the middle of the right
 * side, 90 of the upper one.
 *
 * Accuracy: Montage returns the middle of a cell after 27 halvings; this goes on to rounding.
 *
 * @throws {WcsError} `WCS_BAD_PARAMETER` unless the level is a whole number from 0 to 30
 */
export function toaProjection(pv: ProjectionParameters): Projection {
  const level = pv[1] ?? 0
  if (!Number.isInteger(level) || level < 0 || level > MAX_LEVEL) {
    throw badParameter('TOA', 'PV2_1', level, `a whole number from 0 to ${MAX_LEVEL}`)
  }
  const sidePx = 2 ** (level + 8)
  const corners = new Float64Array(12)
  const place = new Float64Array(3)
  const work: Work = {
    left: new Float64Array(3),
    right: new Float64Array(3),
    edgeLeft: new Float64Array(3),
    edgeRight: new Float64Array(3),
    middle: new Float64Array(3),
  }
  return {
    theta0Deg: 0,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const u = (p[i]! - 1) / sidePx
        const v = (q[i]! - 1) / sidePx
        if (u >= 0 && u <= 1 && v >= 0 && v <= 1) directionOf(corners, u, v, place)
        else place.fill(Number.NaN)
        p[i] = place[0]!
        q[i] = place[1]!
        s[i] = place[2]!
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        placeOf(corners, p[i]!, q[i]!, s[i]!, place, work)
        p[i] = 1 + place[0]! * sidePx
        q[i] = 1 + place[1]! * sidePx
      }
    },
  }
}

/** Corners of the quadrant of the square that lies to the right (or left) and above (or below) the middle. */
function startQuadrant(corners: Corners, isRight: boolean, isUp: boolean): void {
  corners.fill(0)
  corners[NORTH + 2] = 1
  corners[SOUTH + 2] = -1
  // The horizontal side of the quadrant ends at longitude 0 or 180, the vertical one at 90 or 270.
  corners[LEFT] = isRight ? 1 : -1
  corners[RIGHT + 1] = isUp ? 1 : -1
}

/**
 * Place in a quadrant: a runs from the north corner to the LEFT corner, b to the RIGHT corner, both 0 to 1; the quadrant of the square
 * has them along x and y.
 */
function placeOf(
  corners: Corners,
  vx: number,
  vy: number,
  vz: number,
  place: Float64Array,
  work: Work,
): void {
  const isRight = vx >= 0
  const isUp = vy >= 0
  startQuadrant(corners, isRight, isUp)
  let a = 0
  let b = 0
  let size = 1
  for (let depth = 0; depth < DEPTH; depth++) {
    const child = childOf(corners, vx, vy, vz, work)
    size /= 2
    if (child === LEFT || child === SOUTH) a += size
    if (child === RIGHT || child === SOUTH) b += size
    halve(corners, child)
  }
  inTriangle(corners, vx, vy, vz, place, work)
  a += size * place[0]!
  b += size * place[1]!
  place[0] = isRight ? 0.5 + a / 2 : 0.5 - a / 2
  place[1] = isUp ? 0.5 + b / 2 : 0.5 - b / 2
}

/** The direction of a place on the unit square. */
function directionOf(corners: Corners, u: number, v: number, out: Float64Array): void {
  const isRight = u >= 0.5
  const isUp = v >= 0.5
  startQuadrant(corners, isRight, isUp)
  let a = Math.abs(2 * u - 1)
  let b = Math.abs(2 * v - 1)
  for (let depth = 0; depth < DEPTH; depth++) {
    a *= 2
    b *= 2
    const child = a >= 1 ? (b >= 1 ? SOUTH : LEFT) : b >= 1 ? RIGHT : NORTH
    if (a >= 1) a -= 1
    if (b >= 1) b -= 1
    halve(corners, child)
  }
  // Flat from here: the triangle on the corner's side of the diagonal.
  const isNear = a + b <= 1
  const base = isNear ? NORTH : SOUTH
  const toLeft = isNear ? a : 1 - b
  const toRight = isNear ? b : 1 - a
  let norm = 0
  for (let k = 0; k < 3; k++) {
    const origin = corners[base + k]!
    const value = origin + toLeft * (corners[LEFT + k]! - origin) + toRight * (corners[RIGHT + k]! - origin)
    out[k] = value
    norm += value * value
  }
  const scale = 1 / Math.sqrt(norm)
  for (let k = 0; k < 3; k++) out[k] = out[k]! * scale
}

/** Determinant of two corners (or middles) and a direction: on which side of their great circle it lies. */
function sideOf(a: Float64Array, b: Float64Array, vx: number, vy: number, vz: number): number {
  return (
    vx * (a[1]! * b[2]! - a[2]! * b[1]!) +
    vy * (a[2]! * b[0]! - a[0]! * b[2]!) +
    vz * (a[0]! * b[1]! - a[1]! * b[0]!)
  )
}

/** Work vectors of one projection. */
interface Work {
  readonly left: Float64Array
  readonly right: Float64Array
  readonly edgeLeft: Float64Array
  readonly edgeRight: Float64Array
  readonly middle: Float64Array
}

/** Which quarter of a cell holds a direction; cells are cut by the middles of their edges and of the diagonal. */
function childOf(corners: Corners, vx: number, vy: number, vz: number, work: Work): number {
  const { left, right, edgeLeft, edgeRight, middle } = work
  for (let k = 0; k < 3; k++) {
    left[k] = corners[LEFT + k]!
    right[k] = corners[RIGHT + k]!
    middle[k] = left[k]! + right[k]!
  }
  // The side of the diagonal on which the north corner lies.
  const northSide = sideOf(left, right, corners[NORTH]!, corners[NORTH + 1]!, corners[NORTH + 2]!)
  const isNorth = sideOf(left, right, vx, vy, vz) * northSide >= 0
  const base = isNorth ? NORTH : SOUTH
  for (let k = 0; k < 3; k++) {
    edgeLeft[k] = corners[base + k]! + left[k]!
    edgeRight[k] = corners[base + k]! + right[k]!
  }
  const leftSide = sideOf(edgeLeft, middle, left[0]!, left[1]!, left[2]!)
  if (sideOf(edgeLeft, middle, vx, vy, vz) * leftSide > 0) return LEFT
  const rightSide = sideOf(edgeRight, middle, right[0]!, right[1]!, right[2]!)
  if (sideOf(edgeRight, middle, vx, vy, vz) * rightSide > 0) return RIGHT
  return base
}

/** Replaces a cell by one of its quarters. The diagonal of a quarter runs along its parent's. */
function halve(corners: Corners, child: number): void {
  switch (child) {
    case NORTH:
    case SOUTH: {
      const other = child === NORTH ? SOUTH : NORTH
      meet(corners, LEFT, RIGHT, other)
      meet(corners, child, LEFT, LEFT)
      meet(corners, child, RIGHT, RIGHT)
      return
    }
    default: {
      // The quarter at one end of the diagonal: the other end becomes the middle.
      const far = child === LEFT ? RIGHT : LEFT
      meet(corners, LEFT, RIGHT, far)
      meet(corners, child, NORTH, NORTH)
      meet(corners, child, SOUTH, SOUTH)
    }
  }
}

/** Writes the middle of the great circle between two corners over a corner. */
function meet(corners: Corners, a: number, b: number, target: number): void {
  const x = corners[a]! + corners[b]!
  const y = corners[a + 1]! + corners[b + 1]!
  const z = corners[a + 2]! + corners[b + 2]!
  const scale = 1 / Math.sqrt(x * x + y * y + z * z)
  corners[target] = x * scale
  corners[target + 1] = y * scale
  corners[target + 2] = z * scale
}

/** Place of a direction in a flat cell, as fractions from the north corner towards LEFT and RIGHT. */
function inTriangle(
  corners: Corners,
  vx: number,
  vy: number,
  vz: number,
  place: Float64Array,
  work: Work,
): void {
  const { left, right, edgeLeft, edgeRight, middle } = work
  for (let k = 0; k < 3; k++) {
    left[k] = corners[LEFT + k]!
    right[k] = corners[RIGHT + k]!
  }
  const northSide = sideOf(left, right, corners[NORTH]!, corners[NORTH + 1]!, corners[NORTH + 2]!)
  const isNear = sideOf(left, right, vx, vy, vz) * northSide >= 0
  const base = isNear ? NORTH : SOUTH
  for (let k = 0; k < 3; k++) {
    edgeLeft[k] = corners[LEFT + k]! - corners[base + k]!
    edgeRight[k] = corners[RIGHT + k]! - corners[base + k]!
  }
  // Normal of the cell's plane, then the direction's foot in it, both relative to the base corner.
  const nx = edgeLeft[1]! * edgeRight[2]! - edgeLeft[2]! * edgeRight[1]!
  const ny = edgeLeft[2]! * edgeRight[0]! - edgeLeft[0]! * edgeRight[2]!
  const nz = edgeLeft[0]! * edgeRight[1]! - edgeLeft[1]! * edgeRight[0]!
  const reach =
    (nx * corners[base]! + ny * corners[base + 1]! + nz * corners[base + 2]!) / (nx * vx + ny * vy + nz * vz)
  middle[0] = reach * vx - corners[base]!
  middle[1] = reach * vy - corners[base + 1]!
  middle[2] = reach * vz - corners[base + 2]!
  const norm = nx * nx + ny * ny + nz * nz
  const toLeft = sideOf(middle, edgeRight, nx, ny, nz) / norm
  const toRight = sideOf(edgeLeft, middle, nx, ny, nz) / norm
  place[0] = isNear ? toLeft : 1 - toRight
  place[1] = isNear ? toRight : 1 - toLeft
}
