import { naming } from '../command/files.ts'
import { MontageError } from '../errors.ts'

/**
 * The error of a header that cannot be used: the sentence of the classic programs, which names the card, with the file behind it.
 *
 * @param name file of the header
 */
export function headerError(
  name: string,
  problem: string,
  detail: { readonly remedy?: string; readonly cause?: unknown } = {},
): MontageError {
  return new MontageError('MONTAGE_BAD_HEADER', naming(problem, name), { where: [name], ...detail })
}
