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

/** 2^32, the weight of a high word. */
export const WORD = 4294967296

/** What the number of a face adds to the high word: a face takes 58 bits, 26 of them there. */
export const FACE_HIGH = 67108864

/** Place of the low word in a 64-bit number of this machine, 0 or 1. */
export function lowWordPlace(): 0 | 1 {
  return new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? 0 : 1
}

/** The words of 64-bit numbers, two for each. */
export function wordsOf(values: BigUint64Array | BigInt64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
}

/** Collects ranges into 64-bit numbers. */
export interface RangeBuilder {
  /** Appends a cell. */
  addCell(order: number, face: number, x: number, y: number): void
  /** Appends a range by the words of its start and of its length. */
  addRange(startHigh: number, startLow: number, lengthHigh: number, lengthLow: number): void
  /** The ranges; when not `isJoining`, as they came. */
  finish(): BigUint64Array
}

/** Most ranges of a region: 256 MiB. */
export const MAX_RANGES = 16_777_216

/**
 * An empty builder. When it `isJoining`, ranges must not begin before the start of the last one, and those that touch or overlap are joined.
 *
 * @throws {WcsError} `WCS_TOO_LARGE`, from its methods, beyond {@link MAX_RANGES}
 */
export function rangeBuilder(isJoining: boolean): RangeBuilder {
  const low = lowWordPlace()
  const high = 1 - low
  let words = new Uint32Array(256)
  // Words in use.
  let used = 0
  const addRange = (startHigh: number, startLow: number, lengthHigh: number, lengthLow: number): void => {
    const sum = startLow + lengthLow
    const carry = sum >= WORD ? 1 : 0
    const endHigh = startHigh + lengthHigh + carry
    const endLow = sum - carry * WORD
    if (isJoining && used > 0) {
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
      const startHigh = face * FACE_HIGH + interleaveHigh(x << shift, y << shift)
      addRange(startHigh, startLow, sizeHigh(order), sizeLow(order))
    },
    finish: () => new BigUint64Array(words.slice(0, used).buffer),
  }
}

/** High word of the number of cells of order 29 in a cell. */
export function sizeHigh(order: number): number {
  return order <= 13 ? 2 ** (26 - 2 * order) : 0
}

/** Low word of the number of cells of order 29 in a cell. */
export function sizeLow(order: number): number {
  return order <= 13 ? 0 : 2 ** (58 - 2 * order)
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
  return words[at + 1 - low]! * WORD + words[at + low]!
}

/**
 * Joins ranges in any order, also overlapping, and widens their bounds to cells of an order; empty ones disappear. The bounds must be pairs with the end not
 * before the start.
 */
export function joinRanges(bounds: BigUint64Array, order: number): CellRanges {
  const starts = new BigUint64Array(bounds.length / 2)
  const ends = new BigUint64Array(bounds.length / 2)
  const used = widen(wordsOf(bounds), wordsOf(starts), wordsOf(ends), order)
  // Sorted starts and sorted ends tell how many ranges are open; a joined range begins and ends where none is.
  return sweep(wordsOf(starts.subarray(0, used).sort()), wordsOf(ends.subarray(0, used).sort()))
}

/** Writes starts and ends, widened, of the ranges that are not empty; returns how many. */
function widen(words: Uint32Array, starts: Uint32Array, ends: Uint32Array, order: number): number {
  const low = lowWordPlace()
  const high = 1 - low
  const lowMask = order <= 13 ? 0xffffffff : sizeLow(order) - 1
  const highMask = order <= 13 ? sizeHigh(order) - 1 : 0
  let used = 0
  for (let i = 0; i < words.length; i += 4) {
    const startHigh = words[i + high]!
    const startLow = words[i + low]!
    let endHigh = words[i + 2 + high]!
    let endLow = words[i + 2 + low]!
    if (startHigh === endHigh && startLow === endLow) continue
    if ((endLow & lowMask) !== 0 || (endHigh & highMask) !== 0) {
      // Up to the last of the cell, and one on.
      endLow = ((endLow | lowMask) >>> 0) + 1
      endHigh = (endHigh | highMask) >>> 0
      if (endLow === WORD) {
        endLow = 0
        endHigh += 1
      }
    }
    starts[used + high] = startHigh & ~highMask
    starts[used + low] = startLow & ~lowMask
    ends[used + high] = endHigh
    ends[used + low] = endLow
    used += 2
  }
  return used / 2
}

function sweep(starts: Uint32Array, ends: Uint32Array): CellRanges {
  const low = lowWordPlace()
  const high = 1 - low
  const out = new Uint32Array(2 * starts.length)
  let used = 0
  let depth = 0
  let j = 0
  for (let i = 0; i < starts.length; i += 2) {
    const startHigh = starts[i + high]!
    const startLow = starts[i + low]!
    while (ends[j + high]! < startHigh || (ends[j + high] === startHigh && ends[j + low]! < startLow)) {
      depth--
      if (depth === 0) {
        out[used] = ends[j]!
        out[used + 1] = ends[j + 1]!
        used += 2
      }
      j += 2
    }
    if (depth === 0) {
      out[used] = starts[i]!
      out[used + 1] = starts[i + 1]!
      used += 2
    }
    depth++
  }
  if (depth > 0) {
    out[used] = ends[ends.length - 2]!
    out[used + 1] = ends[ends.length - 1]!
    used += 2
  }
  return new BigUint64Array(out.slice(0, used).buffer)
}
