import { MontageError } from '../errors.ts'

/** The error of an output file that cannot be written. @param problem the sentence when it has one of its own */
export function cannotWrite(
  path: string,
  cause: unknown,
  problem: string = `Cannot write output file '${path}'`,
): MontageError {
  return new MontageError('MONTAGE_CANNOT_WRITE', problem, {
    where: [path],
    remedy: 'check that the folder exists and may be written to',
    cause,
  })
}
