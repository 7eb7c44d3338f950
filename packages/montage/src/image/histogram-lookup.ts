import { isSkyloomError } from '@skyloom/base'
import { parseHistogramLookup } from '@skyloom/mosaic/view'
import { MontageError } from '../errors.ts'

/**
 * The 256 pixel values of the block `Stretch Lookup` of a histogram file, as mHistogram writes it.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE`
 */
export function readLookup(text: string, path: string): Float64Array {
  try {
    return parseHistogramLookup(text, path)
  } catch (cause) {
    if (!isSkyloomError(cause, 'MOSAIC_BAD_OPTION')) throw cause
    const { problem, where, found = '', remedy = '' } = cause
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where, found, remedy, cause })
  }
}
