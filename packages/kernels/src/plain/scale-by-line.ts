import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `scaleByLine`. */
export function plainScaleByLine(whole: () => WholeMemory): PixelKernels['scaleByLine'] {
  return (valueAt, width, x0, start, slope) => {
    const { f32 } = whole()
    const first = valueAt / 4
    for (let col = 0; col < width; col++) f32[first + col] = f32[first + col]! * (start + slope * (x0 + col))
  }
}
