import { WcsError } from '../errors.ts'
import {
  type CellRanges,
  FACE_HIGH,
  joinRanges,
  lowWordPlace,
  WORD,
  wordsOf,
} from '../healpix/cell-ranges.ts'
import { checkedOrder, FACE_COUNT, MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'

/**
 * A multi-order coverage map: a part of the sky (ICRS) as a set of HEALPix cells.
 *
 * Source: MOC: Multi-Order Coverage map 2.0, IVOA Recommendation 27 July 2022 (Fernique et al.), the space dimension.
 */
export interface Moc {
  /** The order of its smallest cells: all bounds lie on cells of this order. 0 to 29. */
  readonly maxOrder: number
  /**
   * Ranges of nested indices at order 29: start, end (not included), start, end ... ascending, apart from each other, so that equal parts of the sky
   * have equal ranges.
   */
  readonly ranges: CellRanges
}

/** End of the sky: cells of order 29. */
export const SKY_END: bigint = 12n << 58n
const SKY_END_HIGH = FACE_COUNT * FACE_HIGH

/** The MOC without any sky. */
export function emptyMoc(maxOrder: number): Moc {
  return { maxOrder: checkedOrder(maxOrder), ranges: new BigUint64Array(0) }
}

/** The MOC of the whole sky. */
export function fullMoc(maxOrder: number): Moc {
  return { maxOrder: checkedOrder(maxOrder), ranges: BigUint64Array.of(0n, SKY_END) }
}

/**
 * MOC of ranges of nested indices at order 29 (start, end not included, ...) in any order, also overlapping; bounds inside a cell of
 * `maxOrder` take in the whole cell.
 *
 * @throws {WcsError} `WCS_BAD_MOC` for an odd number of bounds, an end before its start or beyond the sky
 */
export function mocFromRanges(bounds: BigUint64Array, maxOrder: number = MAX_HEALPIX_ORDER): Moc {
  checkedOrder(maxOrder)
  if (bounds.length % 2 !== 0) {
    throw new WcsError('WCS_BAD_MOC', 'ranges come as start and end', {
      found: `${bounds.length} bounds`,
      allowed: 'an even number',
    })
  }
  checkBounds(bounds)
  return { maxOrder, ranges: joinRanges(bounds, maxOrder) }
}

function checkBounds(bounds: BigUint64Array): void {
  const words = wordsOf(bounds)
  const low = lowWordPlace()
  const high = 1 - low
  for (let i = 0; i < words.length; i += 4) {
    const startHigh = words[i + high]!
    const endHigh = words[i + 2 + high]!
    const endLow = words[i + 2 + low]!
    const isForward = startHigh < endHigh || (startHigh === endHigh && words[i + low]! <= endLow)
    if (isForward && (endHigh < SKY_END_HIGH || (endHigh === SKY_END_HIGH && endLow === 0))) continue
    throw new WcsError('WCS_BAD_MOC', `range ${i / 4} is none`, {
      found: `${bounds[i / 2]!} to ${bounds[i / 2 + 1]!}`,
      allowed: `0 to ${SKY_END}, the end not before the start`,
    })
  }
}

/** A coarser MOC that holds all of this one; itself when the order is not coarser. */
export function degradeMoc(moc: Moc, order: number): Moc {
  checkedOrder(order)
  if (order >= moc.maxOrder) return moc
  return { maxOrder: order, ranges: joinRanges(moc.ranges, order) }
}

/** Part of the sky that a MOC covers, 0 to 1. */
export function mocSkyFraction(moc: Moc): number {
  const words = wordsOf(moc.ranges)
  const low = lowWordPlace()
  const high = 1 - low
  let highs = 0
  let lows = 0
  for (let i = 0; i < words.length; i += 4) {
    // Sums of differences of words are exact; a difference of 62-bit numbers would not be.
    highs += words[i + 2 + high]! - words[i + high]!
    lows += words[i + 2 + low]! - words[i + low]!
  }
  return (highs + lows / WORD) / SKY_END_HIGH
}

/** Solid angle that a MOC covers in steradians. */
export function mocAreaSr(moc: Moc): number {
  return mocSkyFraction(moc) * 4 * Math.PI
}

/** True when two MOCs cover the same part of the sky, whatever their orders. */
export function mocEquals(a: Moc, b: Moc): boolean {
  return a.ranges.length === b.ranges.length && a.ranges.every((bound, i) => bound === b.ranges[i])
}
