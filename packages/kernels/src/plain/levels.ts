import { LEVEL_HALF } from '../pixels/level-half.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `histogram`. */
export function plainHistogram(whole: () => WholeMemory): PixelKernels['histogram'] {
  return (valueAt, count, min, max, binWidth, binCount, binsAt) => {
    const { f32, u32 } = whole()
    let counted = 0
    for (let i = 0; i < count; i++) {
      const value = f32[valueAt / 4 + i]!
      if (!(value >= min && value <= max)) continue
      const bin = value === max ? binCount - 1 : Math.min(binCount - 1, Math.floor((value - min) / binWidth))
      u32[binsAt / 4 + bin]! += 1
      counted++
    }
    return counted
  }
}

/** Plain twin of `cumulate`. */
export function plainCumulate(whole: () => WholeMemory): PixelKernels['cumulate'] {
  return (binsAt, binCount, belowAt) => {
    const { u32, f64 } = whole()
    let sum = 0
    for (let i = 0; i < binCount; i++) {
      f64[belowAt / 8 + i] = sum
      sum += u32[binsAt / 4 + i]!
    }
  }
}

/** Plain twin of `levels`. */
export function plainLevels(whole: () => WholeMemory): PixelKernels['levels'] {
  return (
    valueAt,
    count,
    sign,
    firstT,
    fineScale,
    splitT,
    coarseScale,
    thresholdsAt,
    cellsAt,
    blankLevel,
    outAt,
  ) => {
    const { u8, f32, f64 } = whole()
    for (let i = 0; i < count; i++) {
      const t = sign * f32[valueAt / 4 + i]!
      const fine = (t - firstT) * fineScale
      const coarse = (t - splitT) * coarseScale
      const isBehind = !(fine < LEVEL_HALF) && !(coarse < LEVEL_HALF)
      const inHalf = Math.max(0, Math.floor(fine < LEVEL_HALF ? fine : coarse))
      const cell = isBehind ? 2 * LEVEL_HALF : inHalf + (fine < LEVEL_HALF ? 0 : LEVEL_HALF)
      let level = u8[cellsAt + cell]!
      const end = u8[cellsAt + cell + 1]!
      // One step further is always allowed: the first cell of a level begins with the one before.
      if (t >= f64[thresholdsAt / 8 + level + 1]!) level++
      while (level < end && t >= f64[thresholdsAt / 8 + level + 1]!) level++
      u8[outAt + i] = Number.isNaN(t) ? blankLevel : level
    }
  }
}
