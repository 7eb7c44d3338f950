import { WcsError } from '../errors.ts'
import { MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import type { Moc } from './moc.ts'
import { type MocCoding, mocColumn, mocFromColumn } from './moc-column.ts'

const BLOCK = 2880
const CARD = 80

/** A MOC as a FITS file: an empty primary HDU and a binary table of one column (MOC 2.0,
 * "Binary serialization" and "FITS keywords"). Default coding `NUNIQ`, which every version of the standard has. */
export function writeMocFits(moc: Moc, coding: MocCoding = 'NUNIQ'): Uint8Array {
  const values = mocColumn(moc, coding)
  const primary = header([
    ['SIMPLE', true],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
  ])
  const table = header([
    ['XTENSION', 'BINTABLE'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', 8],
    ['NAXIS2', values.length],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['TFIELDS', 1],
    ['TFORM1', '1K'],
    ['TTYPE1', coding === 'RANGE' ? 'RANGE' : 'UNIQ'],
    ['MOCVERS', '2.0'],
    ['MOCDIM', 'SPACE'],
    ['ORDERING', coding],
    ['COORDSYS', 'C'],
    ['MOCORD_S', moc.maxOrder],
    // For programs of MOC 1.
    ['MOCORDER', moc.maxOrder],
  ])
  const start = primary.length + table.length
  const bytes = new Uint8Array(start + BLOCK * Math.ceil((8 * values.length) / BLOCK))
  bytes.set(primary)
  bytes.set(table, primary.length)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => view.setBigInt64(start + 8 * i, value))
  return bytes
}

function header(cards: readonly (readonly [string, string | number | boolean])[]): Uint8Array {
  const lines = cards.map(([keyword, value]) => {
    const text =
      typeof value === 'string' ? `'${value.padEnd(8)}'` : (value === true ? 'T' : String(value)).padStart(20)
    return `${keyword.padEnd(8)}= ${text}`.padEnd(CARD)
  })
  const text = `${lines.join('')}${'END'.padEnd(CARD)}`
  return new TextEncoder().encode(text.padEnd(BLOCK * Math.ceil(text.length / BLOCK)))
}

/**
 * Reads the first MOC of a FITS file: binary table of one column of 32- or 64-bit integers, ordering NUNIQ or RANGE, ICRS.
 *
 * @throws {WcsError} `WCS_BAD_MOC` naming HDU and keyword, or the value that is no identifier or range
 */
export function readMocFits(bytes: Uint8Array): Moc {
  let at = 0
  for (let hdu = 0; at < bytes.length; hdu++) {
    const cards = readCards(bytes, at, hdu)
    const size = dataSize(cards)
    const start = at + BLOCK * Math.ceil(cards.byteLength / BLOCK)
    if (cards.text('XTENSION') === 'BINTABLE' && cards.text('ORDERING') !== undefined) {
      return readTable(bytes, start, cards)
    }
    at = start + BLOCK * Math.ceil(size / BLOCK)
  }
  throw new WcsError('WCS_BAD_MOC', 'no table of a MOC in the file', {
    allowed: 'a BINTABLE with ORDERING NUNIQ or RANGE',
  })
}

interface Cards {
  readonly byteLength: number
  text(keyword: string): string | undefined
  /** A whole number not below 0; `missing` when the keyword is absent. */
  count(keyword: string, missing: number): number
  wrong(keyword: string, allowed: string): WcsError
}

function readCards(bytes: Uint8Array, start: number, hdu: number): Cards {
  const values = new Map<string, string>()
  const decoder = new TextDecoder('latin1')
  let end = start
  for (let keyword = ''; keyword !== 'END'; end += CARD) {
    if (end + CARD > bytes.length) {
      throw new WcsError('WCS_BAD_MOC', 'a FITS header without END', {
        where: [`HDU ${hdu}`, `byte ${start}`],
      })
    }
    const card = decoder.decode(bytes.subarray(end, end + CARD))
    keyword = card.slice(0, 8).trimEnd()
    const value = /^= *(?:'((?:[^']|'')*)'|([^/' ]+))/.exec(card.slice(8))
    if (value !== null && !values.has(keyword)) values.set(keyword, (value[1] ?? value[2] ?? '').trimEnd())
  }
  const wrong = (keyword: string, allowed: string): WcsError =>
    new WcsError('WCS_BAD_MOC', 'not a MOC that can be read', {
      where: [`HDU ${hdu}`, keyword],
      found: values.get(keyword) ?? 'nothing',
      allowed,
    })
  return {
    byteLength: end - start,
    text: (keyword) => values.get(keyword),
    wrong,
    count(keyword, missing) {
      const text = values.get(keyword)
      if (text === undefined) return missing
      const value = Number(text)
      if (!Number.isSafeInteger(value) || value < 0) throw wrong(keyword, 'a whole number not below 0')
      return value
    },
  }
}

function dataSize(cards: Cards): number {
  const axes = Math.min(cards.count('NAXIS', 0), 999)
  let elements = axes === 0 ? 0 : 1
  for (let i = 1; i <= axes; i++) elements *= cards.count(`NAXIS${i}`, 0)
  const bitpix = Math.abs(Number(cards.text('BITPIX')))
  return (bitpix / 8) * cards.count('GCOUNT', 1) * (cards.count('PCOUNT', 0) + elements)
}

function readTable(bytes: Uint8Array, start: number, cards: Cards): Moc {
  const ordering = cards.text('ORDERING')
  if (ordering !== 'NUNIQ' && ordering !== 'RANGE') throw cards.wrong('ORDERING', 'NUNIQ or RANGE')
  if ((cards.text('MOCDIM') ?? 'SPACE') !== 'SPACE') throw cards.wrong('MOCDIM', 'SPACE')
  if ((cards.text('COORDSYS') ?? 'C') !== 'C') throw cards.wrong('COORDSYS', 'C')
  const form = /^(\d*)([JK])/.exec(cards.text('TFORM1') ?? '')
  if (form === null || cards.count('TFIELDS', 0) !== 1) throw cards.wrong('TFORM1', 'one column of J or K')
  const width = form[2] === 'J' ? 4 : 8
  const perRow = form[1] === '' ? 1 : Number(form[1])
  if (cards.count('NAXIS1', 0) !== perRow * width)
    throw cards.wrong('NAXIS1', `${perRow * width}, as TFORM1 says`)
  const count = perRow * cards.count('NAXIS2', 0)
  if (start + count * width > bytes.length) {
    throw cards.wrong(
      'NAXIS2',
      `at most the ${Math.max(0, bytes.length - start)} bytes that the file has left`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new BigInt64Array(count)
  for (let i = 0; i < count; i++) {
    const at = start + i * width
    values[i] = width === 8 ? view.getBigInt64(at) : BigInt(view.getInt32(at))
  }
  const order = cards.count('MOCORD_S', cards.count('MOCORDER', -1))
  if (order > MAX_HEALPIX_ORDER) throw cards.wrong('MOCORD_S', `0 to ${MAX_HEALPIX_ORDER}`)
  return mocFromColumn(values, ordering, order < 0 ? undefined : order)
}
