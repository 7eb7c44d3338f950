import { shorten } from '@skyloom/base'

/** What is wrong with a document. */
export type ProblemCode =
  | 'TEXT_TOO_LARGE'
  | 'YAML_SYNTAX'
  | 'YAML_LIMIT'
  | 'YAML_DUPLICATE_KEY'
  | 'EMPTY_DOCUMENT'
  | 'LINE_SYNTAX'
  | 'WRONG_TYPE'
  | 'MISSING_KEY'
  | 'UNKNOWN_KEY'
  | 'UNKNOWN_VALUE'
  | 'BAD_VALUE'
  | 'TOO_FEW'
  | 'DUPLICATE'
  | 'UNKNOWN_REFERENCE'
  | 'BAD_REGEX'
  | 'TWO_PRODUCERS'
  | 'CYCLE'
  | 'UNDEFINED_VARIABLE'
  | 'MORE_PROBLEMS'

/** One thing that is wrong with a document: where, what was found, what would be allowed. */
export interface Problem {
  readonly code: ProblemCode
  /** `error`: the document is refused; `warning`: it is used, but something is suspicious. */
  readonly severity: 'error' | 'warning'
  /** One sentence without place and values. */
  readonly message: string
  readonly file?: string | undefined
  /** From 1. */
  readonly line?: number | undefined
  /** From 1. */
  readonly column?: number | undefined
  /** Path inside the document, `jobs[17].uses[2].type`. */
  readonly path?: string | undefined
  readonly found?: string | undefined
  readonly allowed?: string | undefined
  /** A near miss, `did you mean input`. */
  readonly suggestion?: string | undefined
}

/** Result of reading: the value with warnings, or everything that is wrong. */
export type ReadResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** One line for people: `workflow.yml:15:11: jobs[0].uses[1].type: unknown link type: found in, allowed …`. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':')
  const start = [place, problem.path].filter((part) => part !== undefined && part !== '').join(': ')
  const facts = [
    problem.found === undefined ? '' : `found ${shorten(problem.found)}`,
    problem.allowed === undefined ? '' : `allowed ${problem.allowed}`,
  ].filter((text) => text !== '')
  const tail = facts.length > 0 ? `: ${facts.join(', ')}` : ''
  const next = problem.suggestion === undefined ? '' : `; ${problem.suggestion}`
  return `${start === '' ? '' : `${start}: `}${problem.message}${tail}${next} [${problem.code}]`
}
