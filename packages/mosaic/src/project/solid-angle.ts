import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import { pixelAreaSr, pixelAreasSr, type Wcs } from '@skyloom/wcs'
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
  const fitsX = Float64Array.from({ length: nodeCols * nodeRows }, (_, k) => col + (k % nodeCols) * STEP + 1)
  const fitsY = fitsX.map((_, k) => row + Math.floor(k / nodeCols) * STEP + 1)
  const nominalSr = pixelAreaSr(wcs)
  const areasSr = pixelAreasSr(wcs, fitsX, fitsY).map((area) => (Number.isNaN(area) ? nominalSr : area))
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
  eachLine(grid, col, row, coverage.length, (from, to, x0, start, slope) => {
    for (let i = from; i < to; i++) coverage[i]! *= start + slope * (x0 + i - from)
  })
}

/**
 * Multiplies the coverage sums of a region, float32 at a place of the kernels' memory, by the solid angle of their pixels.
 *
 * @param nodesAt room for the nodes of the grid, float64
 */
export function scaleRegionBySolidAngle(
  views: PixelViews,
  kernels: PixelKernels,
  coverageAt: number,
  { col, row, step, nodeCols, areasSr }: SolidAngleGrid,
  region: Region,
  nodesAt: number,
): void {
  views.f64(nodesAt, areasSr.length).set(areasSr)
  const { width, height } = region
  kernels.scaleByGrid(coverageAt, width, height, region.col - col, region.row - row, step, nodeCols, nodesAt)
}

/** Bytes of the nodes of {@link solidAngles} of a region, at most. */
export function solidAngleBytes({ width, height }: Pick<Region, 'width' | 'height'>): number {
  return 8 * (Math.floor(width / STEP) + 3) * (Math.floor(height / STEP) + 3)
}

/**
 * Between two columns of nodes the angle is a straight line: gives each with the pixels of a row on it.
 *
 * @param use gets the first pixel, the one behind the last, the distance of the first from the node to its left, the angle there and its slope
 */
function eachLine(
  { col: gridCol, row: gridRow, step, nodeCols, areasSr }: SolidAngleGrid,
  col: number,
  row: number,
  width: number,
  use: (from: number, to: number, x0: number, start: number, slope: number) => void,
): void {
  const y = (row - gridRow) / step
  const below = Math.floor(y) * nodeCols
  const fy = y - Math.floor(y)
  for (let from = 0; from < width; ) {
    const offset = col + from - gridCol
    const cell = Math.floor(offset / step)
    const node = below + cell
    const left = areasSr[node]! * (1 - fy) + areasSr[node + nodeCols]! * fy
    const right = areasSr[node + 1]! * (1 - fy) + areasSr[node + nodeCols + 1]! * fy
    const to = Math.min(width, from + (cell + 1) * step - offset)
    use(from, to, offset - cell * step, left, (right - left) / step)
    from = to
  }
}
