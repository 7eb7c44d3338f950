import { cellFromUniq, uniqBigOf } from '../healpix/nested-index.ts'
import { type Moc, mocFromRanges } from './moc.ts'
import { mocCellsByOrder, mocFromCells } from './moc-cells.ts'

/** How a FITS file lists a MOC: unique identifiers of its cells (MOC 1 and 2), or its ranges at order 29 (MOC 2). */
export type MocCoding = 'NUNIQ' | 'RANGE'

/** The values of the one column (64-bit integers) of a MOC in FITS. */
export function mocColumn(moc: Moc, coding: MocCoding): BigInt64Array {
  if (coding === 'RANGE') return BigInt64Array.from(moc.ranges)
  return BigInt64Array.from(mocCellsByOrder(moc).flatMap((cells) => cells.map(uniqBigOf)))
}

/**
 * MOC of the values of a column.
 *
 * @param maxOrder order of the MOC; default 29 for ranges and the finest cell for identifiers
 * @throws {WcsError} `WCS_BAD_MOC` or `WCS_BAD_HEALPIX` for values that are no ranges or identifiers
 */
export function mocFromColumn(values: BigInt64Array, coding: MocCoding, maxOrder?: number): Moc {
  // A negative bound becomes one far beyond the sky and is refused as such.
  if (coding === 'RANGE') return mocFromRanges(BigUint64Array.from(values), maxOrder)
  return mocFromCells(Array.from(values, cellFromUniq), maxOrder)
}
