/** Lines of a text one after the other, without line ends; LF or CR LF. Nothing is split before it is asked for. */
export class LineScanner {
  readonly #text: string
  #at = 0
  #line = 1
  #next: string | undefined
  #nextEnd = 0

  constructor(text: string) {
    this.#text = text
    this.#read()
  }

  /** Number of the line that comes next, from 1. */
  get line(): number {
    return this.#line
  }

  /** The next line, which stays the next; undefined at the end. */
  peek(): string | undefined {
    return this.#next
  }

  /** Takes the next line. */
  take(): string | undefined {
    const taken = this.#next
    if (taken === undefined) return undefined
    this.#at = this.#nextEnd
    this.#line++
    this.#read()
    return taken
  }

  #read(): void {
    const text = this.#text
    if (this.#at >= text.length) {
      this.#next = undefined
      return
    }
    const found = text.indexOf('\n', this.#at)
    const stop = found < 0 ? text.length : found
    this.#nextEnd = found < 0 ? text.length : found + 1
    const hasReturn = stop > this.#at && text.charCodeAt(stop - 1) === CARRIAGE_RETURN
    this.#next = text.slice(this.#at, hasReturn ? stop - 1 : stop)
  }
}

const CARRIAGE_RETURN = 13
