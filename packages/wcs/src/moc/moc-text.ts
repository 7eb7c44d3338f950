import { WcsError } from '../errors.ts'
import { MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import { nestedIndexBig } from '../healpix/nested-index.ts'
import { emptyMoc, type Moc, mocFromRanges } from './moc.ts'
import { mocCellsByOrder } from './moc-cells.ts'

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

function indicesByOrder(moc: Moc): bigint[][] {
  return mocCellsByOrder(moc).map((cells) => cells.map(nestedIndexBig))
}

/** Ascending indices as single ones and runs of three and more, `first-last`. */
function runsOf(indices: readonly bigint[]): string[] {
  const runs: string[] = []
  let first = 0
  for (let i = 1; i <= indices.length; i++) {
    if (i < indices.length && indices[i] === indices[i - 1]! + 1n) continue
    if (i - first > 2) runs.push(`${indices[first]!}-${indices[i - 1]!}`)
    else runs.push(...indices.slice(first, i).map(String))
    first = i
  }
  return runs
}

/**
 * Reads a MOC from ASCII. Commas between indices (MOC 1.1) count as white space; an `s` before the first order (space dimension) is taken.
 *
 * @throws {WcsError} `WCS_BAD_MOC` with the place in the text
 */
export function parseMocAscii(text: string): Moc {
  const reader = mocReader(text)
  reader.take(/[\s]*s?/y)
  while (reader.take(/[\s,]*$/y) === undefined) {
    const order = reader.take(/[\s,]*(\d{1,2})\//y)
    if (order !== undefined) {
      reader.setOrder(order)
      continue
    }
    const first = reader.take(/[\s,]*(\d{1,19})(?![\d/])/y)
    if (first === undefined) throw reader.wrong('an order with / or an index')
    const last = reader.take(/-(\d{1,19})(?!\d)/y)
    reader.addCells(first, last ?? first)
  }
  return reader.finish()
}

/**
 * Reads a MOC from JSON, with all digits of indices of order 25 and finer.
 *
 * @throws {WcsError} `WCS_BAD_MOC` with the place in the text
 */
export function parseMocJson(text: string): Moc {
  const reader = mocReader(text)
  if (reader.take(/\s*\{/y) === undefined) throw reader.wrong('{')
  if (reader.take(/\s*\}\s*$/y) !== undefined) return reader.finish()
  do {
    const order = reader.take(/\s*"(\d{1,2})"\s*:\s*\[/y)
    if (order === undefined) throw reader.wrong('an order in quotes, a colon and [')
    reader.setOrder(order)
    if (reader.take(/\s*\]/y) !== undefined) continue
    do {
      const index = reader.take(/\s*(\d{1,19})(?![\d.eE])/y)
      if (index === undefined) throw reader.wrong('an index')
      reader.addCells(index, index)
    } while (reader.take(/\s*,/y) !== undefined)
    if (reader.take(/\s*\]/y) === undefined) throw reader.wrong(', or ]')
  } while (reader.take(/\s*,/y) !== undefined)
  if (reader.take(/\s*\}\s*$/y) === undefined) throw reader.wrong(', or } and the end')
  return reader.finish()
}

/** Walks through a text and collects cells. */
interface MocReader {
  /** The first group (or all) of what matches here, and steps over it; undefined when nothing does. */
  take(pattern: RegExp): string | undefined
  setOrder(text: string): void
  /** Cells of the order in force, both ends included. */
  addCells(first: string, last: string): void
  wrong(allowed: string): WcsError
  finish(): Moc
}

function mocReader(text: string): MocReader {
  const bounds: bigint[] = []
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
    take(pattern) {
      pattern.lastIndex = at
      const match = pattern.exec(text)
      if (match === null) return undefined
      at = pattern.lastIndex
      return match[1] ?? match[0]
    },
    setOrder(digits) {
      order = Number(digits)
      if (order > MAX_HEALPIX_ORDER) throw wrong(`an order from 0 to ${MAX_HEALPIX_ORDER} before this place`)
      finest = Math.max(finest ?? 0, order)
    },
    addCells(first, last) {
      if (order === undefined) throw wrong('an order with / before the first index')
      const shift = BigInt(2 * (MAX_HEALPIX_ORDER - order))
      const start = BigInt(first)
      const end = BigInt(last) + 1n
      if (start >= end || end > 12n << BigInt(2 * order)) {
        throw wrong(`indices of order ${order}, 0 to ${(12n << BigInt(2 * order)) - 1n}, before this place`)
      }
      bounds.push(start << shift, end << shift)
    },
    finish: () => (finest === undefined ? emptyMoc(0) : mocFromRanges(BigUint64Array.from(bounds), finest)),
  }
}
