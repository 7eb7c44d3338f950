import { resolve } from 'node:path'
import type { ManualRow } from '../command/manual.ts'
import { type ModuleCall, optionValue, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** Environment variable with the catalogue to use when a call names none. */
const VARIABLE = 'SKYLOOM_CATALOG'

/** `-c catalog`. */
export const CATALOG_OPTION: ManualRow = [
  '-c catalog',
  'Catalogue of stars: an IPAC table, a VOTable or a CSV file with J2000 `ra` and `dec`, or the address of an IVOA cone search; default: the environment variable `SKYLOOM_CATALOG`.',
]

/**
 * The catalogue of a call, else that of the environment.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` when there is none
 */
export function findCatalog(catalog: string | undefined, place: Place): string {
  const found = catalog ?? process.env[VARIABLE]
  if (found === undefined || found === '')
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `No catalogue: give one with -c or in ${VARIABLE}`, {
      remedy: 'the service that Montage asked has been shut down; use a table of your own or a cone search',
    })
  return /^https?:\/\//i.test(found) ? found : resolve(place.cwd ?? '.', found)
}

/** The options of a call that choose the stars and their brightness. */
export function readStarOptions(call: ModuleCall): { readonly catalog?: string; readonly column?: string } {
  const [catalog, column] = ['c', 'm'].map((name) => optionValue(call, name))
  return { ...(catalog === undefined ? {} : { catalog }), ...(column === undefined ? {} : { column }) }
}
