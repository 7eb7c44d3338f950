import { SkyloomError } from '@skyloom/base'

/** An error as plain data that every thread border lets pass. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own fields of simple type: code, problem, found, errno, path, ... */
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly cause: ErrorData | undefined
}

/** Causes deeper than this are dropped: a chain may be circular. */
const MAX_CAUSES = 8

/** Turns anything that was thrown into data. */
export function errorToData(thrown: unknown, depth = 0): ErrorData {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: String(thrown), stack: undefined, fields: {}, cause: undefined }
  }
  const fields: Record<string, string | number | boolean | readonly string[]> = {}
  for (const [key, value] of Object.entries(thrown)) {
    if (key !== 'name' && key !== 'cause' && isSimple(value)) fields[key] = value
  }
  const hasCause = thrown.cause !== undefined && depth < MAX_CAUSES
  const cause = hasCause ? errorToData(thrown.cause, depth + 1) : undefined
  return { name: thrown.name, message: thrown.message, stack: thrown.stack, fields, cause }
}

function isSimple(value: unknown): value is string | number | boolean | readonly string[] {
  return (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}

/** A Skyloom error that was thrown in another thread. */
class TransferredError extends SkyloomError {
  constructor(data: ErrorData) {
    const { code, problem, where, found, allowed, remedy } = data.fields
    super(String(code), String(problem), {
      ...(Array.isArray(where) && { where }),
      ...(typeof found === 'string' && { found }),
      ...(typeof allowed === 'string' && { allowed }),
      ...(typeof remedy === 'string' && { remedy }),
      ...(data.cause !== undefined && { cause: errorFromData(data.cause) }),
    })
  }
}

/** Makes the error again: with `code`, `problem`, `where`, ... if it was a Skyloom error; name, text and stack are kept. */
export function errorFromData(data: ErrorData): Error {
  const isOurs = typeof data.fields['code'] === 'string' && typeof data.fields['problem'] === 'string'
  const cause = data.cause === undefined ? undefined : { cause: errorFromData(data.cause) }
  const error = isOurs ? new TransferredError(data) : new Error(data.message, cause)
  Object.assign(error, data.fields)
  Object.defineProperty(error, 'name', { value: data.name, configurable: true, writable: true })
  Object.defineProperty(error, 'message', { value: data.message, configurable: true, writable: true })
  if (data.stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: data.stack, configurable: true, writable: true })
  }
  return error
}
