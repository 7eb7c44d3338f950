import { isCommentaryKeyword } from './card.ts'
import type { Header } from './header.ts'

/** Keywords that describe the primary HDU itself and are never inherited (FITS Standard 4.0, appendix K). */
const NOT_INHERITED =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BLOCKED|INHERIT|CHECKSUM|DATASUM|EXTNAME|EXTVER|EXTLEVEL|BSCALE|BZERO|BLANK|CONTINUE|END)$/

/**
 * The header of an extension with what it inherits: when it says `INHERIT = T`, the cards of a primary header without
 * data that it does not have itself come after its own (FITS Standard 4.0, appendix K).
 */
export function inheritHeader(extension: Header, primary: Header): Header {
  const result = extension.clone()
  const inherits = extension.card('INHERIT')?.value === true && primary.card('NAXIS')?.value === 0
  if (!inherits) return result
  for (const card of primary) {
    if (isCommentaryKeyword(card.keyword) || NOT_INHERITED.test(card.keyword)) continue
    if (!extension.has(card.keyword)) result.appendRaw(card.raw)
  }
  return result
}
