/**
 * A background plane `a * x + b * y + c` in data units.
 *
 * Coordinates follow Montage's mFitplane and mBackground: `x = col - CRPIX1`, `y = row - CRPIX2` with
 * `col` and `row` counted from 0 in the image and CRPIX as in its header. All images of one mosaic share
 * the template's reference pixel, so these coordinates are the same for every image.
 */
export interface BackgroundPlane {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** No correction. */
export const ZERO_PLANE: BackgroundPlane = { a: 0, b: 0, c: 0 }

/** Value of a plane at template offsets `x`, `y`. */
export function evaluatePlane(plane: BackgroundPlane, x: number, y: number): number {
  return plane.a * x + plane.b * y + plane.c
}

/** `p - q`. */
export function subtractPlanes(p: BackgroundPlane, q: BackgroundPlane): BackgroundPlane {
  return { a: p.a - q.a, b: p.b - q.b, c: p.c - q.c }
}
