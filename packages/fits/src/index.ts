// Each group of exports stands alone, sorted by folder.

export {
  FITS_ERRORS,
  FitsError,
  type FitsErrorCode,
  type FitsLocation,
  type FitsWarning,
  type FitsWarningCode,
} from './errors.ts'

// header
export { BLOCK_BYTES, paddedBytes } from './header/block.ts'
export { CARD_CHARS, type Card, type CardType, type CardValue, type Complex } from './header/card.ts'
export { type FormatCardOptions, formatCard } from './header/format-card.ts'
export { formatHeader } from './header/format-header.ts'
export { Header, type HeaderOrigin } from './header/header.ts'
export { parseCard } from './header/parse-card.ts'
export { parseHeaderRecords } from './header/parse-header.ts'
export { type HeaderAt, type ReadHeaderOptions, readHeaderAt } from './header/read-header.ts'
export { formatHeaderTemplate, parseHeaderTemplate } from './header/template.ts'
