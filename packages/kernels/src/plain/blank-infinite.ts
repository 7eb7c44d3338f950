import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `blankInfinite`. */
export function plainBlankInfinite(whole: () => WholeMemory): PixelKernels['blankInfinite'] {
  return (valueAt, count) => {
    const { f32 } = whole()
    for (let i = valueAt / 4; i < valueAt / 4 + count; i++) {
      if (Math.abs(f32[i]!) === Infinity) f32[i] = NaN
    }
  }
}
