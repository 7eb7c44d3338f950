import type { ProblemCollector } from '../problem/collector.ts'
import { readWord, type Word } from './text-words.ts'

/** A statement: a keyword, words on the same line, and perhaps a block in braces. */
export interface Statement {
  readonly keyword: Word
  readonly words: readonly Word[]
  readonly body: readonly Statement[] | undefined
}

/** Deepest nesting of blocks. */
const MAX_DEPTH = 8

/** Reads statements with nested blocks in braces; `#` begins a comment. */
export class TextBlocks {
  readonly #text: string
  readonly #problems: ProblemCollector
  #at = 0

  constructor(text: string, problems: ProblemCollector) {
    this.#text = text
    this.#problems = problems
  }

  /** All statements of the text. */
  read(): readonly Statement[] {
    return this.#block(0)
  }

  #block(depth: number): readonly Statement[] {
    const statements: Statement[] = []
    for (;;) {
      this.#skip(true)
      const char = this.#text[this.#at]
      if (char === undefined) {
        if (depth > 0) this.#report('a block has no end', '}')
        return statements
      }
      if (char === '}') {
        if (depth === 0) this.#report('a closing brace without block', 'a statement')
        this.#at++
        if (depth > 0) return statements
      } else if (char === '{' || depth > MAX_DEPTH) {
        this.#report('a block without statement, or nested too deeply', `a statement, ${MAX_DEPTH} levels`)
        this.#at = this.#text.length
      } else statements.push(this.#statement(depth))
    }
  }

  #statement(depth: number): Statement {
    const keyword = this.#word()
    const words: Word[] = []
    for (;;) {
      this.#skip(false)
      const char = this.#text[this.#at]
      if (char === '{') {
        this.#at++
        return { keyword, words, body: this.#block(depth + 1) }
      }
      if (char === undefined || char === '\n' || char === '}') {
        // A brace may stand on the next line.
        const before = this.#at
        this.#skip(true)
        if (this.#text[this.#at] === '{') continue
        this.#at = before
        return { keyword, words, body: undefined }
      }
      words.push(this.#word())
    }
  }

  #word(): Word {
    const { word, end } = readWord(this.#text, this.#at, '{}', this.#problems)
    this.#at = Math.max(end, this.#at + 1)
    return word
  }

  #skip(isOverLines: boolean): void {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '#') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end < 0 ? this.#text.length : end
      } else if (char === ' ' || char === '\t' || char === '\r' || (isOverLines && char === '\n')) this.#at++
      else return
    }
  }

  #report(message: string, allowed: string): void {
    this.#problems.add('SYNTAX', message, {
      path: '',
      offset: Math.min(this.#at, this.#text.length),
      found: this.#text[this.#at] ?? 'the end of the text',
      allowed,
    })
  }
}
