import { WcsError } from '../errors.ts'
import { MAX_HEALPIX_ORDER } from './healpix-grid.ts'
import { interleaveHigh, interleaveLow } from './interleave.ts'

/**
 * Ranges of nested indices of order 29: start, end (not included), start, end ... ascending and apart from each other.
 *
 * Indices take 62 bits. They are stored as bigints, for users and files, and read as pairs of 32-bit words, for speed: comparing two words is ten
 * times as fast as making two bigints.
 */
export type CellRanges = BigUint64Array

/** Place of the low word in a 64-bit number of this machine, 0 or 1. */
export function lowWordPlace(): 0 | 1 {
  return new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? 0 : 1
}

/** The words of ranges, two for each bound. */
export function wordsOf(ranges: CellRanges): Uint32Array {
  return new Uint32Array(ranges.buffer, ranges.byteOffset, 2 * ranges.length)
}

/** Collects ascending cells and ranges into {@link CellRanges}. */
export interface RangeBuilder {
  /** Appends a cell; it must not begin before the end of the last one began. */
  addCell(order: number, face: number, x: number, y: number): void
  /** Appends a range by the high and low words of its bounds; it must not begin before the last one began. */
  addRange(startHigh: number, startLow: number, endHigh: number, endLow: number): void
  finish(): CellRanges
}

/** Most ranges of a region: 256 MiB. */
export const MAX_RANGES = 16_777_216

/**
 * An empty builder.
 *
 * @throws {WcsError} `WCS_TOO_LARGE`, from its methods, beyond {@link MAX_RANGES}
 */
export function rangeBuilder(): RangeBuilder {
  const low = lowWordPlace()
  const high = 1 - low
  let words = new Uint32Array(256)
  // Words in use.
  let used = 0
  const addRange = (startHigh: number, startLow: number, endHigh: number, endLow: number): void => {
    if (used > 0) {
      const lastHigh = words[used - 2 + high]!
      const lastLow = words[used - 2 + low]!
      if (startHigh < lastHigh || (startHigh === lastHigh && startLow <= lastLow)) {
        if (endHigh > lastHigh || (endHigh === lastHigh && endLow > lastLow)) {
          words[used - 2 + high] = endHigh
          words[used - 2 + low] = endLow
        }
        return
      }
    }
    if (used === words.length) {
      if (used >= 4 * MAX_RANGES) throw tooManyRanges()
      const larger = new Uint32Array(2 * words.length)
      larger.set(words)
      words = larger
    }
    words[used + high] = startHigh
    words[used + low] = startLow
    words[used + 2 + high] = endHigh
    words[used + 2 + low] = endLow
    used += 4
  }
  return {
    addRange,
    addCell(order, face, x, y) {
      const shift = MAX_HEALPIX_ORDER - order
      const startLow = interleaveLow(x << shift, y << shift)
      // A face takes 58 bits, 26 of them in the high word.
      const startHigh = face * 67108864 + interleaveHigh(x << shift, y << shift)
      if (shift >= 16) {
        addRange(startHigh, startLow, startHigh + 2 ** (2 * shift - 32), startLow)
      } else {
        const endLow = startLow + 2 ** (2 * shift)
        const carry = endLow >= 4294967296 ? 1 : 0
        addRange(startHigh, startLow, startHigh + carry, endLow - carry * 4294967296)
      }
    },
    finish: () => new BigUint64Array(words.slice(0, used).buffer),
  }
}

function tooManyRanges(): WcsError {
  return new WcsError('WCS_TOO_LARGE', 'a region of too many ranges', {
    allowed: `at most ${MAX_RANGES}`,
    remedy: 'take a lower order',
  })
}

/** Cells of an order (up to 24, at which all bounds must lie) in ranges: how many. */
export function countCells(ranges: CellRanges, order: number): number {
  const words = wordsOf(ranges)
  const low = lowWordPlace()
  const scale = 4 ** (order - MAX_HEALPIX_ORDER)
  let count = 0
  for (let i = 0; i < words.length; i += 4) {
    count += boundOf(words, i + 2, low) * scale - boundOf(words, i, low) * scale
  }
  return count
}

/** A bound as a number: exact when it is a bound of a cell of order 24 or coarser. */
export function boundOf(words: Uint32Array, at: number, low: 0 | 1): number {
  return words[at + 1 - low]! * 4294967296 + words[at + low]!
}
