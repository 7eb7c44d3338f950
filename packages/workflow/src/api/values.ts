import { shorten } from '@skyloom/base'
import { WorkflowError } from '../errors.ts'
import { nearMiss } from '../problem/near-miss.ts'

/** A text or number that becomes text in the file. */
export type TextLike = string | number

/** Error for a value that is not allowed, thrown at the call that brought it. */
export function badValue(what: string, found: unknown, allowed: string): WorkflowError {
  return new WorkflowError('WORKFLOW_BAD_VALUE', `${what} is not allowed`, {
    found: describe(found),
    allowed,
  })
}

/** Error for something that is there already. */
export function duplicate(what: string, found: string): WorkflowError {
  return new WorkflowError('WORKFLOW_DUPLICATE', `${what} is there already`, { found })
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return String(value)
  return shorten(`a value of type ${typeof value}`)
}

/** Checks a text; `pattern` must match it. */
export function checkText(what: string, value: unknown, pattern: RegExp, allowed: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw badValue(what, value, allowed)
  return value
}

/** Checks a text that may be anything but empty. */
export function checkFilled(what: string, value: unknown): string {
  return checkText(what, value, /./s, 'a text that is not empty')
}

/** Checks a word of a list; a near miss is named. */
export function checkWord<T extends string>(what: string, value: unknown, words: readonly T[]): T {
  const word = words.find((known) => known === value)
  if (word !== undefined) return word
  const near = typeof value === 'string' ? nearMiss(value, words) : undefined
  throw new WorkflowError('WORKFLOW_BAD_VALUE', `${what} is not allowed`, {
    found: describe(value),
    allowed: words.join(', '),
    ...(near === undefined ? {} : { remedy: `did you mean ${near}` }),
  })
}

/** Checks a physical location: a URL or an absolute path; `${NAME}` and `[1]` may stand in it. */
export function checkLocation(what: string, value: unknown): string {
  return checkText(what, value, /^(?:\/|[A-Za-z][\w+.-]*:|\$\{|\[\d)/, 'a URL or an absolute path')
}

/** Checks a path that must be absolute. */
export function checkAbsolutePath(what: string, value: unknown): string {
  return checkText(what, value, /^(?:\/|\$\{)/, 'an absolute path')
}
