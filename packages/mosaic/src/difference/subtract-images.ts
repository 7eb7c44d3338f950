import type { FloatPlane } from '../float-plane.ts'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'

/** An image on a template's grid. */
export interface PlacedPlane {
  readonly image: FloatPlane
  /** Overlap areas; undefined counts as area 1 wherever there is data. */
  readonly area: FloatPlane | undefined
  /** Template column and row (from 0) of the first pixel. */
  readonly col: number
  readonly row: number
}

/** The difference of two images, trimmed to its pixels. */
export interface ImageDifference {
  readonly image: FloatPlane
  readonly area: FloatPlane
  /** Template column and row (from 0) of the first pixel. */
  readonly col: number
  readonly row: number
  /** Extremes as mDiff gives them: begun with the first difference, then of absolute values. */
  readonly minDiff: number
  readonly maxDiff: number
}

/** Pixels whose summed area is off the sum of the mean areas by more than this fraction are left out (mDiff). */
const AREA_RTOL = 0.333

/** Sums from which the usual area of a difference follows. */
export interface AreaSums {
  sum1: number
  count1: number
  sum2: number
  count2: number
}

/** Sums of no pixels. */
export function noAreaSums(): AreaSums {
  return { sum1: 0, count1: 0, sum2: 0, count2: 0 }
}

/** Sum of the mean areas: of the first image wherever it has data, of the second where both have. */
export function usualArea({ sum1, count1, sum2, count2 }: AreaSums): number {
  return sum1 / count1 + sum2 / count2
}

/** Where a difference has pixels, template columns and rows from 0, and its extremes. */
export interface DifferenceExtent {
  minCol: number
  maxCol: number
  minRow: number
  maxRow: number
  /** As mDiff gives them: begun with the first difference, then of absolute values. */
  minDiff: number
  maxDiff: number
}

/** The extent of a difference without pixels. */
export function noExtent(): DifferenceExtent {
  return {
    minCol: Infinity,
    maxCol: -Infinity,
    minRow: Infinity,
    maxRow: -Infinity,
    minDiff: Number.NaN,
    maxDiff: Number.NaN,
  }
}

/**
 * Difference of two images on one grid by the rule of mDiff: twice the difference of value times area over the summed area, where
 * the summed area is close to the usual one.
 *
 * @param factor multiplies the second image
 * @returns `no-overlap` when the images share no part of the template, `blank` when they share no pixel with data
 */
export function subtractImages(
  plus: PlacedPlane,
  minus: PlacedPlane,
  template: { readonly width: number; readonly height: number },
  factor: number = 1,
): ImageDifference | 'no-overlap' | 'blank' {
  const whole = { col: 0, row: 0, ...template }
  const window = intersectRegions(intersectRegions(regionOf(plus), regionOf(minus)), whole)
  if (isEmptyRegion(window)) return 'no-overlap'
  const sums = noAreaSums()
  addAreaSums(sums, plus, minus, window)
  const extent = noExtent()
  const { image, area } = subtractStrip(plus, minus, window, usualArea(sums), factor, extent)
  if (extent.maxRow < extent.minRow) return 'blank'
  const { minCol: col, minRow: row, minDiff, maxDiff } = extent
  const box = {
    col: col - window.col,
    row: row - window.row,
    width: extent.maxCol - col + 1,
    height: extent.maxRow - row + 1,
  }
  return { image: cut(image, box), area: cut(area, box), col, row, minDiff, maxDiff }
}

/**
 * The difference over some pixels of the template, NaN and area 0 where there is none. Rows may be done strip by strip, from the first to
 * the last: the result is the same to the bit.
 *
 * @param window pixels that both images have
 * @param usual  of all pixels that the images share: {@link usualArea}
 * @param extent is widened by the pixels with a difference
 */
export function subtractStrip(
  plus: PlacedPlane,
  minus: PlacedPlane,
  window: Region,
  usual: number,
  factor: number,
  extent: DifferenceExtent,
): { readonly image: FloatPlane; readonly area: FloatPlane } {
  const tolerance = AREA_RTOL * usual
  const { width, height } = window
  const data = new Float64Array(width * height).fill(Number.NaN)
  const areas = new Float64Array(width * height)
  let { minCol, maxCol, minRow, maxRow, minDiff, maxDiff } = extent
  const [values1, areas1] = [plus.image.data, plus.area?.data]
  const [values2, areas2] = [minus.image.data, minus.area?.data]
  for (let row = 0; row < height; row++) {
    let at1 = firstIndex(plus, window, row)
    let at2 = firstIndex(minus, window, row)
    for (let col = 0; col < width; col++, at1++, at2++) {
      const v1 = values1[at1]!
      const v2 = values2[at2]!
      const a1 = areas1 === undefined ? 1 : areas1[at1]!
      const a2 = areas2 === undefined ? 1 : areas2[at2]!
      if (Number.isNaN(v1) || Number.isNaN(v2) || !(a1 > 0) || !(a2 > 0)) continue
      if (Math.abs(a1 + a2 - usual) > tolerance) continue
      const difference = (2 * (v1 * a1 - factor * v2 * a2)) / (a1 + a2)
      data[row * width + col] = difference
      areas[row * width + col] = a1 + a2
      const size = Math.abs(difference)
      if (Number.isNaN(minDiff)) minDiff = maxDiff = difference
      else if (size < minDiff) minDiff = size
      else if (size > maxDiff) maxDiff = size
      minCol = Math.min(minCol, window.col + col)
      maxCol = Math.max(maxCol, window.col + col)
      minRow = Math.min(minRow, window.row + row)
      maxRow = Math.max(maxRow, window.row + row)
    }
  }
  Object.assign(extent, { minCol, maxCol, minRow, maxRow, minDiff, maxDiff })
  return { image: { width, height, data }, area: { width, height, data: areas } }
}

/** Extremes of value times area. */
export interface PixelRange {
  readonly minPixel: number
  readonly maxPixel: number
}

/** The range of no pixels. */
export const NO_RANGE: PixelRange = { minPixel: Infinity, maxPixel: -Infinity }

/** Extremes of value times area over all pixels with data of some images, and of what was seen before. */
export function pixelRange(
  images: readonly Pick<PlacedPlane, 'image' | 'area'>[],
  before: PixelRange = NO_RANGE,
): PixelRange {
  let { minPixel, maxPixel } = before
  for (const { image, area } of images) {
    const { data } = image
    for (let at = 0; at < data.length; at++) {
      const weight = area === undefined ? 1 : area.data[at]!
      const value = data[at]! * weight
      if (!(weight > 0) || Number.isNaN(value)) continue
      if (value < minPixel) minPixel = value
      if (value > maxPixel) maxPixel = value
    }
  }
  return { minPixel, maxPixel }
}

function regionOf({ image, col, row }: PlacedPlane): Region {
  return { col, row, width: image.width, height: image.height }
}

/** Index of the first pixel of the window in a row of it. */
function firstIndex(placed: PlacedPlane, window: Region, row: number): number {
  return (window.row + row - placed.row) * placed.image.width + window.col - placed.col
}

/** Adds the areas over some pixels of the template that both images have. */
export function addAreaSums(sums: AreaSums, plus: PlacedPlane, minus: PlacedPlane, window: Region): void {
  let { sum1, count1, sum2, count2 } = sums
  for (let row = 0; row < window.height; row++) {
    let at1 = firstIndex(plus, window, row)
    let at2 = firstIndex(minus, window, row)
    for (let col = 0; col < window.width; col++, at1++, at2++) {
      const a1 = plus.area === undefined ? 1 : plus.area.data[at1]!
      if (Number.isNaN(plus.image.data[at1]!) || !(a1 > 0)) continue
      sum1 += a1
      count1++
      const a2 = minus.area === undefined ? 1 : minus.area.data[at2]!
      if (Number.isNaN(minus.image.data[at2]!) || !(a2 > 0)) continue
      sum2 += a2
      count2++
    }
  }
  Object.assign(sums, { sum1, count1, sum2, count2 })
}

function cut(plane: FloatPlane, box: Region): FloatPlane {
  const { width, height } = box
  const data = new Float64Array(width * height)
  for (let row = 0; row < height; row++) {
    const start = (box.row + row) * plane.width + box.col
    data.set(plane.data.subarray(start, start + width), row * width)
  }
  return { width, height, data }
}
