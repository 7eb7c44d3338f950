import { areaScratchBytes, type PixelKernels, type PixelViews } from '@skyloom/kernels'
import type { ApproximateMap, PixelMap } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import { type PixelPlane, pixelAt } from '../pixel-plane.ts'
import type { Region } from '../region.ts'

/** Side of an output tile in pixels: its corners and the part of the image under it stay in cache. */
export const TILE_SIDE = 64
/** Bytes of the corner positions of a full tile, both coordinates. */
export const CORNER_BYTES: number = 2 * 8 * (TILE_SIDE + 1) ** 2

/** The part of an input image that is in pixel memory. */
export interface ImageWindow {
  readonly plane: PixelPlane
  /** Column and row of the image that the plane starts with. */
  readonly col: number
  readonly row: number
  /** Weight plane with the same stride; 0 when there is none. */
  readonly weightAt: number
}

/** Where the reprojected pixels go: both planes cover `region` of the template. */
export interface ProjectTarget {
  readonly region: Region
  readonly value: PixelPlane
  readonly coverage: PixelPlane
}

/** Memory that a projection works in. */
export interface ProjectScratch {
  /** `CORNER_BYTES` for corner positions. */
  readonly cornersAt: number
  /** `gridScratchBytes` for node positions. */
  readonly gridAt: number
  readonly areaAt: number
  readonly areaBytes: number
}

/** The map from template corner coordinates to image corner coordinates. */
export interface ProjectMap {
  readonly grid: ApproximateMap
  readonly exact: PixelMap
}

/**
 * Reprojects an image onto the template by exact area overlap: each template pixel is mapped to a quadrilateral of the
 * image, its value is the mean surface brightness there and its coverage the covered fraction of the quadrilateral.
 * Surface brightness is kept; flux per pixel is this value times the ratio of pixel areas.
 *
 * @param throwIfAborted called before each row of tiles
 * @throws MosaicError `MOSAIC_MEMORY` when one template pixel covers more of the image than the scratch holds
 *
 * Accuracy: positions within the bound of the grid; areas to about 1e-12 relative, stored as float32.
 */
export function projectImage(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  map: ProjectMap,
  target: ProjectTarget,
  scratch: ProjectScratch,
  throwIfAborted: () => void = () => undefined,
): void {
  const { region } = target
  for (let row = 0; row < region.height; row += TILE_SIDE) {
    throwIfAborted()
    const height = Math.min(TILE_SIDE, region.height - row)
    const band = { grid: gridRows(map.grid, region.row + row, height), exact: map.exact }
    const nodes = band.grid.nodeCols * band.grid.nodeRows
    views.f64(scratch.gridAt, nodes).set(band.grid.x)
    views.f64(scratch.gridAt + nodes * 8, nodes).set(band.grid.y)
    for (let col = 0; col < region.width; col += TILE_SIDE) {
      const width = Math.min(TILE_SIDE, region.width - col)
      const tile = { col: region.col + col, row: region.row + row, width, height }
      projectTile(views, kernels, image, band, target, scratch, tile)
    }
  }
}

/** Bytes of scratch for the grid nodes of one row of tiles. */
export function gridScratchBytes(grid: ApproximateMap): number {
  return 2 * 8 * grid.nodeCols * Math.min(grid.nodeRows, Math.ceil(TILE_SIDE / grid.step) + 4)
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

function projectTile(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  map: ProjectMap,
  target: ProjectTarget,
  scratch: ProjectScratch,
  tile: Region,
): void {
  if (missesImage(map.grid, tile, image)) {
    blankTile(views, target, tile)
    return
  }
  const { grid } = map
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
  exactCorners(views.f64(scratch.cornersAt, cornerCount), views.f64(cornersYAt, cornerCount), map, tile)
  const status = kernels.areaTile(
    image.plane.at,
    image.col,
    image.row,
    image.plane.width,
    image.plane.height,
    image.plane.stride,
    image.weightAt,
    scratch.cornersAt,
    cornersYAt,
    tile.width,
    tile.height,
    pixelAt(target.value, tile.col - target.region.col, tile.row - target.region.row),
    pixelAt(target.coverage, tile.col - target.region.col, tile.row - target.region.row),
    target.value.stride,
    scratch.areaAt,
    scratch.areaBytes,
  )
  if (status !== 0) {
    for (const part of splitTile(tile)) projectTile(views, kernels, image, map, target, scratch, part)
  }
}

/** Halves the longer side. */
function splitTile(tile: Region): readonly Region[] {
  const { col, row, width, height } = tile
  if (width === 1 && height === 1) {
    throw new MosaicError('MOSAIC_MEMORY', 'one mosaic pixel covers too many image pixels', {
      where: [`mosaic pixel ${col + 1}, ${row + 1}`],
      remedy: 'use a finer pixel scale for the mosaic or shrink the images first',
    })
  }
  if (width >= height) {
    const half = Math.ceil(width / 2)
    return [
      { col, row, width: half, height },
      { col: col + half, row, width: width - half, height },
    ]
  }
  const half = Math.ceil(height / 2)
  return [
    { col, row, width, height: half },
    { col, row: row + half, width, height: height - half },
  ]
}

/** Interpolation may reach this far beyond the nodes around a tile, in pixels of the image. */
const NODE_MARGIN = 2

/** True when no pixel of the tile can touch the image: all nodes around it are known and lie to one side. */
function missesImage(grid: ApproximateMap, tile: Region, image: ImageWindow): boolean {
  const firstCol = Math.max(0, Math.floor((tile.col - grid.originCol) / grid.step) - 1)
  const firstRow = Math.max(0, Math.floor((tile.row - grid.originRow) / grid.step) - 1)
  const lastCol = Math.min(
    grid.nodeCols - 1,
    Math.ceil((tile.col + tile.width - grid.originCol) / grid.step) + 1,
  )
  const lastRow = Math.min(
    grid.nodeRows - 1,
    Math.ceil((tile.row + tile.height - grid.originRow) / grid.step) + 1,
  )
  let left = Infinity
  let right = -Infinity
  let bottom = Infinity
  let top = -Infinity
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      const x = grid.x[row * grid.nodeCols + col]!
      const y = grid.y[row * grid.nodeCols + col]!
      if (!(Number.isFinite(x) && Number.isFinite(y))) return false
      left = Math.min(left, x)
      right = Math.max(right, x)
      bottom = Math.min(bottom, y)
      top = Math.max(top, y)
    }
  }
  const { plane } = image
  return (
    right < image.col - NODE_MARGIN ||
    left > image.col + plane.width + NODE_MARGIN ||
    top < image.row - NODE_MARGIN ||
    bottom > image.row + plane.height + NODE_MARGIN
  )
}

function blankTile(views: PixelViews, target: ProjectTarget, tile: Region): void {
  for (let row = 0; row < tile.height; row++) {
    const col = tile.col - target.region.col
    const targetRow = tile.row - target.region.row + row
    views.f32(pixelAt(target.value, col, targetRow), tile.width).fill(Number.NaN)
    views.f32(pixelAt(target.coverage, col, targetRow), tile.width).fill(0)
  }
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

/** Scratch bytes that let full tiles through in one go where one template pixel covers about one image pixel. */
export const AREA_SCRATCH_BYTES: number = areaScratchBytes(
  4 * TILE_SIDE,
  4 * TILE_SIDE,
  TILE_SIDE,
  TILE_SIDE,
  true,
)
