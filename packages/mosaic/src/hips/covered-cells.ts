import type { HealpixCell } from '@skyloom/wcs'
import { HIPS_TILE_SIDE } from './tile.ts'

/** The coverage map resolves a tile into 2^this parts along each side. */
export const COVERAGE_DEPTH = 4

/** The parts of a tile that hold data, as cells 4 orders deeper; the whole tile as itself when all do. */
export function coveredCells(cell: HealpixCell, data: Float32Array): readonly HealpixCell[] {
  const count = 2 ** COVERAGE_DEPTH
  const side = HIPS_TILE_SIDE / count
  const cells: HealpixCell[] = []
  for (let up = 0; up < count; up++) {
    for (let across = 0; across < count; across++) {
      if (!hasData(data, across * side, up * side, side)) continue
      cells.push({
        order: cell.order + COVERAGE_DEPTH,
        face: cell.face,
        // Columns run to the north-west, along y; rows to the south-west, against x.
        x: cell.x * count + count - 1 - up,
        y: cell.y * count + across,
      })
    }
  }
  return cells.length === count * count ? [cell] : cells
}

function hasData(data: Float32Array, col: number, row: number, side: number): boolean {
  for (let r = row; r < row + side; r++) {
    for (let at = r * HIPS_TILE_SIDE + col, end = at + side; at < end; at++) {
      if (!Number.isNaN(data[at]!)) return true
    }
  }
  return false
}
