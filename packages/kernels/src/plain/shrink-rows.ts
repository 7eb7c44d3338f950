import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `shrinkRows`. Rows are summed per input column first, then the columns. */
export function plainShrinkRows(whole: () => WholeMemory): PixelKernels['shrinkRows'] {
  return (
    sourceAt,
    sourceStride,
    sourceWidth,
    sourceRow,
    sourceHeight,
    factor,
    targetAt,
    targetStride,
    targetWidth,
    targetRow,
    targetHeight,
  ) => {
    const { f32 } = whole()
    const sums = new Float64Array(sourceWidth)
    const weights = new Float64Array(sourceWidth)
    for (let row = 0; row < targetHeight; row++) {
      const top = (targetRow + row) * factor
      const bottom = (targetRow + row + 1) * factor
      sums.fill(0)
      weights.fill(0)
      const endRow = Math.min(sourceRow + sourceHeight, Math.ceil(bottom))
      for (let r = Math.max(sourceRow, Math.floor(top)); r < endRow; r++) {
        const w = Math.min(bottom, r + 1) - Math.max(top, r)
        const source = sourceAt / 4 + (r - sourceRow) * sourceStride
        for (let col = 0; col < sourceWidth; col++) {
          const value = f32[source + col]!
          if (Number.isNaN(value)) continue
          sums[col]! += value * w
          weights[col]! += w
        }
      }
      for (let col = 0; col < targetWidth; col++) {
        const left = col * factor
        const right = (col + 1) * factor
        let sum = 0
        let weight = 0
        const endCol = Math.min(sourceWidth, Math.ceil(right))
        for (let k = Math.floor(left); k < endCol; k++) {
          const w = Math.min(right, k + 1) - Math.max(left, k)
          sum += sums[k]! * w
          weight += weights[k]! * w
        }
        f32[targetAt / 4 + row * targetStride + col] = weight > 0 ? sum / weight : NaN
      }
    }
  }
}
