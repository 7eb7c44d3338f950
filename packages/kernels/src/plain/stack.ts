import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { STACK_ENTRY_BYTES } from '../pixels/stack-entry.ts'
import type { WholeMemory } from './whole-memory.ts'

/** What an entry knows of the pixel of a column. */
interface StackPixel {
  readonly value: number
  readonly coverage: number
  readonly weight: number
  readonly variance: number
}

/** The pixel of an entry in a column; undefined where the entry does not reach it or has no value there. */
function pixelOf({ f32, f64, u32, i32 }: WholeMemory, at: number, col: number): StackPixel | undefined {
  const i = col - i32[at / 4 + 2]!
  if (i < 0 || col >= i32[at / 4 + 3]!) return undefined
  const value = f32[u32[at / 4]! / 4 + i]! - (f64[at / 8 + 2]! * col + f64[at / 8 + 3]!)
  if (Number.isNaN(value)) return undefined
  const read = (word: number): number | undefined => {
    const plane = u32[at / 4 + word]!
    return plane === 0 ? undefined : f32[plane / 4 + i]!
  }
  const coverage = read(1) ?? 1
  return {
    value,
    coverage,
    weight: read(8) ?? coverage * f64[at / 8 + 6]!,
    variance: read(9) ?? f64[at / 8 + 7]!,
  }
}

function markContext({ u32, i32 }: WholeMemory, at: number, col: number): void {
  const contextAt = u32[at / 4 + 10]!
  if (contextAt !== 0) u32[contextAt / 4 + col - i32[at / 4 + 2]!]! |= u32[at / 4 + 11]!
}

/** Plain twin of `stackSumsRow`. */
export function plainStackSumsRow(whole: () => WholeMemory): PixelKernels['stackSumsRow'] {
  return (
    entriesAt,
    entryCount,
    firstCol,
    count,
    isSum,
    centreAt,
    toleranceAt,
    kappa,
    sumAt,
    weightSumAt,
    areaSumAt,
    varianceSumAt,
    countsAt,
  ) => {
    const memory = whole()
    const { f32, f64, u32 } = memory
    for (let i = 0; i < count; i++) {
      let [sum, weightSum, areaSum, varianceSum, number] = [0, 0, 0, 0, 0]
      for (let k = 0; k < entryCount; k++) {
        const at = entriesAt + k * STACK_ENTRY_BYTES
        const pixel = pixelOf(memory, at, firstCol + i)
        if (pixel === undefined || !(pixel.coverage > 0) || !(pixel.weight > 0)) continue
        const { value, coverage, weight, variance } = pixel
        if (centreAt !== 0) {
          const limit = kappa * Math.sqrt(variance) + f32[toleranceAt / 4 + i]!
          if (Math.abs(value - f32[centreAt / 4 + i]!) > limit) {
            u32[at / 4 + 16]! += 1
            continue
          }
        }
        const factor = isSum !== 0 ? 1 : weight
        sum += factor * value
        weightSum += weight
        areaSum += coverage
        varianceSum += factor * factor * variance
        number += 1
        markContext(memory, at, firstCol + i)
      }
      f64[sumAt / 8 + i] = sum
      f64[weightSumAt / 8 + i] = weightSum
      f64[areaSumAt / 8 + i] = areaSum
      f64[varianceSumAt / 8 + i] = varianceSum
      f64[countsAt / 8 + i] = number
    }
  }
}

/** Plain twin of `stackSpreadRow`. */
export function plainStackSpreadRow(whole: () => WholeMemory): PixelKernels['stackSpreadRow'] {
  return (
    entriesAt,
    entryCount,
    firstCol,
    count,
    minCoverage,
    varianceSumAt,
    inverseSumAt,
    weightSumAt,
    areaSumAt,
    countsAt,
  ) => {
    const memory = whole()
    const { f64 } = memory
    const least = Math.fround(minCoverage)
    for (let i = 0; i < count; i++) {
      let [varianceSum, inverseSum, weightSum, areaSum, number] = [0, 0, 0, 0, 0]
      for (let k = 0; k < entryCount; k++) {
        const at = entriesAt + k * STACK_ENTRY_BYTES
        const pixel = pixelOf(memory, at, firstCol + i)
        if (pixel === undefined || !(pixel.coverage > least)) continue
        varianceSum += pixel.variance
        inverseSum += 1 / Math.sqrt(pixel.variance)
        weightSum += pixel.weight
        areaSum += pixel.coverage
        number += 1
        markContext(memory, at, firstCol + i)
      }
      f64[varianceSumAt / 8 + i] = varianceSum
      f64[inverseSumAt / 8 + i] = inverseSum
      f64[weightSumAt / 8 + i] = weightSum
      f64[areaSumAt / 8 + i] = areaSum
      f64[countsAt / 8 + i] = number
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
      const isCovered = coverageAt === 0 || f32[coverageAt / 4 + i]! > least
      if (!isCovered || Number.isNaN(value)) continue
      if (!(sign * f64[extremeAt / 8 + i]! >= sign * value)) f64[extremeAt / 8 + i] = value
    }
  }
}
