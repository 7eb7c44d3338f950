import { plainSwap } from '../codecs/plain-swap.ts'
import type { PixelViews } from '../memory/pixel-memory.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { plainAreaTile } from './area-tile.ts'
import { plainAreaVarianceTile } from './area-variance.ts'
import { plainBlankInfinite } from './blank-infinite.ts'
import {
  plainAccumulateCount,
  plainAccumulateMean,
  plainAccumulateSum,
  plainFinishMean,
  plainMeanStrip,
} from './coadd.ts'
import { plainCornersFromGrid } from './corners-from-grid.ts'
import { isNumber, plainCoverageSums } from './coverage-sums.ts'
import { plainDiffMontage } from './diff-montage.ts'
import { plainInterpolateTile } from './interpolate.ts'
import { plainInterpolateVarianceTile } from './interpolate-variance.ts'
import { plainCumulate, plainHistogram, plainLevels } from './levels.ts'
import { plainMedianRow } from './median-row.ts'
import { plainOverlapBlock, plainOverlapDrops } from './overlap.ts'
import { plainPlaneFitPass, plainPlaneSpread } from './plane-fit-pass.ts'
import { plainRowEndHull } from './row-end-hull.ts'
import { plainScaleByGrid } from './scale-by-grid.ts'
import { plainShrinkRows } from './shrink-rows.ts'
import { plainAddExtreme, plainStackSpreadRow, plainStackSumsRow } from './stack.ts'
import { plainStatistics } from './statistics.ts'
import { plainSubtractPlane } from './subtract-plane.ts'
import { wholeMemory } from './whole-memory.ts'
import { plainWordSum } from './word-sum.ts'

/** The plain twins of all pixel kernels: the definition of what is right, and the fallback without WASM SIMD. */
export function plainKernels(views: PixelViews): PixelKernels {
  const whole = wholeMemory(views.memory)
  return {
    kind: 'plain',
    cornersFromGrid: plainCornersFromGrid(whole),
    areaTile: plainAreaTile(whole),
    areaVarianceTile: plainAreaVarianceTile(whole),
    accumulateMean: plainAccumulateMean(whole),
    accumulateSum: plainAccumulateSum(whole),
    accumulateCount: plainAccumulateCount(whole),
    finishMeanF32: plainFinishMean(whole, 'f32'),
    meanStrip: plainMeanStrip(whole),
    interpolateTile: plainInterpolateTile(whole),
    interpolateVarianceTile: plainInterpolateVarianceTile(whole),
    stackSumsRow: plainStackSumsRow(whole),
    stackSpreadRow: plainStackSpreadRow(whole),
    addExtreme: plainAddExtreme(whole),
    medianRow: plainMedianRow(whole),
    overlapBlock: plainOverlapBlock(whole),
    overlapDrops: plainOverlapDrops(whole),
    coverageSums: plainCoverageSums(whole),
    valueSums: plainCoverageSums(whole, isNumber),
    blankInfinite: plainBlankInfinite(whole),
    planeFitPass: plainPlaneFitPass(whole),
    planeSpread: plainPlaneSpread(whole),
    diffMontage: plainDiffMontage(whole),
    subtractPlane: plainSubtractPlane(whole),
    scaleByGrid: plainScaleByGrid(whole),
    rowEndHull: plainRowEndHull(whole),
    histogram: plainHistogram(whole),
    cumulate: plainCumulate(whole),
    levels: plainLevels(whole),
    shrinkRows: plainShrinkRows(whole),
    statistics: plainStatistics(whole),
    wordSum: plainWordSum(whole),
    swap2: plainSwap(views.memory, 2),
    swap4: plainSwap(views.memory, 4),
    swap8: plainSwap(views.memory, 8),
  }
}
