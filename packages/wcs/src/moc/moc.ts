import { WcsError } from '../errors.ts'
import type { CellRanges } from '../healpix/cell-ranges.ts'
import { lowWordPlace, wordsOf } from '../healpix/cell-ranges.ts'
import { checkedOrder, MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'

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
  const starts = bounds.filter((_, i) => i % 2 === 0)
  const ends = bounds.filter((_, i) => i % 2 === 1)
  starts.forEach((start, i) => {
    const end = ends[i]!
    if (start > end || end > SKY_END) {
      throw new WcsError('WCS_BAD_MOC', `range ${i} is none`, {
        found: `${start} to ${end}`,
        allowed: `0 to ${SKY_END}, the end not before the start`,
      })
    }
  })
  return { maxOrder, ranges: outward(starts, ends, maxOrder) }
}

/** Joins ranges given by starts and ends (which it sorts) and widens them to cells of an order. */
function outward(starts: BigUint64Array, ends: BigUint64Array, order: number): CellRanges {
  const mask = (1n << BigInt(2 * (MAX_HEALPIX_ORDER - order))) - 1n
  for (let i = 0; i < starts.length; i++) {
    // An empty range must not grow to a cell.
    if (starts[i] === ends[i]) {
      starts[i] = SKY_END
      ends[i] = SKY_END
    }
    starts[i] = starts[i]! & ~mask
    ends[i] = (ends[i]! + mask) & ~mask
  }
  starts.sort()
  ends.sort()
  const out = new BigUint64Array(2 * starts.length)
  let used = 0
  let depth = 0
  let nextEnd = 0
  // Sorted starts and sorted ends tell how many ranges are open; a joined range begins and ends where none is.
  for (const start of starts) {
    while (nextEnd < ends.length && ends[nextEnd]! < start) {
      depth--
      if (depth === 0) out[used++] = ends[nextEnd]!
      nextEnd++
    }
    if (depth === 0) out[used++] = start
    depth++
  }
  if (depth > 0) out[used++] = ends[ends.length - 1]!
  // What was empty has gathered at the end of the sky.
  if (used >= 2 && out[used - 2] === out[used - 1]) used -= 2
  return out.slice(0, used)
}

/** A coarser MOC that holds all of this one; itself when the order is not coarser. */
export function degradeMoc(moc: Moc, order: number): Moc {
  checkedOrder(order)
  if (order >= moc.maxOrder) return moc
  return mocFromRanges(moc.ranges, order)
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
  return (highs + lows / 4294967296) / (12 * 67108864)
}

/** Solid angle that a MOC covers in steradians. */
export function mocAreaSr(moc: Moc): number {
  return mocSkyFraction(moc) * 4 * Math.PI
}

/** True when two MOCs cover the same part of the sky, whatever their orders. */
export function mocEquals(a: Moc, b: Moc): boolean {
  return a.ranges.length === b.ranges.length && a.ranges.every((bound, i) => bound === b.ranges[i])
}
