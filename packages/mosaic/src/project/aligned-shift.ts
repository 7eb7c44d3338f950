import { approximateMap, pixelMap, type Wcs } from '@skyloom/wcs'
import type { Region } from '../region.ts'

/** How an image whose pixels lie on those of the template is placed. */
export interface AlignedShift {
  /** Column and row of the template on which the image's first pixel lies. */
  readonly col: number
  readonly row: number
  /** How far the maps of both may lie apart, pixels. */
  readonly errorPx: number
}

/**
 * Positions this near to whole pixels count as whole ones: far above what the way over the sky and back loses to rounding, far below what any
 * value could show (a pixel takes this part of its neighbour).
 */
const WHOLE_PX = 1e-7
/** Distance of the nodes at which the map is looked at. */
const STEP = 128

/**
 * The shift by whole pixels that leads from an image to the template; undefined when there is none. Such an image needs no reprojection:
 * every method gives its pixels as they are.
 *
 * The map is measured at the nodes of a grid and between them, as for any reprojection, so equal grids are found however they are written.
 *
 * @param region the part of the template that the image may cover
 */
export function alignedShift(imageWcs: Wcs, templateWcs: Wcs, region: Region): AlignedShift | undefined {
  const exact = pixelMap(templateWcs, imageWcs)
  const corners = {
    x: Float64Array.of(region.col, region.col + region.width, region.col),
    y: Float64Array.of(region.row, region.row, region.row + region.height),
  }
  const [x, y] = [new Float64Array(3), new Float64Array(3)]
  exact(corners.x, corners.y, x, y, 3)
  const col = Math.round(region.col - x[0]!)
  const row = Math.round(region.row - y[0]!)
  const isWhole = (i: number): boolean =>
    Math.abs(x[i]! + col - corners.x[i]!) <= WHOLE_PX && Math.abs(y[i]! + row - corners.y[i]!) <= WHOLE_PX
  // Most images are told apart by this, without a grid.
  if (!(isWhole(0) && isWhole(1) && isWhole(2))) return undefined
  const grid = approximateMap(exact, region, { boundPx: WHOLE_PX, step: STEP })
  if (grid.exactCellCount > 0) return undefined
  let errorPx = 0
  for (let node = 0; node < grid.x.length; node++) {
    const fromCol = grid.originCol + grid.step * (node % grid.nodeCols)
    const fromRow = grid.originRow + grid.step * Math.floor(node / grid.nodeCols)
    const distance = Math.max(
      Math.abs(grid.x[node]! + col - fromCol),
      Math.abs(grid.y[node]! + row - fromRow),
    )
    if (!(distance <= WHOLE_PX)) return undefined
    errorPx = Math.max(errorPx, distance)
  }
  return { col, row, errorPx: errorPx + grid.maxErrorPx }
}
