import type { Hdu } from '../hdu/hdu.ts'
import { Header } from '../header/header.ts'
import { type PixelScaling, pixelScaling } from '../image/scaling.ts'

/**
 * BSCALE, BZERO and BLANK of the image in a compressed HDU. Where BLANK is missing ZBLANK takes its place.
 *
 * Source: FITS Standard 4.0, section 10.1.1 (the image's own keywords are kept in the header of the table).
 *
 * @throws FitsError `FITS_WRONG_TYPE`, `FITS_BAD_VALUE`
 */
export function compressedScaling(hdu: Hdu): PixelScaling {
  const { header, bitpix } = hdu
  const blank = bitpix > 0 ? header.bigint('ZBLANK', undefined) : undefined
  if (blank === undefined || header.has('BLANK')) return pixelScaling(header, bitpix)
  const own = new Header(header.origin)
  for (const keyword of ['BSCALE', 'BZERO']) {
    const card = header.card(keyword)
    if (card !== undefined) own.appendRaw(card.raw)
  }
  return pixelScaling(own.set('BLANK', blank), bitpix)
}
