import type { PixelMap, Wcs } from '@skyloom/wcs'

const DEG_TO_RAD = Math.PI / 180

/** Factor of plane coordinates (radian) from a zenithal projection to the tangent plane, by the square of the radius; NaN beyond it. */
const TO_TANGENT = {
  TAN: () => 1,
  SIN: (r2: number) => 1 / Math.sqrt(1 - r2),
  ZEA: (r2: number) => (2 * Math.sqrt(1 - r2 / 4)) / (2 - r2),
  STG: (r2: number) => (r2 < 4 ? 1 / (1 - r2 / 4) : Number.NaN),
  ARC: (r2: number) =>
    r2 === 0 ? 1 : r2 < (Math.PI / 2) ** 2 ? Math.tan(Math.sqrt(r2)) / Math.sqrt(r2) : Number.NaN,
} as const

/** The inverse, by the square of the radius in the tangent plane. */
const FROM_TANGENT = {
  TAN: () => 1,
  SIN: (t2: number) => 1 / Math.sqrt(1 + t2),
  ZEA: (t2: number) => Math.sqrt(2 / (1 + t2 + Math.sqrt(1 + t2))),
  STG: (t2: number) => 2 / (1 + Math.sqrt(1 + t2)),
  ARC: (t2: number) => (t2 === 0 ? 1 : Math.atan(Math.sqrt(t2)) / Math.sqrt(t2)),
} as const

type Plane = keyof typeof TO_TANGENT

/** How the tangent planes of two images lie to each other, radian. */
export interface PlaneTurn {
  /** Angle between the two reference points. */
  readonly angleRad: number
  /** Direction of the second reference point seen from the first, from east to north. */
  readonly fromRad: number
  /** Direction of the first reference point seen from the second. */
  readonly toRad: number
}

/** The directions from each of two reference points to the other, without loss for near ones; with the angle between them. */
export function planeTurn(from: Wcs, to: Wcs, angleRad: number): PlaneTurn {
  return { angleRad, fromRad: directionTo(from.crval, to.crval), toRad: directionTo(to.crval, from.crval) }
}

/**
 * The map between two undistorted zenithal images in one frame by way of their tangent planes: it needs no directions in space, so that its
 * rounding is that of the coordinates, 1e-15 of their size. Undefined for other images.
 *
 * @param turn how the tangent planes lie to each other, see {@link planeTurn}
 */
export function planeMap(from: Wcs, to: Wcs, turn: PlaneTurn): PixelMap | undefined {
  const [a, b] = [planeOf(from), planeOf(to)]
  if (a === undefined || b === undefined) return undefined
  const toTangent: (r2: number) => number = TO_TANGENT[a]
  const fromTangent: (t2: number) => number = FROM_TANGENT[b]
  // Axes along the great circle through the reference points, away from the other one in the first plane and towards it in the second.
  const { angleRad, fromRad, toRad } = turn
  const turnA = fromRad + Math.PI
  const turnB = toRad
  const [cosA, sinA] = angleRad === 0 ? [1, 0] : [Math.cos(turnA), Math.sin(turnA)]
  const [cosB, sinB] = angleRad === 0 ? [1, 0] : [Math.cos(turnB), Math.sin(turnB)]
  const [cosT, sinT] = [Math.cos(angleRad), Math.sin(angleRad)]
  const [m0, m1, m2, m3] = to.cd
  const determinant = (m0 * m3 - m1 * m2) * DEG_TO_RAD
  return (x, y, outX, outY, count) => {
    for (let k = 0; k < count; k++) {
      const u = x[k]! + 0.5 - from.crpix[0]
      const v = y[k]! + 0.5 - from.crpix[1]
      const px = (from.cd[0] * u + from.cd[1] * v) * DEG_TO_RAD
      const py = (from.cd[2] * u + from.cd[3] * v) * DEG_TO_RAD
      const grow = toTangent(px * px + py * py)
      const qx = (cosA * px + sinA * py) * grow
      const qy = (cosA * py - sinA * px) * grow
      // A turn of the sphere by the angle, seen in the tangent planes.
      const depth = cosT - qx * sinT
      const tx = (sinT + qx * cosT) / depth
      const ty = qy / depth
      const shrink = depth > 0 ? fromTangent(tx * tx + ty * ty) : Number.NaN
      const sx = (cosB * tx - sinB * ty) * shrink
      const sy = (sinB * tx + cosB * ty) * shrink
      outX[k] = (m3 * sx - m1 * sy) / determinant + to.crpix[0] - 0.5
      outY[k] = (m0 * sy - m2 * sx) / determinant + to.crpix[1] - 0.5
      if (!(Number.isFinite(outX[k]!) && Number.isFinite(outY[k]!))) {
        outX[k] = Number.NaN
        outY[k] = Number.NaN
      }
    }
  }
}

/** The projection of an image that the map can take: no distortion, native pole in the ordinary place, parameters absent. */
function planeOf(wcs: Wcs): Plane | undefined {
  const { projection, sip, lookup, planeDistortion, plate, pv, planeOffset } = wcs
  const isPlain =
    sip === undefined &&
    lookup === undefined &&
    planeDistortion === undefined &&
    plate === undefined &&
    pv.every((value) => value === undefined || value === 0) &&
    planeOffset[0] === 0 &&
    planeOffset[1] === 0
  if (!isPlain || !(projection in TO_TANGENT) || Math.abs(wcs.crval[1]) >= 90) return undefined
  return isOrdinary(wcs) ? (projection as Plane) : undefined
}

/** The native pole at the reference point, with the ordinary longitude. */
function isOrdinary({ pole, crval }: Wcs): boolean {
  return pole.nativeLonDeg === 180 && pole.lonDeg === crval[0] && pole.latDeg === crval[1]
}

/** Direction in the plane (east is x, north is y) from one position to another, radian. */
function directionTo(from: readonly [number, number], to: readonly [number, number]): number {
  const dLon = (to[0] - from[0]) * DEG_TO_RAD
  const [latA, latB] = [from[1] * DEG_TO_RAD, to[1] * DEG_TO_RAD]
  const east = Math.cos(latB) * Math.sin(dLon)
  // sin(latB - latA) + 2 cos(latB) sin(latA) sin^2(dLon / 2), which does not cancel.
  const north = Math.sin(latB - latA) + 2 * Math.cos(latB) * Math.sin(latA) * Math.sin(dLon / 2) ** 2
  return Math.atan2(north, east)
}
