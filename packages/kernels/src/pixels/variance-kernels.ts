/**
 * Kernels for the variance of reprojected pixels, when the pixels of the input are independent: sum(k² variance) / sum(k)² with the factors k
 * by which a pixel's value is made. Part of `PixelKernels`, whose conventions hold. The variance plane must be NaN wherever the
 * image has no data, so that both know the same pixels.
 */
export interface VarianceKernels {
  /**
   * Variance of what `areaTile` makes without weights; the factors are the overlaps. Arguments as there.
   *
   * @param drop side of the footprint of a pixel of the input about its centre (drizzle), 1 for whole pixels
   * @param outAt float32, written: NaN where nothing is overlapped
   */
  areaVarianceTile(
    varianceAt: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    imageStride: number,
    cornersXAt: number,
    cornersYAt: number,
    tileWidth: number,
    tileHeight: number,
    drop: number,
    outAt: number,
    outStride: number,
  ): void

  /** Variance of what `interpolateTile` makes without weights; the factors are those of the kernel. Arguments as there. */
  interpolateVarianceTile(
    varianceAt: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    imageStride: number,
    xAt: number,
    yAt: number,
    tileWidth: number,
    tileHeight: number,
    taps: number,
    tableAt: number,
    steps: number,
    outAt: number,
    outStride: number,
  ): void
}
