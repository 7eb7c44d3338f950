/** A complex value of a card (FITS Standard 4.0, sections 4.2.5 and 4.2.6). */
export interface Complex {
  readonly re: number
  readonly im: number
}

/** A value that a card can hold. Integers beyond 2^53 are `bigint`; an undefined value (4.2.1.1: blank field) is `undefined`. */
export type CardValue = string | number | bigint | boolean | Complex | undefined

/**
 * What the value field of a card holds. `commentary` cards have no value field (COMMENT, HISTORY, blank keyword,
 * or no `= ` in columns 9 and 10); `invalid` ones have one that cannot be read.
 */
export type CardType =
  | 'string'
  | 'integer'
  | 'float'
  | 'logical'
  | 'complex'
  | 'undefined'
  | 'commentary'
  | 'invalid'

/** One keyword record, or several when a long string is continued (FITS Standard 4.0, section 4.2.1.2). */
export interface Card {
  /** Upper or lower case as in the file; without `HIERARCH`; empty for blank keywords. */
  readonly keyword: string
  readonly type: CardType
  /** Undefined for the types `undefined`, `commentary` and `invalid`. */
  readonly value: CardValue
  /** Text behind the slash without outer blanks; for commentary cards their text, columns 9 to 80. */
  readonly comment: string
  /** The records as they are in the file, one character a byte; the length is a multiple of 80. */
  readonly raw: string
  /** How the card departs from the standard though it could be read, or why it could not; a phrase for messages. */
  readonly fault: string | undefined
}

/** Characters in one record. */
export const CARD_CHARS = 80

/** True for keywords whose cards never have a value (section 4.4.2.4). */
export function isCommentaryKeyword(keyword: string): boolean {
  return keyword === '' || keyword === 'COMMENT' || keyword === 'HISTORY'
}
