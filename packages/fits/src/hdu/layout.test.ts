import { describe, expect, test } from 'vitest'
import type { CardValue } from '../header/card.ts'
import { Header } from '../header/header.ts'
import { hduLayout } from './layout.ts'

function header(cards: Readonly<Record<string, CardValue>>): Header {
  const result = new Header({ file: 'x.fits', hdu: 0 })
  for (const [keyword, value] of Object.entries(cards)) result.set(keyword, value)
  return result
}

const IMAGE = { SIMPLE: true, BITPIX: -32, NAXIS: 2, NAXIS1: 3, NAXIS2: 5 }
const TABLE = { XTENSION: 'BINTABLE', BITPIX: 8, NAXIS: 2, NAXIS1: 4, NAXIS2: 6, PCOUNT: 100, GCOUNT: 1 }

describe('type and size of the data', () => {
  test.for([
    { name: 'image', cards: IMAGE, layout: { type: 'image', bitpix: -32, shape: [5, 3], dataBytes: 60 } },
    { name: 'no axes', cards: { ...IMAGE, NAXIS: 0 }, layout: { type: 'empty', shape: [], dataBytes: 0 } },
    {
      name: 'an axis of no pixels',
      cards: { ...IMAGE, NAXIS1: 0 },
      layout: { type: 'empty', shape: [5, 0], dataBytes: 0 },
    },
    {
      name: 'table with heap',
      cards: TABLE,
      layout: { type: 'bintable', shape: [6, 4], pcount: 100, dataBytes: 124 },
    },
    {
      name: 'table without PCOUNT',
      cards: { ...TABLE, PCOUNT: undefined },
      layout: { type: 'bintable', dataBytes: 24 },
    },
    { name: 'old table', cards: { ...TABLE, XTENSION: 'A3DTABLE' }, layout: { type: 'bintable' } },
    { name: 'text table', cards: { ...TABLE, XTENSION: 'TABLE' }, layout: { type: 'table' } },
    { name: 'unknown', cards: { ...TABLE, XTENSION: 'DUMP' }, layout: { type: 'other', dataBytes: 124 } },
    {
      name: 'groups',
      cards: { ...IMAGE, NAXIS1: 0, GROUPS: true, PCOUNT: 2, GCOUNT: 10 },
      layout: { type: 'groups', shape: [5], gcount: 10, dataBytes: 280 },
    },
    {
      name: 'compressed image',
      cards: { ...TABLE, ZIMAGE: true, ZBITPIX: 16, ZNAXIS: 2, ZNAXIS1: 30, ZNAXIS2: 50 },
      layout: { type: 'compressed-image', bitpix: 16, shape: [50, 30], dataBytes: 124 },
    },
  ])('$name', ({ cards, layout }) => {
    expect(hduLayout(header(cards), 'SIMPLE' in cards)).toMatchObject(layout)
  })
})

describe('a header that lies', () => {
  test.for([
    {
      name: 'BITPIX 12',
      cards: { ...IMAGE, BITPIX: 12 },
      code: 'FITS_BAD_VALUE',
      message:
        'x.fits, HDU 0, BITPIX (card 2): no such type of pixels: found 12, allowed 8, 16, 32, 64, -32, -64 [FITS_BAD_VALUE]',
    },
    {
      name: 'negative NAXIS',
      cards: { ...IMAGE, NAXIS: -1 },
      code: 'FITS_BAD_VALUE',
      message:
        'x.fits, HDU 0, NAXIS (card 3): the value is out of range: found -1, allowed 0 to 999 [FITS_BAD_VALUE]',
    },
    {
      name: 'NAXIS beyond the standard',
      cards: { ...IMAGE, NAXIS: 1000 },
      code: 'FITS_BAD_VALUE',
      message:
        'x.fits, HDU 0, NAXIS (card 3): the value is out of range: found 1000, allowed 0 to 999 [FITS_BAD_VALUE]',
    },
    {
      name: 'a missing axis',
      cards: { ...IMAGE, NAXIS: 3 },
      code: 'FITS_MISSING_KEYWORD',
      message: 'x.fits, HDU 0, NAXIS3: the keyword is missing: allowed a whole number [FITS_MISSING_KEYWORD]',
    },
    {
      name: 'an axis in words',
      cards: { ...IMAGE, NAXIS1: 'many' },
      code: 'FITS_WRONG_TYPE',
      message:
        "x.fits, HDU 0, NAXIS1 (card 4): the value has the wrong type: found 'many    ', allowed a whole number [FITS_WRONG_TYPE]",
    },
    {
      name: 'more data than any file',
      cards: { ...IMAGE, NAXIS1: 2e9, NAXIS2: 2e9 },
      code: 'FITS_TOO_LARGE',
      message:
        'x.fits, HDU 0, NAXIS (card 3): the header claims more data than any file can hold: found 16000000000000000000 bytes, allowed 9007199254740991 bytes; the header is damaged; correct NAXISn, PCOUNT and GCOUNT [FITS_TOO_LARGE]',
    },
    {
      name: 'an axis beyond 2^53',
      cards: { ...IMAGE, NAXIS1: 2n ** 60n },
      code: 'FITS_TOO_LARGE',
      message:
        'x.fits, HDU 0, NAXIS1 (card 4): the number is too large to be used here: found 1152921504606846976, allowed up to 2^53 - 1 [FITS_TOO_LARGE]',
    },
  ])('$name', ({ cards, code, message }) => {
    expect(() => hduLayout(header(cards), true)).toThrow(expect.objectContaining({ code, message }))
  })

  test('negative PCOUNT', () => {
    expect(() => hduLayout(header({ ...TABLE, PCOUNT: -1 }), false)).toThrow(
      expect.objectContaining({ code: 'FITS_BAD_VALUE' }),
    )
  })

  test('an axis of no pixels among huge ones is no data at all', () => {
    const cards = { ...IMAGE, NAXIS: 3, NAXIS1: 2 ** 52, NAXIS2: 2 ** 52, NAXIS3: 0 }
    expect(hduLayout(header(cards), true).dataBytes).toBe(0)
  })
})
