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
    outAt,
    outStride,
    recordAt,
  ) => {
    const { f32, f64 } = whole()
    const area1 = (at: number): number => (area1At === 0 ? 1 : f32[area1At / 4 + at]!)
    const area2 = (at: number): number => (area2At === 0 ? 1 : f32[area2At / 4 + at]!)
    let [sum1, good1, sum2, good2] = [0, 0, 0, 0]
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
    let count = 0
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
        f32[outAt / 4 + row * outStride + col] = isUsed ? (2 * (v1 * a1 - factor * v2 * a2)) / areaSum : NaN
        if (isUsed) count++
      }
    }
    f64.set([count, mean1, mean2], recordAt / 8)
  }
}
