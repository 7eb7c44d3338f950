import { checkedCell, type HealpixCell } from '../healpix/cell.ts'
import {
  FACE_HIGH,
  joinRanges,
  lowWordPlace,
  rangeBuilder,
  sizeHigh,
  sizeLow,
  WORD,
  wordsOf,
} from '../healpix/cell-ranges.ts'
import { checkedOrder, MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import { gatherBits } from '../healpix/interleave.ts'
import type { Moc } from './moc.ts'

/**
 * MOC of cells of any orders. `maxOrder` (default the finest order among them) coarser than a cell takes in the whole coarser cell.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for a cell that is none; `WCS_TOO_LARGE` for more than 16,777,216 cells
 */
export function mocFromCells(cells: Iterable<HealpixCell>, maxOrder?: number): Moc {
  const builder = rangeBuilder(false)
  let finest = 0
  for (const cell of cells) {
    const { order, face, x, y } = checkedCell(cell)
    builder.addCell(order, face, x, y)
    finest = Math.max(finest, order)
  }
  const order = checkedOrder(maxOrder ?? finest)
  return { maxOrder: order, ranges: joinRanges(builder.finish(), order) }
}

/** The cells of a MOC, as large as possible, ascending in place on the sky. */
export function mocCells(moc: Moc): HealpixCell[] {
  const cells: HealpixCell[] = []
  forEachCell(moc, (order, high, low) => cells.push(cellOf(order, high, low)))
  return cells
}

/** The cells of a MOC, as large as possible, as lists for each order from 0 to its finest. */
export function mocCellsByOrder(moc: Moc): HealpixCell[][] {
  const lists: HealpixCell[][] = Array.from({ length: moc.maxOrder + 1 }, () => [])
  forEachCell(moc, (order, high, low) => lists[order]?.push(cellOf(order, high, low)))
  return lists
}

/** The cell of an order that begins at a nested index of order 29. */
function cellOf(order: number, high: number, low: number): HealpixCell {
  const shift = MAX_HEALPIX_ORDER - order
  const inFace = high & (FACE_HIGH - 1)
  return {
    order,
    face: high >>> 26,
    x: (gatherBits(low) | (gatherBits(inFace) << 16)) >>> shift,
    y: (gatherBits(low >>> 1) | (gatherBits(inFace >>> 1) << 16)) >>> shift,
  }
}

/**
 * Calls `visit` for the cells of a MOC, as large as possible, ascending in place on the sky: order, and the words of the nested index of order 29 at which
 * the cell begins.
 */
export function forEachCell(moc: Moc, visit: (order: number, high: number, low: number) => void): void {
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
      const leftLow = endLow - atLow + borrow * WORD
      // Largest power of 4 that divides the start and is not larger than what is left; a face is 4^29.
      const steps = Math.min(
        MAX_HEALPIX_ORDER,
        alignmentOf(atHigh, atLow) >> 1,
        lengthOf(leftHigh, leftLow) >> 1,
      )
      const order = MAX_HEALPIX_ORDER - steps
      visit(order, atHigh, atLow)
      atHigh += sizeHigh(order)
      atLow += sizeLow(order)
      if (atLow >= WORD) {
        atLow -= WORD
        atHigh += 1
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
