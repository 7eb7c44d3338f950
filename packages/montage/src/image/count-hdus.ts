import { isSkyloomError } from '@skyloom/base'
import { scanHeaders } from '@skyloom/fits/node'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'

/** Number of HDUs of a FITS file; undefined for a file that is none. */
export async function countHdus(place: Place, path: string): Promise<number | undefined> {
  try {
    return (await scanHeaders(pathOf(place, path))).hdus.length
  } catch (error) {
    if (isSkyloomError(error)) return undefined
    throw error
  }
}
