import { CARD_CHARS, type Card, type CardType, type CardValue, isCommentaryKeyword } from './card.ts'
import { parseValue, trimBlanks, trimRight } from './parse-value.ts'

const HIERARCH = 'HIERARCH'

/** The name of a record (FITS Standard 4.0, section 4.1.2.1) as {@link Card.keyword} has it. */
export function recordKeyword(record: string): string {
  const name = trimRight(record.slice(0, 8))
  return name === HIERARCH ? (hierarchParts(record)?.keyword ?? name) : name
}

/**
 * Reads one card. Never throws: what cannot be read has the type `invalid` and a `fault`.
 *
 * @param raw one record of 80 characters, or a record with the CONTINUE records that belong to it
 */
export function parseCard(raw: string): Card {
  const record = raw.slice(0, CARD_CHARS)
  const name = trimRight(record.slice(0, 8))
  if (isCommentaryKeyword(name)) return commentary(name, record, raw)
  const hierarch = name === HIERARCH ? hierarchParts(record) : undefined
  if (hierarch !== undefined) return withValue(hierarch.keyword, hierarch.field, raw)
  if (record.slice(8, 10) !== '= ') return commentary(name, record, raw)
  return withValue(name, record.slice(10), raw)
}

function commentary(keyword: string, record: string, raw: string): Card {
  const fault =
    record.charCodeAt(8) === 61 && !isCommentaryKeyword(keyword) ? 'column 10 is not blank' : undefined
  return { keyword, type: 'commentary', value: undefined, comment: trimRight(record.slice(8)), raw, fault }
}

/** Keyword and value field of the ESO convention `HIERARCH ESO DET ID = 4`; undefined when there is no value. */
function hierarchParts(record: string): { readonly keyword: string; readonly field: string } | undefined {
  const equals = record.indexOf('=', 9)
  if (record.charCodeAt(8) !== 32 || equals < 0) return undefined
  const keyword = trimBlanks(record.slice(9, equals))
  if (keyword === '' || keyword.includes("'") || keyword.includes('/')) return undefined
  return { keyword, field: record.slice(equals + 1) }
}

function withValue(keyword: string, field: string, raw: string): Card {
  const first = parseValue(field)
  if (raw.length === CARD_CHARS || typeof first.value !== 'string') return { keyword, ...first, raw }
  return joinContinued(keyword, first.value, first.comment, first.fault, raw)
}

/** Section 4.2.1.2: a trailing `&` is dropped and the string of the next CONTINUE record takes its place. */
function joinContinued(
  keyword: string,
  start: string,
  remark: string,
  oddity: string | undefined,
  raw: string,
): Card {
  const values = [start]
  const comments = remark === '' ? [] : [remark]
  let type: CardType = 'string'
  let fault = oddity
  for (let at = CARD_CHARS; at < raw.length; at += CARD_CHARS) {
    const next = parseValue(raw.slice(at + 10, at + CARD_CHARS))
    const last = values.length - 1
    values[last] = (values[last] ?? '').slice(0, -1)
    if (typeof next.value !== 'string') {
      type = 'invalid'
      fault = 'has a CONTINUE card without a string'
      break
    }
    values.push(next.value)
    if (next.comment !== '') comments.push(next.comment)
    fault ??= next.fault
  }
  const value: CardValue = type === 'string' ? values.join('') : undefined
  return { keyword, type, value, comment: comments.join(' '), raw, fault }
}

/** True when the string of this record ends with `&`, so that a CONTINUE record may follow. */
export function endsWithAmpersand(record: string): boolean {
  if (!record.includes('&')) return false
  const field = record.startsWith('CONTINUE') ? record.slice(10) : parseableField(record)
  if (field === undefined) return false
  const { value } = parseValue(field)
  return typeof value === 'string' && value.endsWith('&')
}

function parseableField(record: string): string | undefined {
  if (record.startsWith(HIERARCH)) return hierarchParts(record)?.field
  return record.slice(8, 10) === '= ' ? record.slice(10) : undefined
}

/** True for a record that can continue a string: CONTINUE and no value indicator. */
export function isContinueRecord(record: string): boolean {
  return record.startsWith('CONTINUE  ')
}
