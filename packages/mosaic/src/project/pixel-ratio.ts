import type { PixelMap } from '@skyloom/wcs'
import type { Region } from '../region.ts'

/** Areas of the template's pixels in pixels of an image, at the nodes of a coarse grid over a region. */
export interface PixelRatioGrid {
  readonly region: Region
  readonly nodeCols: number
  /** Row-major; NaN where the image has no such place. */
  readonly ratios: Float64Array
}

/** Distance of the nodes in pixels. */
const STEP = 16

/**
 * How many pixels of the image lie in a pixel of the template, over a region.
 *
 * Accuracy: linear between nodes of 16 pixels, about 1e-9 for undistorted images of arcsecond pixels.
 *
 * @param toImage exact map of corner coordinates
 */
export function pixelRatios(toImage: PixelMap, region: Region): PixelRatioGrid {
  const nodeCols = Math.floor(region.width / STEP) + 2
  const nodeRows = Math.floor(region.height / STEP) + 2
  const ratios = new Float64Array(nodeCols * nodeRows)
  const x = new Float64Array(4 * nodeCols)
  const y = new Float64Array(4 * nodeCols)
  for (let j = 0; j < nodeRows; j++) {
    for (let i = 0; i < nodeCols; i++) {
      const col = region.col + i * STEP
      const row = region.row + j * STEP
      x.set([col, col + 1, col + 1, col], 4 * i)
      y.set([row, row, row + 1, row + 1], 4 * i)
    }
    toImage(x, y, x, y, 4 * nodeCols)
    for (let i = 0; i < nodeCols; i++) ratios[j * nodeCols + i] = quadrilateral(x, y, 4 * i)
  }
  return { region, nodeCols, ratios }
}

function quadrilateral(x: Float64Array, y: Float64Array, at: number): number {
  const dx1 = x[at + 2]! - x[at]!
  const dy1 = y[at + 2]! - y[at]!
  const dx2 = x[at + 3]! - x[at + 1]!
  const dy2 = y[at + 3]! - y[at + 1]!
  return Math.abs(dx1 * dy2 - dx2 * dy1) / 2
}

/** Multiplies a row of the region by the ratios: surface brightness per pixel of the image becomes flux per pixel of the template. */
export function scaleToFlux(values: Float32Array, grid: PixelRatioGrid, row: number): void {
  const { region, nodeCols, ratios } = grid
  const y = (row - region.row) / STEP
  const j = Math.floor(y)
  for (let col = 0; col < values.length; col++) {
    const x = col / STEP
    const i = Math.floor(x)
    const at = j * nodeCols + i
    const low = ratios[at]! + (x - i) * (ratios[at + 1]! - ratios[at]!)
    const high = ratios[at + nodeCols]! + (x - i) * (ratios[at + nodeCols + 1]! - ratios[at + nodeCols]!)
    values[col]! *= low + (y - j) * (high - low)
  }
}
