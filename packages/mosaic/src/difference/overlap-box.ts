import { convexHull, type Point, type RotatedBox, smallestBox } from '../geometry/hull.ts'

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
  const box = smallestBox(convexHull(points))
  return box === undefined ? extentBox(points) : atLeastOnePixel(box)
}

function rowEnds(data: Float32Array, width: number, height: number, x0: number, y0: number): Point[] {
  const points: Point[] = []
  for (let row = 0; row < height; row++) {
    const start = row * width
    let first = 0
    while (first < width && Number.isNaN(data[start + first]!)) first++
    let last = width - 1
    while (last > first && Number.isNaN(data[start + last]!)) last--
    if (first < last) points.push({ x: x0 + first, y: y0 + row }, { x: x0 + last, y: y0 + row })
  }
  return points
}

function extentBox(points: readonly Point[]): RotatedBox {
  if (points.length === 0) return { x: 0, y: 0, width: 1, height: 1, angleDeg: 0 }
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity)
  const box = {
    x: (least(xs) + most(xs)) / 2,
    y: (least(ys) + most(ys)) / 2,
    width: most(xs) - least(xs),
    height: most(ys) - least(ys),
    angleDeg: 0,
  }
  return atLeastOnePixel(box)
}

function atLeastOnePixel(box: RotatedBox): RotatedBox {
  return { ...box, width: box.width > 0 ? box.width : 1, height: box.height > 0 ? box.height : 1 }
}
