import { type ModuleCall, optionValue, realArgument } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * The value of `-t`: seconds without a byte.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function timeoutArgument(call: ModuleCall): { readonly timeoutSeconds?: number } {
  const text = optionValue(call, 't')
  if (text === undefined) return {}
  const problem = `Timeout (${text}) must be a number of seconds above 0`
  const timeoutSeconds = realArgument(text, problem)
  if (timeoutSeconds > 0 && timeoutSeconds <= 86_400) return { timeoutSeconds }
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: 'above 0, at most 86400' })
}
