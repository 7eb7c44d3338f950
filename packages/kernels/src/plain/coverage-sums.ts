import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `coverageSums`. */
export function plainCoverageSums(whole: () => WholeMemory): PixelKernels['coverageSums'] {
  return (coverageAt, stride, width, height, recordAt) => {
    const { f32, f64 } = whole()
    let [n, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0]
    let [minCol, maxCol, minRow, maxRow] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        if (!(f32[coverageAt / 4 + row * stride + col]! > 0)) continue
        n++
        x += col
        y += row
        xx += col * col
        xy += col * row
        yy += row * row
        minCol = Math.min(minCol, col)
        maxCol = Math.max(maxCol, col)
        minRow = Math.min(minRow, row)
        maxRow = Math.max(maxRow, row)
      }
    }
    f64.set([n, x, y, xx, xy, yy, minCol, maxCol, minRow, maxRow], recordAt / 8)
  }
}
