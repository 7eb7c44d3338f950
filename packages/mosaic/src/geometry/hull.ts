/** A point of a plane, pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle that may be turned: centre and full sizes in pixels, angle of its first axis in degrees. */
export interface RotatedBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly angleDeg: number
}

/** Convex hull by Andrew's monotone chain; counter-clockwise, without collinear points. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((p, q) => p.x - q.x || p.y - q.y)
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = []
    for (const point of list) {
      while (chain.length >= 2 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0)
        chain.pop()
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

/** Rectangle of the smallest area around a convex hull, one side along one of its edges; undefined below three points. */
export function smallestBox(hull: readonly Point[]): RotatedBox | undefined {
  if (hull.length < 3) return undefined
  let best: RotatedBox | undefined
  for (let i = 0; i < hull.length; i++) {
    const box = boxAlong(hull, hull[i]!, hull[(i + 1) % hull.length]!)
    if (best === undefined || box.width * box.height < best.width * best.height) best = box
  }
  return best
}
