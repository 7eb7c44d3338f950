import { isSkyloomError } from '@skyloom/base'
import { EXIT } from './exit-code.ts'

/** Codes that mean that the command was called in a way that cannot work. */
const WRONG_USE = /_BAD_(OPTION|QUERY)$/
/** Codes that mean a limit or a refusal, not a fault of the work. */
const REFUSED: ReadonlySet<string> = new Set([
  'RUNNER_RUN_BUSY',
  'MOSAIC_OUT_NOT_EMPTY',
  'MOSAIC_TOO_LARGE',
  'RECIPE_FOLDER_IN_USE',
  'BASE_EXISTS',
  'REGISTRY_EXISTS',
  'REGISTRY_HELD',
  'REGISTRY_NEWER_VERSION',
])

/** Exit code that goes with an error. */
export function exitCodeOf(error: unknown): number {
  if (!isSkyloomError(error)) return EXIT.failed
  if (error.code === 'BASE_ABORTED') return EXIT.interrupted
  if (WRONG_USE.test(error.code)) return EXIT.wrongUse
  return REFUSED.has(error.code) ? EXIT.refused : EXIT.failed
}

/** Prints an error for people and returns its exit code. Errors that are no message of ours show their stack. */
export function printError(error: unknown, output: { write(text: string): unknown }): number {
  if (isSkyloomError(error)) {
    output.write(`error: ${error.message}\n`)
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    output.write(`error: something went wrong that should not; please report it with this text\n${text}\n`)
  }
  return exitCodeOf(error)
}
