import type { PlacedPlane } from '../difference/subtract-images.ts'
import type { FloatPlane } from '../float-plane.ts'

/** How the values of a pixel become one, with the rules of mAdd. */
export const CLASSIC_COMBINE_METHODS = ['mean', 'median', 'count', 'sum'] as const

/** One of {@link CLASSIC_COMBINE_METHODS}. */
export type ClassicCombineMethod = (typeof CLASSIC_COMBINE_METHODS)[number]

/** A part of a mosaic with the areas of its pixels. */
export interface CombinedPlanes {
  readonly image: FloatPlane
  readonly area: FloatPlane
}

/** A median takes only values whose area exceeds this fraction of a pixel's; a pixel cut in half is out in spite of rounding. */
const MEDIAN_MIN_COVERAGE = 0.5 * (1 + 1e-12)

/**
 * Combines images on one grid by the rules of mAdd, in float64; images enter in the order given.
 *
 * - `mean`: weighted by area; `sum`: plain sum; both with the summed area;
 * - `median`: of values covered by more than half; of two the smaller, of other even numbers the mean of the middle ones;
 * - `count`: how many values are positive, with area 1.
 *
 * Pixels without values are NaN with area 0.
 *
 * @param size of the part, which begins at column and row 0
 * @param pixelArea nominal area of a pixel, in the unit of the area images
 */
export function combinePlanes(
  images: readonly PlacedPlane[],
  method: ClassicCombineMethod,
  size: { readonly width: number; readonly height: number },
  pixelArea: number,
): CombinedPlanes {
  const { width, height } = size
  const image = { width, height, data: new Float64Array(width * height).fill(Number.NaN) }
  const area = { width, height, data: new Float64Array(width * height) }
  const values = new Float64Array(images.length)
  const areas = new Float64Array(images.length)
  for (let row = 0; row < height; row++) {
    const inRow = images.filter((placed) => row >= placed.row && row < placed.row + placed.image.height)
    if (inRow.length === 0) continue
    for (let col = 0; col < width; col++) {
      const count = gather(inRow, col, row, values, areas)
      if (count > 0)
        combineOne(values, areas, count, method, pixelArea, image.data, area.data, row * width + col)
    }
  }
  return { image, area }
}

function gather(
  images: readonly PlacedPlane[],
  col: number,
  row: number,
  values: Float64Array,
  areas: Float64Array,
): number {
  let count = 0
  for (const { image, area, col: firstCol, row: firstRow } of images) {
    const x = col - firstCol
    if (x < 0 || x >= image.width) continue
    const at = (row - firstRow) * image.width + x
    const weight = area === undefined ? 1 : area.data[at]!
    if (Number.isNaN(image.data[at]!) || !(weight > 0)) continue
    values[count] = image.data[at]!
    areas[count] = weight
    count++
  }
  return count
}

function combineOne(
  values: Float64Array,
  areas: Float64Array,
  count: number,
  method: ClassicCombineMethod,
  pixelArea: number,
  out: Float64Array,
  outArea: Float64Array,
  at: number,
): void {
  if (method === 'median') {
    const accepted = Array.from(values.subarray(0, count)).filter(
      (_, i) => areas[i]! > MEDIAN_MIN_COVERAGE * pixelArea,
    )
    if (accepted.length === 0) return
    out[at] = classicMedian(accepted)
    for (let i = 0; i < count; i++) if (areas[i]! > MEDIAN_MIN_COVERAGE * pixelArea) outArea[at]! += areas[i]!
    return
  }
  let [sum, areaSum, positive] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    sum += method === 'mean' ? values[i]! * areas[i]! : values[i]!
    areaSum += areas[i]!
    if (values[i]! > 0) positive++
  }
  out[at] = method === 'mean' ? sum / areaSum : method === 'sum' ? sum : positive
  outArea[at] = method === 'count' ? 1 : areaSum
}

function classicMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  if (sorted.length === 2) return sorted[0] ?? Number.NaN
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}
