import { isSkyloomError } from '@skyloom/base'
import { MontageError } from '../errors.ts'

/** The sentence of the classic programs for a file that cannot be had, with what is known beyond it. */
export function retrievalError(error: unknown): MontageError {
  if (!isSkyloomError(error)) throw error
  const found = error.found ?? error.problem
  const status = /^HTTP (\d+)/.exec(found)?.[1]
  if (status !== undefined) return failure(`Retrieval failed.  HTTP return code: ${status}.`, error)
  if (error.code === 'MOSAIC_OUT_UNUSABLE') {
    return failure(`Cannot write to output file. (${error.where.join(', ')})`, error)
  }
  if (found.startsWith('ENOTFOUND')) return failure('Unable to resolve URL.', error)
  const text =
    error.code === 'MOSAIC_ARCHIVE_FAILED'
      ? `Retrieval failed.  Check URL and file permissions. (${found})`
      : `Retrieval failed.  ${error.message}`
  return failure(text, error)
}

function failure(problem: string, cause: Error & { readonly where?: readonly string[] }): MontageError {
  return new MontageError('MONTAGE_NO_FILE', problem, { where: cause.where ?? [], cause })
}
