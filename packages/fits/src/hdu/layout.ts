import { FitsError } from '../errors.ts'
import type { Header } from '../header/header.ts'
import type { Bitpix, HduType } from './hdu.ts'

/** What the mandatory keywords of a header say about its data. */
export interface HduLayout {
  readonly type: HduType
  readonly bitpix: Bitpix
  readonly shape: readonly number[]
  readonly pcount: number
  readonly gcount: number
  readonly dataBytes: number
}

/** Largest NAXIS (FITS Standard 4.0, section 4.4.1.1). */
const MAX_NAXIS = 999
const BITPIX_VALUES: readonly number[] = [8, 16, 32, 64, -32, -64]

/**
 * Reads the mandatory keywords (FITS Standard 4.0, sections 4.4.1, 6 and 7) and computes the size of the data.
 *
 * PCOUNT and GCOUNT may be missing in extensions, as in some old files; they are then 0 and 1.
 *
 * @param isPrimary the header is the first of its file
 * @throws FitsError `FITS_MISSING_KEYWORD`, `FITS_WRONG_TYPE`, `FITS_BAD_VALUE`, `FITS_TOO_LARGE`
 */
export function hduLayout(header: Header, isPrimary: boolean): HduLayout {
  const bitpix = readBitpix(header, 'BITPIX')
  const axes = readAxes(header, 'NAXIS')
  if (isPrimary) return primaryLayout(header, bitpix, axes)
  const pcount = readCount(header, 'PCOUNT', 0)
  const gcount = readCount(header, 'GCOUNT', 1)
  const dataBytes = arrayBytes(header, bitpix, axes, pcount, gcount)
  const type = extensionType(header, axes)
  if (type !== 'compressed-image')
    return { type, bitpix, shape: axes.toReversed(), pcount, gcount, dataBytes }
  const shape = readAxes(header, 'ZNAXIS').toReversed()
  return { type, bitpix: readBitpix(header, 'ZBITPIX'), shape, pcount, gcount, dataBytes }
}

function primaryLayout(header: Header, bitpix: Bitpix, axes: readonly number[]): HduLayout {
  const hasGroups = axes[0] === 0 && axes.length > 1 && header.boolean('GROUPS', false)
  if (!hasGroups) {
    const dataBytes = arrayBytes(header, bitpix, axes, 0, 1)
    return { type: imageType(axes), bitpix, shape: axes.toReversed(), pcount: 0, gcount: 1, dataBytes }
  }
  // Section 6.1: NAXIS1 = 0 marks random groups, the other axes are those of one group.
  const groupAxes = axes.slice(1)
  const pcount = readCount(header, 'PCOUNT', undefined)
  const gcount = readCount(header, 'GCOUNT', undefined)
  const dataBytes = arrayBytes(header, bitpix, groupAxes, pcount, gcount)
  return { type: 'groups', bitpix, shape: groupAxes.toReversed(), pcount, gcount, dataBytes }
}

function imageType(axes: readonly number[]): HduType {
  return axes.length === 0 || axes.includes(0) ? 'empty' : 'image'
}

function extensionType(header: Header, axes: readonly number[]): HduType {
  const name = header.string('XTENSION')
  if (name === 'IMAGE' || name === 'IUEIMAGE') return imageType(axes)
  if (name === 'TABLE') return 'table'
  // A3DTABLE is the name of binary tables before they became a standard.
  if (name === 'BINTABLE' || name === 'A3DTABLE') {
    return header.boolean('ZIMAGE', false) ? 'compressed-image' : 'bintable'
  }
  return 'other'
}

function readBitpix(header: Header, keyword: string): Bitpix {
  const bitpix = header.integer(keyword)
  if (isBitpix(bitpix)) return bitpix
  throw new FitsError('FITS_BAD_VALUE', header.locate(keyword), 'no such type of pixels', {
    found: String(bitpix),
    allowed: '8, 16, 32, 64, -32, -64',
  })
}

function isBitpix(value: number): value is Bitpix {
  return BITPIX_VALUES.includes(value)
}

/** Lengths of the axes, NAXIS1 first. */
function readAxes(header: Header, keyword: 'NAXIS' | 'ZNAXIS'): number[] {
  const count = header.integer(keyword)
  if (count < 0 || count > MAX_NAXIS) throw outOfRange(header, keyword, count, `0 to ${MAX_NAXIS}`)
  return Array.from({ length: count }, (_, index) => {
    const axis = `${keyword}${index + 1}`
    const length = header.integer(axis)
    if (length < 0) throw outOfRange(header, axis, length, '0 or more')
    return length
  })
}

function readCount(header: Header, keyword: string, fallback: number | undefined): number {
  const count = fallback === undefined ? header.integer(keyword) : header.integer(keyword, fallback)
  if (count < 0) throw outOfRange(header, keyword, count, '0 or more')
  return count
}

function outOfRange(header: Header, keyword: string, found: number, allowed: string): FitsError {
  return new FitsError('FITS_BAD_VALUE', header.locate(keyword), 'the value is out of range', {
    found: String(found),
    allowed,
  })
}

/** Equations 1, 2 and 4 of the standard: |BITPIX| / 8 x GCOUNT x (PCOUNT + NAXIS1 x NAXIS2 ...). */
function arrayBytes(
  header: Header,
  bitpix: Bitpix,
  axes: readonly number[],
  pcount: number,
  gcount: number,
): number {
  const elements = axes.length === 0 ? 0n : axes.reduce((product, length) => product * BigInt(length), 1n)
  const bytes = (BigInt(Math.abs(bitpix)) / 8n) * BigInt(gcount) * (BigInt(pcount) + elements)
  if (bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(bytes)
  throw new FitsError(
    'FITS_TOO_LARGE',
    header.locate('NAXIS'),
    'the header claims more data than any file can hold',
    {
      found: `${bytes} bytes`,
      allowed: `${Number.MAX_SAFE_INTEGER} bytes`,
      remedy: 'the header is damaged; correct NAXISn, PCOUNT and GCOUNT',
    },
  )
}
