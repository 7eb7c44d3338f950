import type { Header } from '@skyloom/fits'
import { MontageError } from '../errors.ts'

/**
 * CRPIX1 and CRPIX2 of a header.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER`
 */
export function referencePixel(
  header: Header,
  name: string,
): { readonly fitsX: number; readonly fitsY: number } {
  const number = (keyword: string): number => {
    try {
      return header.number(keyword)
    } catch (cause) {
      throw new MontageError('MONTAGE_BAD_HEADER', `No ${keyword} keyword in FITS header`, {
        where: [name],
        cause,
      })
    }
  }
  return { fitsX: number('CRPIX1'), fitsY: number('CRPIX2') }
}
