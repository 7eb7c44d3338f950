import { pixelAreaSr, type Wcs } from '@skyloom/wcs'
import type { Region } from '../region.ts'

/** Solid angles of pixels at the nodes of a coarse grid; between them they are interpolated linearly. */
export interface SolidAngleGrid {
  readonly col: number
  readonly row: number
  readonly step: number
  readonly nodeCols: number
  readonly nodeRows: number
  /** Steradians, row-major. */
  readonly areasSr: Float64Array
}

/** Distance of the nodes in pixels. */
const STEP = 64

/**
 * Solid angles of the pixels of a region of an image. Nodes lie at multiples of the step, so the angle of a pixel does not
 * depend on the region.
 *
 * Accuracy: 1e-9 relative for pixels of an arcsecond. Where a node has no place on the sky the nominal area of the reference
 * pixel is used.
 */
export function solidAngles(wcs: Wcs, region: Region): SolidAngleGrid {
  const col = STEP * Math.floor(region.col / STEP)
  const row = STEP * Math.floor(region.row / STEP)
  const nodeCols = Math.floor((region.col + region.width - col) / STEP) + 2
  const nodeRows = Math.floor((region.row + region.height - row) / STEP) + 2
  const areasSr = new Float64Array(nodeCols * nodeRows)
  for (let j = 0; j < nodeRows; j++) {
    for (let i = 0; i < nodeCols; i++) {
      areasSr[j * nodeCols + i] = pixelAngleAt(wcs, col + i * STEP, row + j * STEP)
    }
  }
  return { col, row, step: STEP, nodeCols, nodeRows, areasSr }
}

/**
 * Multiplies a row of coverage sums by the solid angle of their pixels.
 *
 * @param col template column of the first pixel; `row` likewise
 */
export function scaleBySolidAngle(
  coverage: Float32Array | Float64Array,
  grid: SolidAngleGrid,
  col: number,
  row: number,
): void {
  const { step, nodeCols, areasSr } = grid
  const y = (row - grid.row) / step
  const below = Math.floor(y) * nodeCols
  const fy = y - Math.floor(y)
  // Between two columns of nodes the angle is a straight line: its ends are made once for all pixels there.
  for (let start = 0; start < coverage.length; ) {
    const offset = col + start - grid.col
    const cell = Math.floor(offset / step)
    const node = below + cell
    const left = areasSr[node]! * (1 - fy) + areasSr[node + nodeCols]! * fy
    const right = areasSr[node + 1]! * (1 - fy) + areasSr[node + nodeCols + 1]! * fy
    const slope = (right - left) / step
    const end = Math.min(coverage.length, start + (cell + 1) * step - offset)
    const first = start - (offset - cell * step)
    for (let i = start; i < end; i++) coverage[i]! *= left + slope * (i - first)
    start = end
  }
}

/** Angle of the pixel at a 0-based column and row; the nominal one where there is no sky. */
function pixelAngleAt(wcs: Wcs, col: number, row: number): number {
  const angle = pixelAreaSr(wcs, col + 1, row + 1)
  return Number.isNaN(angle) ? pixelAreaSr(wcs) : angle
}
