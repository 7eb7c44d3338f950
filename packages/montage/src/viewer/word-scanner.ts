import { MontageError } from '../errors.ts'

/** Walks over the words of a directive language from left to right. */
export interface WordScanner {
  readonly isAtEnd: boolean
  /** The next word, taken. */
  next(): string
  /** The next word, left in place; undefined at the end. */
  peek(): string | undefined
  /**
   * Words that a directive needs, taken.
   *
   * @throws MontageError `MONTAGE_BAD_ARGUMENT` in the words of mViewer when there are too few
   */
  need(directive: string, count: number): readonly string[]
  /** The next word if it fits, taken. */
  take(fits: (word: string) => boolean): string | undefined
  /** Up to so many words that do not begin a directive, taken. */
  takeWords(most: number): readonly string[]
}

/** True for words that begin with a dash and are no negative numbers. */
export function isDirective(word: string): boolean {
  return word.startsWith('-') && !/^-(?:\d|\.\d)/.test(word)
}

/** A scanner over words. */
export function scanWords(words: readonly string[]): WordScanner {
  let at = 0
  const scanner: WordScanner = {
    get isAtEnd() {
      return at >= words.length
    },
    next: () => words[at++] ?? '',
    peek: () => words[at],
    need(directive, count) {
      if (words.length - at < count)
        throw new MontageError('MONTAGE_BAD_ARGUMENT', `Too few arguments following ${directive} flag`)
      at += count
      return words.slice(at - count, at)
    },
    take(fits) {
      const word = words[at]
      if (word === undefined || isDirective(word) || !fits(word)) return undefined
      at++
      return word
    },
    takeWords(most) {
      const taken: string[] = []
      while (taken.length < most) {
        const word = scanner.take(() => true)
        if (word === undefined) break
        taken.push(word)
      }
      return taken
    },
  }
  return scanner
}
