import { axesAt } from './great-circle.ts'
import type { SkyPosition } from './sky-position.ts'
import { add3, dot3, scale3, type Vector3 } from './vector3.ts'

const RAD_TO_DEG = 180 / Math.PI

/** A plane that touches the sphere, with two axes: the gnomonic projection, on which great circles are straight. */
export interface TangentPlane {
  readonly centre: Vector3
  readonly xAxis: Vector3
  readonly yAxis: Vector3
}

/** Point of a tangent plane in degrees (radian of the plane times 180/pi, as in FITS WCS Paper II, section 5.1.3). */
export interface PlanePoint {
  readonly xDeg: number
  readonly yDeg: number
}

/** Plane with y to the position angle (degrees, north through east) and x a quarter turn further east. */
export function tangentPlane(centre: SkyPosition, positionAngleDeg: number = 0): TangentPlane {
  const { here, north, east } = axesAt(centre)
  const angle = positionAngleDeg / RAD_TO_DEG
  return {
    centre: here,
    xAxis: add3(scale3(east, Math.cos(angle)), scale3(north, -Math.sin(angle))),
    yAxis: add3(scale3(north, Math.cos(angle)), scale3(east, Math.sin(angle))),
  }
}

/** Point of the plane for a unit vector, `undefined` 90 degrees away and farther. */
export function toPlane(plane: TangentPlane, v: Vector3): PlanePoint | undefined {
  const depth = dot3(plane.centre, v)
  if (!(depth > 0)) return undefined
  return {
    xDeg: (dot3(plane.xAxis, v) / depth) * RAD_TO_DEG,
    yDeg: (dot3(plane.yAxis, v) / depth) * RAD_TO_DEG,
  }
}
