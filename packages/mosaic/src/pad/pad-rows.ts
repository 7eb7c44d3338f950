import { fillRegion } from '../fill-region.ts'
import type { FloatPlane } from '../float-plane.ts'
import type { Region } from '../region.ts'

/**
 * Some rows of a padded image.
 *
 * @param image the rows of the image that lie in them; `height` 0 for none
 * @param col column of the result that the image begins in
 * @param row row of the result that the first of its rows lies in
 * @param value value of the margins, NaN for no data
 */
export function padRows(
  image: FloatPlane,
  col: number,
  row: number,
  size: { readonly width: number; readonly height: number },
  value: number,
): FloatPlane {
  const data = new Float64Array(size.width * size.height).fill(value)
  for (let from = 0; from < image.height; from++) {
    const pixels = image.data.subarray(from * image.width, (from + 1) * image.width)
    data.set(pixels, (row + from) * size.width + col)
  }
  return { ...size, data }
}

/** A bar of levels in a padded image, the lowest level below. */
export interface LevelBar extends Region {
  /** Pixel values from the lowest to the highest. */
  readonly levels: ArrayLike<number>
}

/**
 * Draws the part of a bar that lies on some rows of an image, in place. What lies off the image is left out.
 *
 * @param firstRow row of the image that `rows` begins with
 */
export function drawLevelBar(rows: FloatPlane, firstRow: number, bar: LevelBar): void {
  const last = bar.levels.length - 1
  fillRegion(rows, firstRow, bar, (row) => {
    const step = bar.height > 1 ? Math.floor((last * (row - bar.row)) / (bar.height - 1)) : 0
    return bar.levels[step] ?? Number.NaN
  })
}
