import { WcsError } from '../errors.ts'
import type { PixelMap } from './pixel-map.ts'

/** A rectangle of pixels: columns `col` to `col + width - 1`, rows `row` to `row + height - 1`. */
export interface PixelRegion {
  readonly col: number
  readonly row: number
  readonly width: number
  readonly height: number
}

/**
 * A map between pixels given at the nodes of a grid, to be interpolated with a 4 x 4 Lagrange cubic. Plain data.
 *
 * Node (i, j) stands at corner coordinates (`originCol` + i `step`, `originRow` + j `step`) of the first image; its place in the
 * second is `x`, `y` at j `nodeCols` + i. Cell (i, j) lies between nodes (i + 1, j + 1) and (i + 2, j + 2): there is one ring of
 * nodes more than cells need corners, on every side.
 */
export interface ApproximateMap {
  /** The pixels of the first image the map was made for. */
  readonly region: PixelRegion
  /** Distance of nodes in pixels. */
  readonly step: number
  readonly originCol: number
  readonly originRow: number
  readonly nodeCols: number
  readonly nodeRows: number
  /** Places of the nodes in the second image, corner coordinates; NaN where there is none. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** 1 for each cell that must be evaluated with the exact map; (`nodeCols` - 3) by (`nodeRows` - 3), row after row. */
  readonly exactCells: Uint8Array
  /** Number of cells with a 1. */
  readonly exactCellCount: number
  /** Largest error of the other cells, pixels of the second image: the largest measured with a margin of a quarter. */
  readonly maxErrorPx: number
  /** The error that was asked for. */
  readonly boundPx: number
}

/** How to approximate a map. */
export interface ApproximateMapOptions {
  /** Largest error allowed, in pixels of the second image; default 0.001. */
  readonly boundPx?: number
  /** Distance of nodes to begin with, in pixels; it is halved down to 4. Default 32. */
  readonly step?: number
  /**
   * A wider distance that is tried first, and taken only where its error is below a thousandth of the bound: most pairs of images are
   * so smooth, and a grid of 128 pixels costs a sixteenth of one of 32. Default: none.
   */
  readonly smoothStep?: number
}

/** Nodes nearer than this make the grid dearer than the exact map is worth. */
export const MIN_STEP = 4
/** Part of the bound that the wide grid must keep, so that it is as good as exact. */
const SMOOTH_PART = 1e-3
/** Exact positions that a grid costs for each cell: a node, a centre and two edges. */
const POINTS_PER_CELL = 4
/**
 * Between the test points a cubic may be off by a little more than at them: by less than a tenth where the map's fourth derivative is
 * about constant over a cell. Measured errors are multiplied by this.
 */
const SAFETY = 1.25
/** Nodes of a grid that are allowed: with the work arrays they take a quarter of a gigabyte. */
const MAX_NODES = 4_000_000

/**
 * Approximates an exact map over a region within a bound that is measured.
 *
 * The interpolation is compared with the exact map in the middle of every cell and of every cell edge, where the error of a
 * cubic is largest. Where the bound is not met the step is halved as long as that costs less than exact evaluation would; cells
 * that still fail are marked in `exactCells`, as are cells with a node or a test point that has no place in the second image. A
 * jump (the seam of an all-sky map) fails the bound by far, so cells over it are marked too.
 *
 * @param exact exact map in corner coordinates, as {@link pixelMap} makes it
 * @throws {WcsError} `WCS_BAD_MAP` for a region, bound or step that makes no sense
 *
 * Accuracy: `maxErrorPx` at the test points; between two TAN images of arcsecond pixels 1e-10 pixel with a step of 32.
 */
export function approximateMap(
  exact: PixelMap,
  region: PixelRegion,
  options: ApproximateMapOptions = {},
): ApproximateMap {
  const boundPx = options.boundPx ?? 0.001
  const firstStep = options.step ?? 32
  checkArguments(region, boundPx, firstStep)
  if (options.smoothStep !== undefined) {
    checkArguments(region, boundPx, options.smoothStep)
    const { map } = gridOf(exact, region, options.smoothStep, boundPx * SMOOTH_PART)
    if (map.exactCellCount === 0) return { ...map, boundPx }
  }
  let best = gridOf(exact, region, firstStep, boundPx)
  for (let step = firstStep / 2; step >= MIN_STEP && Number.isInteger(step); step /= 2) {
    // Positions that a finer grid evaluates, against those it could save.
    const gridCost = (POINTS_PER_CELL * region.width * region.height) / (step * step)
    if (best.failedCount * best.map.step * best.map.step <= gridCost) break
    if (nodeCount(region, step) > MAX_NODES) break
    const finer = gridOf(exact, region, step, boundPx)
    if (exactPositions(finer.map) + gridCost < exactPositions(best.map)) best = finer
  }
  return best.map
}

/** Nodes of a grid, rounded up. */
function nodeCount({ width, height }: PixelRegion, step: number): number {
  return (width / step + 4) * (height / step + 4)
}

function checkArguments(region: PixelRegion, boundPx: number, step: number): void {
  if (!Number.isInteger(step) || step < 1 || step > 1024) {
    throw new WcsError('WCS_BAD_MAP', 'step of a map is not a whole number of pixels', {
      found: String(step),
      allowed: '1 to 1024',
    })
  }
  const { col, row, width, height } = region
  const isWhole = [col, row, width, height].every((value) => Number.isSafeInteger(value))
  if (!isWhole || width < 1 || height < 1 || !(nodeCount(region, step) <= MAX_NODES)) {
    throw new WcsError('WCS_BAD_MAP', 'region of a map is not one of pixels', {
      found: `col ${col}, row ${row}, width ${width}, height ${height}`,
      allowed: `whole numbers, at least one pixel, at most ${MAX_NODES} nodes`,
      remedy: 'map a large image in parts',
    })
  }
  if (!(boundPx > 0)) {
    throw new WcsError('WCS_BAD_MAP', 'bound of a map is not positive', {
      found: String(boundPx),
      allowed: 'above 0 pixels, for example 0.001',
    })
  }
}

/** Positions left to the exact map. */
function exactPositions(map: ApproximateMap): number {
  return map.exactCellCount * map.step * map.step
}

/** The grid of one step with its errors measured, and the number of cells that fail though the second image is seen. */
function gridOf(
  exact: PixelMap,
  region: PixelRegion,
  step: number,
  boundPx: number,
): { readonly map: ApproximateMap; readonly failedCount: number } {
  const cellCols = Math.ceil(region.width / step)
  const cellRows = Math.ceil(region.height / step)
  const nodeCols = cellCols + 3
  const nodeRows = cellRows + 3
  const originCol = region.col - step
  const originRow = region.row - step
  const x = new Float64Array(nodeCols * nodeRows)
  const y = new Float64Array(nodeCols * nodeRows)
  fillGrid(exact, originCol, originRow, step, nodeCols, nodeRows, x, y)
  const grid = { nodeCols, nodeRows, x, y }
  const cellCount = cellCols * cellRows
  const errors = { errorPx: new Float64Array(cellCount), isSeen: new Uint8Array(cellCount) }
  measureCentres(exact, region, step, grid, errors)
  measureRowEdges(exact, region, step, grid, errors)
  measureColumnEdges(exact, region, step, grid, errors)
  const exactCells = new Uint8Array(cellCount)
  let exactCellCount = 0
  let maxErrorPx = 0
  let unseenCount = 0
  for (let cell = 0; cell < cellCount; cell++) {
    const error = errors.errorPx[cell]! * SAFETY
    if (error <= boundPx) {
      if (error > maxErrorPx) maxErrorPx = error
    } else {
      exactCells[cell] = 1
      exactCellCount++
      unseenCount += 1 - errors.isSeen[cell]!
    }
  }
  const map = { region, step, originCol, originRow, ...grid, exactCells, exactCellCount, maxErrorPx, boundPx }
  return { map, failedCount: exactCellCount - unseenCount }
}

interface Grid {
  readonly nodeCols: number
  readonly nodeRows: number
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Evaluates the exact map at the points of a grid. */
function fillGrid(
  exact: PixelMap,
  firstX: number,
  firstY: number,
  step: number,
  cols: number,
  rows: number,
  x: Float64Array,
  y: Float64Array,
): void {
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++) {
      x[j * cols + i] = firstX + i * step
      y[j * cols + i] = firstY + j * step
    }
  }
  exact(x, y, x, y, cols * rows)
}

/** Weights of the four nodes around the middle of the inner two (Lagrange). */
const OUTER = -1 / 16
const INNER = 9 / 16

/** Largest error of each cell, and whether any of its test points has a place in the second image. */
interface CellErrors {
  readonly errorPx: Float64Array
  readonly isSeen: Uint8Array
}

/** Keeps the larger error of a cell; a place that is missing, interpolated or exact, makes it infinite. */
function raise(errors: CellErrors, cell: number, dx: number, dy: number, exactX: number): void {
  const error = Math.sqrt(dx * dx + dy * dy)
  if (!(error <= errors.errorPx[cell]!)) errors.errorPx[cell] = error >= 0 ? error : Number.POSITIVE_INFINITY
  if (exactX === exactX) errors.isSeen[cell] = 1
}

/** Interpolation along a row between nodes k and k + 1. */
function midOfRow(values: Float64Array, k: number): number {
  return OUTER * (values[k - 1]! + values[k + 2]!) + INNER * (values[k]! + values[k + 1]!)
}

/** The same along a column. */
function midOfColumn(values: Float64Array, k: number, pitch: number): number {
  return OUTER * (values[k - pitch]! + values[k + 2 * pitch]!) + INNER * (values[k]! + values[k + pitch]!)
}

/** Errors in the middle of every cell. */
function measureCentres(
  exact: PixelMap,
  region: PixelRegion,
  step: number,
  grid: Grid,
  errors: CellErrors,
): void {
  const cellCols = grid.nodeCols - 3
  const cellRows = grid.nodeRows - 3
  const x = new Float64Array(cellCols * cellRows)
  const y = new Float64Array(cellCols * cellRows)
  fillGrid(exact, region.col + step / 2, region.row + step / 2, step, cellCols, cellRows, x, y)
  const pitch = grid.nodeCols
  const mid = (values: Float64Array, k: number): number =>
    OUTER * (midOfRow(values, k - pitch) + midOfRow(values, k + 2 * pitch)) +
    INNER * (midOfRow(values, k) + midOfRow(values, k + pitch))
  for (let j = 0; j < cellRows; j++) {
    for (let i = 0; i < cellCols; i++) {
      const k = (j + 1) * pitch + i + 1
      const cell = j * cellCols + i
      raise(errors, cell, mid(grid.x, k) - x[cell]!, mid(grid.y, k) - y[cell]!, x[cell]!)
    }
  }
}

/** Errors in the middle of edges along rows; each counts for the cells above and below. */
function measureRowEdges(
  exact: PixelMap,
  region: PixelRegion,
  step: number,
  grid: Grid,
  errors: CellErrors,
): void {
  const cellCols = grid.nodeCols - 3
  const cellRows = grid.nodeRows - 3
  const x = new Float64Array(cellCols * (cellRows + 1))
  const y = new Float64Array(cellCols * (cellRows + 1))
  fillGrid(exact, region.col + step / 2, region.row, step, cellCols, cellRows + 1, x, y)
  for (let j = 0; j <= cellRows; j++) {
    for (let i = 0; i < cellCols; i++) {
      const k = (j + 1) * grid.nodeCols + i + 1
      const at = j * cellCols + i
      const dx = midOfRow(grid.x, k) - x[at]!
      const dy = midOfRow(grid.y, k) - y[at]!
      if (j < cellRows) raise(errors, at, dx, dy, x[at]!)
      if (j > 0) raise(errors, at - cellCols, dx, dy, x[at]!)
    }
  }
}

/** Errors in the middle of edges along columns; each counts for the cells left and right. */
function measureColumnEdges(
  exact: PixelMap,
  region: PixelRegion,
  step: number,
  grid: Grid,
  errors: CellErrors,
): void {
  const cellCols = grid.nodeCols - 3
  const cellRows = grid.nodeRows - 3
  const pitch = grid.nodeCols
  const x = new Float64Array((cellCols + 1) * cellRows)
  const y = new Float64Array((cellCols + 1) * cellRows)
  fillGrid(exact, region.col, region.row + step / 2, step, cellCols + 1, cellRows, x, y)
  for (let j = 0; j < cellRows; j++) {
    for (let i = 0; i <= cellCols; i++) {
      const k = (j + 1) * pitch + i + 1
      const at = j * (cellCols + 1) + i
      const dx = midOfColumn(grid.x, k, pitch) - x[at]!
      const dy = midOfColumn(grid.y, k, pitch) - y[at]!
      if (i < cellCols) raise(errors, j * cellCols + i, dx, dy, x[at]!)
      if (i > 0) raise(errors, j * cellCols + i - 1, dx, dy, x[at]!)
    }
  }
}
