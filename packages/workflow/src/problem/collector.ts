import { nearMiss } from './near-miss.ts'
import type { Problem, ProblemCode, ReadResult } from './problem.ts'

/** Most problems of one document that are kept; a note says how many more there are. */
const MAX_PROBLEMS = 1000

/** What {@link ProblemCollector.add} is told about a problem. */
export interface ProblemFacts {
  readonly path: string
  /** Offset in the text, for line and column. */
  readonly offset?: number | undefined
  readonly found?: string | undefined
  readonly allowed?: string | undefined
  readonly suggestion?: string | undefined
  readonly severity?: 'error' | 'warning'
}

/** Turns an offset of a text into line and column. */
export interface LineTable {
  at(offset: number): { readonly line: number; readonly column: number }
}

/** Line starts of a text; made when the first position is asked for. */
export function lineTable(text: string): LineTable {
  let starts: number[] | undefined
  return {
    at(offset) {
      starts ??= lineStarts(text)
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] ?? 0) <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Gathers the problems of one document. */
export class ProblemCollector {
  readonly #file: string
  readonly #lines: LineTable
  readonly #problems: Problem[] = []
  #errorCount = 0
  #dropped = 0

  constructor(file: string, lines: LineTable) {
    this.#file = file
    this.#lines = lines
  }

  get errorCount(): number {
    return this.#errorCount
  }

  /** Adds a problem; an error unless `facts` say otherwise. */
  add(code: ProblemCode, message: string, facts: ProblemFacts): void {
    const severity = facts.severity ?? 'error'
    if (severity === 'error') this.#errorCount++
    if (this.#problems.length >= MAX_PROBLEMS) {
      this.#dropped++
      return
    }
    const place = facts.offset === undefined ? undefined : this.#lines.at(facts.offset)
    const { path, found, allowed, suggestion } = facts
    this.#problems.push({
      code,
      severity,
      message,
      file: this.#file,
      ...(place === undefined ? {} : place),
      ...(path === '' ? {} : { path }),
      ...(found === undefined ? {} : { found }),
      ...(allowed === undefined ? {} : { allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }

  /** Adds the problem of a word that is not in a list, with a near miss when there is one. */
  addUnknown(
    code: ProblemCode,
    message: string,
    facts: ProblemFacts & { readonly found: string },
    known: Iterable<string>,
  ): void {
    const words = [...known]
    const near = nearMiss(facts.found, words)
    this.add(code, message, {
      allowed: words.join(', '),
      ...(near === undefined ? {} : { suggestion: `did you mean ${near}` }),
      ...facts,
    })
  }

  /** The value when there was no error, else all problems. */
  result<T>(value: T): ReadResult<T> {
    if (this.#errorCount > 0) return this.refused()
    return { ok: true, value, warnings: this.#sorted() }
  }

  /** All problems, when there is no value to give. */
  refused(): { readonly ok: false; readonly problems: readonly Problem[] } {
    return { ok: false, problems: this.#sorted() }
  }

  #sorted(): readonly Problem[] {
    const problems = [...this.#problems]
    if (this.#dropped > 0) {
      problems.push({
        code: 'MORE_PROBLEMS',
        severity: this.#errorCount > 0 ? 'error' : 'warning',
        file: this.#file,
        message: `${this.#dropped} more problems are not listed`,
      })
    }
    return sortProblems(problems)
  }
}

function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const last = Number.POSITIVE_INFINITY
  return [...problems].sort(
    (a, b) => (a.line ?? last) - (b.line ?? last) || (a.column ?? last) - (b.column ?? last) || 0,
  )
}
