import {
  MEDIAN_ENTRY_BYTES,
  medianScratchBytes,
  type PixelKernels,
  type PixelViews,
  rejectedOf,
  STACK_ENTRY_BYTES,
  type StackEntryViews,
  stackEntryViews,
  stackListBytes,
  writeStackEntry,
} from '@skyloom/kernels'
import { extremeVariance } from '../uncertainty/extreme-variance.ts'
import { medianVariance } from '../uncertainty/median-variance.ts'
import {
  areaRowAt,
  MEDIAN_MIN_COVERAGE,
  medianEntry,
  rowOf,
  type StripImage,
  type StripTarget,
  valueRowAt,
  writeMedianEntries,
} from './add-strip.ts'
import { type ClipReference, clipReferences, clipScratchBytes, imagesInRow } from './clip-reference.ts'
import { type ClipSettings, CONTEXT_BITS, type CombineMethod } from './combine.ts'

/** The part of one image in a strip, with what is known of its pixels. */
export interface StackImage extends StripImage {
  /** Weight times coverage; 0 = the coverage times `weight`. */
  readonly weightAt: number
  readonly weight: number
  /** Variance of the values; 0 = all have `variance`, NaN where it is unknown. */
  readonly varianceAt: number
  readonly variance: number
  /** Place of the image in the list of the mosaic's images: its bit in the context. */
  readonly place: number
}

/** Where a strip goes: the planes beside value and area, each of the strip's size, 0 = not wanted. */
export interface StackTarget extends StripTarget {
  /** float32; NaN without data. */
  readonly varianceAt: number
  /** float32 */
  readonly weightAt: number
  /** int32 */
  readonly countAt: number
  /** uint32, one plane for each 32 images of the mosaic. */
  readonly contextAt: number
}

/** How a stack is combined. */
export interface StackSettings {
  readonly combine: CombineMethod
  readonly clip: ClipSettings
  /** Images of the mosaic. */
  readonly imageCount: number
}

/** Float64 accumulators of one row. */
const SUMS = 6
/** Median of an even number of values: the mean of the two middle ones. */
const MEAN_OF_MIDDLE = 0

/** Planes of 32 bits that tell which of so many images made a pixel. */
export function contextPlaneCount(imageCount: number): number {
  return Math.max(1, Math.ceil(imageCount / CONTEXT_BITS))
}

/** Bytes of scratch for a strip of this width with so many images. */
export function stackScratchBytes(width: number, imageCount: number): number {
  const median = MEDIAN_ENTRY_BYTES * imageCount + medianScratchBytes(imageCount) + 8 * width + 64
  const entries = STACK_ENTRY_BYTES * imageCount + stackListBytes(imageCount) + 64
  return 8 * SUMS * width + 64 + entries + Math.max(median, clipScratchBytes(width, imageCount))
}

/** What a row of a strip is made in. */
interface RowBench {
  readonly views: PixelViews
  readonly kernels: PixelKernels
  readonly settings: StackSettings
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
  readonly target: StackTarget
  /** Offsets of the accumulators. */
  readonly sumAt: number
  readonly weightSumAt: number
  readonly areaSumAt: number
  readonly varianceSumAt: number
  readonly countAt: number
  readonly inverseSumAt: number
  readonly entriesAt: number
  readonly entries: StackEntryViews
  readonly listAt: number
  readonly restAt: number
}

/**
 * One strip of the mosaic as `addStrip` makes it, by any method and with any of the planes that say what its pixels rest on.
 *
 * With weights w (the coverage, or weight times coverage), values v and variances s² of the images that count in a pixel:
 *
 * - `mean` (w: coverage), `weighted`: sum(w v) / sum(w), variance sum(w² s²) / sum(w)²;
 * - `clipped`: as `weighted`, without values that `clipReferences` does not allow; the variance is that of the values that are left;
 * - `sum`: sum(v), variance sum(s²);
 * - `median`, `min`, `max`: of values covered by more than half; variances see `medianVariance`, `extremeVariance`;
 * - `count`: number of images with data, without variance.
 *
 * The variance is that of the pixel itself; neighbours share noise that reprojection spreads. The plane `weight` is the sum of the weights of what
 * counts, `count` its number, and in the context each of these images has its bit.
 *
 * Results depend neither on strips nor on threads: images enter in the order given.
 *
 * @param images for `clipped` with a row more on either side, where the image has one
 * @returns for each image the pixels that were rejected
 */
export function stackStrip(
  views: PixelViews,
  kernels: PixelKernels,
  images: readonly StackImage[],
  settings: StackSettings,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  target: StackTarget,
): readonly number[] {
  const { region } = target
  const at = (index: number): number => target.scratchAt + 8 * region.width * index
  const entriesAt = 16 * Math.ceil(at(SUMS) / 16)
  const listAt = entriesAt + STACK_ENTRY_BYTES * images.length
  const bench: RowBench = {
    views,
    kernels,
    settings,
    crpix,
    target,
    sumAt: at(0),
    weightSumAt: at(1),
    areaSumAt: at(2),
    varianceSumAt: at(3),
    countAt: at(4),
    inverseSumAt: at(5),
    entriesAt,
    entries: stackEntryViews(views, entriesAt, images.length),
    listAt,
    restAt: 16 * Math.ceil((listAt + stackListBytes(images.length)) / 16),
  }
  if (target.contextAt !== 0) {
    const planes = contextPlaneCount(settings.imageCount)
    views.u32(target.contextAt, planes * region.width * region.height).fill(0)
  }
  const rejected = new Map(images.map((image) => [image, 0]))
  const isOrder = ['median', 'min', 'max', 'count'].includes(settings.combine)
  const reference =
    settings.combine === 'clipped'
      ? clipReferences(views, kernels, images, crpix, region, settings.clip.range, bench.restAt)
      : () => undefined
  for (let row = region.row; row < region.row + region.height; row++) {
    const inRow = imagesInRow(images, row)
    if (isOrder) orderRow(bench, inRow, row)
    else meanRow(bench, inRow, row, reference(row), rejected)
  }
  return [...rejected.values()]
}

/** Where the context of an image's row begins, and its bit. */
function contextOf({ target }: RowBench, image: StackImage, row: number): readonly [number, number] {
  const { region, contextAt } = target
  if (contextAt === 0) return [0, 0]
  const plane = Math.floor(image.place / CONTEXT_BITS) * region.width * region.height
  const pixel = (row - region.row) * region.width + image.region.col - region.col
  return [contextAt + 4 * (plane + pixel), (1 << (image.place % CONTEXT_BITS)) >>> 0]
}

/** Offsets of an image's planes in a row. */
function planesOf(image: StackImage, row: number): readonly [number, number, number, number] {
  const { valueAt, coverageAt, weightAt, varianceAt } = image
  const at = (plane: number): number => rowOf(image, plane, row)
  return [at(valueAt), at(coverageAt), at(weightAt), at(varianceAt)]
}

/** Writes the entries of the images that reach a row. */
function writeEntries(bench: RowBench, images: readonly StackImage[], row: number): void {
  const { entries, crpix } = bench
  // A mean of equals.
  const isPlain = bench.settings.combine === 'mean'
  for (let index = 0; index < images.length; index++) {
    const image = images[index]!
    const { valueAt, areaAt, firstCol, endCol, a, p } = medianEntry(image, crpix, row)
    const [contextAt, contextBit] = contextOf(bench, image, row)
    writeStackEntry(entries, index, {
      valueAt,
      areaAt,
      firstCol,
      endCol,
      a,
      p,
      weightAt: isPlain ? 0 : rowOf(image, image.weightAt, row),
      varianceAt: rowOf(image, image.varianceAt, row),
      weight: isPlain ? 1 : image.weight,
      variance: image.variance,
      contextAt,
      contextBit,
    })
  }
}

function meanRow(
  bench: RowBench,
  images: readonly StackImage[],
  row: number,
  reference: ClipReference | undefined,
  rejected: Map<StackImage, number>,
): void {
  const { views, kernels, settings, target, entries, entriesAt } = bench
  const { combine, clip } = settings
  const { width, col } = target.region
  const isSum = combine === 'sum'
  writeEntries(bench, images, row)
  kernels.stackSumsRow(
    entriesAt,
    images.length,
    col,
    width,
    isSum ? 1 : 0,
    reference?.centreAt ?? 0,
    reference?.toleranceAt ?? 0,
    clip.sigma,
    bench.sumAt,
    bench.weightSumAt,
    bench.areaSumAt,
    bench.varianceSumAt,
    bench.countAt,
    bench.listAt,
  )
  if (reference !== undefined) {
    for (const [index, image] of images.entries())
      rejected.set(image, (rejected.get(image) ?? 0) + rejectedOf(entries, index))
  }
  const sums = views.f64(bench.sumAt, width)
  const weights = views.f64(bench.weightSumAt, width)
  const variances = views.f64(bench.varianceSumAt, width)
  finishRow(bench, row, {
    value: (column) => (isSum ? sums[column]! : sums[column]! / weights[column]!),
    variance: (column) => (isSum ? variances[column]! : variances[column]! / weights[column]! ** 2),
  })
}

function orderRow(bench: RowBench, images: readonly StackImage[], row: number): void {
  const { views, kernels, settings, target } = bench
  const { combine } = settings
  const { width, col } = target.region
  const minCoverage = combine === 'count' ? 0 : MEDIAN_MIN_COVERAGE
  writeEntries(bench, images, row)
  kernels.stackSpreadRow(
    bench.entriesAt,
    images.length,
    col,
    width,
    minCoverage,
    bench.varianceSumAt,
    bench.inverseSumAt,
    bench.weightSumAt,
    bench.areaSumAt,
    bench.countAt,
    bench.listAt,
  )
  const counts = views.f64(bench.countAt, width)
  if (combine === 'count') {
    finishRow(bench, row, { value: (col) => counts[col]!, variance: () => Number.NaN })
  } else if (combine === 'median') {
    const medians = mediansOf(bench, images, row)
    const variances = views.f64(bench.varianceSumAt, width)
    const inverses = views.f64(bench.inverseSumAt, width)
    finishRow(bench, row, {
      value: (col) => medians[col]!,
      variance: (col) => medianVariance(counts[col]!, variances[col]!, inverses[col]!),
    })
  } else {
    const extremes = extremesOf(bench, images, row, combine === 'max' ? 1 : -1)
    finishRow(bench, row, { value: (col) => extremes[col]!, variance: extremeVariances(bench, images, row) })
  }
}

function mediansOf(
  { views, kernels, crpix, target, restAt }: RowBench,
  images: readonly StackImage[],
  row: number,
): Float32Array {
  const { col, width } = target.region
  const areaAt = restAt + 4 * width
  const entriesAt = 16 * Math.ceil((areaAt + 4 * width) / 16)
  const sortAt = entriesAt + MEDIAN_ENTRY_BYTES * images.length
  writeMedianEntries(views, entriesAt, images, crpix, row)
  const rule = [MEDIAN_MIN_COVERAGE, MEAN_OF_MIDDLE] as const
  const scratchBytes = medianScratchBytes(images.length)
  kernels.medianRow(entriesAt, images.length, col, width, ...rule, restAt, areaAt, 0, sortAt, scratchBytes)
  return views.f32(restAt, width)
}

function extremesOf(
  { views, kernels, crpix, target, sumAt }: RowBench,
  images: readonly StackImage[],
  row: number,
  sign: 1 | -1,
): Float64Array {
  const extremes = views.f64(sumAt, target.region.width).fill(Number.NaN)
  for (const image of images) {
    const { a, b, c } = image.correction
    const [valueAt, coverageAt] = planesOf(image, row)
    const plane = [image.region.col - crpix.fitsX, row - crpix.fitsY, a, b, c] as const
    const at = sumAt + 8 * (image.region.col - target.region.col)
    kernels.addExtreme(valueAt, coverageAt, image.region.width, ...plane, MEDIAN_MIN_COVERAGE, sign, at)
  }
  return extremes
}

/** Variances of least or greatest values from the noise of those that took part. */
function extremeVariances(
  { views }: RowBench,
  images: readonly StackImage[],
  row: number,
): (col: number, templateCol: number) => number {
  const parts = images.map((image) => {
    const { width, col } = image.region
    const [valueAt, coverageAt, , varianceAt] = planesOf(image, row)
    const plane = (at: number, constant: number): ((i: number) => number) => {
      if (at === 0) return () => constant
      const pixels = views.f32(at, width)
      return (i) => pixels[i]!
    }
    const [coverage, variance] = [plane(coverageAt, 1), plane(varianceAt, image.variance)]
    return { col, width, value: views.f32(valueAt, width), coverage, variance }
  })
  const sigmas = new Float64Array(images.length)
  return (_, templateCol) => {
    let count = 0
    for (const { col, width, value, coverage, variance } of parts) {
      const i = templateCol - col
      if (i < 0 || i >= width || !(coverage(i) > MEDIAN_MIN_COVERAGE) || Number.isNaN(value[i]!)) continue
      sigmas[count++] = Math.sqrt(variance(i))
    }
    return extremeVariance(sigmas, count)
  }
}

/** Value and variance of a column that has data. */
interface ColumnResult {
  value(col: number): number
  variance(col: number, templateCol: number): number
}

/** Writes a row of the planes of the strip. */
function finishRow(
  { views, target, weightSumAt, areaSumAt, countAt }: RowBench,
  row: number,
  result: ColumnResult,
): void {
  const { width, col: firstCol } = target.region
  const counts = views.f64(countAt, width)
  const areas = views.f64(areaSumAt, width)
  const weights = views.f64(weightSumAt, width)
  const outAt = valueRowAt(target, row)
  const values = target.isFloat64 ? views.f64(outAt, width) : views.f32(outAt, width)
  const outAreas = views.f32(areaRowAt(target, row), width)
  const shift = 4 * width * (row - target.region.row)
  const wanted = (at: number): Float32Array | undefined =>
    at === 0 ? undefined : views.f32(at + shift, width)
  const [outVariances, outWeights] = [wanted(target.varianceAt), wanted(target.weightAt)]
  const outCounts = target.countAt === 0 ? undefined : views.i32(target.countAt + shift, width)
  for (let col = 0; col < width; col++) {
    const hasData = counts[col]! > 0
    values[col] = hasData ? result.value(col) : Number.NaN
    outAreas[col] = areas[col]!
    if (outVariances !== undefined)
      outVariances[col] = hasData ? result.variance(col, firstCol + col) : Number.NaN
    if (outWeights !== undefined) outWeights[col] = weights[col]!
    if (outCounts !== undefined) outCounts[col] = counts[col]!
  }
}
