import { WcsError } from '../errors.ts'
import { joinRanges, lowWordPlace, rangeBuilder, sizeHigh, sizeLow, wordsOf } from '../healpix/cell-ranges.ts'
import { checkedOrder, MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import { type Moc, mocFromRanges } from './moc.ts'
import { forEachCell } from './moc-cells.ts'

/** How a FITS file lists a MOC: unique identifiers of its cells (MOC 1 and 2), or its ranges at order 29 (MOC 2). */
export type MocCoding = 'NUNIQ' | 'RANGE'

/** The values of the one column (64-bit integers) of a MOC in FITS, ascending. */
export function mocColumn(moc: Moc, coding: MocCoding): BigInt64Array {
  return coding === 'RANGE' ? new BigInt64Array(moc.ranges.slice().buffer) : identifiersOf(moc)
}

/** Identifiers 4^(order + 1) + index of the cells, the coarser orders first. */
function identifiersOf(moc: Moc): BigInt64Array {
  const counts = new Int32Array(MAX_HEALPIX_ORDER + 1)
  forEachCell(moc, (order) => {
    counts[order] = counts[order]! + 1
  })
  // Where the next identifier of each order goes.
  const next = new Int32Array(MAX_HEALPIX_ORDER + 1)
  for (let order = 1; order <= MAX_HEALPIX_ORDER; order++) next[order] = next[order - 1]! + counts[order - 1]!
  const values = new BigInt64Array(next[MAX_HEALPIX_ORDER]! + counts[MAX_HEALPIX_ORDER]!)
  const words = wordsOf(values)
  const place = lowWordPlace()
  forEachCell(moc, (order, high, low) => {
    const at = 2 * next[order]!
    next[order] = next[order]! + 1
    const shift = 2 * (MAX_HEALPIX_ORDER - order)
    // The index of order 29 without its last bits, and the mark of the order: bit 2 order + 2.
    const indexHigh = shift >= 32 ? 0 : high >>> shift
    const indexLow =
      shift >= 32 ? high >>> (shift - 32) : shift === 0 ? low : (low >>> shift) | (high << (32 - shift))
    words[at + place] = order <= 14 ? (indexLow >>> 0) + 2 ** (2 * order + 2) : indexLow
    words[at + 1 - place] = order <= 14 ? indexHigh : indexHigh + 2 ** (2 * order - 30)
  })
  return values
}

/**
 * MOC of the values of a column.
 *
 * @param maxOrder order of the MOC; default 29 for ranges and the finest cell for identifiers
 * @throws {WcsError} `WCS_BAD_MOC` for values that are no ranges or identifiers
 */
export function mocFromColumn(values: BigInt64Array, coding: MocCoding, maxOrder?: number): Moc {
  // A negative bound becomes one far beyond the sky and is refused as such.
  if (coding === 'RANGE') return mocFromRanges(new BigUint64Array(values.slice().buffer), maxOrder)
  const words = wordsOf(values)
  const place = lowWordPlace()
  const builder = rangeBuilder(false)
  let finest = 0
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1 - place]!
    const low = words[i + place]!
    // Place of the highest bit: 2 order + 2 or 2 order + 3.
    const length = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(low)
    const order = (length >> 1) - 1
    if (order < 0 || order > MAX_HEALPIX_ORDER) throw noIdentifier(values, i / 2)
    const indexHigh = order <= 14 ? 0 : high - 2 ** (2 * order - 30)
    const indexLow = order <= 14 ? low - 2 ** (2 * order + 2) : low
    const shift = 2 * (MAX_HEALPIX_ORDER - order)
    const startHigh =
      shift >= 32
        ? indexLow << (shift - 32)
        : shift === 0
          ? indexHigh
          : (indexHigh << shift) | (indexLow >>> (32 - shift))
    const startLow = shift >= 32 ? 0 : (indexLow << shift) >>> 0
    builder.addRange(startHigh, startLow, sizeHigh(order), sizeLow(order))
    finest = Math.max(finest, order)
  }
  const order = checkedOrder(maxOrder ?? finest)
  return { maxOrder: order, ranges: joinRanges(builder.finish(), order) }
}

function noIdentifier(values: BigInt64Array, i: number): WcsError {
  return new WcsError('WCS_BAD_MOC', 'not a unique identifier of HEALPix', {
    where: [`value ${i}`],
    found: String(values[i]),
    allowed: '4 to 4611686018427387903 (2^62 - 1)',
  })
}
