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
  /** Extremes of value times area over both images. */
  readonly minPixel: number
  readonly maxPixel: number
  /** Extremes as mDiff gives them: begun with the first difference, then of absolute values. */
  readonly minDiff: number
  readonly maxDiff: number
}

/** Pixels whose summed area is off the sum of the mean areas by more than this fraction are left out (mDiff). */
const AREA_RTOL = 0.333

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
  const usual = usualArea(plus, minus, window)
  const { width, height } = window
  const data = new Float64Array(width * height).fill(Number.NaN)
  const areas = new Float64Array(width * height)
  let box: Box = { minCol: Infinity, maxCol: -Infinity, minRow: Infinity, maxRow: -Infinity }
  let [minDiff, maxDiff] = [Number.NaN, Number.NaN]
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const at1 = indexIn(plus, window, col, row)
      const at2 = indexIn(minus, window, col, row)
      const [v1, v2] = [plus.image.data[at1]!, minus.image.data[at2]!]
      const [a1, a2] = [areaAt(plus, at1), areaAt(minus, at2)]
      const isGood = !Number.isNaN(v1) && !Number.isNaN(v2) && a1 > 0 && a2 > 0
      if (!isGood || Math.abs(a1 + a2 - usual) > AREA_RTOL * usual) continue
      const difference = (2 * (v1 * a1 - factor * v2 * a2)) / (a1 + a2)
      data[row * width + col] = difference
      areas[row * width + col] = a1 + a2
      minDiff = Number.isNaN(minDiff) ? difference : Math.min(minDiff, Math.abs(difference))
      maxDiff = Number.isNaN(maxDiff) ? difference : Math.max(maxDiff, Math.abs(difference))
      box = widen(box, col, row)
    }
  }
  if (box.maxCol < box.minCol) return 'blank'
  const { minPixel, maxPixel } = pixelRange([plus, minus])
  return {
    image: trim({ width, height, data }, box),
    area: trim({ width, height, data: areas }, box),
    col: window.col + box.minCol,
    row: window.row + box.minRow,
    minPixel,
    maxPixel,
    minDiff,
    maxDiff,
  }
}

interface Box {
  readonly minCol: number
  readonly maxCol: number
  readonly minRow: number
  readonly maxRow: number
}

function widen(box: Box, col: number, row: number): Box {
  return {
    minCol: Math.min(box.minCol, col),
    maxCol: Math.max(box.maxCol, col),
    minRow: Math.min(box.minRow, row),
    maxRow: Math.max(box.maxRow, row),
  }
}

function regionOf({ image, col, row }: PlacedPlane): Region {
  return { col, row, width: image.width, height: image.height }
}

function indexIn(placed: PlacedPlane, window: Region, col: number, row: number): number {
  return (window.row + row - placed.row) * placed.image.width + window.col + col - placed.col
}

function areaAt({ area, image }: PlacedPlane, at: number): number {
  if (area === undefined) return Number.isNaN(image.data[at]!) ? 0 : 1
  return area.data[at]!
}

/** Sum of the mean areas: of the first image wherever it has data, of the second where both have. */
function usualArea(plus: PlacedPlane, minus: PlacedPlane, window: Region): number {
  let [sum1, count1, sum2, count2] = [0, 0, 0, 0]
  for (let row = 0; row < window.height; row++) {
    for (let col = 0; col < window.width; col++) {
      const at1 = indexIn(plus, window, col, row)
      const a1 = areaAt(plus, at1)
      if (Number.isNaN(plus.image.data[at1]!) || !(a1 > 0)) continue
      sum1 += a1
      count1++
      const at2 = indexIn(minus, window, col, row)
      const a2 = areaAt(minus, at2)
      if (Number.isNaN(minus.image.data[at2]!) || !(a2 > 0)) continue
      sum2 += a2
      count2++
    }
  }
  return sum1 / count1 + sum2 / count2
}

function pixelRange(images: readonly PlacedPlane[]): {
  readonly minPixel: number
  readonly maxPixel: number
} {
  let [minPixel, maxPixel] = [Infinity, -Infinity]
  for (const placed of images) {
    const { data } = placed.image
    for (let at = 0; at < data.length; at++) {
      const area = areaAt(placed, at)
      if (Number.isNaN(data[at]!) || !(area > 0)) continue
      minPixel = Math.min(minPixel, data[at]! * area)
      maxPixel = Math.max(maxPixel, data[at]! * area)
    }
  }
  return { minPixel, maxPixel }
}

function trim(plane: FloatPlane, box: Box): FloatPlane {
  const width = box.maxCol - box.minCol + 1
  const height = box.maxRow - box.minRow + 1
  const data = new Float64Array(width * height)
  for (let row = 0; row < height; row++) {
    const start = (box.minRow + row) * plane.width + box.minCol
    data.set(plane.data.subarray(start, start + width), row * width)
  }
  return { width, height, data }
}
