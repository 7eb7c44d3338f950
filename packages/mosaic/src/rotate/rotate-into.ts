import type { FloatPlane } from '../float-plane.ts'
import { intersectRegions, type Region } from '../region.ts'
import { oldPixel, type RotationGrid } from './rotation-grid.ts'

/**
 * The part of the old image that a part of the turned one is taken from.
 *
 * @param image size of the old image
 */
export function rotationSource(
  grid: RotationGrid,
  part: Region,
  image: { readonly width: number; readonly height: number },
): Region {
  const corners = [
    oldPixel(grid, part.col + 1, part.row + 1),
    oldPixel(grid, part.col + part.width, part.row + 1),
    oldPixel(grid, part.col + 1, part.row + part.height),
    oldPixel(grid, part.col + part.width, part.row + part.height),
  ]
  const xs = corners.map(({ fitsX }) => fitsX)
  const ys = corners.map(({ fitsY }) => fitsY)
  // One pixel around for rounding.
  const col = Math.floor(Math.min(...xs)) - 2
  const row = Math.floor(Math.min(...ys)) - 2
  const around = {
    col,
    row,
    width: Math.ceil(Math.max(...xs)) + 2 - col,
    height: Math.ceil(Math.max(...ys)) + 2 - row,
  }
  return intersectRegions(around, { col: 0, row: 0, width: image.width, height: image.height })
}

/**
 * Writes a part of a turned image into rows of it: each pixel is that of the old image whose centre is nearest; pixels off the old image are
 * left as they are.
 *
 * @param rows whole rows of the turned image
 * @param firstRow row of the turned image that they begin with
 * @param part a part of these rows
 * @param source pixels of the old image in `region`, as {@link rotationSource} gives it
 */
export function rotateInto(
  rows: FloatPlane,
  firstRow: number,
  grid: RotationGrid,
  part: Region,
  source: FloatPlane,
  region: Region,
): void {
  const [stepX, , stepY] = grid.toOld
  for (let row = part.row; row < part.row + part.height; row++) {
    const start = oldPixel(grid, part.col + 1, row + 1)
    const at = (row - firstRow) * rows.width + part.col
    for (let c = 0; c < part.width; c++) {
      // Array index of the nearest pixel: FITS coordinate rounded, less 1.
      const col = Math.floor(start.fitsX + c * stepX + 0.5) - 1 - region.col
      const from = Math.floor(start.fitsY + c * stepY + 0.5) - 1 - region.row
      if (col < 0 || from < 0 || col >= region.width || from >= region.height) continue
      rows.data[at + c] = source.data[from * region.width + col]!
    }
  }
}
