import { plateReferenceDeg } from '@skyloom/mosaic'
import { MontageError } from '../errors.ts'
import type { PlateRun, RunPlate } from './plate-run.ts'

/** The plates around a plate on its grid, those at its corners as well, and the plate itself in the middle of the list or at its end. */
export function aroundPlate(run: Pick<PlateRun, 'plates' | 'across'>, name: string): readonly RunPlate[] {
  const own = run.plates.find((plate) => plate.name === name)
  if (own === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `There is no plate ${name} in the list`, {
      found: name,
      allowed: run.plates
        .slice(0, 3)
        .map((plate) => plate.name)
        .join(', '),
    })
  const reference = plateReferenceDeg(own, run.across)
  return run.plates.filter(
    (plate) =>
      Math.abs(plate.i - own.i) <= 1 &&
      Math.abs(plate.j - own.j) <= 1 &&
      plateReferenceDeg(plate, run.across) === reference,
  )
}
