import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `subtractPlane`. */
export function plainSubtractPlane(whole: () => WholeMemory): PixelKernels['subtractPlane'] {
  return (sourceAt, sourceStride, targetAt, targetStride, width, height, x0, y0, a, b, c) => {
    const { f32 } = whole()
    for (let row = 0; row < height; row++) {
      const p = b * (y0 + row) + c
      const source = sourceAt / 4 + row * sourceStride
      const target = targetAt / 4 + row * targetStride
      for (let col = 0; col < width; col++) f32[target + col] = f32[source + col]! - (a * (x0 + col) + p)
    }
  }
}
