import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `statistics`. */
export function plainStatistics(whole: () => WholeMemory): PixelKernels['statistics'] {
  return (valueAt, stride, width, height, recordAt) => {
    const { f32, f64 } = whole()
    let [count, min, max, sum, sumOfSquares] = [0, Infinity, -Infinity, 0, 0]
    for (let row = 0; row < height; row++) {
      let rowSum = 0
      let rowSquares = 0
      for (let col = 0; col < width; col++) {
        const value = f32[valueAt / 4 + row * stride + col]!
        if (!Number.isFinite(value)) continue
        count++
        min = Math.min(min, value)
        max = Math.max(max, value)
        rowSum += value
        rowSquares += value * value
      }
      sum += rowSum
      sumOfSquares += rowSquares
    }
    f64.set([count, count > 0 ? min : NaN, count > 0 ? max : NaN, sum, sumOfSquares], recordAt / 8)
  }
}
