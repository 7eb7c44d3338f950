import type { SphereOverlap } from './sphere-overlap.ts'

/** Radian: corners this near to a side count as inside. */
const TOLERANCE = 4.424e-9
/** Corners of the overlap may lie this far outside. */
const CORNER_TOLERANCE = 1000 * TOLERANCE
/** Angles beyond this make the classic program drop the corner. */
const FLAT_ANGLE = Math.PI - 0.0175
/** Most corners of an overlap. */
const MAX_CORNERS = 15

/**
 * Overlaps with the arithmetic of the classic mProject, its losses included: corners of the overlap with an angle within a degree of
 * 180 are dropped, and areas are sums of angles (Girard). For pixels of some arcseconds its areas are off by up to 2e-4 where the grids
 * are nearly parallel and by as much again from rounding below 1 arcsecond; below 0.03 arcsecond they are worthless. It exists to agree
 * with that program; `sphereOverlap` gives the true areas.
 *
 * The common part of the two convex polygons is found by going around both at once (O'Rourke, Computational Geometry in C, 7.6).
 */
export function classicOverlap(): SphereOverlap {
  const p = new Float64Array(12)
  const q = new Float64Array(12)
  const pNormals = new Float64Array(12)
  const qNormals = new Float64Array(12)
  const found = new Float64Array(3 * (MAX_CORNERS + 1))
  const work = new Float64Array(3 * (MAX_CORNERS + 1))
  const sides = new Float64Array(3 * (MAX_CORNERS + 1))

  const keep = (count: number, x: number, y: number, z: number): number => {
    if (count >= MAX_CORNERS) return count
    if (!isInside(x, y, z, pNormals, CORNER_TOLERANCE) || !isInside(x, y, z, qNormals, CORNER_TOLERANCE))
      return count
    found[3 * count] = x
    found[3 * count + 1] = y
    found[3 * count + 2] = z
    return count + 1
  }

  const goAround = (): number => {
    let count = 0
    let a = 0
    let b = 0
    let advancedA = 0
    let advancedB = 0
    let inside: 'unknown' | 'p' | 'q' = 'unknown'
    do {
      const a1 = (a + 3) & 3
      const b1 = (b + 3) & 3
      const [px, py, pz] = crossOf(p, a1, p, a)
      const [qx, qy, qz] = crossOf(q, b1, q, b)
      const cx = py * qz - pz * qy
      const cy = pz * qx - px * qz
      const cz = px * qy - py * qx
      const length = Math.sqrt(cx * cx + cy * cy + cz * cz)
      const cross = length === 0 ? 0 : Math.sign(dot(cx, cy, cz, p, a))
      const aInB = Math.sign(dot(qx, qy, qz, p, a))
      const bInA = Math.sign(dot(px, py, pz, q, b))
      if (length > 0) {
        const sign = dot(cx, cy, cz, p, a1) < 0 ? -1 : 1
        const x = (sign * cx) / length
        const y = (sign * cy) / length
        const z = (sign * cz) / length
        if (isBetween(x, y, z, p, a1, a) && isBetween(x, y, z, q, b1, b)) {
          if (inside === 'unknown' && count === 0) {
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
      order(quad, cell, p, q)
      normals(p, pNormals)
      normals(q, qNormals)
      if (allInside(q, pNormals)) return girard(q, 4, work, sides)
      if (allInside(p, qNormals)) return girard(p, 4, work, sides)
      const count = distinct(found, goAround())
      return girard(found, count, work, sides)
    },
    areaSr: (quad) => girard(quad, 4, work, sides),
  }
}

/** Brings both into the order in which the classic program has their corners, counter-clockwise seen from outside. */
function order(quad: Float64Array, cell: Float64Array, p: Float64Array, q: Float64Array): void {
  reorder(quad, p, isCounterClockwise(quad) ? [2, 3, 0, 1] : [1, 0, 3, 2])
  reorder(cell, q, isCounterClockwise(cell) ? [0, 1, 2, 3] : [1, 0, 3, 2])
}

function reorder(from: Float64Array, to: Float64Array, places: readonly number[]): void {
  for (const [k, place] of places.entries()) to.set(from.subarray(3 * place, 3 * place + 3), 3 * k)
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

function crossOf(a: Float64Array, i: number, b: Float64Array, j: number): readonly [number, number, number] {
  const ax = a[3 * i]!
  const ay = a[3 * i + 1]!
  const az = a[3 * i + 2]!
  const bx = b[3 * j]!
  const by = b[3 * j + 1]!
  const bz = b[3 * j + 2]!
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

function dot(x: number, y: number, z: number, vectors: Float64Array, k: number): number {
  return x * vectors[3 * k]! + y * vectors[3 * k + 1]! + z * vectors[3 * k + 2]!
}

/** Unit normals of the sides from each corner to the next. */
function normals(corners: Float64Array, out: Float64Array): void {
  for (let k = 0; k < 4; k++) {
    const [x, y, z] = crossOf(corners, k, corners, (k + 1) & 3)
    const length = Math.sqrt(x * x + y * y + z * z)
    out[3 * k] = length > 0 ? x / length : 0
    out[3 * k + 1] = length > 0 ? y / length : 0
    out[3 * k + 2] = length > 0 ? z / length : 0
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

/** Drops corners that repeat the one before; gives the number of those that stay. */
function distinct(corners: Float64Array, count: number): number {
  let kept = 0
  for (let k = 0; k < count; k++) {
    const before = kept === 0 ? count - 1 : kept - 1
    if (k > 0 || count > 1) {
      const [x, y, z] = crossOf(corners, before, corners, k)
      if (Math.sqrt(x * x + y * y + z * z) < TOLERANCE) continue
    }
    corners.copyWithin(3 * kept, 3 * k, 3 * k + 3)
    kept++
  }
  return kept
}

/** Sum of the angles less that of a flat polygon; corners with almost 180 degrees are dropped. */
function girard(corners: Float64Array, many: number, work: Float64Array, sides: Float64Array): number {
  let count = many
  work.set(corners.subarray(0, 3 * count))
  for (;;) {
    if (count < 3) return 0
    for (let k = 0; k < count; k++) {
      const [x, y, z] = crossOf(work, k, work, (k + 1) % count)
      const length = Math.sqrt(x * x + y * y + z * z)
      sides[3 * k] = x / length
      sides[3 * k + 1] = y / length
      sides[3 * k + 2] = z / length
    }
    let sum = 0
    let flat = -1
    for (let k = 0; k < count && flat < 0; k++) {
      const next = (k + 1) % count
      const [x, y, z] = crossOf(sides, k, sides, next)
      const along = dot(sides[3 * k]!, sides[3 * k + 1]!, sides[3 * k + 2]!, sides, next)
      const angle = Math.atan2(Math.sqrt(x * x + y * y + z * z), -along)
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
