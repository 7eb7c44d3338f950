/**
 * Kernels that make sums over a stack of rows, with weights, variances and rejection: part of `PixelKernels`, whose conventions hold. Planes of
 * images are float32, sums float64, contexts uint32; an offset of 0 leaves out what a comment allows.
 */
export interface StackKernels {
  /**
   * Sums of a row over a stack of `entryCount` entries as `writeStackEntry` makes them, in their order. Of each a pixel counts when its value is not
   * NaN and its area and weight are positive and, with a centre, |value - centre| <= kappa * sqrt(variance) + tolerance for the value minus its
   * plane; where the centre is NaN nothing is rejected. Over those that count, with f = weight, or 1 for a sum:
   *
   * sum = Σ f v, weightSum = Σ weight, areaSum = Σ area, varianceSum = Σ f² variance, counts = Σ 1, context |= bit of the entry.
   *
   * The rejected are added to the number in their entry (`rejectedOf`).
   *
   * @param isSum 1: values enter unweighted
   * @param centreAt float32 of the row, 0 = nothing is rejected; toleranceAt likewise
   * @param sumAt float64 of the row, written; the others likewise
   * @param listAt multiple of 4, `stackListBytes`
   */
  stackSumsRow(
    entriesAt: number,
    entryCount: number,
    firstCol: number,
    count: number,
    isSum: number,
    centreAt: number,
    toleranceAt: number,
    kappa: number,
    sumAt: number,
    weightSumAt: number,
    areaSumAt: number,
    varianceSumAt: number,
    countsAt: number,
    listAt: number,
  ): void

  /**
   * What medians and extremes of a row are said to rest on: where values are not NaN and their area is above `minCoverage` (as float32), the sums of
   * the variances, of 1 / standard deviation, of weights and of areas, how many there are, and the context.
   *
   * @param varianceSumAt float64 of the row, written; the others likewise
   * @param listAt as for `stackSumsRow`
   */
  stackSpreadRow(
    entriesAt: number,
    entryCount: number,
    firstCol: number,
    count: number,
    minCoverage: number,
    varianceSumAt: number,
    inverseSumAt: number,
    weightSumAt: number,
    areaSumAt: number,
    countsAt: number,
    listAt: number,
  ): void

  /**
   * Keeps the largest (`sign` 1) or smallest (-1) value minus the plane a x + b y + c with x = x0, x0 + 1, ..., of those whose coverage is above
   * `minCoverage`.
   *
   * @param coverageAt 0 = all are covered
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
