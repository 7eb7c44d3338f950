import { FitsError, type FitsLocation } from '../errors.ts'
import { CARD_CHARS, type CardValue, isCommentaryKeyword } from './card.ts'

/** How a card is written. */
export interface FormatCardOptions {
  /** Write a whole number as a float (`100.0`). */
  readonly isFloat?: boolean
  /** Named in errors. */
  readonly location?: FitsLocation
}

/** Width of fixed-format values: columns 11 to 30 (FITS Standard 4.0, section 4.2). */
const FIXED_CHARS = 20
/** Characters of a string in one record: columns 11 to 80 without two quotes. */
const STRING_CHARS = 68
/** Text of one commentary record: columns 9 to 80. */
const COMMENTARY_CHARS = 72

const STANDARD_NAME = /^[A-Z0-9_-]{1,8}$/
const HIERARCH_NAME = /^[!-~]+(?: [!-~]+)*$/

/**
 * One card as records of 80 characters: fixed format where the value fits into columns 11 to 30, long strings
 * with CONTINUE (section 4.2.1.2), names beyond eight characters by the ESO convention HIERARCH. Numbers are
 * the shortest text that reads back as the same number. A comment that does not fit is cut, except behind a
 * continued string, where it is continued too.
 *
 * @throws FitsError `FITS_BAD_KEYWORD`, `FITS_BAD_TEXT`, `FITS_BAD_VALUE` (NaN and infinities have no form in a card)
 */
export function formatCard(
  keyword: string,
  value: CardValue,
  comment: string = '',
  options: FormatCardOptions = {},
): string {
  const location = { ...options.location, keyword }
  checkText(comment, location)
  const start = formatStart(keyword, location)
  if (typeof value === 'string') return formatString(start, value, comment, location)
  const text = formatValue(value, options.isFloat === true, location)
  const fixed = start + text.padStart(FIXED_CHARS)
  const record = fixed.length <= CARD_CHARS ? fixed : start + text
  if (record.length <= CARD_CHARS) return withComment(record, comment)
  throw new FitsError('FITS_BAD_VALUE', location, 'the value does not fit into one card', {
    found: text,
    allowed: `${CARD_CHARS - start.length} characters`,
  })
}

/** A COMMENT, HISTORY or blank-keyword text as records, wrapped at blanks; line ends start a new record. */
export function formatCommentary(keyword: string, text: string, location: FitsLocation = {}): string[] {
  if (!isCommentaryKeyword(keyword)) throw badKeyword(keyword, location)
  const name = keyword.padEnd(8)
  return text.split(/\r?\n/).flatMap((line) => {
    checkText(line, { ...location, keyword })
    return wrap(line, COMMENTARY_CHARS).map((part) => (name + part).padEnd(CARD_CHARS))
  })
}

function wrap(text: string, width: number): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const end = blank > 0 ? blank : width
    parts.push(rest.slice(0, end))
    rest = rest.slice(blank > 0 ? end + 1 : end)
  }
  return [...parts, rest]
}

/** True for a name that a standard card can have: up to eight of A-Z, 0-9, `-`, `_` (section 4.1.2.1). */
export function isStandardKeyword(keyword: string): boolean {
  return STANDARD_NAME.test(keyword)
}

function formatStart(keyword: string, location: FitsLocation): string {
  if (isCommentaryKeyword(keyword) || keyword === 'END' || keyword === 'CONTINUE' || keyword === 'HIERARCH') {
    throw badKeyword(keyword, location)
  }
  if (isStandardKeyword(keyword)) return `${keyword.padEnd(8)}= `
  const start = `HIERARCH ${keyword} = `
  if (!HIERARCH_NAME.test(keyword) || /[='/]/.test(keyword) || start.length > CARD_CHARS - FIXED_CHARS) {
    throw badKeyword(keyword, location)
  }
  return start
}

function badKeyword(keyword: string, location: FitsLocation): FitsError {
  return new FitsError('FITS_BAD_KEYWORD', location, 'the name cannot carry a value in a FITS header', {
    found: keyword === '' ? 'an empty name' : keyword,
    allowed:
      "up to 8 of A-Z, 0-9, '-', '_', or a longer name of at most 49 printable characters for HIERARCH",
  })
}

function formatValue(value: Exclude<CardValue, string>, isFloat: boolean, location: FitsLocation): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && !isFloat && !Object.is(value, -0)
      ? value.toString()
      : formatFloat(value, location)
  }
  return `(${formatFloat(value.re, location)}, ${formatFloat(value.im, location)})`
}

/** Shortest decimal text that reads back as the same double, with a point and an upper-case exponent (section 4.2.4). */
export function formatFloat(value: number, location: FitsLocation = {}): string {
  if (!Number.isFinite(value)) {
    throw new FitsError('FITS_BAD_VALUE', location, 'a card cannot hold this number', {
      found: String(value),
      allowed: 'finite numbers; leave the value undefined instead',
    })
  }
  const text = Object.is(value, -0) ? '-0' : String(value)
  const [mantissa = '', exponent] = text.split('e')
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.0`
  return exponent === undefined ? pointed : `${pointed}E${exponent}`
}

function withComment(record: string, comment: string): string {
  if (comment === '') return record.padEnd(CARD_CHARS)
  return `${record} / ${comment}`.slice(0, CARD_CHARS).padEnd(CARD_CHARS)
}

/** Section 4.2.1.1: quotes are doubled; at least eight characters between the quotes in fixed format. */
function formatString(start: string, value: string, comment: string, location: FitsLocation): string {
  checkText(value, location)
  const quoted = `'${value.replaceAll("'", "''").padEnd(8)}'`
  if (start.length + quoted.length <= CARD_CHARS) {
    return withComment((start + quoted).padEnd(start.length + FIXED_CHARS).slice(0, CARD_CHARS), comment)
  }
  return formatLongString(start, value, comment)
}

/** Pieces of a string end with `&`; a doubled quote is never split. The comment goes behind the last pieces. */
function formatLongString(start: string, value: string, comment: string): string {
  const pieces = splitQuoted(value, CARD_CHARS - start.length - 3, STRING_CHARS - 1)
  const records = pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1
    return `${index === 0 ? start : 'CONTINUE  '}'${piece}${isLast ? '' : '&'}'`
  })
  const last = records.length - 1
  const ending = records[last] ?? ''
  if (comment === '' || ending.length + 3 + comment.length <= CARD_CHARS)
    records[last] = withComment(ending, comment)
  else continueComment(records, ending, comment)
  return records.map((record) => record.padEnd(CARD_CHARS)).join('')
}

/** A comment that does not fit behind the end of a long string goes on behind empty strings. */
function continueComment(records: string[], ending: string, comment: string): void {
  records[records.length - 1] = `${ending.slice(0, -1)}&'`
  const parts = wrap(comment, CARD_CHARS - "CONTINUE  '&' / ".length)
  parts.forEach((part, index) => {
    records.push(`CONTINUE  '${index === parts.length - 1 ? '' : '&'}' / ${part}`)
  })
}

function splitQuoted(value: string, firstChars: number, otherChars: number): string[] {
  const pieces: string[] = []
  let piece = ''
  let room = firstChars
  for (const char of value) {
    const quoted = char === "'" ? "''" : char
    if (piece.length + quoted.length > room) {
      pieces.push(piece)
      piece = ''
      room = otherChars
    }
    piece += quoted
  }
  pieces.push(piece)
  return pieces
}

function checkText(text: string, location: FitsLocation): void {
  const at = text.search(/[^ -~]/)
  if (at < 0) return
  throw new FitsError('FITS_BAD_TEXT', location, 'the text holds a character that FITS headers cannot hold', {
    found: text.slice(at, at + 1),
    allowed: 'printable ASCII, decimal codes 32 to 126',
    remedy: 'replace the character',
  })
}
