/** Slots of the cache; a power of two. */
const SLOT_COUNT = 4096
/** Longer texts are not worth a look. */
const MAX_CHARS = 32

/**
 * Gives parts of a text so that equal short parts are one string, most of the time: keys, flags, words and the names
 * that stand close together. A slot holds the last part that fell into it, so the cache never grows.
 */
export class TextCache {
  readonly #text: string
  readonly #slots: (string | undefined)[] = new Array<string | undefined>(SLOT_COUNT).fill(undefined)

  constructor(text: string) {
    this.#text = text
  }

  /** The part from `start` to before `end`. */
  part(start: number, end: number): string {
    const length = end - start
    if (length > MAX_CHARS) return this.#text.slice(start, end)
    const text = this.#text
    const mixed =
      length * 131 +
      text.charCodeAt(start) * 31 +
      text.charCodeAt(end - 1) * 7 +
      text.charCodeAt(end - 2) * 61 +
      text.charCodeAt(start + (length >> 1)) * 17
    // NaN, from places before the text, becomes 0.
    const slot = mixed & (SLOT_COUNT - 1)
    const known = this.#slots[slot]
    if (known?.length === length && text.startsWith(known, start)) return known
    const part = text.slice(start, end)
    this.#slots[slot] = part
    return part
  }
}
