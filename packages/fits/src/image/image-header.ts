import { FitsError } from '../errors.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { CardValue } from '../header/card.ts'
import { Header } from '../header/header.ts'

/** Type, size and scaling of an image that is written. */
export interface ImageLayout {
  readonly bitpix: Bitpix
  /** Slowest axis first: `[height, width]`, `[planes, height, width]`. */
  readonly shape: readonly number[]
  /** Physical value = bzero + bscale * stored; default 1. */
  readonly bscale?: number
  /** Default 0; 2^15, 2^31, 2^63 (and -128 for bytes) make the unsigned (signed) types. */
  readonly bzero?: number
  /** Stored number of pixels without value; needed when NaN is written as an integer. */
  readonly blank?: number
  /** Give integers beyond the range of BITPIX the nearest value instead of an error; default false. */
  readonly clip?: boolean
}

/** Keywords that the writer sets; those of the given header are dropped. */
const STRUCTURAL =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO|BLANK|CHECKSUM|DATASUM|END)$/

/**
 * The header of an image HDU: mandatory cards in the order of FITS Standard 4.0 (tables 7 and 10), then the scaling, then all
 * other cards of the given header as they are. Comments of mandatory cards are kept.
 *
 * @throws FitsError `FITS_BAD_VALUE` for a shape that FITS cannot have
 */
export function imageHeader(layout: ImageLayout, header: Header, isPrimary: boolean): Header {
  const axes = layout.shape.toReversed()
  checkAxes(axes)
  const result = new Header(header.origin)
  const put = (keyword: string, value: CardValue, comment: string): void => {
    result.set(keyword, value, header.card(keyword)?.comment ?? comment)
  }
  if (isPrimary) put('SIMPLE', true, 'conforms to the FITS standard')
  else put('XTENSION', 'IMAGE', 'image extension')
  put('BITPIX', layout.bitpix, 'bits per pixel, negative for floating point')
  put('NAXIS', axes.length, 'number of axes')
  axes.forEach((length, index) => put(`NAXIS${index + 1}`, length, `length of axis ${index + 1}`))
  if (isPrimary) {
    put('EXTEND', true, 'extensions may follow')
  } else {
    put('PCOUNT', 0, 'no parameters')
    put('GCOUNT', 1, 'one group')
  }
  putScaling(result, layout, header)
  for (const card of header) if (!STRUCTURAL.test(card.keyword)) result.appendRaw(card.raw)
  return result
}

function putScaling(result: Header, layout: ImageLayout, header: Header): void {
  const comment = (keyword: string, text: string): string => header.card(keyword)?.comment ?? text
  const { bscale = 1, bzero = 0, blank } = layout
  if (bscale !== 1 || bzero !== 0) {
    // Section 5.2.5: whole numbers such as 32768 mark the unsigned types; readers expect them without a point.
    result.set('BSCALE', bscale, comment('BSCALE', 'physical value = BZERO + BSCALE * stored'))
    result.set('BZERO', wholeOrFloat(bzero), comment('BZERO', 'physical value of a stored 0'))
  }
  if (blank !== undefined && layout.bitpix > 0) {
    result.set('BLANK', blank, comment('BLANK', 'stored value of pixels without data'))
  }
}

function wholeOrFloat(value: number): number | bigint {
  return Number.isInteger(value) && Math.abs(value) <= 2 ** 63 ? BigInt(value) : value
}

function checkAxes(axes: readonly number[]): void {
  const isFine = axes.every((length) => Number.isSafeInteger(length) && length >= 0) && axes.length <= 999
  if (isFine) return
  throw new FitsError('FITS_BAD_VALUE', { keyword: 'NAXIS' }, 'an image cannot have this shape', {
    found: axes.join(' x '),
    allowed: 'up to 999 axes of whole, non-negative lengths',
  })
}
