import type { PlacedPlane } from '../difference/subtract-images.ts'
import type { FloatPlane } from '../float-plane.ts'
import { clippedMean } from './clipped-mean.ts'

/** How the values of a pixel become one: with the rules of mAdd, or `clip`, a mean without values far from the others. */
export const CLASSIC_COMBINE_METHODS = ['mean', 'median', 'count', 'sum', 'clip'] as const

/** One of {@link CLASSIC_COMBINE_METHODS}. */
export type ClassicCombineMethod = (typeof CLASSIC_COMBINE_METHODS)[number]

/** A part of a mosaic with the areas of its pixels. */
export interface CombinedPlanes {
  readonly image: FloatPlane
  readonly area: FloatPlane
}

/** How {@link combinePlanes} combines. */
export interface CombineOptions {
  readonly method: ClassicCombineMethod
  /** Nominal area of a pixel, in the unit of the area images. */
  readonly pixelArea: number
  /** For `clip`: values farther from the median than so many standard deviations are left out; default 3. */
  readonly kappa?: number
}

/** A median takes only values whose area exceeds this fraction of a pixel's; a pixel cut in half is out in spite of rounding. */
const MEDIAN_MIN_COVERAGE = 0.5 * (1 + 1e-12)
const DEFAULT_KAPPA = 3

/**
 * Combines images on one grid by the rules of mAdd, in float64; images enter in the order given.
 *
 * - `mean`: weighted by area; `sum`: plain sum; both with the summed area;
 * - `median`: of values covered by more than half; of two the smaller, of other even numbers the mean of the middle ones;
 * - `count`: how many values are positive, with area 1;
 * - `clip`: mean weighted by area without outliers, with the summed area of what is left; see `clipped-mean.ts`.
 *
 * Pixels without values are NaN with area 0.
 *
 * @param size of the part, which begins at column and row 0
 */
export function combinePlanes(
  images: readonly PlacedPlane[],
  size: { readonly width: number; readonly height: number },
  options: CombineOptions,
): CombinedPlanes {
  const { width, height } = size
  const image = { width, height, data: new Float64Array(width * height).fill(Number.NaN) }
  const area = { width, height, data: new Float64Array(width * height) }
  const { method } = options
  const combineRow: CombineRow = method === 'median' || method === 'clip' ? orderRow : sumRow
  const scratch = {
    values: new Float64Array(Math.max(images.length, width)),
    areas: new Float64Array(Math.max(images.length, width)),
  }
  for (let row = 0; row < height; row++) {
    const inRow = images.filter((placed) => row >= placed.row && row < placed.row + placed.image.height)
    if (inRow.length === 0) continue
    const out = image.data.subarray(row * width, (row + 1) * width)
    const outArea = area.data.subarray(row * width, (row + 1) * width)
    combineRow(inRow, row, options, out, outArea, scratch)
  }
  return { image, area }
}

interface Scratch {
  readonly values: Float64Array
  readonly areas: Float64Array
}

type CombineRow = (
  images: readonly PlacedPlane[],
  row: number,
  options: CombineOptions,
  out: Float64Array,
  outArea: Float64Array,
  scratch: Scratch,
) => void

/** One row of a mean, sum or count: values are added image by image. */
const sumRow: CombineRow = (images, row, { method }, out, outArea, { values }) => {
  const width = out.length
  const isMean = method === 'mean'
  const isCount = method === 'count'
  values.fill(0, 0, width)
  for (const { image, area, col: firstCol, row: firstRow } of images) {
    const start = (row - firstRow) * image.width - firstCol
    const end = Math.min(width, firstCol + image.width)
    for (let col = Math.max(0, firstCol); col < end; col++) {
      const value = image.data[start + col]!
      const weight = area === undefined ? 1 : area.data[start + col]!
      if (Number.isNaN(value) || !(weight > 0)) continue
      if (isCount) values[col]! += value > 0 ? 1 : 0
      else values[col]! += isMean ? value * weight : value
      outArea[col]! += weight
    }
  }
  for (let col = 0; col < width; col++) {
    if (!(outArea[col]! > 0)) continue
    out[col] = isMean ? values[col]! / outArea[col]! : values[col]!
    if (isCount) outArea[col] = 1
  }
}

/** One row of a median or clipped mean: values are gathered pixel by pixel. */
const orderRow: CombineRow = (images, row, options, out, outArea, { values, areas }) => {
  const { method, pixelArea, kappa = DEFAULT_KAPPA } = options
  const minArea = method === 'median' ? MEDIAN_MIN_COVERAGE * pixelArea : 0
  for (let col = 0; col < out.length; col++) {
    const count = gather(images, col, row, minArea, values, areas)
    if (count === 0) continue
    if (method === 'median') {
      out[col] = classicMedian(values.subarray(0, count))
      for (let i = 0; i < count; i++) outArea[col]! += areas[i]!
    } else {
      const { mean, area } = clippedMean(values, areas, count, kappa)
      out[col] = mean
      outArea[col] = area
    }
  }
}

function gather(
  images: readonly PlacedPlane[],
  col: number,
  row: number,
  minArea: number,
  values: Float64Array,
  areas: Float64Array,
): number {
  let count = 0
  for (const { image, area, col: firstCol, row: firstRow } of images) {
    const x = col - firstCol
    if (x < 0 || x >= image.width) continue
    const at = (row - firstRow) * image.width + x
    const weight = area === undefined ? 1 : area.data[at]!
    if (Number.isNaN(image.data[at]!) || !(weight > minArea)) continue
    values[count] = image.data[at]!
    areas[count] = weight
    count++
  }
  return count
}

function classicMedian(values: Float64Array): number {
  if (values.length === 1) return values[0]!
  const sorted = values.slice().sort()
  const half = sorted.length >> 1
  if (sorted.length === 2) return sorted[0]!
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
