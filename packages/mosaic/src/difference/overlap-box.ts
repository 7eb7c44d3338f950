import type { RotatedBox } from '../background/moments.ts'

/** One point in template offsets. */
export interface Point {
  readonly x: number
  readonly y: number
}

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
export function overlapBox(data: Float32Array, width: number, height: number, x0: number, y0: number): RotatedBox {
  const points = rowEnds(data, width, height, x0, y0)
  const hull = convexHull(points)
  if (hull.length < 3) return extentBox(points)
  let best: RotatedBox | undefined
  for (let i = 0; i < hull.length; i++) {
    const box = boxAlong(hull, hull[i]!, hull[(i + 1) % hull.length]!)
    if (best === undefined || box.width * box.height < best.width * best.height) best = box
  }
  return best === undefined ? extentBox(points) : atLeastOnePixel(best)
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

/** Andrew's monotone chain; counter-clockwise, without collinear points. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((p, q) => p.x - q.x || p.y - q.y)
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = []
    for (const point of list) {
      while (chain.length >= 2 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0) chain.pop()
      chain.push(point)
    }
    chain.pop()
    return chain
  }
  if (sorted.length < 3) return sorted
  return [...half(sorted), ...half(sorted.reverse())]
}

function cross(o: Point, p: Point, q: Point): number {
  return (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x)
}

function boxAlong(hull: readonly Point[], from: Point, to: Point): RotatedBox {
  const angleRad = Math.atan2(to.y - from.y, to.x - from.x)
  const cos = Math.cos(angleRad)
  const sin = Math.sin(angleRad)
  let uMin = Infinity
  let uMax = -Infinity
  let vMin = Infinity
  let vMax = -Infinity
  for (const { x, y } of hull) {
    const u = x * cos + y * sin
    const v = y * cos - x * sin
    uMin = Math.min(uMin, u)
    uMax = Math.max(uMax, u)
    vMin = Math.min(vMin, v)
    vMax = Math.max(vMax, v)
  }
  const u = (uMin + uMax) / 2
  const v = (vMin + vMax) / 2
  return {
    x: u * cos - v * sin,
    y: u * sin + v * cos,
    width: uMax - uMin,
    height: vMax - vMin,
    angleDeg: (angleRad * 180) / Math.PI,
  }
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
