// Module `pixels`: the inner loops of the mosaic operations over one imported memory. Signatures and meaning are those of the
// interface PixelKernels in src/pixels/pixel-kernels.ts.
export { swap2, swap4, swap8 } from '../shared/swap'
export { areaTile } from './area'
export { areaVarianceTile } from './area-variance'
export { accumulateCount, accumulateMean, accumulateSum, finishMeanF32, meanStrip } from './coadd'
export { cornersFromGrid } from './corners'
export { diffMontage } from './diff'
export { coverageSums, valueSums } from './coverage'
export { planeFitPass, planeSpread } from './fit'
export { interpolateTile } from './interpolate'
export { interpolateVarianceTile } from './interpolate-variance'
export { cumulate, histogram, levels } from './levels'
export { medianRow } from './median'
export { overlapBlock, overlapDrops } from './overlap'
export { rowEndHull } from './row-end-hull'
export { addExtreme, stackSpreadRow, stackSumsRow } from './stack'
export { blankInfinite, scaleByGrid, shrinkRows, statistics, subtractPlane } from './stream'
export { wordSum } from './word-sum'

/** First byte after the constants of this module. */
export function heapBase(): usize {
  return __heap_base
}
