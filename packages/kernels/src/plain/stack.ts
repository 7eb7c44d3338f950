import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `addValues`. */
export function plainAddValues(whole: () => WholeMemory): PixelKernels['addValues'] {
  return (
    valueAt,
    coverageAt,
    weightAt,
    varianceAt,
    count,
    x0,
    y,
    a,
    b,
    c,
    isSum,
    centreAt,
    toleranceAt,
    kappa,
    sumAt,
    weightSumAt,
    areaSumAt,
    varianceSumAt,
    countsAt,
    contextAt,
    contextBit,
  ) => {
    const { f32, f64, u32 } = whole()
    const p = b * y + c
    let rejected = 0
    for (let i = 0; i < count; i++) {
      const coverage = f32[coverageAt / 4 + i]!
      const value = f32[valueAt / 4 + i]! - (a * (x0 + i) + p)
      const weight = weightAt === 0 ? coverage : f32[weightAt / 4 + i]!
      if (!(coverage > 0) || !(weight > 0) || Number.isNaN(value)) continue
      const variance = varianceAt === 0 ? 0 : f32[varianceAt / 4 + i]!
      if (centreAt !== 0) {
        const limit = kappa * Math.sqrt(variance) + f32[toleranceAt / 4 + i]!
        if (Math.abs(value - f32[centreAt / 4 + i]!) > limit) {
          rejected++
          continue
        }
      }
      const factor = isSum !== 0 ? 1 : weight
      f64[sumAt / 8 + i]! += factor * value
      f64[weightSumAt / 8 + i]! += weight
      f64[areaSumAt / 8 + i]! += coverage
      if (varianceSumAt !== 0) f64[varianceSumAt / 8 + i]! += factor * factor * variance
      if (countsAt !== 0) f64[countsAt / 8 + i]! += 1
      if (contextAt !== 0) u32[contextAt / 4 + i]! |= contextBit
    }
    return rejected
  }
}

/** Plain twin of `addSpread`. */
export function plainAddSpread(whole: () => WholeMemory): PixelKernels['addSpread'] {
  return (
    valueAt,
    coverageAt,
    weightAt,
    varianceAt,
    count,
    minCoverage,
    varianceSumAt,
    inverseSumAt,
    weightSumAt,
    areaSumAt,
    countsAt,
    contextAt,
    contextBit,
  ) => {
    const { f32, f64, u32 } = whole()
    const least = Math.fround(minCoverage)
    for (let i = 0; i < count; i++) {
      const coverage = f32[coverageAt / 4 + i]!
      if (!(coverage > least) || Number.isNaN(f32[valueAt / 4 + i]!)) continue
      if (varianceAt !== 0) {
        const variance = f32[varianceAt / 4 + i]!
        f64[varianceSumAt / 8 + i]! += variance
        f64[inverseSumAt / 8 + i]! += 1 / Math.sqrt(variance)
      }
      if (weightSumAt !== 0) f64[weightSumAt / 8 + i]! += f32[weightAt / 4 + i]!
      f64[areaSumAt / 8 + i]! += coverage
      f64[countsAt / 8 + i]! += 1
      if (contextAt !== 0) u32[contextAt / 4 + i]! |= contextBit
    }
  }
}

/** Plain twin of `addExtreme`. */
export function plainAddExtreme(whole: () => WholeMemory): PixelKernels['addExtreme'] {
  return (valueAt, coverageAt, count, x0, y, a, b, c, minCoverage, sign, extremeAt) => {
    const { f32, f64 } = whole()
    const least = Math.fround(minCoverage)
    const p = b * y + c
    for (let i = 0; i < count; i++) {
      const value = f32[valueAt / 4 + i]! - (a * (x0 + i) + p)
      if (!(f32[coverageAt / 4 + i]! > least) || Number.isNaN(value)) continue
      if (!(sign * f64[extremeAt / 8 + i]! >= sign * value)) f64[extremeAt / 8 + i] = value
    }
  }
}
