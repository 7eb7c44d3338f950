import { FitsError, type FitsLocation } from '../errors.ts'
import {
  CARD_CHARS,
  type Card,
  type CardType,
  type CardValue,
  type Complex,
  isCommentaryKeyword,
} from './card.ts'
import { formatCard, formatCommentary } from './format-card.ts'
import { parseCard, recordKeyword } from './parse-card.ts'

/** Where a header was read from; its errors name it. */
export interface HeaderOrigin {
  readonly file?: string | undefined
  readonly hdu?: number | undefined
  /** Offset of the header in the file. */
  readonly byteOffset?: number | undefined
}

/** Place of one card in the chain; the card itself is read from its records when it is first asked for. */
interface Slot {
  keyword: string
  raw: string
  card: Card | undefined
  /** Line of the text file that the card came from. */
  line: number | undefined
  previous: Slot | undefined
  next: Slot | undefined
}

/**
 * The cards of one header, in order, without END. A mutable object: every change is made in place and costs
 * the same whatever the length of the header; {@link Header.clone} gives an independent one.
 *
 * Cards that are not touched keep their exact bytes, understood or not. When a keyword is there more than once,
 * the first card counts (as in cfitsio and astropy). Keywords are looked up in upper case, with or without `HIERARCH`.
 */
export class Header {
  readonly origin: HeaderOrigin
  #first: Slot | undefined
  #last: Slot | undefined
  #recordCount = 0
  readonly #slots = new Map<string, Slot[]>()

  constructor(origin: HeaderOrigin = {}) {
    this.origin = origin
  }

  /** Number of 80-character records, END not counted. */
  get recordCount(): number {
    return this.#recordCount
  }

  /** All cards in order. */
  *[Symbol.iterator](): IterableIterator<Card> {
    for (let slot = this.#first; slot !== undefined; slot = slot.next) yield readSlot(slot)
  }

  /** All cards in order, as an array. */
  cards(): Card[] {
    return [...this]
  }

  /** The keywords that are there, each once, in upper case; no card is read for them. */
  keywords(): IterableIterator<string> {
    return this.#slots.keys()
  }

  /** An independent copy. */
  clone(): Header {
    const copy = new Header(this.origin)
    for (let slot = this.#first; slot !== undefined; slot = slot.next) copy.appendRaw(slot.raw, slot.line)
    return copy
  }

  // ---- looking up

  has(keyword: string): boolean {
    return this.#find(keyword) !== undefined
  }

  /** First card of this keyword, whatever it holds. */
  card(keyword: string): Card | undefined {
    const slot = this.#find(keyword)
    return slot === undefined ? undefined : readSlot(slot)
  }

  /** Every card of this keyword, in order. */
  cardsOf(keyword: string): Card[] {
    return (this.#slots.get(lookupKey(keyword)) ?? []).map(readSlot)
  }

  /**
   * Value of the first card of this keyword; undefined when there is none or its value is undefined.
   *
   * @throws FitsError `FITS_BAD_VALUE` when there is a value that cannot be read
   */
  get(keyword: string): CardValue {
    const slot = this.#find(keyword)
    return slot === undefined ? undefined : this.#readable(slot).value
  }

  /**
   * A real number; integers count as such. `fallback` is given when the keyword is missing or its value undefined; without it that
   * is an error.
   *
   * @throws FitsError `FITS_MISSING_KEYWORD`, `FITS_WRONG_TYPE`, `FITS_BAD_VALUE`
   */
  number(keyword: string): number
  number<T>(keyword: string, fallback: T): number | T
  number(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['integer', 'float'], 'a number', fallback)
    return card === undefined ? fallback[0] : Number(card.value)
  }

  /** A whole number, exact as a JavaScript number; a value with a decimal point is refused. Otherwise as {@link number}. */
  integer(keyword: string): number
  integer<T>(keyword: string, fallback: T): number | T
  integer(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['integer'], 'a whole number', fallback)
    if (card === undefined) return fallback[0]
    if (typeof card.value === 'number') return card.value
    throw new FitsError('FITS_TOO_LARGE', this.locate(keyword), 'the number is too large to be used here', {
      found: card.raw.slice(10, CARD_CHARS).trim(),
      allowed: 'up to 2^53 - 1',
    })
  }

  /** A whole number of any size. Otherwise as {@link number}. */
  bigint(keyword: string): bigint
  bigint<T>(keyword: string, fallback: T): bigint | T
  bigint(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['integer'], 'a whole number', fallback)
    return card === undefined ? fallback[0] : BigInt(card.value as number | bigint)
  }

  /** A character string, trailing blanks removed. Otherwise as {@link number}. */
  string(keyword: string): string
  string<T>(keyword: string, fallback: T): string | T
  string(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['string'], 'a string in quotes', fallback)
    return card === undefined ? fallback[0] : card.value
  }

  /** A logical value. Otherwise as {@link number}. */
  boolean(keyword: string): boolean
  boolean<T>(keyword: string, fallback: T): boolean | T
  boolean(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['logical'], 'T or F', fallback)
    return card === undefined ? fallback[0] : card.value
  }

  /** A complex value. Otherwise as {@link number}. */
  complex(keyword: string): Complex
  complex<T>(keyword: string, fallback: T): Complex | T
  complex(keyword: string, ...fallback: unknown[]): unknown {
    const card = this.#typed(keyword, ['complex'], 'a pair of numbers in parentheses', fallback)
    return card === undefined ? fallback[0] : card.value
  }

  /** Texts of all HISTORY cards. */
  history(): string[] {
    return this.cardsOf('HISTORY').map((card) => card.comment)
  }

  /** Texts of all COMMENT cards. */
  comments(): string[] {
    return this.cardsOf('COMMENT').map((card) => card.comment)
  }

  /** The place of the first card of a keyword, for an error about its value. */
  locate(keyword: string): FitsLocation {
    const { file, hdu, byteOffset } = this.origin
    const slot = this.#find(keyword)
    if (slot === undefined) return { file, hdu, keyword }
    if (slot.line !== undefined) return { file, hdu, keyword, line: slot.line }
    const card = this.#recordNumber(slot)
    return {
      file,
      hdu,
      keyword,
      card,
      byteOffset: byteOffset === undefined ? undefined : byteOffset + (card - 1) * CARD_CHARS,
    }
  }

  // ---- changing

  /**
   * Puts a value into the first card of this keyword, keeping place and (unless a new one is given) comment;
   * a keyword that is not there is appended. How it is written: {@link formatCard}; a card that held a real number keeps its
   * decimal point.
   */
  set(keyword: string, value: CardValue, comment?: string): this {
    return this.#set(keyword, value, comment, false)
  }

  /** As {@link set}, for real quantities: whole numbers are written with a decimal point. */
  setFloat(keyword: string, value: number, comment?: string): this {
    return this.#set(keyword, value, comment, true)
  }

  /** Adds a new card behind the first card of `anchor`, or at the end when there is none. */
  insertAfter(anchor: string, keyword: string, value: CardValue, comment: string = ''): this {
    this.#insert(this.#format(keyword, value, comment, false), this.#find(anchor) ?? this.#last, undefined)
    return this
  }

  /** Adds a new card at the end even when the keyword is there already. */
  append(keyword: string, value: CardValue, comment: string = ''): this {
    return this.appendRaw(this.#format(keyword, value, comment, false))
  }

  /**
   * Adds records as they are, understood or not.
   *
   * @param raw one record of 80 characters, or one with its CONTINUE records
   * @param line line of the text file it came from, for errors
   */
  appendRaw(raw: string, line?: number): this {
    this.#insert(raw, this.#last, line)
    return this
  }

  /** Adds HISTORY cards; long texts are wrapped, line ends start a new card. */
  addHistory(text: string): this {
    return this.#addCommentary('HISTORY', text)
  }

  /** Adds COMMENT cards; long texts are wrapped, line ends start a new card. */
  addComment(text: string): this {
    return this.#addCommentary('COMMENT', text)
  }

  /** Adds an empty card, or one with text and a blank keyword. */
  addBlank(text: string = ''): this {
    return this.#addCommentary('', text)
  }

  /** Removes every card of this keyword; returns how many there were. */
  delete(keyword: string): number {
    const slots = this.#slots.get(lookupKey(keyword)) ?? []
    this.#slots.delete(lookupKey(keyword))
    for (const slot of slots) {
      if (slot.previous === undefined) this.#first = slot.next
      else slot.previous.next = slot.next
      if (slot.next === undefined) this.#last = slot.previous
      else slot.next.previous = slot.previous
      this.#recordCount -= slot.raw.length / CARD_CHARS
    }
    return slots.length
  }

  // ---- inside

  #find(keyword: string): Slot | undefined {
    return this.#slots.get(lookupKey(keyword))?.[0]
  }

  #recordNumber(target: Slot): number {
    let records = 1
    for (let slot = this.#first; slot !== undefined && slot !== target; slot = slot.next) {
      records += slot.raw.length / CARD_CHARS
    }
    return records
  }

  #readable(slot: Slot): Card {
    const card = readSlot(slot)
    if (card.type !== 'invalid') return card
    throw new FitsError(
      'FITS_BAD_VALUE',
      this.locate(card.keyword),
      `the value ${card.fault ?? 'cannot be read'}`,
      {
        found: card.raw.slice(10, CARD_CHARS).trim(),
        remedy: 'correct the card',
      },
    )
  }

  #typed(
    keyword: string,
    types: readonly CardType[],
    allowed: string,
    fallback: unknown[],
  ): Card | undefined {
    const slot = this.#find(keyword)
    const card = slot === undefined ? undefined : this.#readable(slot)
    if (card === undefined || card.type === 'undefined' || card.type === 'commentary') {
      if (fallback.length > 0) return undefined
      throw new FitsError('FITS_MISSING_KEYWORD', this.locate(keyword), missingText(card), { allowed })
    }
    if (types.includes(card.type)) return card
    const found = card.raw.slice(10, CARD_CHARS).trim()
    throw new FitsError('FITS_WRONG_TYPE', this.locate(keyword), 'the value has the wrong type', {
      found,
      allowed,
    })
  }

  #format(keyword: string, value: CardValue, comment: string, isFloat: boolean): string {
    const { file, hdu } = this.origin
    return formatCard(lookupKey(keyword), value, comment, { isFloat, location: { file, hdu } })
  }

  #set(keyword: string, value: CardValue, comment: string | undefined, isFloat: boolean): this {
    const slot = this.#find(keyword)
    if (slot === undefined) return this.appendRaw(this.#format(keyword, value, comment ?? '', isFloat))
    const card = readSlot(slot)
    const raw = this.#format(keyword, value, comment ?? card.comment, isFloat || card.type === 'float')
    this.#recordCount += (raw.length - slot.raw.length) / CARD_CHARS
    slot.raw = raw
    slot.card = undefined
    return this
  }

  #addCommentary(keyword: string, text: string): this {
    const { file, hdu } = this.origin
    for (const record of formatCommentary(keyword, text, { file, hdu })) this.appendRaw(record)
    return this
  }

  /** Puts a slot behind `previous`. Among equal keywords the new card comes last, save when it is put before others. */
  #insert(raw: string, previous: Slot | undefined, line: number | undefined): void {
    const next = previous === undefined ? this.#first : previous.next
    const slot: Slot = { keyword: lookupKey(recordKeyword(raw)), raw, card: undefined, line, previous, next }
    if (previous === undefined) this.#first = slot
    else previous.next = slot
    if (next === undefined) this.#last = slot
    else next.previous = slot
    this.#recordCount += raw.length / CARD_CHARS
    const equal = this.#slots.get(slot.keyword)
    if (equal === undefined) this.#slots.set(slot.keyword, [slot])
    else if (next === undefined) equal.push(slot)
    else this.#slots.set(slot.keyword, this.#inOrder(slot.keyword))
  }

  #inOrder(keyword: string): Slot[] {
    const slots: Slot[] = []
    for (let slot = this.#first; slot !== undefined; slot = slot.next)
      if (slot.keyword === keyword) slots.push(slot)
    return slots
  }
}

function readSlot(slot: Slot): Card {
  slot.card ??= parseCard(slot.raw)
  return slot.card
}

function lookupKey(keyword: string): string {
  const upper = keyword.toUpperCase()
  return upper.startsWith('HIERARCH ') ? upper.slice(9).trim() : upper
}

function missingText(card: Card | undefined): string {
  if (card === undefined) return 'the keyword is missing'
  return isCommentaryKeyword(card.keyword) || card.type === 'commentary'
    ? 'the card has no value'
    : 'the value is undefined'
}
