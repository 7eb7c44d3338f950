import { WcsError } from '../errors.ts'
import { checkedCell, type HealpixCell } from './cell.ts'
import { checkedOrder, healpixCellCount, MAX_NUMBER_ORDER } from './healpix-grid.ts'
import { gatherBits, interleaveHigh, interleaveLow } from './interleave.ts'

/** 2^32, the weight of the high word of an index. */
const WORD = 4294967296

/** Nested index from face, x and y for orders up to 24, unchecked; `faceSize` is 4^order. */
export function nestedFrom(faceSize: number, face: number, x: number, y: number): number {
  return face * faceSize + interleaveHigh(x, y) * WORD + interleaveLow(x, y)
}

/** Index of a cell in the nested scheme, for orders up to 24. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function nestedIndex(cell: HealpixCell): number {
  checkedOrder(cell.order, MAX_NUMBER_ORDER)
  const { order, face, x, y } = checkedCell(cell)
  return nestedFrom(4 ** order, face, x, y)
}

/** Index of a cell in the nested scheme, for every order. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function nestedIndexBig(cell: HealpixCell): bigint {
  const { order, face, x, y } = checkedCell(cell)
  const low = BigInt(interleaveLow(x, y))
  const high = BigInt(interleaveHigh(x, y))
  return (BigInt(face) << BigInt(2 * order)) + (high << 32n) + low
}

/**
 * The cell of a nested index.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` when the index is not a whole number below the count of cells, or a `number` is given above order 24
 */
export function cellFromNested(order: number, index: number | bigint): HealpixCell {
  checkIndex(order, index)
  let face: number
  let low: number
  let high: number
  if (typeof index === 'bigint') {
    const size = 1n << BigInt(2 * order)
    const inFace = index % size
    face = Number(index / size)
    low = Number(inFace & 0xffffffffn)
    high = Number(inFace >> 32n)
  } else {
    const size = 4 ** order
    face = Math.floor(index / size)
    const inFace = index - face * size
    high = Math.floor(inFace / WORD)
    low = inFace - high * WORD
  }
  return {
    order,
    face,
    x: gatherBits(low) | (gatherBits(high) << 16),
    y: gatherBits(low >>> 1) | (gatherBits(high >>> 1) << 16),
  }
}

/**
 * Refuses what is no index of an order.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX`
 */
export function checkIndex(order: number, index: number | bigint): void {
  checkedOrder(order, typeof index === 'number' ? MAX_NUMBER_ORDER : undefined)
  const count = healpixCellCount(order)
  const isWhole = typeof index === 'bigint' || Number.isInteger(index)
  if (isWhole && index >= 0 && index < count) return
  throw new WcsError('WCS_BAD_HEALPIX', `no such cell of order ${order}`, {
    found: String(index),
    allowed: `0 to ${BigInt(count) - 1n}`,
  })
}

/** Unique identifier of a cell over all orders, 4^(order + 1) + nested index (MOC 2.0, "NUNIQ packaging"), for orders up to 24. */
export function uniqOf(cell: HealpixCell): number {
  return 4 * 4 ** cell.order + nestedIndex(cell)
}

/** Unique identifier of a cell, for every order. */
export function uniqBigOf(cell: HealpixCell): bigint {
  return (4n << BigInt(2 * cell.order)) + nestedIndexBig(cell)
}

/**
 * The cell of a unique identifier.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` when it is none
 */
export function cellFromUniq(uniq: number | bigint): HealpixCell {
  const value = typeof uniq === 'bigint' ? uniq : Number.isSafeInteger(uniq) ? BigInt(uniq) : -1n
  // Bits of 4^(order + 1) + index, index below 12 x 4^order: 2 order + 3 or + 4.
  const order = value < 4n ? -1 : (value.toString(2).length - 3) >> 1
  if (order < 0 || order > 29) {
    throw new WcsError('WCS_BAD_HEALPIX', 'not a unique identifier of HEALPix', {
      found: String(uniq),
      allowed: '4 to 4611686018427387903 (2^62 - 1)',
    })
  }
  return cellFromNested(order, value - (4n << BigInt(2 * order)))
}
