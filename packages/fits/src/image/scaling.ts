import type { FitsWarning } from '../errors.ts'
import type { Bitpix } from '../hdu/hdu.ts'
import type { Header } from '../header/header.ts'

/** How stored numbers become physical values: `bzero + bscale * stored` (FITS Standard 4.0, section 4.4.2.5, equation 3). */
export interface PixelScaling {
  readonly bscale: number
  readonly bzero: number
  /** Stored number of undefined pixels; only for integers. */
  readonly blank: bigint | undefined
  /** BZERO only shifts between signed and unsigned integers (section 5.2.5, table 11), so that values are exact integers. */
  readonly isShifted: boolean
  readonly warnings: readonly FitsWarning[]
}

/** BZERO of the unsigned types, and of signed bytes (section 5.2.5, table 11). */
const SHIFTS: ReadonlyMap<Bitpix, number> = new Map<Bitpix, number>([
  [8, -128],
  [16, 2 ** 15],
  [32, 2 ** 31],
  [64, 2 ** 63],
])

/**
 * Reads BSCALE, BZERO and BLANK of an image.
 *
 * @throws FitsError `FITS_WRONG_TYPE`, `FITS_BAD_VALUE`
 */
export function pixelScaling(header: Header, bitpix: Bitpix): PixelScaling {
  const bscale = header.number('BSCALE', 1)
  const bzero = header.number('BZERO', 0)
  const found = header.bigint('BLANK', undefined)
  const isUsable = found !== undefined && bitpix > 0 && isStored(found, bitpix)
  const warnings: FitsWarning[] = []
  if (found !== undefined && !isUsable) {
    const message =
      bitpix < 0
        ? 'BLANK means nothing in floating-point images'
        : `no pixel of BITPIX ${bitpix} can be ${found}`
    warnings.push({ code: 'FITS_BLANK_IGNORED', location: header.locate('BLANK'), message })
  }
  const isShifted = bscale === 1 && bzero === SHIFTS.get(bitpix)
  return { bscale, bzero, blank: isUsable ? found : undefined, isShifted, warnings }
}

/** Section 5.2: bytes are unsigned, other integers two's complement. */
function isStored(value: bigint, bitpix: Bitpix): boolean {
  return bitpix === 8 ? value === BigInt.asUintN(8, value) : value === BigInt.asIntN(bitpix, value)
}
