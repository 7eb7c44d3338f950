import type { Projection } from './projection.ts'

/**
 * Faces of a quadrilateralized spherical cube: 0 north, 1 to 4 along the equator with native longitudes 0, 90, 180 and 270 in the
 * middle, 5 south. Position of a face's middle in units of 45 degrees (Paper II, section 5.6).
 */
const FACE_X = Float64Array.of(0, 0, 2, 4, 6, 0)
const FACE_Y = Float64Array.of(2, 0, 0, 0, 0, -2)

/**
 * A map between the tangent plane of a cube face and its square. Both functions work in place on a pair, `pair[0]` and `pair[1]`:
 * `toSquare` takes xi / zeta and eta / zeta to -1 to 1, `toFace` goes back.
 */
export interface FaceMap {
  readonly toSquare: (pair: Float64Array) => void
  readonly toFace: (pair: Float64Array) => void
}

/** Slack for points that rounding has put beyond a face's edge. */
const FACE_TOLERANCE = 1e-12

/** Steps of a quadrilateralized cube. */
export function cubeProjection({ toSquare, toFace }: FaceMap): Projection {
  const pair = new Float64Array(2)
  return {
    theta0Deg: 0,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const face = faceOfPlane(p[i]! / 45, q[i]! / 45)
        if (face < 0) {
          p[i] = Number.NaN
          q[i] = Number.NaN
          continue
        }
        const x = p[i]! / 45
        pair[0] = (x < -1 - FACE_TOLERANCE ? x + 8 : x) - FACE_X[face]!
        pair[1] = q[i]! / 45 - FACE_Y[face]!
        toFace(pair)
        const xi = pair[0]
        const eta = pair[1]
        const zeta = 1 / Math.sqrt(1 + xi * xi + eta * eta)
        writeVector(face, xi * zeta, eta * zeta, zeta, p, q, s, i)
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const l = p[i]!
        const m = q[i]!
        const n = s[i]!
        const face = faceOfVector(l, m, n)
        if (face < 0) {
          p[i] = Number.NaN
          q[i] = Number.NaN
          continue
        }
        readFace(face, l, m, n, pair)
        toSquare(pair)
        p[i] = 45 * (FACE_X[face]! + Math.min(1, Math.max(-1, pair[0]!)))
        q[i] = 45 * (FACE_Y[face]! + Math.min(1, Math.max(-1, pair[1]!)))
      }
    },
  }
}

/** Face of a place on the plane (in units of 45 degrees), -1 off the faces. Faces 2 to 4 may stand on either side of face 1. */
function faceOfPlane(x: number, y: number): number {
  const edge = 1 + FACE_TOLERANCE
  if (Math.abs(x) <= edge) {
    if (Math.abs(y) <= edge) return 1
    if (!(Math.abs(y) <= 2 + edge)) return -1
    return y > 0 ? 0 : 5
  }
  if (!(Math.abs(x) <= 6 + edge && Math.abs(y) <= edge)) return -1
  const right = x < 0 ? x + 8 : x
  return right > 5 ? 4 : right > 3 ? 3 : 2
}

/** Face that a direction meets, -1 for NaN. */
function faceOfVector(l: number, m: number, n: number): number {
  let face = 0
  let zeta = n
  if (l > zeta) {
    face = 1
    zeta = l
  }
  if (m > zeta) {
    face = 2
    zeta = m
  }
  if (-l > zeta) {
    face = 3
    zeta = -l
  }
  if (-m > zeta) {
    face = 4
    zeta = -m
  }
  if (-n > zeta) {
    face = 5
    zeta = -n
  }
  return zeta > 0 ? face : -1
}

/** xi / zeta and eta / zeta of a direction on its face (Paper II, table 11). */
function readFace(face: number, l: number, m: number, n: number, pair: Float64Array): void {
  switch (face) {
    case 0:
      pair[0] = m / n
      pair[1] = -l / n
      return
    case 1:
      pair[0] = m / l
      pair[1] = n / l
      return
    case 2:
      pair[0] = -l / m
      pair[1] = n / m
      return
    case 3:
      pair[0] = m / l
      pair[1] = -n / l
      return
    case 4:
      pair[0] = -l / m
      pair[1] = -n / m
      return
    default:
      pair[0] = -m / n
      pair[1] = -l / n
  }
}

/** The direction (l, m, n) of a place on a face. */
function writeVector(
  face: number,
  xi: number,
  eta: number,
  zeta: number,
  p: Float64Array,
  q: Float64Array,
  s: Float64Array,
  i: number,
): void {
  const isPolar = face === 0 || face === 5
  const up = face === 0 ? -eta : eta
  const l = isPolar ? up : face === 1 ? zeta : face === 2 ? -xi : face === 3 ? -zeta : xi
  const m = isPolar ? xi : face === 1 ? xi : face === 2 ? zeta : face === 3 ? -xi : -zeta
  p[i] = l
  q[i] = m
  s[i] = face === 0 ? zeta : face === 5 ? -zeta : eta
}
