import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'

/**
 * Checks that the file is as long as an HDU's header says.
 *
 * @throws FitsError `FITS_TRUNCATED`
 */
export function checkDataInFile(hdu: Hdu): void {
  const { source, index, dataOffset, dataBytes } = hdu
  if (dataOffset + dataBytes <= source.sizeBytes) return
  const place = { file: source.name, hdu: index, byteOffset: dataOffset }
  throw new FitsError('FITS_TRUNCATED', place, 'the data end early', {
    found: `${source.sizeBytes - dataOffset} bytes`,
    allowed: `${dataBytes} bytes`,
    remedy: 'fetch the file again',
  })
}
