import type { YamlLimits } from './node.ts'
import { TextCache } from './text-cache.ts'

/** Thrown when the quick reader meets YAML that it leaves to the library: rare constructs and everything wrong. */
export class LeaveToLibrary extends Error {
  override readonly name = 'LeaveToLibrary'
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}

/** Thrown when a bound is passed, or for YAML that these files never need. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached'
  readonly offset: number
  readonly allowed: string

  constructor(reason: string, allowed: string, offset: number, options?: ErrorOptions) {
    super(reason, options)
    this.allowed = allowed
    this.offset = offset
  }
}

const TAB = 9
const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const BACKSLASH = 92

/** Place in a text, with what all parts of the quick reader need. */
export class Cursor {
  readonly text: string
  readonly limits: YamlLimits
  readonly #cache: TextCache
  pos = 0
  /** Column of `pos` when it is the first character of a line; -1 at the end of the text. */
  indent = 0
  /** Lines that {@link nextLine} skipped, and whether one of them was a comment. */
  skippedLines = 0
  hasSkippedComment = false
  depth = 0

  constructor(text: string, limits: YamlLimits) {
    this.text = text
    this.limits = limits
    this.#cache = new TextCache(text)
  }

  /** Part of the text; equal short parts are one string, most of the time. */
  part(start: number, end: number): string {
    return this.#cache.part(start, end)
  }

  leave(reason: string): never {
    throw new LeaveToLibrary(reason, this.pos)
  }

  /** Goes one level down; every call is followed by `depth--`. */
  enter(): void {
    if (++this.depth > this.limits.maxDepth) {
      throw new LimitReached('nested too deeply', `${this.limits.maxDepth} levels`, this.pos)
    }
  }

  /** Skips blanks inside a line. */
  skipSpaces(): void {
    while (this.text.charCodeAt(this.pos) === SPACE) this.pos++
    if (this.text.charCodeAt(this.pos) === TAB) this.leave('a tab between words')
  }

  /** True at the end of a line or before a comment; `pos` is behind at least one blank or at the start of the value. */
  isLineEnd(): boolean {
    if (this.pos >= this.text.length) return true
    const char = this.text.charCodeAt(this.pos)
    return char === NEWLINE || (char === HASH && isBlank(this.text.charCodeAt(this.pos - 1)))
  }

  /** From the end of a value to the first character of the next line with content. */
  nextLine(): void {
    const { text } = this
    this.skippedLines = 0
    this.hasSkippedComment = false
    if (!this.isLineEnd()) {
      this.skipSpaces()
      if (!this.isLineEnd()) this.leave('text behind a value')
    }
    for (;;) {
      if (text.charCodeAt(this.pos) === HASH) {
        this.hasSkippedComment = true
        const end = text.indexOf('\n', this.pos)
        this.pos = end < 0 ? text.length : end
      }
      if (this.pos >= text.length) {
        this.indent = -1
        return
      }
      const start = ++this.pos
      while (text.charCodeAt(this.pos) === SPACE) this.pos++
      const char = text.charCodeAt(this.pos)
      if (char === TAB) this.leave('a tab in the indentation')
      if (this.pos < text.length && char !== NEWLINE && char !== HASH) {
        this.indent = this.pos - start
        if (this.indent === 0 && this.isDocumentMark()) this.leave('a document mark')
        return
      }
      this.skippedLines++
    }
  }

  /** True at `---` or `...` at the start of a line. */
  isDocumentMark(): boolean {
    const { text, pos } = this
    return (text.startsWith('---', pos) || text.startsWith('...', pos)) && !(text.charCodeAt(pos + 3) > SPACE)
  }

  /** Reads a text in quotes of either kind; lines of a longer text must be indented by more than `parentIndent`. */
  quoted(parentIndent: number): string {
    const isDouble = this.text.charCodeAt(this.pos) === QUOTE
    const start = this.pos + 1
    let end = start
    for (; ; end++) {
      const char = this.text.charCodeAt(end)
      if (isDouble ? char === QUOTE || char === BACKSLASH : char === APOSTROPHE) break
      if (char === NEWLINE || Number.isNaN(char)) break
    }
    const stop = this.text.charCodeAt(end)
    const isWhole = isDouble
      ? stop === QUOTE
      : stop === APOSTROPHE && this.text.charCodeAt(end + 1) !== APOSTROPHE
    if (isWhole) {
      this.checkLength(end - start)
      this.pos = end + 1
      return this.part(start, end)
    }
    return isDouble ? this.#longDouble(start, parentIndent) : this.#longSingle(start, parentIndent)
  }

  checkLength(chars: number): void {
    if (chars > this.limits.maxScalarChars) {
      throw new LimitReached('a text is too long', `${this.limits.maxScalarChars} characters`, this.pos)
    }
  }

  #longSingle(start: number, parentIndent: number): string {
    let out = ''
    let from = start
    for (let at = start; ; at++) {
      const char = this.text.charCodeAt(at)
      if (Number.isNaN(char)) this.leave('a text without end')
      if (char === APOSTROPHE) {
        if (this.text.charCodeAt(at + 1) !== APOSTROPHE) {
          this.pos = at + 1
          out += this.text.slice(from, at)
          this.checkLength(out.length)
          return out
        }
        out += this.text.slice(from, at + 1)
        from = ++at + 1
      } else if (char === NEWLINE) {
        const kept = this.text.slice(from, at).replace(/[ \t]+$/, '')
        out += kept + this.#fold(at, parentIndent)
        from = this.pos
        at = from - 1
      }
    }
  }

  #longDouble(start: number, parentIndent: number): string {
    let out = ''
    let from = start
    for (let at = start; ; at++) {
      const char = this.text.charCodeAt(at)
      if (Number.isNaN(char)) this.leave('a text without end')
      if (char === QUOTE) {
        this.pos = at + 1
        out += this.text.slice(from, at)
        this.checkLength(out.length)
        return out
      }
      if (char === BACKSLASH) {
        out += this.text.slice(from, at)
        from =
          this.text.charCodeAt(at + 1) === NEWLINE ? this.#joinLines(at + 1, parentIndent) : this.#escape(at)
        if (this.text.charCodeAt(at + 1) !== NEWLINE) out += this.#escaped
        at = from - 1
      } else if (char === NEWLINE) {
        // A blank behind an escaped one is kept: only blanks of the file itself are dropped.
        out += this.text.slice(from, at).replace(/[ \t]+$/, '') + this.#fold(at, parentIndent)
        from = this.pos
        at = from - 1
      }
    }
  }

  #escaped = ''

  /** Reads the escape at `at` into `#escaped` and gives the place behind it. */
  #escape(at: number): number {
    const letter = this.text[at + 1] ?? ''
    const digits = HEX_ESCAPES.get(letter)
    if (digits === undefined) {
      const value = ESCAPES.get(letter)
      if (value === undefined) this.leave('an unknown escape')
      this.#escaped = value
      return at + 2
    }
    const hex = this.text.slice(at + 2, at + 2 + digits)
    const code = Number.parseInt(hex, 16)
    if (hex.length !== digits || !/^[\da-fA-F]+$/.test(hex) || code > 0x10ffff) this.leave('a bad escape')
    this.#escaped = String.fromCodePoint(code)
    return at + 2 + digits
  }

  /** An escaped line break: the next line goes on without a blank. */
  #joinLines(newline: number, parentIndent: number): number {
    const fold = this.#fold(newline, parentIndent)
    if (fold !== ' ') this.leave('an empty line behind an escaped line break')
    return this.pos
  }

  /** Line break inside quotes at `newline`: a blank, or one line break per empty line; `pos` is where the text goes on. */
  #fold(newline: number, parentIndent: number): string {
    let at = newline
    let breaks = 0
    let start = at + 1
    for (;;) {
      at++
      start = at
      while (this.text.charCodeAt(at) === SPACE) at++
      if (this.text.charCodeAt(at) === TAB) this.leave('a tab in the indentation')
      if (this.text.charCodeAt(at) !== NEWLINE) break
      breaks++
    }
    this.pos = at
    if (at - start <= parentIndent) this.leave('a line of a text that is not indented')
    if (at === start && this.isDocumentMark()) this.leave('a document mark in a text')
    return breaks === 0 ? ' ' : '\n'.repeat(breaks)
  }
}

function isBlank(char: number): boolean {
  return char === SPACE || char === NEWLINE || Number.isNaN(char)
}

const HEX_ESCAPES = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const ESCAPES = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])
