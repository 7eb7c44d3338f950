import { isSkyloomError, shorten } from '@skyloom/base'
import { publicUrl } from '../files/file-url.ts'

/** What went wrong at one place of a file. */
export interface SourceFault {
  readonly url: string
  readonly error: unknown
}

/** Longest text about one place. */
const MAX_CHARS = 400

/** Every place that was tried with its fault, as one sentence; an empty list is said, too. */
export function sourceFaultsText(faults: readonly SourceFault[]): string {
  if (faults.length === 0) return 'it has no source'
  return faults.map(({ url, error }) => `${publicUrl(url)}: ${faultText(error)}`).join('; ')
}

function faultText(error: unknown): string {
  if (isSkyloomError(error)) {
    const allowed = error.allowed === undefined ? '' : `, allowed ${error.allowed}`
    const found = error.found === undefined ? '' : `: ${error.found}`
    const remedy = error.remedy === undefined ? '' : `; ${error.remedy}`
    return shorten(`${error.problem}${found}${allowed}${remedy}`, MAX_CHARS)
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'it was not found'
  if (code === 'EACCES') return 'it may not be read'
  return shorten(error instanceof Error ? error.message : String(error), MAX_CHARS)
}
