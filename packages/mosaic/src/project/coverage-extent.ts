import type { Moments } from '../background/moments.ts'
import type { Region } from '../region.ts'

/** Where a reprojected image has data. */
export interface CoverageExtent {
  /** Smallest rectangle of the template with all covered pixels; empty when there are none. */
  readonly region: Region
  readonly coveredPixels: number
  /** Moments of the covered pixels, template offsets. */
  readonly moments: Moments
}

/**
 * Extent of the pixels with positive coverage.
 *
 * @param coverage row-major, for `region` of the template
 * @param crpix reference pixel of the template
 */
export function coverageExtent(
  coverage: Float32Array,
  region: Region,
  crpix: { readonly fitsX: number; readonly fitsY: number },
): CoverageExtent {
  let left = Infinity
  let right = -1
  let bottom = Infinity
  let top = -1
  let n = 0
  let sumX = 0
  let sumY = 0
  let sumXX = 0
  let sumXY = 0
  let sumYY = 0
  for (let row = 0; row < region.height; row++) {
    const start = row * region.width
    let count = 0
    let cols = 0
    let squares = 0
    const first = firstCovered(coverage, start, region.width)
    const last = lastCovered(coverage, start, first, region.width)
    for (let col = first; col <= last; col++) {
      if (!(coverage[start + col]! > 0)) continue
      count++
      cols += col
      squares += col * col
    }
    if (count === 0) continue
    left = Math.min(left, first)
    right = Math.max(right, last)
    bottom = Math.min(bottom, row)
    top = row
    const x0 = region.col - crpix.fitsX
    const y = region.row + row - crpix.fitsY
    n += count
    sumX += cols + count * x0
    sumY += count * y
    sumXX += squares + 2 * x0 * cols + count * x0 * x0
    sumXY += y * (cols + count * x0)
    sumYY += count * y * y
  }
  const extent =
    n === 0
      ? { col: region.col, row: region.row, width: 0, height: 0 }
      : {
          col: region.col + left,
          row: region.row + bottom,
          width: right - left + 1,
          height: top - bottom + 1,
        }
  const moments = { n, x: sumX, y: sumY, xx: sumXX, xy: sumXY, yy: sumYY }
  return { region: extent, coveredPixels: n, moments }
}

/** Column of the first covered pixel of a row; the width when there is none. */
function firstCovered(coverage: Float32Array, start: number, width: number): number {
  let col = 0
  while (col < width && !(coverage[start + col]! > 0)) col++
  return col
}

/** Column of the last covered pixel of a row whose first one is known; before it when there is none. */
function lastCovered(coverage: Float32Array, start: number, first: number, width: number): number {
  let col = width - 1
  while (col >= first && !(coverage[start + col]! > 0)) col--
  return col
}
