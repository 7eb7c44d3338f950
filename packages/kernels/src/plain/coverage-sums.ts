import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `coverageSums`, or with `isNumber` in place of `isPositive` of `valueSums`. */
export function plainCoverageSums(
  whole: () => WholeMemory,
  counts: (value: number) => boolean = isPositive,
): PixelKernels['coverageSums'] {
  return (coverageAt, stride, width, height, recordAt) => {
    const { f32, f64 } = whole()
    let [n, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0]
    let [minCol, maxCol, minRow, maxRow] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        if (!counts(f32[coverageAt / 4 + row * stride + col]!)) continue
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

function isPositive(value: number): boolean {
  return value > 0
}

/** Pixels that count for `valueSums`. */
export function isNumber(value: number): boolean {
  return !Number.isNaN(value)
}
