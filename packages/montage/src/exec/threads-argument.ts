import { integerArgument, type ModuleCall, optionValue } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** More threads than this help nobody. */
const MAX_THREADS = 256

/**
 * The value of `-j`: calls at the same time, 1 when it was not given.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function threadsArgument(call: ModuleCall): number {
  const text = optionValue(call, 'j')
  if (text === undefined) return 1
  const problem = `Number of threads (${text}) must be a whole number from 1 to ${MAX_THREADS}`
  const threads = integerArgument(text, problem)
  if (threads >= 1 && threads <= MAX_THREADS) return threads
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: `1 to ${MAX_THREADS}` })
}
