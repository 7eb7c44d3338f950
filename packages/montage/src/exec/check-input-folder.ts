import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * Demands that outputs, which keep the names of their inputs, go to another folder.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function checkInputFolder(input: string, output: string, place: Place): void {
  if (pathOf(place, input) !== pathOf(place, output)) return
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Output would overwrite input', {
    where: [output],
    remedy: 'give another folder for the outputs',
  })
}
