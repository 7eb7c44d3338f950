import type { StackKernels } from './stack-kernels.ts'
import type { VarianceKernels } from './variance-kernels.ts'

/**
 * Kernels over pixel memory. All arguments are numbers; names that end in `At` are byte offsets (0 = none, where a
 * comment allows it). Strides count elements. Nothing is checked: sizes and offsets are the caller's duty.
 *
 * Planes are row-major, float32, NaN = no data. An area (coverage) plane goes with a value plane and has its stride.
 */
export interface PixelKernels extends StackKernels, VarianceKernels {
  readonly kind: 'wasm' | 'plain'

  /**
   * Corner positions of a tile of output pixels from a coarse grid of exact map values, 4x4 cubic (Lagrange): first along
   * y for the row, then one cubic polynomial in x per cell.
   *
   * Node (i, j) lies at output corner coordinate (originCol + i * step, originRow + j * step). The grid has one extra ring of
   * nodes, so tiles may reach from node 1 to node `nodeCols - 2` (rows likewise). Output corner coordinates count from the
   * left edge of output column 0. The result for one corner depends neither on the tile nor on how much of a larger grid is
   * given. A NaN node makes NaN corners.
   *
   * @param gridXAt float64, nodeCols * nodeRows: input corner coordinate x at the nodes
   * @param cornersXAt float64, (tileWidth + 1) * (tileHeight + 1), written
   * @returns 0, or 1 when the tile reaches beyond the grid (nothing is written)
   */
  cornersFromGrid(
    gridXAt: number,
    gridYAt: number,
    nodeCols: number,
    nodeRows: number,
    originCol: number,
    originRow: number,
    step: number,
    tileCol: number,
    tileRow: number,
    tileWidth: number,
    tileHeight: number,
    cornersXAt: number,
    cornersYAt: number,
  ): number

  /**
   * Exact-area reprojection of one output tile: value = flux inside the mapped quadrilateral / overlapped area (surface
   * brightness), coverage = overlapped area / area of the quadrilateral.
   *
   * Corner coordinates are absolute: input pixel (c, r) covers [c, c+1) x [r, r+1). The image in memory is the window that
   * starts at pixel (windowCol, windowRow), both at least 0; what is outside counts as blank. Blank are NaN and infinite
   * pixels and, with a weight plane, pixels whose weight is not a positive finite number. With weights value =
   * sum(v w a) / sum(w a) and coverage = sum(w a) / area of the quadrilateral. A quadrilateral may be rotated or mirrored; its
   * edges are straight. NaN corners, quadrilaterals without area and those whose edges cross give NaN and coverage 0, as
   * does coverage below 1e-9. Coverage is exactly 1 where no blank pixel is touched.
   *
   * Each output pixel depends only on its own corners and on the input, to the last bit, however the output is cut into tiles.
   * Cut the input into windows only at columns that are multiples of 64, or leave out no column that a tile touches.
   *
   * @param weightAt float32 weight plane with the image's stride, 0 = none
   * @param cornersXAt float64, (tileWidth + 1) * (tileHeight + 1)
   * @param valueAt float32, written; coverageAt likewise; both with `outStride`
   * @param scratchAt multiple of 16; see `areaScratchBytes`
   * @returns 0, or 1 when scratch is too small or the tile wider than `MAX_AREA_TILE_WIDTH` (nothing is written): split the tile, the
   *   result stays the same
   */
  areaTile(
    imageAt: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    imageStride: number,
    weightAt: number,
    cornersXAt: number,
    cornersYAt: number,
    tileWidth: number,
    tileHeight: number,
    valueAt: number,
    coverageAt: number,
    outStride: number,
    scratchAt: number,
    scratchBytes: number,
  ): number

  /**
   * Samples an image at places by a separable kernel. Value = sum(k v) / sum(k) over the pixels with data (see `areaTile`), coverage =
   * sum(k w) / sum(k), 1 without weights. Places outside the window, and those whose nearest pixel has no data, give NaN and coverage 0.
   * Where the pixels with data have less than a tenth of the kernel, the nearest pixel is taken.
   *
   * @param xAt float64 corner coordinates of the places, rows of `tileWidth + 1` of which the last is not used
   * @param taps pixels of the kernel along one axis: 1 (nearest pixel; the table is not read), 2, 4, 6 or 8
   * @param tableAt float32, multiple of 16: `steps + 1` rows of 8 weights (zeros behind the last) for fractions 0 to 1 of the way from one
   *   pixel centre to the next; tap k belongs to the pixel k - taps / 2 + 1 after the one before the place. The sum of a row is 1
   */
  interpolateTile(
    imageAt: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    imageStride: number,
    weightAt: number,
    xAt: number,
    yAt: number,
    tileWidth: number,
    tileHeight: number,
    taps: number,
    tableAt: number,
    steps: number,
    valueAt: number,
    coverageAt: number,
    outStride: number,
  ): void

  /**
   * Adds to each output pixel what a block of input pixels brings: sums of value * weight * area and of weight * area, where the area
   * is that of the overlap in the plane of the output, in output pixels. The input pixels are quadrilaterals with straight edges that
   * share their corners.
   *
   * Corner coordinates are absolute: output pixel (c, r) covers [c, c+1) x [r, r+1). Not used are pixels whose value is not finite or
   * whose weight is not a positive finite number, and those whose quadrilateral has NaN corners, no area, crossing edges, or a side
   * of its bounding box above `maxExtent`.
   *
   * @param valueAt float64, cols * rows
   * @param weightAt float64 likewise, 0 = all weights are 1
   * @param cornersXAt float64, (cols + 1) * (rows + 1)
   * @param isFlux 1: the value is the flux of the whole pixel, spread evenly over its quadrilateral; 0: surface brightness
   * @param sumsAt float64 pairs (value, area) of the window's pixels, read and written; multiple of 16
   * @param sumsStride pairs from one row to the next
   * @param scratchAt multiple of 16; see `overlapScratchBytes`
   * @returns pixels with data that were left out because of their quadrilateral
   */
  overlapBlock(
    valueAt: number,
    weightAt: number,
    cols: number,
    rows: number,
    cornersXAt: number,
    cornersYAt: number,
    maxExtent: number,
    isFlux: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    sumsAt: number,
    sumsStride: number,
    scratchAt: number,
  ): number

  /**
   * Like `overlapBlock` for quadrilaterals that share nothing, such as the drops of drizzling.
   *
   * @param cornersAt float64: eight planes of `count`: x0, y0, x1, y1, x2, y2, x3, y3 of each quadrilateral
   */
  overlapDrops(
    valueAt: number,
    weightAt: number,
    count: number,
    cornersAt: number,
    maxExtent: number,
    isFlux: number,
    windowCol: number,
    windowRow: number,
    windowWidth: number,
    windowHeight: number,
    sumsAt: number,
    sumsStride: number,
    scratchAt: number,
  ): number

  /**
   * Adds a run of pixels of one row into a weighted mean: sumVW += (v - (a x + b y + c)) * area, sumW += area, with
   * x = x0, x0 + 1, ... Pixels with NaN value or without positive area are skipped.
   *
   * @param areaAt float32, 0 = all areas are 1
   * @param sumVWAt float64, read and written; sumWAt likewise
   */
  accumulateMean(
    valueAt: number,
    areaAt: number,
    count: number,
    x0: number,
    y: number,
    a: number,
    b: number,
    c: number,
    sumVWAt: number,
    sumWAt: number,
  ): void

  /** Like `accumulateMean`, but values enter unweighted: sumV += v - plane, sumW += area. */
  accumulateSum(
    valueAt: number,
    areaAt: number,
    count: number,
    x0: number,
    y: number,
    a: number,
    b: number,
    c: number,
    sumVAt: number,
    sumWAt: number,
  ): void

  /**
   * Counts contributors: counts += 1 where the value is not NaN and the area is positive.
   *
   * @param positiveOnly 1: only values above zero after the plane is subtracted count (Montage's rule)
   * @param countsAt float64, read and written
   */
  accumulateCount(
    valueAt: number,
    areaAt: number,
    count: number,
    x0: number,
    y: number,
    a: number,
    b: number,
    c: number,
    positiveOnly: number,
    countsAt: number,
  ): void

  /** Ends a weighted mean: value = sumVW / sumW and area = sumW as float32; NaN and 0 where sumW is not positive. */
  finishMeanF32(sumVWAt: number, sumWAt: number, count: number, valueAt: number, areaAt: number): void

  /**
   * Weighted mean of planes over a strip of rows: `accumulateMean` for every plane that reaches a row, in their order, then `finishMeanF32` (or its
   * like with float64 values).
   *
   * @param entriesAt list of `writeStripEntry`, multiple of 8
   * @param firstRow row of the first one, counted as the rows of the entries; `crpixY` is subtracted from it for the planes
   * @param valueAt float32, or float64 with `isFloat64` 1, `width` * `height`, written; areaAt float32 likewise
   * @param scratchAt multiple of 16, 16 bytes for each column
   */
  meanStrip(
    entriesAt: number,
    entryCount: number,
    firstRow: number,
    height: number,
    width: number,
    crpixY: number,
    isFloat64: number,
    valueAt: number,
    areaAt: number,
    scratchAt: number,
  ): void

  /**
   * Median of a stack of rows. `entriesAt` holds `entryCount` entries as `writeMedianEntry` makes them; each says which
   * columns its plane covers and which plane a * col + p is subtracted. Values count where they are not NaN and their area is
   * above `minArea` (as float32).
   *
   * @param evenRule even number of values: 0 mean of the middle two; 1 the lower one; 2 the lower one of exactly two, else the mean
   * @param valueAt float32, written: the median, NaN where nothing counts; areaAt float32: sum of the accepted areas
   * @param countsAt int32, written: how many values count; 0 = not wanted
   * @param scratchAt multiple of 16; see `medianScratchBytes`
   * @returns 0, or 1 when scratch is too small (nothing is written)
   */
  medianRow(
    entriesAt: number,
    entryCount: number,
    firstCol: number,
    count: number,
    minArea: number,
    evenRule: number,
    valueAt: number,
    areaAt: number,
    countsAt: number,
    scratchAt: number,
    scratchBytes: number,
  ): number

  /**
   * Sums for fitting a plane to an image over a window. A value d counts where it is finite and |d - (a x + b y + c)| <= limit;
   * x = x0 + column, y = y0 + row of the window. Read the record with `readPlaneSums`.
   *
   * @param valueAt float32 with `stride`
   * @param limit Infinity takes all pixels
   * @param recordAt float64, `PLANE_SUMS_BYTES`, written
   */
  planeFitPass(
    valueAt: number,
    stride: number,
    width: number,
    height: number,
    x0: number,
    y0: number,
    a: number,
    b: number,
    c: number,
    limit: number,
    recordAt: number,
  ): void

  /**
   * Count and sum of squares of the residuals that `planeFitPass` would give, alone and in half the time: two float64 at `recordAt`.
   * Parameters as there.
   */
  planeSpread(
    valueAt: number,
    stride: number,
    width: number,
    height: number,
    x0: number,
    y0: number,
    a: number,
    b: number,
    c: number,
    limit: number,
    recordAt: number,
  ): void

  /**
   * Count, range and moments of the pixels of a window with positive coverage. Read the record with `readCoverageSums`.
   *
   * @param coverageAt float32 with `stride`
   * @param recordAt float64, `COVERAGE_SUMS_BYTES`, written
   */
  coverageSums(coverageAt: number, stride: number, width: number, height: number, recordAt: number): void

  /** Like `coverageSums`, of the pixels of a plane of values that are not NaN. */
  valueSums(valueAt: number, stride: number, width: number, height: number, recordAt: number): void

  /** Makes infinite pixels NaN. */
  blankInfinite(valueAt: number, count: number): void

  /**
   * Difference by Montage's rule: D = v1 a1 - factor v2 a2, A = a1 + a2, S = mean a1 + mean a2; result 2 D / A, NaN where a value is
   * NaN, an area is not positive, or |A - S| / S > 0.333. Mean a1 runs over the good pixels of image 1, mean a2 over pixels good in
   * both. Read the record with `readDiffStatistics`.
   *
   * @param area1At float32, 0 = all areas are 1; area2At likewise
   * @param outAt float32 with `outStride`, written
   * @param recordAt float64, `DIFF_STATISTICS_BYTES`, written
   */
  diffMontage(
    value1At: number,
    area1At: number,
    stride1: number,
    value2At: number,
    area2At: number,
    stride2: number,
    width: number,
    height: number,
    factor: number,
    outAt: number,
    outStride: number,
    recordAt: number,
  ): void

  /**
   * Multiplies the pixels of a window by numbers that are known at nodes `step` pixels apart: between four nodes linear along the rows
   * between what is linear along the columns; in double precision.
   *
   * @param x column of the first pixel, counted from the first node; `y` its row likewise; both at least 0
   * @param nodesAt float64, `nodeCols` a row; there is a node beyond the last pixel in either direction
   */
  scaleByGrid(
    valueAt: number,
    width: number,
    height: number,
    x: number,
    y: number,
    step: number,
    nodeCols: number,
    nodesAt: number,
  ): void

  /**
   * Convex hull of the pixels with data of a window, those of rows with a single one left out: int32 pairs of column and row, counter-clockwise
   * (rows run upwards), without points between others on a line. The first is the first pixel of the lowest row.
   *
   * @param hullAt room for 2 `height` + 2 pairs, written
   * @returns count of the points
   */
  rowEndHull(valueAt: number, stride: number, width: number, height: number, hullAt: number): number

  /**
   * Counts values into bins of equal width from `min` on; the last bin holds `max` (and what rounding puts there). What lies outside, and NaN,
   * is left out.
   *
   * @param binsAt uint32, `binCount`, added to
   * @returns count of the values that were counted
   */
  histogram(
    valueAt: number,
    count: number,
    min: number,
    max: number,
    binWidth: number,
    binCount: number,
    binsAt: number,
  ): number

  /** Sums of the bins before each: uint32 to float64. */
  cumulate(binsAt: number, binCount: number, belowAt: number): void

  /**
   * The level of each value by a table: that of the last threshold that `sign` times the value reaches. Cells of equal width lead there:
   * {@link LEVEL_HALF} of `1 / fineScale` from `firstT` on and as many of `1 / coarseScale` from `splitT` on.
   *
   * @param thresholdsAt float64, rising, that of level 0 first, NaN behind the last
   * @param cellsAt uint8, level at the beginning of each cell; one more for what lies behind, and its end
   * @param blankLevel level of NaN
   * @param outAt uint8, written
   */
  levels(
    valueAt: number,
    count: number,
    sign: number,
    firstT: number,
    fineScale: number,
    splitT: number,
    coarseScale: number,
    thresholdsAt: number,
    cellsAt: number,
    blankLevel: number,
    outAt: number,
  ): void

  /** target = source - (a x + b y + c) for a window, x = x0 + column, y = y0 + row. Source and target may be the same. */
  subtractPlane(
    sourceAt: number,
    sourceStride: number,
    targetAt: number,
    targetStride: number,
    width: number,
    height: number,
    x0: number,
    y0: number,
    a: number,
    b: number,
    c: number,
  ): void

  /**
   * Box average: output pixel (k, l) is the mean over [k f, (k+1) f) x [l f, (l+1) f) of the source, input pixels weighted by the
   * covered fraction, NaN skipped. f may be any positive number; below 1 it enlarges.
   *
   * @param sourceAt float32, rows `sourceRow` to `sourceRow + sourceHeight - 1` of the image; rows outside count as blank
   * @param targetAt float32, rows `targetRow` to `targetRow + targetHeight - 1` of the result, written
   * @param scratchAt multiple of 16, 16 bytes per source column
   */
  shrinkRows(
    sourceAt: number,
    sourceStride: number,
    sourceWidth: number,
    sourceRow: number,
    sourceHeight: number,
    factor: number,
    targetAt: number,
    targetStride: number,
    targetWidth: number,
    targetRow: number,
    targetHeight: number,
    scratchAt: number,
  ): void

  /** Count, extremes and sums of the finite pixels of a window. Read the record with `readStatistics`. */
  statistics(valueAt: number, stride: number, width: number, height: number, recordAt: number): void

  /**
   * Ones' complement sum of 32-bit words (FITS Standard 4.0, appendix J.1), 0 to 2^32 - 1, each read as this machine stores it: of values that
   * are swapped to big-endian afterwards this is what they give to DATASUM. Two sums are joined by adding with end-around carry.
   *
   * @param at multiple of 4
   */
  wordSum(at: number, wordCount: number): number

  /** Reverses the bytes of 2-byte elements; source and target are the same or do not overlap. */
  swap2(sourceAt: number, targetAt: number, count: number): void
  /** Reverses the bytes of 4-byte elements (float32 to or from big-endian). */
  swap4(sourceAt: number, targetAt: number, count: number): void
  /** Reverses the bytes of 8-byte elements (float64 to or from big-endian). */
  swap8(sourceAt: number, targetAt: number, count: number): void
}
