import { RegistryError } from '../errors.ts'
import type { SkyCell } from './records.ts'

/** Order of the HEALPix index: the finest whose numbers are exact in a float64; 13 milliarcseconds. */
export const SKY_ORDER = 24
/** Cells of one file at most; coarser cells cover more sky. */
export const MAX_SKY_CELLS = 1024

/** A run of cells of {@link SKY_ORDER}, both ends inclusive. */
export interface SkyRange {
  readonly first: number
  readonly last: number
}

/** The cells of {@link SKY_ORDER} that make up a cell. */
export function skyRange(cell: SkyCell, where: readonly string[]): SkyRange {
  const { order, index } = cell
  const isCell =
    Number.isInteger(order) &&
    order >= 0 &&
    order <= SKY_ORDER &&
    Number.isSafeInteger(index) &&
    index >= 0 &&
    index < 12 * 4 ** order
  if (!isCell) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'this is no HEALPix cell', {
      where,
      found: `order ${order}, index ${index}`,
      allowed: `orders 0 to ${SKY_ORDER}, indices from 0 to below 12 x 4^order`,
    })
  }
  const count = 4 ** (SKY_ORDER - order)
  return { first: index * count, last: (index + 1) * count - 1 }
}
