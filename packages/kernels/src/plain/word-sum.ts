import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `wordSum`. */
export function plainWordSum(whole: () => WholeMemory): PixelKernels['wordSum'] {
  return (at, wordCount) => {
    const { u32 } = whole()
    let sum = 0
    for (let k = 0; k < wordCount; k++) {
      sum += u32[at / 4 + k]!
      // End-around carry.
      if (sum >= 2 ** 32) sum -= 2 ** 32 - 1
    }
    return sum
  }
}
