import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import { extentBox } from '../geometry/extent-box.ts'
import { type Point, type RotatedBox, smallestBox } from '../geometry/hull.ts'

/** Bytes that {@link overlapBox} needs for a window of so many rows: whole cache lines. */
export function hullBytes(height: number): number {
  return 64 * Math.ceil((8 * (2 * height + 2)) / 64)
}

/**
 * Smallest rectangle around the pixels of a difference image that have data, as mFitplane gives it: built on the first
 * and the last pixel of every row that has at least two, by trying each edge of their convex hull.
 *
 * A side of length 0 counts as 1 pixel.
 *
 * @param valueAt row-major difference, float32, NaN where there is none
 * @param x0 template offset of column 0
 * @param y0 template offset of row 0
 * @param hullAt room for {@link hullBytes}
 */
export function overlapBox(
  views: PixelViews,
  kernels: PixelKernels,
  valueAt: number,
  width: number,
  height: number,
  x0: number,
  y0: number,
  hullAt: number,
): RotatedBox {
  const count = kernels.rowEndHull(valueAt, width, width, height, hullAt)
  const pairs = views.i32(hullAt, 2 * count)
  const points = Array.from(
    { length: count },
    (_, k): Point => ({ x: x0 + pairs[2 * k]!, y: y0 + pairs[2 * k + 1]! }),
  )
  return atLeastOnePixel(smallestBox(fromLeft(points)) ?? extentBox(points))
}

/** The points in turn from the leftmost (of those the lowest): of edges that give equal rectangles the first is taken. */
function fromLeft(hull: readonly Point[]): readonly Point[] {
  const isBefore = (p: Point, q: Point): boolean => p.x < q.x || (p.x === q.x && p.y < q.y)
  const start = hull.reduce((best, point, k) => (isBefore(point, hull[best]!) ? k : best), 0)
  return [...hull.slice(start), ...hull.slice(0, start)]
}

function atLeastOnePixel(box: RotatedBox): RotatedBox {
  return { ...box, width: box.width > 0 ? box.width : 1, height: box.height > 0 ? box.height : 1 }
}
