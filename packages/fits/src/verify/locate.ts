import type { FitsLocation } from '../errors.ts'
import { CARD_CHARS } from '../header/card.ts'
import type { Header } from '../header/header.ts'

/** Place of the n-th record of a header, from 1. */
export function recordLocation(header: Header, keyword: string, record: number): FitsLocation {
  const { file, hdu, byteOffset } = header.origin
  const offset = byteOffset === undefined ? undefined : byteOffset + (record - 1) * CARD_CHARS
  return { file, hdu, keyword: keyword === '' ? undefined : keyword, card: record, byteOffset: offset }
}

/** Place of a header as a whole. */
export function headerLocation(header: Header): FitsLocation {
  const { file, hdu, byteOffset } = header.origin
  return { file, hdu, byteOffset }
}
