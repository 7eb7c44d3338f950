import type { Card } from '../header/card.ts'
import type { Header } from '../header/header.ts'

/**
 * Keywords that a header must begin with, in this order (FITS Standard 4.0, tables 7, 10, 13 and 15). NAXISn follow the value of
 * NAXIS as far as it can be read.
 */
export function mandatoryKeywords(header: Header): string[] {
  const naxis = header.card('NAXIS')?.value
  const count = typeof naxis === 'number' && naxis >= 0 && naxis <= 999 ? naxis : 0
  const axes = Array.from({ length: count }, (_, index) => `NAXIS${index + 1}`)
  const shape = ['BITPIX', 'NAXIS', ...axes]
  if (!header.has('XTENSION')) return ['SIMPLE', ...shape]
  const extension = ['XTENSION', ...shape, 'PCOUNT', 'GCOUNT']
  return isTable(header) ? [...extension, 'TFIELDS'] : extension
}

/** True for ASCII and binary tables. */
export function isTable(header: Header): boolean {
  const name = header.card('XTENSION')?.value
  return name === 'BINTABLE' || name === 'TABLE' || name === 'A3DTABLE'
}

/** Section 4.2: logicals in column 30, integers up to column 30, strings from column 11 with at least eight characters. */
export function isFixedFormat(card: Card): boolean {
  const field = card.raw.slice(10, 30)
  if (card.type === 'string') return /^'[^']{8,}'/.test(card.raw.slice(10))
  if (card.type === 'logical') return /^ {19}[TF]$/.test(field)
  return card.type !== 'integer' || /^ *[+-]?\d+$/.test(field)
}
