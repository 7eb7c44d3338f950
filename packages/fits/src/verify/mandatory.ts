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
