import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `scaleByGrid`. */
export function plainScaleByGrid(whole: () => WholeMemory): PixelKernels['scaleByGrid'] {
  return (valueAt, width, height, x, y, step, nodeCols, nodesAt) => {
    const { f32, f64 } = whole()
    for (let row = 0; row < height; row++) {
      const nodeRow = Math.floor((y + row) / step)
      const f = (y + row - nodeRow * step) / step
      const between = (col: number): number => {
        const node = nodesAt / 8 + nodeRow * nodeCols + col
        return f64[node]! * (1 - f) + f64[node + nodeCols]! * f
      }
      for (let col = 0; col < width; col++) {
        const cell = Math.floor((x + col) / step)
        const start = between(cell)
        const slope = (between(cell + 1) - start) / step
        const at = valueAt / 4 + row * width + col
        f32[at] = f32[at]! * (start + slope * (x + col - cell * step))
      }
    }
  }
}
