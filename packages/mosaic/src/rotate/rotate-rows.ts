import type { FloatPlane } from '../float-plane.ts'
import { intersectRegions, type Region } from '../region.ts'
import { oldPixel, type RotationGrid } from './rotation-grid.ts'

/**
 * The part of the old image that some rows of the turned one are taken from.
 *
 * @param image size of the old image
 */
export function rotationSource(
  grid: RotationGrid,
  row: number,
  height: number,
  image: { readonly width: number; readonly height: number },
): Region {
  const corners = [
    oldPixel(grid, 1, row + 1),
    oldPixel(grid, grid.width, row + 1),
    oldPixel(grid, 1, row + height),
    oldPixel(grid, grid.width, row + height),
  ]
  const xs = corners.map(({ fitsX }) => fitsX)
  const ys = corners.map(({ fitsY }) => fitsY)
  // One pixel around for rounding.
  const col = Math.floor(Math.min(...xs)) - 2
  const first = Math.floor(Math.min(...ys)) - 2
  const around = {
    col,
    row: first,
    width: Math.ceil(Math.max(...xs)) + 2 - col,
    height: Math.ceil(Math.max(...ys)) + 2 - first,
  }
  return intersectRegions(around, { col: 0, row: 0, ...image })
}

/**
 * Some rows of a turned image: each pixel is that of the old image whose centre is nearest, NaN off the old image.
 *
 * @param source pixels of the old image in `region`, as {@link rotationSource} gives it
 */
export function rotateRows(
  grid: RotationGrid,
  row: number,
  height: number,
  source: FloatPlane,
  region: Region,
): FloatPlane {
  const { width } = grid
  const data = new Float64Array(width * height).fill(Number.NaN)
  const [stepX, , stepY] = grid.toOld
  for (let r = 0; r < height; r++) {
    const start = oldPixel(grid, 1, row + r + 1)
    for (let c = 0; c < width; c++) {
      // Array index of the nearest pixel: FITS coordinate rounded, less 1.
      const col = Math.floor(start.fitsX + c * stepX + 0.5) - 1 - region.col
      const from = Math.floor(start.fitsY + c * stepY + 0.5) - 1 - region.row
      if (col < 0 || from < 0 || col >= region.width || from >= region.height) continue
      data[r * width + c] = source.data[from * region.width + col]!
    }
  }
  return { width, height, data }
}
