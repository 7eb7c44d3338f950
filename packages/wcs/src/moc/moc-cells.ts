import type { HealpixCell } from '../healpix/cell.ts'
import { lowWordPlace, wordsOf } from '../healpix/cell-ranges.ts'
import { MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import { gatherBits } from '../healpix/interleave.ts'
import { nestedIndexBig } from '../healpix/nested-index.ts'
import { type Moc, mocFromRanges } from './moc.ts'

/**
 * MOC of cells of any orders. `maxOrder` (default the finest order among them) coarser than a cell takes in the whole coarser cell.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for a cell that is none
 */
export function mocFromCells(cells: Iterable<HealpixCell>, maxOrder?: number): Moc {
  const bounds: bigint[] = []
  let finest = 0
  for (const cell of cells) {
    const index = nestedIndexBig(cell)
    const shift = BigInt(2 * (MAX_HEALPIX_ORDER - cell.order))
    bounds.push(index << shift, (index + 1n) << shift)
    finest = Math.max(finest, cell.order)
  }
  return mocFromRanges(BigUint64Array.from(bounds), maxOrder ?? finest)
}

/** The cells of a MOC, as large as possible, ascending in place on the sky. */
export function mocCells(moc: Moc): HealpixCell[] {
  const cells: HealpixCell[] = []
  forEachCell(moc, (order, face, x, y) => cells.push({ order, face, x, y }))
  return cells
}

/** The cells of a MOC, as large as possible, as lists for each order from 0 to its finest. */
export function mocCellsByOrder(moc: Moc): HealpixCell[][] {
  const lists: HealpixCell[][] = Array.from({ length: moc.maxOrder + 1 }, () => [])
  forEachCell(moc, (order, face, x, y) => lists[order]?.push({ order, face, x, y }))
  return lists
}

/** Calls `visit` for the cells of a MOC, as large as possible, ascending in place on the sky. */
export function forEachCell(
  moc: Moc,
  visit: (order: number, face: number, x: number, y: number) => void,
): void {
  const words = wordsOf(moc.ranges)
  const low = lowWordPlace()
  const high = 1 - low
  for (let i = 0; i < words.length; i += 4) {
    let atHigh = words[i + high]!
    let atLow = words[i + low]!
    const endHigh = words[i + 2 + high]!
    const endLow = words[i + 2 + low]!
    while (atHigh < endHigh || (atHigh === endHigh && atLow < endLow)) {
      const borrow = endLow < atLow ? 1 : 0
      const leftHigh = endHigh - atHigh - borrow
      const leftLow = endLow - atLow + borrow * 4294967296
      // Largest power of 4 that divides the start and is not larger than what is left; a face is 4^29.
      const steps = Math.min(
        MAX_HEALPIX_ORDER,
        alignmentOf(atHigh, atLow) >> 1,
        lengthOf(leftHigh, leftLow) >> 1,
      )
      visit(
        MAX_HEALPIX_ORDER - steps,
        atHigh >>> 26,
        (gatherBits(atLow) | (gatherBits(atHigh & 0x3ffffff) << 16)) >>> steps,
        (gatherBits(atLow >>> 1) | (gatherBits((atHigh & 0x3ffffff) >>> 1) << 16)) >>> steps,
      )
      if (steps >= 16) {
        atHigh += 2 ** (2 * steps - 32)
      } else {
        atLow += 2 ** (2 * steps)
        if (atLow >= 4294967296) {
          atLow -= 4294967296
          atHigh += 1
        }
      }
    }
  }
}

/** Zero bits below the lowest one of a 64-bit number. */
function alignmentOf(high: number, low: number): number {
  if (low !== 0) return 31 - Math.clz32(low & -low)
  return high === 0 ? 64 : 63 - Math.clz32(high & -high)
}

/** Place of the highest bit of a positive 64-bit number. */
function lengthOf(high: number, low: number): number {
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(low)
}
