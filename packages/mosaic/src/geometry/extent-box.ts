import type { Point, RotatedBox } from './hull.ts'

/** Smallest upright rectangle around points; one pixel at the origin when there are none. */
export function extentBox(points: readonly Point[]): RotatedBox {
  if (points.length === 0) return { x: 0, y: 0, width: 1, height: 1, angleDeg: 0 }
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of points) {
    minX = Math.min(minX, x)
    maxX = Math.max(maxX, x)
    minY = Math.min(minY, y)
    maxY = Math.max(maxY, y)
  }
  const centre = { x: (minX + maxX) / 2, y: (minY + maxY) / 2 }
  return { ...centre, width: maxX - minX, height: maxY - minY, angleDeg: 0 }
}
