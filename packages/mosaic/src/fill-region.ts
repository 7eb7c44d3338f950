import type { FloatPlane } from './float-plane.ts'
import type { Region } from './region.ts'

/**
 * Sets the pixels of a region that lie on some rows of an image, in place. What lies off the image is left out.
 *
 * @param rows whole rows of the image
 * @param firstRow row of the image that they begin with
 * @param valueOf value of all pixels of a row of the image
 */
export function fillRegion(
  rows: FloatPlane,
  firstRow: number,
  region: Region,
  valueOf: (row: number) => number,
): void {
  const from = Math.max(firstRow, region.row)
  const end = Math.min(firstRow + rows.height, region.row + region.height)
  const firstCol = Math.max(0, region.col)
  const endCol = Math.min(rows.width, region.col + region.width)
  if (firstCol >= endCol) return
  for (let row = from; row < end; row++) {
    const start = (row - firstRow) * rows.width
    rows.data.fill(valueOf(row), start + firstCol, start + endCol)
  }
}
