import { CARD_CHARS } from './card.ts'
import { Header, type HeaderOrigin } from './header.ts'
import { endsWithAmpersand, isContinueRecord } from './parse-card.ts'

/**
 * The header in these records. Never throws: cards that cannot be read are kept and complain when their value is asked for.
 *
 * @param text records of 80 characters without END, one character a byte
 */
export function parseHeaderRecords(text: string, origin: HeaderOrigin = {}): Header {
  const header = new Header(origin)
  let start = 0
  while (start < text.length) {
    let end = start + CARD_CHARS
    let record = text.slice(start, end)
    while (text.startsWith('CONTINUE', end) && endsWithAmpersand(record)) {
      const next = text.slice(end, end + CARD_CHARS)
      if (!isContinueRecord(next)) break
      record = next
      end += CARD_CHARS
    }
    header.appendRaw(text.slice(start, end).padEnd(CARD_CHARS))
    start = end
  }
  return header
}

/** True for the record that ends a header: END and blanks (FITS Standard 4.0, section 4.4.1); what follows the name is not looked at. */
export function isEndRecord(bytes: Uint8Array, offset: number): boolean {
  // 'E', 'N', 'D' and five blanks
  if (bytes[offset] !== 69 || bytes[offset + 1] !== 78 || bytes[offset + 2] !== 68) return false
  for (let index = 3; index < 8; index++) if (bytes[offset + index] !== 32) return false
  return true
}
