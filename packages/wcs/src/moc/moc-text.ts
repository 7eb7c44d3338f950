import { WcsError } from '../errors.ts'
import { joinRanges, rangeBuilder, WORD } from '../healpix/cell-ranges.ts'
import { MAX_HEALPIX_ORDER, MAX_NUMBER_ORDER } from '../healpix/healpix-grid.ts'
import { emptyMoc, type Moc } from './moc.ts'
import { forEachCell } from './moc-cells.ts'

/**
 * A MOC as ASCII (MOC 2.0, "ASCII serialization"): `3/1-4 7 5/96 8/`, orders ascending, the finest one last even when it has no cells.
 */
export function formatMocAscii(moc: Moc): string {
  const parts: string[] = []
  indicesByOrder(moc).forEach((indices, order) => {
    if (indices.length > 0) parts.push(`${order}/${runsOf(indices).join(' ')}`)
    else if (order === moc.maxOrder) parts.push(`${order}/`)
  })
  return parts.join(' ')
}

/** A MOC as JSON (MOC 2.0, appendix): `{"3":[1,2,3,4,7],"5":[96],"8":[]}`. Indices above order 24 are beyond what `JSON.parse` keeps. */
export function formatMocJson(moc: Moc): string {
  const parts: string[] = []
  indicesByOrder(moc).forEach((indices, order) => {
    if (indices.length > 0 || order === moc.maxOrder) parts.push(`"${order}":[${indices.join(',')}]`)
  })
  return `{${parts.join(',')}}`
}

type Indices = number[] | bigint[]

/** Nested indices of the cells of a MOC for each order, numbers up to order 24. */
function indicesByOrder(moc: Moc): Indices[] {
  const numbers: number[][] = Array.from({ length: MAX_HEALPIX_ORDER + 1 }, () => [])
  const bigs: bigint[][] = Array.from({ length: MAX_HEALPIX_ORDER + 1 }, () => [])
  forEachCell(moc, (order, high, low) => {
    const shift = MAX_HEALPIX_ORDER - order
    if (order <= MAX_NUMBER_ORDER) numbers[order]?.push((high * WORD + low) / 4 ** shift)
    else bigs[order]?.push(((BigInt(high) << 32n) + BigInt(low)) >> BigInt(2 * shift))
  })
  const lists: Indices[] = []
  for (let order = 0; order <= moc.maxOrder; order++) {
    lists.push((order <= MAX_NUMBER_ORDER ? numbers[order] : bigs[order]) ?? [])
  }
  return lists
}

/** Ascending indices as single ones and runs of three and more, `first-last`. */
function runsOf(indices: Indices): string[] {
  const texts = indices.map(String)
  const runs: string[] = []
  let first = 0
  for (let i = 1; i <= indices.length; i++) {
    if (i < indices.length && isNext(indices[i - 1]!, indices[i]!)) continue
    if (i - first > 2) runs.push(`${texts[first] ?? ''}-${texts[i - 1] ?? ''}`)
    else runs.push(...texts.slice(first, i))
    first = i
  }
  return runs
}

function isNext(a: number | bigint, b: number | bigint): boolean {
  return typeof a === 'bigint' ? a + 1n === b : a + 1 === b
}

/**
 * Reads a MOC from ASCII. Commas between indices (MOC 1.1) count as white space; an `s` before the first order (space dimension) is taken.
 *
 * @throws {WcsError} `WCS_BAD_MOC` with the place in the text; `WCS_TOO_LARGE` for more than 16,777,216 cells and runs
 */
export function parseMocAscii(text: string): Moc {
  const reader = mocReader(text)
  reader.skip(BLANKS)
  reader.take('s')
  reader.skip(SEPARATORS)
  while (!reader.isAtEnd()) {
    const first = reader.digits('an order with / or an index')
    if (reader.take('/')) {
      reader.setOrder(first)
    } else {
      reader.addCells(first, reader.take('-') ? reader.digits('the last index of a run') : first)
    }
    reader.skip(SEPARATORS)
  }
  return reader.finish()
}

/**
 * Reads a MOC from JSON, with all digits of indices of order 25 and finer.
 *
 * @throws {WcsError} `WCS_BAD_MOC` with the place in the text; `WCS_TOO_LARGE` for more than 16,777,216 cells
 */
export function parseMocJson(text: string): Moc {
  const reader = mocReader(text)
  const expect = (character: string): void => {
    reader.skip(BLANKS)
    if (!reader.take(character)) throw reader.wrong(character)
    reader.skip(BLANKS)
  }
  expect('{')
  if (!reader.take('}')) {
    do {
      expect('"')
      reader.setOrder(reader.digits('an order'))
      expect('"')
      expect(':')
      expect('[')
      if (reader.take(']')) continue
      do {
        reader.skip(BLANKS)
        const index = reader.digits('an index')
        reader.addCells(index, index)
        reader.skip(BLANKS)
      } while (reader.take(','))
      expect(']')
    } while (takeComma(reader))
    expect('}')
  }
  reader.skip(BLANKS)
  if (!reader.isAtEnd()) throw reader.wrong('the end')
  return reader.finish()
}

function takeComma(reader: MocReader): boolean {
  reader.skip(BLANKS)
  return reader.take(',')
}

const BLANKS = ' \t\r\n'
const SEPARATORS = ' \t\r\n,'
/** Digits of the largest index, 12 x 4^29 - 1. */
const MAX_DIGITS = 19

/** Walks through a text once and collects cells. */
interface MocReader {
  isAtEnd(): boolean
  skip(characters: string): void
  /** Steps over a character when it comes next. */
  take(character: string): boolean
  /** The digits that come next; refuses to find none. */
  digits(allowed: string): string
  setOrder(digits: string): void
  /** Cells of the order in force, both ends included. */
  addCells(first: string, last: string): void
  wrong(allowed: string): WcsError
  finish(): Moc
}

function mocReader(text: string): MocReader {
  const builder = rangeBuilder(false)
  let at = 0
  let order: number | undefined
  let finest: number | undefined
  const wrong = (allowed: string): WcsError =>
    new WcsError('WCS_BAD_MOC', 'not the text of a MOC', {
      where: [`character ${at + 1}`],
      found: at < text.length ? text.slice(at, at + 40) : 'end of text',
      allowed,
    })
  return {
    wrong,
    isAtEnd: () => at >= text.length,
    skip(characters) {
      while (at < text.length && characters.includes(text.charAt(at))) at++
    },
    take(character) {
      const isHere = text.startsWith(character, at)
      if (isHere) at += character.length
      return isHere
    },
    digits(allowed) {
      const start = at
      while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++
      if (at > start && at - start <= MAX_DIGITS) return text.slice(start, at)
      at = start
      throw wrong(allowed)
    },
    setOrder(digits) {
      order = Number(digits)
      if (order > MAX_HEALPIX_ORDER) throw wrong(`an order from 0 to ${MAX_HEALPIX_ORDER} before this place`)
      finest = Math.max(finest ?? 0, order)
    },
    addCells(first, last) {
      if (order === undefined) throw wrong('an order with / before the first index')
      const isExact = order <= MAX_NUMBER_ORDER
      const start = isExact ? Number(first) : BigInt(first)
      const end = isExact ? Number(last) + 1 : BigInt(last) + 1n
      if (start >= end || end > 12n << BigInt(2 * order)) {
        throw wrong(`indices of order ${order}, 0 to ${(12n << BigInt(2 * order)) - 1n}, before this place`)
      }
      addIndices(builder, order, start, end)
    },
    finish() {
      if (finest === undefined) return emptyMoc(0)
      return { maxOrder: finest, ranges: joinRanges(builder.finish(), finest) }
    },
  }
}

/** Adds the cells of an order from `start` to before `end`; numbers are exact up to order 24. */
function addIndices(
  builder: ReturnType<typeof rangeBuilder>,
  order: number,
  start: number | bigint,
  end: number | bigint,
): void {
  const shift = MAX_HEALPIX_ORDER - order
  if (typeof start === 'bigint' || typeof end === 'bigint') {
    const from = BigInt(start) << BigInt(2 * shift)
    const length = (BigInt(end) << BigInt(2 * shift)) - from
    builder.addRange(
      Number(from >> 32n),
      Number(from & 0xffffffffn),
      Number(length >> 32n),
      Number(length & 0xffffffffn),
    )
    return
  }
  // Multiples of 4^5 at least: 52 bits of 62 are in use, and a number holds them.
  const from = start * 4 ** shift
  const length = (end - start) * 4 ** shift
  const fromHigh = Math.floor(from / WORD)
  const lengthHigh = Math.floor(length / WORD)
  builder.addRange(fromHigh, from - fromHigh * WORD, lengthHigh, length - lengthHigh * WORD)
}
