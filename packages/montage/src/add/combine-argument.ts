import { CLASSIC_COMBINE_METHODS, type ClassicCombineMethod } from '@skyloom/mosaic'
import { type ModuleCall, optionValue } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * The value of `-a`: how values of one place combine, `mean` when it was not given.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function combineArgument(call: ModuleCall): ClassicCombineMethod {
  const method = optionValue(call, 'a') ?? 'mean'
  const known = CLASSIC_COMBINE_METHODS.find((name) => name === method)
  if (known !== undefined) return known
  const allowed = CLASSIC_COMBINE_METHODS.join(', ')
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Invalid argument for -a flag', { found: method, allowed })
}
