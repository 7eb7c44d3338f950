import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { CardValue } from '../header/card.ts'
import { Header } from '../header/header.ts'

/** Keywords of the table around a compressed image or table, which mean nothing for what is in it. */
const OF_THE_TABLE =
  /^(?:XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|THEAP|T(?:TYPE|FORM|UNIT|NULL|SCAL|ZERO|DISP|DIM|BCOL)\d+|CHECKSUM|DATASUM|END)$/
/** Keywords of the compression itself. */
const OF_THE_COMPRESSION =
  /^Z(?:IMAGE|TABLE|CMPTYPE|BITPIX|NAXIS\d*|TILE\d+|TILELEN|NAME\d+|VAL\d+|QUANTIZ|DITHER0|BLANK|SCALE|ZERO|MASKCMP|SIMPLE|EXTEND|BLOCKED|TENSION|PCOUNT|GCOUNT|HECKSUM|DATASUM|FORM\d+|CTYP\d+|THEAP)$/
/** Name that fpack gives to images without one. */
const DEFAULT_NAME = 'COMPRESSED_IMAGE'

/**
 * The header that a compressed image has when it is unpacked: its mandatory keywords are restored, those of the table
 * around it and of the compression are gone, all other cards are kept as they are and in order.
 * CHECKSUM and DATASUM are not restored: they would only be right for the very file that was compressed.
 *
 * Source: FITS Standard 4.0, section 10.1.2 (mirrored keywords).
 *
 * @throws FitsError `FITS_NOT_AN_IMAGE` for other HDUs
 */
export function uncompressedHeader(
  hdu: Pick<Hdu, 'type' | 'index' | 'header' | 'headerOffset' | 'bitpix' | 'shape'>,
): Header {
  if (hdu.type !== 'compressed-image') {
    const location = { file: hdu.header.origin.file, hdu: hdu.index, byteOffset: hdu.headerOffset }
    throw new FitsError('FITS_NOT_AN_IMAGE', location, 'the HDU holds no compressed image', {
      found: hdu.type,
      allowed: 'compressed-image',
    })
  }
  const { header } = hdu
  const axes = hdu.shape.toReversed()
  const result = new Header(header.origin)
  const put = (keyword: string, from: string, value: CardValue, comment: string): void => {
    result.set(keyword, value, header.card(from)?.comment ?? comment)
  }
  const isPrimary = header.has('ZSIMPLE')
  if (isPrimary) put('SIMPLE', 'ZSIMPLE', true, 'conforms to the FITS standard')
  else put('XTENSION', 'ZTENSION', 'IMAGE', 'image extension')
  put('BITPIX', 'ZBITPIX', hdu.bitpix, 'bits per pixel, negative for floating point')
  put('NAXIS', 'ZNAXIS', axes.length, 'number of axes')
  axes.forEach((length, index) =>
    put(`NAXIS${index + 1}`, `ZNAXIS${index + 1}`, length, `length of axis ${index + 1}`),
  )
  if (isPrimary) {
    if (header.has('ZEXTEND')) put('EXTEND', 'ZEXTEND', header.boolean('ZEXTEND'), 'extensions may follow')
  } else {
    put('PCOUNT', 'ZPCOUNT', 0, 'no parameters')
    put('GCOUNT', 'ZGCOUNT', 1, 'one group')
  }
  const blank = hdu.bitpix > 0 ? header.bigint('ZBLANK', undefined) : undefined
  if (blank !== undefined && !header.has('BLANK')) put('BLANK', 'ZBLANK', blank, 'pixels without value')
  for (const card of header) {
    if (OF_THE_TABLE.test(card.keyword) || OF_THE_COMPRESSION.test(card.keyword)) continue
    if (card.keyword === 'EXTNAME' && card.value === DEFAULT_NAME) continue
    result.appendRaw(card.raw)
  }
  return result
}
