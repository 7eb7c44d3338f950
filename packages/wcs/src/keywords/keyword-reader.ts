import { WcsError } from '../errors.ts'

/** Value of a header card as a FITS reader gives it. */
export type KeywordValue = string | number | bigint | boolean | undefined

/** Looks up a keyword in a header; undefined when it is absent. */
export type KeywordSource = (keyword: string) => KeywordValue

/** Reads keywords with their types checked; errors name the header and the keyword. */
export interface KeywordReader {
  /** True when the keyword is there. */
  readonly has: (keyword: string) => boolean
  /** Number, undefined when absent. Numbers written as text are read. @throws {WcsError} `WCS_BAD_VALUE` */
  readonly number: (keyword: string) => number | undefined
  /** Text without trailing blanks, undefined when absent. @throws {WcsError} `WCS_BAD_VALUE` */
  readonly text: (keyword: string) => string | undefined
  /** Place of a keyword for an error. */
  readonly where: (keyword: string) => readonly string[]
  /** The value as it is, for a message. */
  readonly raw: KeywordSource
}

/** A number as old writers put it into text: blanks around, exponent with D. */
const NUMBER_TEXT = /^\s*[+-]?(\d+\.?\d*|\.\d+)([EDed][+-]?\d+)?\s*$/

/** Typed access to the keywords of a header. */
export function keywordReader(source: KeywordSource, name?: string): KeywordReader {
  const where = (keyword: string): readonly string[] => (name === undefined ? [keyword] : [name, keyword])
  const wrong = (keyword: string, found: KeywordValue, allowed: string): WcsError =>
    new WcsError('WCS_BAD_VALUE', 'keyword has a value of the wrong kind', {
      where: where(keyword),
      found: String(found),
      allowed,
      remedy: `write ${allowed}`,
    })
  return {
    has: (keyword) => source(keyword) !== undefined,
    number: (keyword) => {
      const value = source(keyword)
      if (value === undefined) return undefined
      const number = numberOf(value)
      if (number === undefined || !Number.isFinite(number)) throw wrong(keyword, value, 'a finite number')
      return number
    },
    text: (keyword) => {
      const value = source(keyword)
      if (value === undefined) return undefined
      if (typeof value !== 'string') throw wrong(keyword, value, 'text in quotes')
      return value.trimEnd()
    },
    where,
    raw: source,
  }
}

/** The number a value stands for, undefined when it stands for none. */
export function numberOf(value: KeywordValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && NUMBER_TEXT.test(value)) return Number(value.replace(/[Dd]/, 'E'))
  return undefined
}
