import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `accumulateMean`. */
export function plainAccumulateMean(whole: () => WholeMemory): PixelKernels['accumulateMean'] {
  return (valueAt, areaAt, count, x0, y, a, b, c, sumVWAt, sumWAt) => {
    const { f32, f64 } = whole()
    const p = b * y + c
    for (let i = 0; i < count; i++) {
      const area = areaAt === 0 ? 1 : f32[areaAt / 4 + i]!
      const value = f32[valueAt / 4 + i]! - (a * (x0 + i) + p)
      if (!(area > 0) || Number.isNaN(value)) continue
      f64[sumVWAt / 8 + i]! += value * area
      f64[sumWAt / 8 + i]! += area
    }
  }
}

/** Plain twin of `accumulateSum`. */
export function plainAccumulateSum(whole: () => WholeMemory): PixelKernels['accumulateSum'] {
  return (valueAt, areaAt, count, x0, y, a, b, c, sumVAt, sumWAt) => {
    const { f32, f64 } = whole()
    const p = b * y + c
    for (let i = 0; i < count; i++) {
      const area = areaAt === 0 ? 1 : f32[areaAt / 4 + i]!
      const value = f32[valueAt / 4 + i]! - (a * (x0 + i) + p)
      if (!(area > 0) || Number.isNaN(value)) continue
      f64[sumVAt / 8 + i]! += value
      f64[sumWAt / 8 + i]! += area
    }
  }
}

/** Plain twin of `accumulateCount`. */
export function plainAccumulateCount(whole: () => WholeMemory): PixelKernels['accumulateCount'] {
  return (valueAt, areaAt, count, x0, y, a, b, c, positiveOnly, countsAt) => {
    const { f32, f64 } = whole()
    const p = b * y + c
    for (let i = 0; i < count; i++) {
      const area = areaAt === 0 ? 1 : f32[areaAt / 4 + i]!
      const value = f32[valueAt / 4 + i]! - (a * (x0 + i) + p)
      if (!(area > 0) || Number.isNaN(value) || (positiveOnly !== 0 && !(value > 0))) continue
      f64[countsAt / 8 + i]! += 1
    }
  }
}

/** Plain twin of `finishMeanF32` and, with float64 values, of `finishMeanF64`. */
export function plainFinishMean(
  whole: () => WholeMemory,
  valueType: 'f32' | 'f64',
): PixelKernels['finishMeanF32'] {
  const valueBytes = valueType === 'f32' ? 4 : 8
  return (sumVWAt, sumWAt, count, valueAt, areaAt) => {
    const { f32, f64, [valueType]: values } = whole()
    for (let i = 0; i < count; i++) {
      const weight = f64[sumWAt / 8 + i]!
      const isBlank = !(weight > 0)
      values[valueAt / valueBytes + i] = isBlank ? NaN : f64[sumVWAt / 8 + i]! / weight
      f32[areaAt / 4 + i] = isBlank ? 0 : weight
    }
  }
}
