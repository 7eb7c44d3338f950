import type { Point } from '../geometry/hull.ts'

/**
 * The first and the last pixel with data of every row that has at least two: enough for the convex hull of all pixels with data.
 *
 * @param data row-major, NaN where there is none
 * @param x0 added to columns, which begin with 0
 * @param y0 added to rows, which begin with 0
 */
export function rowEnds(
  data: Float32Array | Float64Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
): readonly Point[] {
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
