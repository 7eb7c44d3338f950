/**
 * One step of a coordinate chain, applied in place to the first `count` points.
 *
 * What `p`, `q` and `s` hold depends on the step: pixels, plane coordinates in degrees (p, q), native angles in degrees
 * (p = phi, q = theta) or a unit vector (p, q, s). A point without meaning becomes NaN and stays NaN.
 */
export type Stage = (p: Float64Array, q: Float64Array, s: Float64Array, count: number) => void

/**
 * A spherical projection: steps between the plane (x, y in degrees, Paper II, section 2) and the native sphere.
 *
 * `form` tells how the native sphere is given: `vector` as unit vector (cos theta cos phi, cos theta sin phi, sin theta),
 * `angles` as phi and theta in degrees.
 */
export interface Projection {
  /** Native latitude of the fiducial point (theta_0), degrees; its native longitude is 0. */
  readonly theta0Deg: number
  readonly form: 'vector' | 'angles'
  /** Plane to native sphere; NaN where the plane holds no sky. */
  readonly toNative: Stage
  /** Native sphere to plane; NaN where the projection has no image of the point. */
  readonly fromNative: Stage
}

/** Parameters PVi_m of the latitude axis, by m; absent ones are undefined. */
export type ProjectionParameters = readonly (number | undefined)[]

/**
 * Slack for points that rounding has pushed over the edge of a projection; relative, or in units of the sphere's radius. It
 * is a few thousand roundings and, as an angle, less than a millionth of an arcsecond.
 */
export const EDGE_TOLERANCE = 1e-12
/** The same slack for native angles in degrees. */
export const EDGE_TOLERANCE_DEG = 1e-10
