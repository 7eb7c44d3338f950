import type { Header } from '@skyloom/fits'
import { headerError } from './header-error.ts'

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
      throw headerError(name, `No ${keyword} keyword in FITS header`, { cause })
    }
  }
  return { fitsX: number('CRPIX1'), fitsY: number('CRPIX2') }
}
