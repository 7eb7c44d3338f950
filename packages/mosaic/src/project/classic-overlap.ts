import { roundedAtan2 } from '@skyloom/wcs'
import { type SphereOverlap, sphereOverlap } from './sphere-overlap.ts'

/** Radian: corners this near to a side count as inside. */
const TOLERANCE = 4.424e-9
/** Corners of the overlap may lie this far outside. */
const CORNER_TOLERANCE = 1000 * TOLERANCE
/** Sides whose great circles have a smaller angle, radian, are on one circle but for rounding. */
const COINCIDENT = 1e-10
/** Angles beyond this make the classic program drop the corner. */
const FLAT_ANGLE = Math.PI - 0.0175
/** Most corners of an overlap. */
const MAX_CORNERS = 15
/** Room for one more vector behind the sides of a polygon. */
const CROSS_AT = 3 * (MAX_CORNERS + 1)

/**
 * Overlaps with the arithmetic of the classic mProject, its losses included: corners of the overlap with an angle within a degree of
 * 180 are dropped, and areas are sums of angles (Girard). For pixels of some arcseconds its areas are off by up to 2e-4 where the grids
 * are nearly parallel and by as much again from rounding below 1 arcsecond; below 0.03 arcsecond they are worthless. It exists to agree
 * with that program, which it does to the last bit; `sphereOverlap` gives the true areas.
 *
 * Where a side of one quadrilateral lies on a side of the other, rounding decides what the classic program finds: the whole overlap, half
 * of it, or none. There the true area is given.
 *
 * The common part of the two convex polygons is found by going around both at once (O'Rourke, Computational Geometry in C, 7.6).
 */
export function classicOverlap(): SphereOverlap {
  const p = new Float64Array(12)
  const q = new Float64Array(12)
  const pSides = new Float64Array(12)
  const qSides = new Float64Array(12)
  const pNormals = new Float64Array(12)
  const qNormals = new Float64Array(12)
  const pLengths = new Float64Array(4)
  const qLengths = new Float64Array(4)
  const across = new Float64Array(3)
  const exact = sphereOverlap()
  const lastQuad = new Float64Array(12).fill(Number.NaN)
  const found = new Float64Array(3 * (MAX_CORNERS + 1))
  const work = new Float64Array(3 * (MAX_CORNERS + 1))
  const sides = new Float64Array(CROSS_AT + 3)

  const keep = (count: number, x: number, y: number, z: number): number => {
    if (count >= MAX_CORNERS) return count
    if (!isInside(x, y, z, pNormals, CORNER_TOLERANCE) || !isInside(x, y, z, qNormals, CORNER_TOLERANCE))
      return count
    found[3 * count] = x
    found[3 * count + 1] = y
    found[3 * count + 2] = z
    return count + 1
  }

  /** The number of corners of the common part, or {@link DOUBTFUL}. */
  const goAround = (): number => {
    let count = 0
    let a = 0
    let b = 0
    let advancedA = 0
    let advancedB = 0
    let inside: 'unknown' | 'p' | 'q' = 'unknown'
    let hasMet = false
    do {
      const a1 = (a + 3) & 3
      const b1 = (b + 3) & 3
      const px = pSides[3 * a1]!
      const py = pSides[3 * a1 + 1]!
      const pz = pSides[3 * a1 + 2]!
      const qx = qSides[3 * b1]!
      const qy = qSides[3 * b1 + 1]!
      const qz = qSides[3 * b1 + 2]!
      const cx = py * qz - pz * qy
      const cy = pz * qx - px * qz
      const cz = px * qy - py * qx
      const length = Math.sqrt(cx * cx + cy * cy + cz * cz)
      if (length <= COINCIDENT * pLengths[a1]! * qLengths[b1]!) return DOUBTFUL
      const cross = length === 0 ? 0 : Math.sign(dot(cx, cy, cz, p, a))
      const aInB = Math.sign(dot(qx, qy, qz, p, a))
      const bInA = Math.sign(dot(px, py, pz, q, b))
      if (length > 0) {
        const sign = dot(cx, cy, cz, p, a1) < 0 ? -1 : 1
        const x = (sign * cx) / length
        const y = (sign * cy) / length
        const z = (sign * cz) / length
        if (isBetween(x, y, z, p, a1, a) && isBetween(x, y, z, q, b1, b)) {
          if (!hasMet) {
            // The way around counts from the first crossing on.
            hasMet = true
            advancedA = 0
            advancedB = 0
          }
          count = keep(count, x, y, z)
          if (aInB > 0) inside = 'p'
          else if (bInA > 0) inside = 'q'
        }
      }
      let movesA: boolean
      if (cross === 0 && aInB < 0 && bInA < 0) return 0
      if (cross === 0 && aInB === 0 && bInA === 0) {
        movesA = inside !== 'p'
        if (movesA) {
          a = (a + 1) & 3
          advancedA++
        } else {
          b = (b + 1) & 3
          advancedB++
        }
        continue
      }
      movesA = cross >= 0 ? bInA > 0 : aInB <= 0
      if (movesA) {
        if (inside === 'p') count = keep(count, p[3 * a]!, p[3 * a + 1]!, p[3 * a + 2]!)
        a = (a + 1) & 3
        advancedA++
      } else {
        if (inside === 'q') count = keep(count, q[3 * b]!, q[3 * b + 1]!, q[3 * b + 2]!)
        b = (b + 1) & 3
        advancedB++
      }
    } while ((advancedA < 4 || advancedB < 4) && advancedA < 8 && advancedB < 8)
    return inside === 'unknown' ? 0 : count
  }

  return {
    overlapSr(quad, cell) {
      // Overlaps come quadrilateral by quadrilateral: what belongs to one is made once.
      if (!isSame(quad, lastQuad)) {
        lastQuad.set(quad)
        reorder(quad, p, isCounterClockwise(quad) ? QUAD_ORDER : REVERSE_ORDER)
        normals(p, pSides, pNormals, pLengths)
      }
      reorder(cell, q, isCounterClockwise(cell) ? CELL_ORDER : REVERSE_ORDER)
      normals(q, qSides, qNormals, qLengths)
      if (allInside(q, pNormals)) return girard(q, 4, work, sides)
      if (allInside(p, qNormals)) return girard(p, 4, work, sides)
      const count = goAround()
      if (count === DOUBTFUL) return exact.overlapSr(quad, cell)
      return girard(found, distinct(found, count, across), work, sides)
    },
    areaSr: (quad) => girard(quad, 4, work, sides),
  }
}

/** Two sides lie on one circle. */
const DOUBTFUL = -1

// The order in which the classic program has the corners, counter-clockwise seen from outside.
const QUAD_ORDER = Uint8Array.of(2, 3, 0, 1)
const CELL_ORDER = Uint8Array.of(0, 1, 2, 3)
const REVERSE_ORDER = Uint8Array.of(1, 0, 3, 2)

function reorder(from: Float64Array, to: Float64Array, places: Uint8Array): void {
  for (let k = 0; k < 4; k++) {
    const at = 3 * places[k]!
    to[3 * k] = from[at]!
    to[3 * k + 1] = from[at + 1]!
    to[3 * k + 2] = from[at + 2]!
  }
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let k = 0; k < 12; k++) if (a[k] !== b[k]) return false
  return true
}

/** By the diagonals, so that corners may coincide. */
function isCounterClockwise(quad: Float64Array): boolean {
  const ux = quad[6]! - quad[0]!
  const uy = quad[7]! - quad[1]!
  const uz = quad[8]! - quad[2]!
  const vx = quad[9]! - quad[3]!
  const vy = quad[10]! - quad[4]!
  const vz = quad[11]! - quad[5]!
  return quad[0]! * (uy * vz - uz * vy) + quad[1]! * (uz * vx - ux * vz) + quad[2]! * (ux * vy - uy * vx) > 0
}

/** Writes the vector product of direction `i` of `a` and `j` of `b`. */
function crossInto(
  out: Float64Array,
  at: number,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
): void {
  const ax = a[3 * i]!
  const ay = a[3 * i + 1]!
  const az = a[3 * i + 2]!
  const bx = b[3 * j]!
  const by = b[3 * j + 1]!
  const bz = b[3 * j + 2]!
  out[at] = ay * bz - az * by
  out[at + 1] = az * bx - ax * bz
  out[at + 2] = ax * by - ay * bx
}

/** Length of the vector at an index. */
function lengthAt(vectors: Float64Array, at: number): number {
  const x = vectors[at]!
  const y = vectors[at + 1]!
  const z = vectors[at + 2]!
  return Math.sqrt(x * x + y * y + z * z)
}

function dot(x: number, y: number, z: number, vectors: Float64Array, k: number): number {
  return x * vectors[3 * k]! + y * vectors[3 * k + 1]! + z * vectors[3 * k + 2]!
}

/** Normals of the sides from each corner to the next, as products of the corners and of length 1; and the lengths of the products. */
function normals(corners: Float64Array, sides: Float64Array, out: Float64Array, lengths: Float64Array): void {
  for (let k = 0; k < 4; k++) {
    const at = 3 * k
    crossInto(sides, at, corners, k, corners, (k + 1) & 3)
    const length = lengthAt(sides, at)
    lengths[k] = length
    out[at] = length > 0 ? sides[at]! / length : 0
    out[at + 1] = length > 0 ? sides[at + 1]! / length : 0
    out[at + 2] = length > 0 ? sides[at + 2]! / length : 0
  }
}

function isInside(x: number, y: number, z: number, sides: Float64Array, tolerance: number): boolean {
  for (let k = 0; k < 4; k++) if (!(dot(x, y, z, sides, k) >= -tolerance)) return false
  return true
}

function allInside(corners: Float64Array, sides: Float64Array): boolean {
  for (let k = 0; k < 4; k++) {
    if (!isInside(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, sides, TOLERANCE)) return false
  }
  return true
}

/** True when a direction on the great circle of a side lies between its ends. */
function isBetween(
  x: number,
  y: number,
  z: number,
  corners: Float64Array,
  from: number,
  to: number,
): boolean {
  const span = dot(corners[3 * from]!, corners[3 * from + 1]!, corners[3 * from + 2]!, corners, to)
  return dot(x, y, z, corners, from) >= span && dot(x, y, z, corners, to) >= span
}

/** Drops corners that repeat the one kept before, and the last when it repeats the first; gives the number of those that stay. */
function distinct(corners: Float64Array, count: number, across: Float64Array): number {
  let kept = 0
  for (let k = 0; k < count; k++) {
    if (kept > 0 && isNear(corners, kept - 1, k, across)) continue
    if (kept !== k) corners.copyWithin(3 * kept, 3 * k, 3 * k + 3)
    kept++
  }
  return kept > 1 && isNear(corners, kept - 1, 0, across) ? kept - 1 : kept
}

function isNear(corners: Float64Array, a: number, b: number, across: Float64Array): boolean {
  crossInto(across, 0, corners, a, corners, b)
  return lengthAt(across, 0) < TOLERANCE
}

/** Sum of the angles less that of a flat polygon; corners with almost 180 degrees are dropped. */
function girard(corners: Float64Array, many: number, work: Float64Array, sides: Float64Array): number {
  let count = many
  for (let k = 0; k < 3 * count; k++) work[k] = corners[k]!
  for (;;) {
    if (count < 3) return 0
    for (let k = 0; k < count; k++) {
      crossInto(sides, 3 * k, work, k, work, k + 1 === count ? 0 : k + 1)
      const length = lengthAt(sides, 3 * k)
      sides[3 * k]! /= length
      sides[3 * k + 1]! /= length
      sides[3 * k + 2]! /= length
    }
    let sum = 0
    let flat = -1
    for (let k = 0; k < count && flat < 0; k++) {
      const next = k + 1 === count ? 0 : k + 1
      crossInto(sides, CROSS_AT, sides, k, sides, next)
      const along = dot(sides[3 * k]!, sides[3 * k + 1]!, sides[3 * k + 2]!, sides, next)
      const angle = roundedAtan2(lengthAt(sides, CROSS_AT), -along)
      if (angle > FLAT_ANGLE) flat = next
      sum += angle
    }
    if (flat < 0) {
      const area = sum - (count - 2) * Math.PI
      return area > 0 ? area : 0
    }
    work.copyWithin(3 * flat, 3 * flat + 3, 3 * count)
    count--
  }
}
