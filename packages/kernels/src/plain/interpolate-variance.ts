import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { MIN_WEIGHT, tableWeight } from './interpolate.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `interpolateVarianceTile`. */
export function plainInterpolateVarianceTile(
  whole: () => WholeMemory,
): PixelKernels['interpolateVarianceTile'] {
  return (
    varianceAt,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    imageStride,
    xAt,
    yAt,
    tileWidth,
    tileHeight,
    taps,
    tableAt,
    steps,
    outAt,
    outStride,
  ) => {
    const { f32, f64 } = whole()
    const kernelAt = (place: number, tap: number): number => tableWeight(f32, tableAt, steps, place, tap)
    /** NaN outside the window. */
    const varianceOf = (col: number, row: number): number => {
      if (row < 0 || row >= windowHeight || col < 0 || col >= windowWidth) return Number.NaN
      return f32[varianceAt / 4 + row * imageStride + col]!
    }
    const sample = (x: number, y: number): number => {
      if (!(x >= 0 && x <= windowWidth && y >= 0 && y <= windowHeight)) return Number.NaN
      const nearest = varianceOf(
        Math.min(Math.floor(x), windowWidth - 1),
        Math.min(Math.floor(y), windowHeight - 1),
      )
      if (!(nearest < Infinity) || taps === 1) return nearest
      const i = Math.floor(x - 0.5)
      const j = Math.floor(y - 0.5)
      let [sum, kernels] = [0, 0]
      for (let k = 0; k < taps * taps; k++) {
        const [a, b] = [k % taps, Math.floor(k / taps)]
        const variance = varianceOf(i - taps / 2 + 1 + a, j - taps / 2 + 1 + b)
        if (!(variance < Infinity)) continue
        const kernel = kernelAt(x - 0.5 - i, a) * kernelAt(y - 0.5 - j, b)
        sum += kernel * kernel * variance
        kernels += kernel
      }
      return kernels >= MIN_WEIGHT ? sum / (kernels * kernels) : nearest
    }
    for (let row = 0; row < tileHeight; row++) {
      for (let col = 0; col < tileWidth; col++) {
        const at = row * (tileWidth + 1) + col
        const variance = sample(f64[xAt / 8 + at]! - windowCol, f64[yAt / 8 + at]! - windowRow)
        f32[outAt / 4 + row * outStride + col] = variance < Infinity ? variance : Number.NaN
      }
    }
  }
}
