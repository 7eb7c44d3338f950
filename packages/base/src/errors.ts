/**
 * What every Skyloom error carries besides its text. Each package has one class that extends
 * {@link SkyloomError}; programs recognise errors by `code`, never by class or text.
 */
export interface ErrorDetail {
  /** Where it happened, outermost first: `['m51.fits', 'HDU 1', 'BITPIX (card 2)']`. */
  readonly where?: readonly string[]
  /** The value that was found, as short text. */
  readonly found?: string
  /** What would have been allowed, as short text. */
  readonly allowed?: string
  /** The next step for the person who reads the message. */
  readonly remedy?: string
  readonly cause?: unknown
}

/** Longest text of a foreign value that is repeated in a message. */
const MAX_FOUND_CHARS = 120

/**
 * Base of all errors of Skyloom: a stable `code` and the facts, from which the message is built. A package's class names its
 * codes: `class FitsError extends SkyloomError<FitsErrorCode>`.
 */
export abstract class SkyloomError<Code extends string = string> extends Error {
  readonly code: Code
  readonly where: readonly string[]
  readonly found: string | undefined
  readonly allowed: string | undefined
  readonly remedy: string | undefined
  /** The sentence without place, code and remedy. */
  readonly problem: string

  constructor(code: Code, problem: string, detail: ErrorDetail = {}) {
    super(
      formatMessage(code, problem, detail),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    )
    this.code = code
    this.problem = problem
    this.where = detail.where ?? []
    this.found = detail.found
    this.allowed = detail.allowed
    this.remedy = detail.remedy
  }
}

function formatMessage(code: string, problem: string, detail: ErrorDetail): string {
  const place = detail.where !== undefined && detail.where.length > 0 ? `${detail.where.join(', ')}: ` : ''
  const facts = [
    detail.found === undefined ? '' : `found ${shorten(detail.found)}`,
    detail.allowed === undefined ? '' : `allowed ${detail.allowed}`,
  ].filter((text) => text !== '')
  const tail = facts.length > 0 ? `: ${facts.join(', ')}` : ''
  const next = detail.remedy === undefined ? '' : `; ${detail.remedy}`
  return `${place}${problem}${tail}${next} [${code}]`
}

/** Foreign text made safe for one line of a message: control characters escaped, length capped. */
export function shorten(text: string, maxChars: number = MAX_FOUND_CHARS): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text
  return JSON.stringify(cut).slice(1, -1).replaceAll('\\"', '"')
}

/** True when `value` is an error of Skyloom, also one that crossed a worker border as plain data. */
export function isSkyloomError(value: unknown, code?: string): value is SkyloomError {
  return (
    value instanceof Error &&
    'code' in value &&
    typeof value.code === 'string' &&
    'problem' in value &&
    (code === undefined || value.code === code)
  )
}

/** Codes of errors that `base` itself raises. */
export type BaseErrorCode =
  | 'BASE_ABORTED'
  | 'BASE_READ_FAILED'
  | 'BASE_SHORT_READ'
  | 'BASE_WRITE_FAILED'
  | 'BASE_DISK_FULL'
  | 'BASE_EXISTS'

/** Errors of byte sources and sinks. */
export class BaseError extends SkyloomError<BaseErrorCode> {
  override readonly name = 'BaseError'
}
