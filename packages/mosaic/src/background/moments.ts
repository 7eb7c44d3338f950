import type { RotatedBox } from '../geometry/hull.ts'

/** Area moments of a set of pixels in template offsets: integrals of 1, x, y, x², xy, y². */
export interface Moments {
  readonly n: number
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly xy: number
  readonly yy: number
}

/**
 * Moments of a rotated rectangle, by integration over the rectangle.
 *
 * With u, v the rectangle's own axes, x = u cos t - v sin t and y = u sin t + v cos t, and the second moments
 * of a side of length L about its middle are L³/12.
 */
export function boxMoments(box: RotatedBox): Moments {
  const t = (box.angleDeg * Math.PI) / 180
  const cos = Math.cos(t)
  const sin = Math.sin(t)
  const n = box.width * box.height
  const uu = (n * box.width ** 2) / 12
  const vv = (n * box.height ** 2) / 12
  return {
    n,
    x: n * box.x,
    y: n * box.y,
    xx: n * box.x ** 2 + uu * cos * cos + vv * sin * sin,
    xy: n * box.x * box.y + (uu - vv) * sin * cos,
    yy: n * box.y ** 2 + uu * sin * sin + vv * cos * cos,
  }
}
