import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Pixels whose summed area is off the sum of the mean areas by more than this fraction are rejected (mDiff). */
const AREA_RTOL = 0.333

/** Plain twin of `diffMontage`: one pass for the mean areas, one for the difference. */
export function plainDiffMontage(whole: () => WholeMemory): PixelKernels['diffMontage'] {
  return (
    value1At,
    area1At,
    stride1,
    value2At,
    area2At,
    stride2,
    width,
    height,
    factor,
    outValueAt,
    outAreaAt,
    outStride,
    recordAt,
  ) => {
    const { f32, f64 } = whole()
    const area1 = (at: number): number => (area1At === 0 ? 1 : f32[area1At / 4 + at]!)
    const area2 = (at: number): number => (area2At === 0 ? 1 : f32[area2At / 4 + at]!)
    let [sum1, good1, sum2, good2] = [0, 0, 0, 0]
    let [minPixel, maxPixel] = [Infinity, -Infinity]
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        const at1 = row * stride1 + col
        const at2 = row * stride2 + col
        const v1 = f32[value1At / 4 + at1]!
        const v2 = f32[value2At / 4 + at2]!
        const a1 = area1(at1)
        const a2 = area2(at2)
        const isGood1 = !Number.isNaN(v1) && a1 > 0
        const isGood2 = !Number.isNaN(v2) && a2 > 0
        if (isGood1) {
          sum1 += a1
          good1++
          minPixel = Math.min(minPixel, v1 * a1)
          maxPixel = Math.max(maxPixel, v1 * a1)
        }
        if (isGood2) {
          minPixel = Math.min(minPixel, v2 * a2)
          maxPixel = Math.max(maxPixel, v2 * a2)
        }
        if (isGood1 && isGood2) {
          sum2 += a2
          good2++
        }
      }
    }
    const mean1 = sum1 / good1
    const mean2 = sum2 / good2
    const meanSum = mean1 + mean2
    let [count, minCol, maxCol, minRow, maxRow] = [0, Infinity, -Infinity, Infinity, -Infinity]
    let [minDiff, maxDiff] = [NaN, NaN]
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        const at1 = row * stride1 + col
        const at2 = row * stride2 + col
        const v1 = f32[value1At / 4 + at1]!
        const v2 = f32[value2At / 4 + at2]!
        const a1 = area1(at1)
        const a2 = area2(at2)
        const areaSum = a1 + a2
        const isUsed =
          !Number.isNaN(v1) &&
          !Number.isNaN(v2) &&
          a1 > 0 &&
          a2 > 0 &&
          Math.abs(areaSum - meanSum) <= AREA_RTOL * meanSum
        const diff = isUsed ? (2 * (v1 * a1 - factor * v2 * a2)) / areaSum : NaN
        const out = row * outStride + col
        f32[outValueAt / 4 + out] = diff
        f32[outAreaAt / 4 + out] = isUsed ? areaSum : 0
        if (!isUsed) continue
        if (count === 0) {
          minDiff = diff
          maxDiff = diff
        }
        minDiff = Math.min(minDiff, Math.abs(diff))
        maxDiff = Math.max(maxDiff, Math.abs(diff))
        count++
        minCol = Math.min(minCol, col)
        maxCol = Math.max(maxCol, col)
        minRow = Math.min(minRow, row)
        maxRow = Math.max(maxRow, row)
      }
    }
    const box = [minCol, maxCol, minRow, maxRow]
    f64.set([count, ...box, minPixel, maxPixel, minDiff, maxDiff, mean1, mean2, 0], recordAt / 8)
  }
}
