import { cellOfPlane } from '@skyloom/mosaic'
import { cellFromNested, type HealpixCell, healpixCellCount } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import { checkedTileOrder } from './order-argument.ts'

/** The cell of a tile number. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function tileCell(order: number, tile: number): HealpixCell {
  const count = healpixCellCount(checkedTileOrder(order))
  if (Number.isInteger(tile) && tile >= 0 && tile < count) return cellFromNested(order, tile)
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `There is no tile ${tile} of order ${order}.`, {
    found: String(tile),
    allowed: `0 to ${count - 1}`,
  })
}

/** The cell at a place of the plane. @throws MontageError `MONTAGE_NO_RESULT` between the faces */
export function planeTileCell(order: number, col: number, row: number): HealpixCell {
  const cell = cellOfPlane({ order: checkedTileOrder(order), col, row })
  if (cell !== undefined) return cell
  throw new MontageError('MONTAGE_NO_RESULT', 'Location invalid.', {
    found: `column ${col}, row ${row}`,
    remedy: 'the twelve faces fill thirteen of the 5 x 5 squares along the diagonal',
  })
}
