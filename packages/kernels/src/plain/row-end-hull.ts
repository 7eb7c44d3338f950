import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

type Point = readonly [col: number, row: number]

/** Plain twin of `rowEndHull`. */
export function plainRowEndHull(whole: () => WholeMemory): PixelKernels['rowEndHull'] {
  return (valueAt, stride, width, height, hullAt) => {
    const { f32, i32 } = whole()
    const points: Point[] = []
    for (let row = 0; row < height; row++) {
      const start = valueAt / 4 + row * stride
      const cols = [...f32.subarray(start, start + width).keys()].filter(
        (col) => !Number.isNaN(f32[start + col]!),
      )
      if (cols.length >= 2) points.push([cols[0]!, row], [cols.at(-1)!, row])
    }
    if (points.length === 0) return 0
    const hull = [...chainOf(points), ...chainOf(points.reverse())]
    i32.set(hull.flat(), hullAt / 4)
    return hull.length
  }
}

/** Half of the hull, by Andrew's monotone chain, without its last point. */
function chainOf(points: readonly Point[]): readonly Point[] {
  const chain: Point[] = []
  for (const point of points) {
    while (chain.length >= 2 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop()
    chain.push(point)
  }
  return chain.slice(0, -1)
}

function turn(o: Point, p: Point, q: Point): number {
  return (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0])
}
