/**
 * Kernels that add one image after the other into sums over a stack, with weights, variances and rejection: part of `PixelKernels`, whose
 * conventions hold. Planes of images are float32, sums float64, contexts uint32; an offset of 0 leaves out what a comment allows.
 */
export interface StackKernels {
  /**
   * Adds a run of pixels of one row, minus the plane a x + b y + c with x = x0, x0 + 1, ... A pixel counts when its value is not NaN and its
   * coverage and weight are positive and, with a centre, |value - centre| <= kappa * sqrt(variance) + tolerance; where the centre is NaN nothing
   * is rejected. For those that count, with f = weight, or 1 for a sum:
   *
   * sum += f v, weightSum += weight, areaSum += coverage, varianceSum += f² variance, counts += 1, context |= contextBit.
   *
   * @param weightAt 0 = the coverage
   * @param varianceAt 0 = none; needed with a centre
   * @param isSum 1: values enter unweighted
   * @param centreAt float32 of the output, 0 = nothing is rejected; toleranceAt likewise
   * @param varianceSumAt 0 = not wanted; countsAt and contextAt likewise
   * @returns pixels that were rejected
   */
  addValues(
    valueAt: number,
    coverageAt: number,
    weightAt: number,
    varianceAt: number,
    count: number,
    x0: number,
    y: number,
    a: number,
    b: number,
    c: number,
    isSum: number,
    centreAt: number,
    toleranceAt: number,
    kappa: number,
    sumAt: number,
    weightSumAt: number,
    areaSumAt: number,
    varianceSumAt: number,
    countsAt: number,
    contextAt: number,
    contextBit: number,
  ): number

  /**
   * What medians and extremes are said to rest on: adds, where the value is not NaN and the coverage above `minCoverage`, to the sums of the
   * variances, of 1 / standard deviation, of weights and of coverages, and to counts and context.
   *
   * @param weightAt may be 0 when `weightSumAt` is
   * @param varianceAt 0 = none; `varianceSumAt` and `inverseSumAt` are not touched then
   * @param weightSumAt 0 = not wanted; contextAt likewise
   */
  addSpread(
    valueAt: number,
    coverageAt: number,
    weightAt: number,
    varianceAt: number,
    count: number,
    minCoverage: number,
    varianceSumAt: number,
    inverseSumAt: number,
    weightSumAt: number,
    areaSumAt: number,
    countsAt: number,
    contextAt: number,
    contextBit: number,
  ): void

  /**
   * Keeps the largest (`sign` 1) or smallest (-1) value minus plane, of those whose coverage is above `minCoverage`.
   *
   * @param extremeAt float64, read and written; NaN where there is none yet
   */
  addExtreme(
    valueAt: number,
    coverageAt: number,
    count: number,
    x0: number,
    y: number,
    a: number,
    b: number,
    c: number,
    minCoverage: number,
    sign: number,
    extremeAt: number,
  ): void
}
