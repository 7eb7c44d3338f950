import { integerArgument } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** Deepest order of tiles: their pixels, 512 to a side, are then of HEALPix order 29. */
export const MAX_TILE_ORDER = 20
/** Pixels along a side of a tile are 2 to this power. */
export const TILE_PIXEL_ORDER = 9
/** Pixels along a side of a tile. */
export const TILE_SIDE = 512

/** An order of tiles as the argument of a program. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function orderArgument(text: string): number {
  return checkedTileOrder(integerArgument(text, `HEALPix order (${text}) must be a whole number`))
}

/** An order of tiles, checked. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function checkedTileOrder(order: number): number {
  if (Number.isInteger(order) && order >= 0 && order <= MAX_TILE_ORDER) return order
  throw new MontageError(
    'MONTAGE_BAD_ARGUMENT',
    `HEALPix order (${order}) must be from 0 to ${MAX_TILE_ORDER}`,
    {
      found: String(order),
      allowed: `0 to ${MAX_TILE_ORDER}`,
    },
  )
}
