import type { QueryPlace } from './condition.ts'
import { queryError } from './query-error.ts'

/** A word of a query. */
export interface Token {
  readonly type: 'name' | 'number' | 'text' | 'operator' | 'end'
  /** As written; of a text what it means. */
  readonly text: string
  readonly at: QueryPlace
}

/** Longest query. */
export const MAX_QUERY_CHARS = 20_000

// Tried in this order at each place; every pattern is linear.
const BLANKS = /[ \t\r\n]+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const OPERATOR = /<=|>=|!=|<>|==|[=<>(),]/y
const TEXT = /"(?:[^"]|"")*"|'(?:[^']|'')*'/y

/**
 * The words of a query, ending with one of type `end`.
 *
 * @throws {RegistryError} `REGISTRY_BAD_QUERY` with line and column
 */
export function tokensOf(query: string): readonly Token[] {
  if (query.length > MAX_QUERY_CHARS)
    throw queryError({ line: 1, column: 1 }, 'the query is too long', {
      found: `${query.length} characters`,
      allowed: `${MAX_QUERY_CHARS}`,
    })
  const tokens: Token[] = []
  const places = placeFinder(query)
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(query)?.[0]
  }
  while (at < query.length) {
    const blanks = take(BLANKS)
    if (blanks !== undefined) {
      at += blanks.length
      continue
    }
    const place = places(at)
    const found = read(take)
    if (found === undefined) {
      const isQuote = query[at] === '"' || query[at] === "'"
      throw queryError(place, isQuote ? 'this text has no end' : 'this cannot stand here', {
        found: query.slice(at, at + 20),
        allowed: isQuote ? 'a closing quote' : 'names, numbers, quoted texts, = != < <= > >= ( ) and commas',
      })
    }
    tokens.push({ type: found.type, text: found.text, at: place })
    at += found.chars
  }
  tokens.push({ type: 'end', text: '', at: places(query.length) })
  return tokens
}

function read(
  take: (pattern: RegExp) => string | undefined,
): { readonly type: Token['type']; readonly text: string; readonly chars: number } | undefined {
  const name = take(NAME)
  if (name !== undefined) return { type: 'name', text: name, chars: name.length }
  const number = take(NUMBER)
  if (number !== undefined) return { type: 'number', text: number, chars: number.length }
  const text = take(TEXT)
  if (text !== undefined) {
    const quote = text.slice(0, 1)
    return { type: 'text', text: text.slice(1, -1).replaceAll(quote + quote, quote), chars: text.length }
  }
  const operator = take(OPERATOR)
  return operator === undefined ? undefined : { type: 'operator', text: operator, chars: operator.length }
}

/** Lines and columns of ever greater offsets. */
function placeFinder(text: string): (offset: number) => QueryPlace {
  let line = 1
  let lineStart = 0
  let seen = 0
  return (offset) => {
    for (; seen < offset; seen++) {
      if (text[seen] !== '\n') continue
      line++
      lineStart = seen + 1
    }
    return { line, column: offset - lineStart + 1 }
  }
}
