/** Corners of quadrilaterals as unit vectors: x, y, z of corner k at 3 k. */
export type SphereQuad = Float64Array

/** A polygon of at most eight corners cut by four lines has at most twelve. */
const MAX_CORNERS = 16
/** Below this half the tangent of an area is the area to rounding. */
const SMALL_TANGENT = 1e-5

/** Overlap areas of spherical quadrilaterals; one object serves one thread. */
export interface SphereOverlap {
  /**
   * Solid angle in steradians that two quadrilaterals share. The sides are great circles; `cell` must be convex; both may run either way
   * round. Corners may coincide. A quadrilateral that reaches 90 degrees from the centre of `cell` shares nothing.
   */
  overlapSr(quad: SphereQuad, cell: SphereQuad): number
  /** Solid angle of a quadrilateral smaller than a hemisphere. */
  areaSr(quad: SphereQuad): number
}

/**
 * The exact overlap of pixels on the sphere.
 *
 * In the tangent plane at the centre of the cell great circles are straight lines, so the quadrilateral is cut there as in the plane
 * (Sutherland & Hodgman 1974, CACM 17, 32). The solid angle of the result is the sum of its triangles with the tangent point, each by
 * tan(E / 2) = (x1 y2 - x2 y1) / (n1 n2 + x1 x2 + y1 y2 + 1 + n1 + n2), n = |(x, y, 1)| (Van Oosterom & Strackee 1983, IEEE Trans. BME
 * 30, 125), which has no cancellation for small polygons: the relative error is about 1e-16 divided by the size of a pixel in radian
 * times the distance from the tangent point in pixels.
 */
export function sphereOverlap(): SphereOverlap {
  let x = new Float64Array(MAX_CORNERS)
  let y = new Float64Array(MAX_CORNERS)
  let nextX = new Float64Array(MAX_CORNERS)
  let nextY = new Float64Array(MAX_CORNERS)
  const cellX = new Float64Array(4)
  const cellY = new Float64Array(4)
  const frame = new Float64Array(9)

  const cut = (count: number, ax: number, ay: number, bx: number, by: number): number => {
    const dx = bx - ax
    const dy = by - ay
    let kept = 0
    let px = x[count - 1]!
    let py = y[count - 1]!
    let pSide = dx * (py - ay) - dy * (px - ax)
    for (let k = 0; k < count; k++) {
      const qx = x[k]!
      const qy = y[k]!
      const qSide = dx * (qy - ay) - dy * (qx - ax)
      if (pSide >= 0 !== qSide >= 0) {
        const t = pSide / (pSide - qSide)
        nextX[kept] = px + t * (qx - px)
        nextY[kept++] = py + t * (qy - py)
      }
      if (qSide >= 0) {
        nextX[kept] = qx
        nextY[kept++] = qy
      }
      px = qx
      py = qy
      pSide = qSide
    }
    ;[x, nextX] = [nextX, x]
    ;[y, nextY] = [nextY, y]
    return kept
  }

  const fanAreaSr = (count: number): number => {
    let sum = 0
    let px = x[count - 1]!
    let py = y[count - 1]!
    let pn = Math.sqrt(px * px + py * py + 1)
    for (let k = 0; k < count; k++) {
      const qx = x[k]!
      const qy = y[k]!
      const qn = Math.sqrt(qx * qx + qy * qy + 1)
      const t = (px * qy - qx * py) / (pn * qn + px * qx + py * qy + 1 + pn + qn)
      sum += Math.abs(t) < SMALL_TANGENT ? t : Math.atan(t)
      px = qx
      py = qy
      pn = qn
    }
    return 2 * sum
  }

  return {
    overlapSr(quad, cell) {
      tangentFrame(cell, frame)
      if (!toPlane(cell, frame, cellX, cellY) || !toPlane(quad, frame, x, y)) return 0
      const isClockwise = turnOf(cellX, cellY) < 0
      let count = 4
      for (let k = 0; k < 4 && count > 0; k++) {
        const [from, to] = isClockwise ? [(k + 1) & 3, k] : [k, (k + 1) & 3]
        count = cut(count, cellX[from]!, cellY[from]!, cellX[to]!, cellY[to]!)
      }
      return count < 3 ? 0 : Math.abs(fanAreaSr(count))
    },
    areaSr(quad) {
      tangentFrame(quad, frame)
      return toPlane(quad, frame, x, y) ? Math.abs(fanAreaSr(4)) : Number.NaN
    },
  }
}

/** Right-handed frame with the third axis through the middle of the corners. */
function tangentFrame(cell: SphereQuad, frame: Float64Array): void {
  let px = cell[0]! + cell[3]! + cell[6]! + cell[9]!
  let py = cell[1]! + cell[4]! + cell[7]! + cell[10]!
  let pz = cell[2]! + cell[5]! + cell[8]! + cell[11]!
  const length = Math.sqrt(px * px + py * py + pz * pz)
  px /= length
  py /= length
  pz /= length
  // An axis at right angles to it: away from the coordinate axis nearest to it.
  let ux = Math.abs(pz) < 0.7 ? -py : 0
  let uy = Math.abs(pz) < 0.7 ? px : -pz
  let uz = Math.abs(pz) < 0.7 ? 0 : py
  const across = Math.sqrt(ux * ux + uy * uy + uz * uz)
  ux /= across
  uy /= across
  uz /= across
  frame.set([ux, uy, uz, py * uz - pz * uy, pz * ux - px * uz, px * uy - py * ux, px, py, pz])
}

/** Gnomonic projection of four corners; false when one is 90 degrees away or has no place. */
function toPlane(quad: SphereQuad, frame: Float64Array, x: Float64Array, y: Float64Array): boolean {
  for (let k = 0; k < 4; k++) {
    const vx = quad[3 * k]!
    const vy = quad[3 * k + 1]!
    const vz = quad[3 * k + 2]!
    const depth = vx * frame[6]! + vy * frame[7]! + vz * frame[8]!
    if (!(depth > 0)) return false
    x[k] = (vx * frame[0]! + vy * frame[1]! + vz * frame[2]!) / depth
    y[k] = (vx * frame[3]! + vy * frame[4]! + vz * frame[5]!) / depth
  }
  return true
}

/** Twice the signed area of four corners. */
function turnOf(x: Float64Array, y: Float64Array): number {
  return (x[2]! - x[0]!) * (y[3]! - y[1]!) - (x[3]! - x[1]!) * (y[2]! - y[0]!)
}
