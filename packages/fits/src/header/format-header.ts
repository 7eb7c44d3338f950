import { paddedBytes } from './block.ts'
import { CARD_CHARS } from './card.ts'
import type { Header } from './header.ts'
import { latin1Bytes } from './latin1.ts'

/** The header as it stands in a file: all records, END, blanks up to a whole number of blocks. */
export function formatHeader(header: Header): Uint8Array {
  const text = header
    .cards()
    .map((card) => card.raw)
    .join('')
  const ended = text + 'END'.padEnd(CARD_CHARS)
  return latin1Bytes(ended.padEnd(paddedBytes(ended.length)))
}
