import { shorten } from '@skyloom/base'

/** What can be wrong with a document, with what it means. */
export const PROBLEM_CODES = {
  TEXT_TOO_LARGE: 'the file is longer than the limit',
  LIMIT: 'depth, length of a text, or expansion is beyond a limit that keeps the reader safe',
  SYNTAX: 'the text is not in the syntax of its format; nothing behind this place was read',
  EMPTY_DOCUMENT: 'the file has no content',
  DUPLICATE_KEY: 'one mapping has a key twice',
  WRONG_TYPE: 'another kind of value is expected: text, number, flag, list or mapping',
  MISSING_KEY: 'a key that is needed is not there',
  UNKNOWN_KEY: 'a key is not known here; the message often has the one that was meant',
  UNKNOWN_VALUE: 'a word is not one of those that are allowed',
  BAD_VALUE: 'a value does not have the form that is needed',
  TOO_FEW: 'a list is shorter than it may be',
  DUPLICATE: 'something has the same identity as another; an error for job ids, else a warning',
  UNKNOWN_REFERENCE: 'something is named that does not exist: a job, container, transformation or file',
  BAD_REGEX: 'the pattern of a replica does not compile',
  TWO_PRODUCERS: 'two jobs write one file',
  CYCLE: 'jobs wait for each other in a circle, which the message names',
  UNDEFINED_VARIABLE: 'a variable in a catalog has no value',
  MORE_PROBLEMS: 'there are more problems than are listed',
} as const

/** What is wrong with a document. */
export type ProblemCode = keyof typeof PROBLEM_CODES

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
