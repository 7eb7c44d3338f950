import { type SkyPosition, skyPolygon, type Vector3, vectorOf } from '@skyloom/wcs'

const RAD_TO_DEG = 180 / Math.PI

/** Degrees from a position inside a convex polygon to the great circle of its nearest edge; negative outside. */
export function edgeDistanceDeg(corners: readonly SkyPosition[], position: SkyPosition): number {
  const { vectors } = skyPolygon(corners)
  const point = vectorOf(position.lonDeg, position.latDeg)
  let least = Infinity
  vectors.forEach((from, index) => {
    const side = cross(from, vectors[(index + 1) % vectors.length] ?? from)
    const height = dot(side, point) / Math.sqrt(dot(side, side))
    least = Math.min(least, Math.asin(Math.max(-1, Math.min(1, height))) * RAD_TO_DEG)
  })
  return least
}

function cross([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): Vector3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

function dot([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): number {
  return ax * bx + ay * by + az * bz
}
