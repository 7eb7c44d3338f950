/**
 * Exact overlaps of pixels on the sphere, as plainly as can be: corners as unit vectors, sides as great circles, one polygon cut by the sides of the
 * other, and areas from the angles at its corners. Slow, and nothing of it is shared with the code under test.
 */

/** A direction. */
export type Vector = readonly [number, number, number]

/** Corners in order, either way round; convex and smaller than a hemisphere. */
export type SphericalPolygon = readonly Vector[]

/** Unit vector of a place on the sky, degrees. */
export function direction(lonDeg: number, latDeg: number): Vector {
  const [lon, lat] = [(lonDeg * Math.PI) / 180, (latDeg * Math.PI) / 180]
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function unit(a: Vector): Vector {
  const length = Math.hypot(...a)
  return [a[0] / length, a[1] / length, a[2] / length]
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/** Solid angle of a triangle: 2 atan(a . (b x c) / (1 + a.b + b.c + c.a)), Van Oosterom & Strackee 1983, IEEE TBME 30, 125. Signed. */
function triangle(a: Vector, b: Vector, c: Vector): number {
  // a . (b x c) by differences from a, so that small triangles keep their digits.
  const volume = dot(a, cross(minus(b, a), minus(c, a)))
  return 2 * Math.atan2(volume, 1 + dot(a, b) + dot(b, c) + dot(c, a))
}

/** Solid angle in steradians, positive when the corners run anticlockwise as seen from outside. */
export function signedArea(polygon: SphericalPolygon): number {
  const [first] = polygon
  let sum = 0
  for (let k = 2; k < polygon.length; k++) sum += triangle(first!, polygon[k - 1]!, polygon[k]!)
  return sum
}

/** The part of `subject` inside `window`, both anticlockwise (Sutherland & Hodgman 1974, with great circles for lines). */
function cut(subject: SphericalPolygon, window: SphericalPolygon): SphericalPolygon {
  let left = subject
  for (const [k, from] of window.entries()) {
    const normal = cross(from, minus(window[(k + 1) % window.length]!, from))
    // A side of no length cuts nothing.
    if (Math.hypot(...normal) === 0) continue
    const kept: Vector[] = []
    for (const [i, a] of left.entries()) {
      const b = left[(i + 1) % left.length]!
      const [insideA, insideB] = [dot(normal, minus(a, from)), dot(normal, minus(b, from))]
      if (insideA >= 0) kept.push(a)
      if (insideA >= 0 !== insideB >= 0) {
        const t = insideA / (insideA - insideB)
        kept.push(unit([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]))
      }
    }
    left = kept
  }
  return left
}

/** The corners anticlockwise. */
export function anticlockwise(polygon: SphericalPolygon): SphericalPolygon {
  return signedArea(polygon) < 0 ? polygon.toReversed() : polygon
}

/** Solid angle that two anticlockwise polygons share, steradians. */
export function sharedArea(a: SphericalPolygon, b: SphericalPolygon): number {
  const common = cut(a, b)
  return common.length < 3 ? 0 : signedArea(common)
}
