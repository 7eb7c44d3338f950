import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { STRIP_ENTRY_BYTES } from '../pixels/strip-entry.ts'
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

/** Plain twin of `finishMeanF32`, or with float64 values. */
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

/** Plain twin of `meanStrip`. */
export function plainMeanStrip(whole: () => WholeMemory): PixelKernels['meanStrip'] {
  const accumulate = plainAccumulateMean(whole)
  const finish = [plainFinishMean(whole, 'f32'), plainFinishMean(whole, 'f64')] as const
  return (entriesAt, entryCount, firstRow, height, width, crpixY, isFloat64, valueAt, areaAt, scratchAt) => {
    const { u32, i32, f64 } = whole()
    const weightAt = scratchAt + 8 * width
    for (let k = 0; k < height; k++) {
      f64.fill(0, scratchAt / 8, scratchAt / 8 + 2 * width)
      for (
        let entry = entriesAt;
        entry < entriesAt + STRIP_ENTRY_BYTES * entryCount;
        entry += STRIP_ENTRY_BYTES
      ) {
        const [value = 0, area = 0] = u32.subarray(entry / 4, entry / 4 + 2)
        const [stride = 0, col = 0, row = 0, rows = 0, cols = 0] = i32.subarray(entry / 4 + 2, entry / 4 + 7)
        const [x0 = 0, a = 0, b = 0, c = 0] = f64.subarray(entry / 8 + 4, entry / 8 + 8)
        const inEntry = firstRow + k - row
        if (inEntry < 0 || inEntry >= rows) continue
        const skip = 4 * inEntry * stride
        const y = firstRow + k - crpixY
        const areaRow = area === 0 ? 0 : area + skip
        accumulate(value + skip, areaRow, cols, x0, y, a, b, c, scratchAt + 8 * col, weightAt + 8 * col)
      }
      const valueRow = valueAt + (isFloat64 === 0 ? 4 : 8) * k * width
      finish[isFloat64 === 0 ? 0 : 1](scratchAt, weightAt, width, valueRow, areaAt + 4 * k * width)
    }
  }
}
