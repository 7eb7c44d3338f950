import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import type { ApproximateMap, PixelMap } from '@skyloom/wcs'
import type { Region } from '../region.ts'

/** A map of corner coordinates with its approximation. */
export interface ProjectMap {
  readonly grid: ApproximateMap
  readonly exact: PixelMap
}

/** Blocks of pixel memory that corner positions need. */
export interface CornerScratch {
  /** float64, both coordinates of the corners of the largest tile. */
  readonly cornersAt: number
  /** `gridScratchBytes` for node positions. */
  readonly gridAt: number
}

/** Bytes of scratch for the grid nodes of one row of tiles of this height. */
export function gridScratchBytes(grid: ApproximateMap, tileHeight: number): number {
  return 2 * 8 * grid.nodeCols * Math.min(grid.nodeRows, Math.ceil(tileHeight / grid.step) + 4)
}

/** The node rows of a grid that a row of tiles needs, its cells with one ring around them, brought into pixel memory. */
export function loadBand(
  views: PixelViews,
  { grid, exact }: ProjectMap,
  row: number,
  height: number,
  gridAt: number,
): ProjectMap {
  const band = gridRows(grid, row, height)
  const nodes = band.nodeCols * band.nodeRows
  views.f64(gridAt, nodes).set(band.x)
  views.f64(gridAt + nodes * 8, nodes).set(band.y)
  return { grid: band, exact }
}

/** The node rows of a grid that a row of tiles needs: its cells with one ring around them. */
function gridRows(grid: ApproximateMap, row: number, height: number): ApproximateMap {
  const first = Math.max(0, Math.floor((row - grid.originRow) / grid.step) - 1)
  const last = Math.min(grid.nodeRows - 1, Math.ceil((row + height - grid.originRow) / grid.step) + 1)
  const { nodeCols } = grid
  const cellCols = nodeCols - 3
  return {
    ...grid,
    originRow: grid.originRow + first * grid.step,
    nodeRows: last - first + 1,
    x: grid.x.subarray(first * nodeCols, (last + 1) * nodeCols),
    y: grid.y.subarray(first * nodeCols, (last + 1) * nodeCols),
    exactCells: grid.exactCells.subarray(first * cellCols, (last - 2) * cellCols),
  }
}

/**
 * Writes the mapped corners of a tile to the scratch: (width + 1) * (height + 1) x, then as many y.
 *
 * @param band what `loadBand` gave for the row of tiles
 * @returns byte offset of the y
 */
export function tileCorners(
  views: PixelViews,
  kernels: PixelKernels,
  band: ProjectMap,
  tile: Region,
  scratch: CornerScratch,
): number {
  const { grid } = band
  const nodeBytes = grid.nodeCols * grid.nodeRows * 8
  const cornerCount = (tile.width + 1) * (tile.height + 1)
  const cornersYAt = scratch.cornersAt + cornerCount * 8
  kernels.cornersFromGrid(
    scratch.gridAt,
    scratch.gridAt + nodeBytes,
    grid.nodeCols,
    grid.nodeRows,
    grid.originCol,
    grid.originRow,
    grid.step,
    tile.col,
    tile.row,
    tile.width,
    tile.height,
    scratch.cornersAt,
    cornersYAt,
  )
  exactCorners(views.f64(scratch.cornersAt, cornerCount), views.f64(cornersYAt, cornerCount), band, tile)
  return cornersYAt
}

/**
 * Replaces interpolated corners by exact ones in the cells where the grid says so. A corner belongs to the cell on whose
 * left or lower edge it lies, so the result does not depend on how the region is cut into tiles.
 */
function exactCorners(cornersX: Float64Array, cornersY: Float64Array, map: ProjectMap, tile: Region): void {
  const { grid } = map
  const cellCols = grid.nodeCols - 3
  const firstCellCol = Math.floor((tile.col - grid.originCol) / grid.step) - 1
  const firstCellRow = Math.floor((tile.row - grid.originRow) / grid.step) - 1
  const lastCellCol = Math.min(
    cellCols - 1,
    Math.floor((tile.col + tile.width - grid.originCol) / grid.step) - 1,
  )
  const lastCellRow = Math.min(
    grid.nodeRows - 4,
    Math.floor((tile.row + tile.height - grid.originRow) / grid.step) - 1,
  )
  for (let cellRow = firstCellRow; cellRow <= lastCellRow; cellRow++) {
    for (let cellCol = firstCellCol; cellCol <= lastCellCol; cellCol++) {
      if (grid.exactCells[cellRow * cellCols + cellCol] === 1) {
        exactCell(
          cornersX,
          cornersY,
          map,
          tile,
          cellCol,
          cellRow,
          cellCol === cellCols - 1,
          cellRow === grid.nodeRows - 4,
        )
      }
    }
  }
}

function exactCell(
  cornersX: Float64Array,
  cornersY: Float64Array,
  { grid, exact }: ProjectMap,
  tile: Region,
  cellCol: number,
  cellRow: number,
  isLastCol: boolean,
  isLastRow: boolean,
): void {
  const left = grid.originCol + (cellCol + 1) * grid.step
  const bottom = grid.originRow + (cellRow + 1) * grid.step
  const fromCol = Math.max(left, tile.col)
  const toCol = Math.min(left + grid.step - (isLastCol ? 0 : 1), tile.col + tile.width)
  const fromRow = Math.max(bottom, tile.row)
  const toRow = Math.min(bottom + grid.step - (isLastRow ? 0 : 1), tile.row + tile.height)
  const count = Math.max(0, toCol - fromCol + 1)
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  const mappedX = new Float64Array(count)
  const mappedY = new Float64Array(count)
  for (let row = fromRow; row <= toRow && count > 0; row++) {
    for (let i = 0; i < count; i++) {
      x[i] = fromCol + i
      y[i] = row
    }
    exact(x, y, mappedX, mappedY, count)
    const at = (row - tile.row) * (tile.width + 1) + (fromCol - tile.col)
    cornersX.set(mappedX, at)
    cornersY.set(mappedY, at)
  }
}
