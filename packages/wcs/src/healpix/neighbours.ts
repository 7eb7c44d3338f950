import { checkedCell, type HealpixCell } from './cell.ts'

/** Directions in the order of {@link healpixNeighbours}. */
export const NEIGHBOUR_DIRECTIONS = ['SW', 'W', 'NW', 'N', 'NE', 'E', 'SE', 'S'] as const

const STEPS = [
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
] as const

/**
 * The cells around a cell in the order SW, W, NW, N, NE, E, SE, S. One of them is `undefined` for the cells at the eight points of the sphere where
 * only three base faces meet.
 */
export function healpixNeighbours(cell: HealpixCell): (HealpixCell | undefined)[] {
  const { order, face, x, y } = checkedCell(cell)
  return STEPS.map(([dx, dy]) => placeOn(order, face, x + dx, y + dy))
}

/** The cell at a place that may lie one step beyond the edge of its face. */
function placeOn(order: number, face: number, x: number, y: number): HealpixCell | undefined {
  const nside = 2 ** order
  const overX = x < 0 ? -1 : x >= nside ? 1 : 0
  const overY = y < 0 ? -1 : y >= nside ? 1 : 0
  if (overX === 0 && overY === 0) return { order, face, x, y }
  const row = face >> 2
  const column = face & 3
  const at = (toRow: number, toColumn: number, toX: number, toY: number): HealpixCell => ({
    order,
    face: 4 * toRow + ((toColumn + 4) & 3),
    x: toX,
    y: toY,
  })
  if (overX !== 0 && overY !== 0) return acrossCorner(row, column, overX, overY, nside - 1, at)
  switch (row) {
    case 0:
      // Towards the pole the neighbour is turned by a quarter: its other side touches.
      if (overX > 0) return at(0, column + 1, y, nside - 1)
      if (overY > 0) return at(0, column - 1, nside - 1, x)
      return overX < 0 ? at(1, column, nside - 1, y) : at(1, column + 1, x, nside - 1)
    case 1:
      if (overX > 0) return at(0, column, 0, y)
      if (overY > 0) return at(0, column - 1, x, 0)
      return overX < 0 ? at(2, column - 1, nside - 1, y) : at(2, column, x, nside - 1)
    default:
      if (overX > 0) return at(1, column + 1, 0, y)
      if (overY > 0) return at(1, column, x, 0)
      return overX < 0 ? at(2, column - 1, y, 0) : at(2, column + 1, 0, x)
  }
}

type CellMaker = (row: number, column: number, x: number, y: number) => HealpixCell

/** The cell that touches a corner of a face from opposite, where four faces meet. */
function acrossCorner(
  row: number,
  column: number,
  overX: number,
  overY: number,
  last: number,
  at: CellMaker,
): HealpixCell | undefined {
  if (row === 1) {
    if (overX === overY) return undefined
    return overX > 0 ? at(1, column + 1, 0, last) : at(1, column - 1, last, 0)
  }
  if (overX !== overY) return undefined
  const isNorthern = row === 0
  if (overX > 0) return isNorthern ? at(0, column + 2, last, last) : at(0, column, 0, 0)
  return isNorthern ? at(2, column, last, last) : at(2, column + 2, 0, 0)
}
