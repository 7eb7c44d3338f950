import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Floats of one row of the table of weights. */
const LANES = 8
/** When the pixels with data have less than this of the weights, the nearest pixel stands for all. */
export const MIN_WEIGHT = 0.1

/** Weight of a tap for a fraction of the way between two pixels, between two rows of the table. */
export function tableWeight(
  f32: Float32Array,
  tableAt: number,
  steps: number,
  place: number,
  tap: number,
): number {
  const step = Math.min(Math.trunc(place * steps), steps - 1)
  const at = tableAt / 4 + step * LANES + tap
  return f32[at]! + (place * steps - step) * (f32[at + LANES]! - f32[at]!)
}

/** Plain twin of `interpolateTile`, in float64. */
export function plainInterpolateTile(whole: () => WholeMemory): PixelKernels['interpolateTile'] {
  return (
    imageAt,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    imageStride,
    weightAt,
    xAt,
    yAt,
    tileWidth,
    tileHeight,
    taps,
    tableAt,
    steps,
    valueAt,
    coverageAt,
    outStride,
  ) => {
    const { f32, f64 } = whole()
    const weightOf = (col: number, row: number): number => {
      if (!Number.isFinite(f32[imageAt / 4 + row * imageStride + col]!)) return 0
      const weight = weightAt === 0 ? 1 : f32[weightAt / 4 + row * imageStride + col]!
      return weight > 0 && weight < Infinity ? weight : 0
    }
    const kernelAt = (place: number, tap: number): number => tableWeight(f32, tableAt, steps, place, tap)
    const sample = (x: number, y: number): readonly [value: number, coverage: number] => {
      if (!(x >= 0 && x <= windowWidth && y >= 0 && y <= windowHeight)) return [Number.NaN, 0]
      const col = Math.min(Math.floor(x), windowWidth - 1)
      const row = Math.min(Math.floor(y), windowHeight - 1)
      const weight = weightOf(col, row)
      if (weight === 0) return [Number.NaN, 0]
      const nearest = [f32[imageAt / 4 + row * imageStride + col]!, weight] as const
      if (taps === 1) return nearest
      const i = Math.floor(x - 0.5)
      const j = Math.floor(y - 0.5)
      let [sum, kernels, weights] = [0, 0, 0]
      for (let b = 0; b < taps; b++) {
        const r = j - taps / 2 + 1 + b
        for (let a = 0; a < taps; a++) {
          const c = i - taps / 2 + 1 + a
          const w = r < 0 || r >= windowHeight || c < 0 || c >= windowWidth ? 0 : weightOf(c, r)
          if (w === 0) continue
          const kernel = kernelAt(x - 0.5 - i, a) * kernelAt(y - 0.5 - j, b)
          sum += kernel * f32[imageAt / 4 + r * imageStride + c]!
          kernels += kernel
          weights += kernel * w
        }
      }
      return kernels >= MIN_WEIGHT && weights > 0 ? [sum / kernels, weights / kernels] : nearest
    }
    for (let row = 0; row < tileHeight; row++) {
      for (let col = 0; col < tileWidth; col++) {
        const at = row * (tileWidth + 1) + col
        const [value, coverage] = sample(f64[xAt / 8 + at]! - windowCol, f64[yAt / 8 + at]! - windowRow)
        f32[valueAt / 4 + row * outStride + col] = value
        f32[coverageAt / 4 + row * outStride + col] = coverage
      }
    }
  }
}
