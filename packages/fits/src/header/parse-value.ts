import type { CardType, CardValue } from './card.ts'

/** The value field of a card, taken apart. */
export interface ParsedValue {
  readonly type: CardType
  readonly value: CardValue
  readonly comment: string
  readonly fault: string | undefined
}

const INTEGER = /^[+-]?\d+$/
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[EDed][+-]?\d+)?$/
const COMPLEX = /^\(([^,]*),([^,]*)\)$/

/**
 * Reads a value field and the comment behind it, free or fixed format (FITS Standard 4.0, section 4.2).
 * Never throws: what cannot be read has the type `invalid` and a `fault`.
 *
 * @param field columns 11 to 80
 */
export function parseValue(field: string): ParsedValue {
  let start = 0
  while (start < field.length && field.charCodeAt(start) === 32) start++
  if (field.charCodeAt(start) === 39) return parseQuoted(field, start)
  const slash = field.indexOf('/', start)
  const text = (slash < 0 ? field.slice(start) : field.slice(start, slash)).trim()
  const comment = slash < 0 ? '' : trimBlanks(field.slice(slash + 1))
  return { ...parseUnquoted(text), comment }
}

function parseUnquoted(text: string): Omit<ParsedValue, 'comment'> {
  if (text === '') return { type: 'undefined', value: undefined, fault: undefined }
  if (text === 'T') return { type: 'logical', value: true, fault: undefined }
  if (text === 'F') return { type: 'logical', value: false, fault: undefined }
  const integer = parseInteger(text)
  if (integer !== undefined) return { type: 'integer', value: integer, fault: undefined }
  if (FLOAT.test(text)) return parseFloatField(text)
  const pair = COMPLEX.exec(text)
  if (pair !== null) return parseComplex(pair[1] ?? '', pair[2] ?? '')
  return invalid('is not a string in quotes, T, F or a number')
}

/** An integer without loss: a number when it is exact as such, else a `bigint`; undefined for other text. */
export function parseInteger(text: string): number | bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

/** A real number of the standard's form, exponents with E or D; undefined for other text and for overflow. */
export function parseReal(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined
  const value = Number(text.replace(/[Dd]/, 'E'))
  return Number.isFinite(value) ? value : undefined
}

function parseFloatField(text: string): Omit<ParsedValue, 'comment'> {
  const value = parseReal(text)
  if (value === undefined) return invalid('is beyond the range of 64-bit floating point')
  const fault = /[ed]/.test(text) ? 'the exponent letter is in lower case' : undefined
  return { type: 'float', value, fault }
}

function parseComplex(reText: string, imText: string): Omit<ParsedValue, 'comment'> {
  const re = parseReal(reText.trim())
  const im = parseReal(imText.trim())
  if (re === undefined || im === undefined) return invalid('is not a pair of numbers')
  return { type: 'complex', value: { re, im }, fault: undefined }
}

function invalid(fault: string): Omit<ParsedValue, 'comment'> {
  return { type: 'invalid', value: undefined, fault }
}

/** Section 4.2.1.1: a doubled quote stands for one; leading blanks count, trailing ones do not. */
function parseQuoted(field: string, start: number): ParsedValue {
  let end = start + 1
  for (;;) {
    end = field.indexOf("'", end)
    if (end < 0) return { ...invalid('has no closing quote'), comment: '' }
    if (field.charCodeAt(end + 1) !== 39) break
    end += 2
  }
  const value = trimRight(field.slice(start + 1, end).replaceAll("''", "'"))
  const rest = trimBlanks(field.slice(end + 1))
  if (rest === '' || rest.startsWith('/')) {
    return { type: 'string', value, comment: trimBlanks(rest.slice(1)), fault: undefined }
  }
  return { type: 'string', value, comment: rest, fault: 'text follows the closing quote without a slash' }
}

/** Removes blanks (and only blanks) at the right. */
export function trimRight(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 32) end--
  return end === text.length ? text : text.slice(0, end)
}

/** Removes blanks (and only blanks) at both ends. */
export function trimBlanks(text: string): string {
  let start = 0
  while (start < text.length && text.charCodeAt(start) === 32) start++
  return trimRight(text.slice(start))
}
