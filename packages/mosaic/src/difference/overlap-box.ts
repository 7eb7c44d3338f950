import { extentBox } from '../geometry/extent-box.ts'
import { convexHull, type RotatedBox, smallestBox } from '../geometry/hull.ts'
import { rowEnds } from './row-ends.ts'

/**
 * Smallest rectangle around the pixels of a difference image that have data, as mFitplane gives it: built on the first
 * and the last pixel of every row that has at least two, by trying each edge of their convex hull.
 *
 * A side of length 0 counts as 1 pixel.
 *
 * @param data row-major difference, NaN where there is none
 * @param x0 template offset of column 0
 * @param y0 template offset of row 0
 */
export function overlapBox(
  data: Float32Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
): RotatedBox {
  const points = rowEnds(data, width, height, x0, y0)
  return atLeastOnePixel(smallestBox(convexHull(points)) ?? extentBox(points))
}

function atLeastOnePixel(box: RotatedBox): RotatedBox {
  return { ...box, width: box.width > 0 ? box.width : 1, height: box.height > 0 ? box.height : 1 }
}
