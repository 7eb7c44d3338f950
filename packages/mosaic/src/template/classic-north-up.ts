import type { SkyPosition } from '@skyloom/wcs'

type Vector = readonly [number, number, number]

/** A rectangle with north up on the tangent plane of its centre; sizes in degrees of the plane. */
export interface NorthUpBox {
  readonly centre: SkyPosition
  readonly widthDeg: number
  readonly heightDeg: number
}

const DEG_TO_RAD = Math.PI / 180

/**
 * The rectangle of `mMakeHdr -n`: great circles tangent to the parallels of the lowest and highest positions and the meridians of the outermost
 * ones meet in four corners; the centre is where the diagonals cross; the sizes reach the positions farthest from it. `northUpBoundingBox` is
 * tighter.
 *
 * @returns undefined when a position is not on the tangent plane, or the circles do not meet
 */
export function classicNorthUpBox(positions: readonly SkyPosition[]): NorthUpBox | undefined {
  const middle = positions
    .map(vectorOf)
    .reduce<Vector>((sum, v) => [sum[0] + v[0], sum[1] + v[1], sum[2] + v[2]], [0, 0, 0])
  const middleLon = Math.atan2(middle[1], middle[0]) / DEG_TO_RAD
  const turned = positions.map(({ lonDeg, latDeg }) => ({
    lonDeg: lonDeg - 360 * Math.round((lonDeg - middleLon) / 360),
    latDeg,
  }))
  const least = (order: (position: SkyPosition) => number): SkyPosition | undefined =>
    turned.reduce<SkyPosition | undefined>(
      (best, position) => (best === undefined || order(position) < order(best) ? position : best),
      undefined,
    )
  const lowest = least(({ latDeg }) => latDeg)
  const highest = least(({ latDeg }) => -latDeg)
  const west = least(({ lonDeg }) => lonDeg)
  const east = least(({ lonDeg }) => -lonDeg)
  if (lowest === undefined || highest === undefined || west === undefined || east === undefined)
    return undefined
  const corner = (level: SkyPosition, side: SkyPosition): Vector =>
    towards(cross(northAt(level), eastAt(side)), middle)
  const first = cross(corner(lowest, west), corner(highest, east))
  const second = cross(corner(lowest, east), corner(highest, west))
  const crossing = cross(first, second)
  const length = Math.hypot(...crossing)
  const centre =
    length > 0 ? positionOf(towards(crossing, middle)) : { lonDeg: west.lonDeg, latDeg: lowest.latDeg }
  return sizedBox(centre, positions)
}

function sizedBox(centre: SkyPosition, positions: readonly SkyPosition[]): NorthUpBox | undefined {
  const axis = vectorOf(centre)
  const [east, north] = [eastAt(centre), northAt(centre)]
  let [widthDeg, heightDeg] = [0, 0]
  for (const position of positions) {
    const vector = vectorOf(position)
    const depth = dot(vector, axis)
    if (depth <= 0) return undefined
    widthDeg = Math.max(widthDeg, (2 * Math.abs(dot(vector, east))) / depth / DEG_TO_RAD)
    heightDeg = Math.max(heightDeg, (2 * Math.abs(dot(vector, north))) / depth / DEG_TO_RAD)
  }
  return { centre, widthDeg, heightDeg }
}

function vectorOf({ lonDeg, latDeg }: SkyPosition): Vector {
  const [lon, lat] = [lonDeg * DEG_TO_RAD, latDeg * DEG_TO_RAD]
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
}

function positionOf([x, y, z]: Vector): SkyPosition {
  const lonDeg = (Math.atan2(y, x) / DEG_TO_RAD + 360) % 360
  return { lonDeg, latDeg: Math.atan2(z, Math.hypot(x, y)) / DEG_TO_RAD }
}

function northAt({ lonDeg, latDeg }: SkyPosition): Vector {
  const [lon, lat] = [lonDeg * DEG_TO_RAD, latDeg * DEG_TO_RAD]
  return [-Math.sin(lat) * Math.cos(lon), -Math.sin(lat) * Math.sin(lon), Math.cos(lat)]
}

function eastAt({ lonDeg }: SkyPosition): Vector {
  const lon = lonDeg * DEG_TO_RAD
  return [-Math.sin(lon), Math.cos(lon), 0]
}

/** The vector or its opposite, whichever is nearer to another. */
function towards(vector: Vector, other: Vector): Vector {
  return dot(vector, other) < 0 ? [-vector[0], -vector[1], -vector[2]] : vector
}

function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

function dot([ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  return ax * bx + ay * by + az * bz
}
