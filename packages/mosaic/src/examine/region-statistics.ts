import type { FloatPlane } from '../float-plane.ts'
import { intersectRegions, type Region } from '../region.ts'

/** A circle on an image: centre in FITS coordinates, radius in pixels. */
export interface PixelCircle {
  readonly fitsX: number
  readonly fitsY: number
  readonly radius: number
}

/** An extreme pixel, FITS coordinates. */
export interface PixelExtreme {
  readonly fitsX: number
  readonly fitsY: number
  readonly value: number
}

/** What {@link addRegionRows} has gathered so far. */
export interface RegionStatistics {
  /** Pixels with data in the region. */
  readonly count: number
  readonly nullCount: number
  readonly mean: number
  /** Sum of the squares of differences from the mean. */
  readonly squares: number
  /** Of the circle; undefined as long as there are no data. */
  readonly min: PixelExtreme | undefined
  readonly max: PixelExtreme | undefined
}

/** Statistics of no pixels. */
export const NO_STATISTICS: RegionStatistics = {
  count: 0,
  nullCount: 0,
  mean: Number.NaN,
  squares: 0,
  min: undefined,
  max: undefined,
}

/**
 * Adds some rows of an image to statistics: mean and deviation of a region, extremes of a circle. Rows come one after the other, so that
 * memory does not grow with the image.
 *
 * @param rows whole rows of the image
 * @param firstRow row of the image that they begin with
 *
 * Accuracy: deviations from the mean of each batch of rows, combined by Chan's formula, so that a large level costs no digits.
 */
export function addRegionRows(
  statistics: RegionStatistics,
  rows: FloatPlane,
  firstRow: number,
  region: Region,
  circle: PixelCircle,
): RegionStatistics {
  const part = intersectRegions(region, { col: 0, row: firstRow, width: rows.width, height: rows.height })
  let [sum, count, nullCount] = [0, 0, 0]
  let { min, max } = statistics
  for (let row = part.row; row < part.row + part.height; row++) {
    const start = (row - firstRow) * rows.width
    for (let col = part.col; col < part.col + part.width; col++) {
      const value = rows.data[start + col]!
      if (Number.isNaN(value)) {
        nullCount++
        continue
      }
      sum += value
      count++
      if (min !== undefined && max !== undefined && value >= min.value && value <= max.value) continue
      if (Math.hypot(col + 1 - circle.fitsX, row + 1 - circle.fitsY) > circle.radius) continue
      const pixel = { fitsX: col + 1, fitsY: row + 1, value }
      if (min === undefined || value < min.value) min = pixel
      if (max === undefined || value > max.value) max = pixel
    }
  }
  const nulls = statistics.nullCount + nullCount
  if (count === 0) return { ...statistics, nullCount: nulls }
  const mean = sum / count
  let squares = 0
  for (let row = part.row; row < part.row + part.height; row++) {
    const start = (row - firstRow) * rows.width
    for (let at = start + part.col; at < start + part.col + part.width; at++) {
      const value = rows.data[at]!
      if (!Number.isNaN(value)) squares += (value - mean) ** 2
    }
  }
  return { ...combine(statistics, { count, mean, squares }), nullCount: nulls, min, max }
}

function combine(
  a: RegionStatistics,
  b: Pick<RegionStatistics, 'count' | 'mean' | 'squares'>,
): Pick<RegionStatistics, 'count' | 'mean' | 'squares'> {
  if (a.count === 0) return b
  const count = a.count + b.count
  const difference = b.mean - a.mean
  return {
    count,
    mean: a.mean + (difference * b.count) / count,
    squares: a.squares + b.squares + (difference * difference * a.count * b.count) / count,
  }
}

/** Root of the mean square deviation from the mean; NaN without pixels. */
export function rmsOf({ count, squares }: RegionStatistics): number {
  return count === 0 ? Number.NaN : Math.sqrt(squares / count)
}
