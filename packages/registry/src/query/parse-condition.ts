import type { ComparisonOperator, Condition, Literal, QueryName } from './condition.ts'
import { queryError } from './query-error.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Deepest nesting of brackets and `not`. */
const MAX_DEPTH = 50
/** Most comparisons of a query. */
const MAX_COMPARISONS = 200

const WORDS = new Set(['and', 'or', 'not', 'in', 'between', 'like', 'is', 'missing', 'true', 'false'])
const OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])

/**
 * Reads a condition such as `band = "J" and (exptime > 7 or airmass is missing)`. `and` binds closer than `or`, `not` closer than both;
 * words and names in any case.
 *
 * @throws {RegistryError} `REGISTRY_BAD_QUERY` with line and column
 */
export function parseCondition(query: string): Condition {
  const reader = new Reader(tokensOf(query))
  const condition = readOr(reader, 0)
  if (reader.now.type !== 'end')
    throw queryError(reader.now.at, 'the query goes on after its end', {
      found: reader.now.text,
      allowed: 'and, or',
    })
  return condition
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  comparisons = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get now(): Token {
    // The last one is `end`, which nothing takes.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!
  }

  next(): Token {
    const token = this.now
    this.#at++
    return token
  }

  /** Takes a word of the language, if it is next. */
  takes(word: string): boolean {
    const token = this.now
    const isIt = (token.type === 'name' || token.type === 'operator') && token.text.toLowerCase() === word
    if (isIt) this.#at++
    return isIt
  }

  must(word: string, after: string): void {
    if (!this.takes(word)) throw this.fault(`${word} is missing after ${after}`, word)
  }

  fault(problem: string, allowed: string) {
    const { type, text, at } = this.now
    return queryError(at, problem, { found: type === 'end' ? 'the end of the query' : text, allowed })
  }
}

function readOr(reader: Reader, depth: number): Condition {
  const parts = [readAnd(reader, depth)]
  while (reader.takes('or')) parts.push(readAnd(reader, depth))
  return parts.length === 1 ? parts[0]! : { type: 'or', parts }
}

function readAnd(reader: Reader, depth: number): Condition {
  const parts = [readTerm(reader, depth)]
  while (reader.takes('and')) parts.push(readTerm(reader, depth))
  return parts.length === 1 ? parts[0]! : { type: 'and', parts }
}

function readTerm(reader: Reader, depth: number): Condition {
  if (depth > MAX_DEPTH)
    throw queryError(reader.now.at, 'the query is nested too deep', { allowed: `${MAX_DEPTH} levels` })
  if (reader.takes('not')) return { type: 'not', part: readTerm(reader, depth + 1) }
  if (reader.takes('(')) {
    const inner = readOr(reader, depth + 1)
    reader.must(')', 'a bracket')
    return inner
  }
  return readComparison(reader)
}

function readComparison(reader: Reader): Condition {
  if (++reader.comparisons > MAX_COMPARISONS)
    throw queryError(reader.now.at, 'the query has too many comparisons', { allowed: `${MAX_COMPARISONS}` })
  const name = readName(reader)
  const operator = reader.now.type === 'operator' ? OPERATORS.get(reader.now.text) : undefined
  if (operator !== undefined) {
    reader.next()
    return { type: 'compare', name, operator, value: readLiteral(reader) }
  }
  if (reader.takes('is')) {
    const isNot = reader.takes('not')
    reader.must('missing', isNot ? 'is not' : 'is')
    const missing: Condition = { type: 'missing', name }
    return isNot ? { type: 'not', part: missing } : missing
  }
  if (reader.takes('not')) return { type: 'not', part: readWordComparison(reader, name) }
  return readWordComparison(reader, name)
}

function readWordComparison(reader: Reader, name: QueryName): Condition {
  if (reader.takes('between')) {
    const low = readLiteral(reader)
    reader.must('and', 'the lower end')
    return { type: 'between', name, low, high: readLiteral(reader) }
  }
  if (reader.takes('in')) {
    reader.must('(', 'in')
    const values = [readLiteral(reader)]
    while (reader.takes(',')) values.push(readLiteral(reader))
    reader.must(')', 'the last value')
    return { type: 'in', name, values }
  }
  if (reader.takes('like')) {
    if (reader.now.type !== 'text') throw reader.fault('a pattern is missing after like', 'a quoted text')
    return { type: 'like', name, pattern: reader.next().text }
  }
  throw reader.fault(
    `a comparison is missing after ${name.name}`,
    '= != < <= > >= in between like is missing',
  )
}

function readName(reader: Reader): QueryName {
  const { type, text, at } = reader.now
  if (type !== 'name' || WORDS.has(text.toLowerCase()))
    throw reader.fault('a name is missing', 'names of metadata, not, (')
  reader.next()
  return { name: text.toLowerCase(), at }
}

function readLiteral(reader: Reader): Literal {
  const { type, text, at } = reader.now
  if (type === 'text') return { type, value: reader.next().text }
  if (type === 'number') {
    const value = Number(text)
    if (!Number.isFinite(value)) throw queryError(at, 'this number is too large', { found: text })
    reader.next()
    return { type, value }
  }
  if (reader.takes('true')) return { type: 'boolean', value: true }
  if (reader.takes('false')) return { type: 'boolean', value: false }
  throw reader.fault(
    'a value is missing',
    type === 'name' ? `a quoted text such as "${text}"` : 'numbers, quoted texts, true, false',
  )
}
