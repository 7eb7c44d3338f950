import { expect, test } from 'vitest'
import type { KeywordValue } from './keyword-reader.ts'
import { lookupReferences, lookupTableFromKeywords } from './lookup-keywords.ts'

function references(cards: Readonly<Record<string, readonly KeywordValue[]>>): unknown {
  return lookupReferences((keyword) => cards[keyword] ?? [])
}

test('record-valued keywords name the extension', () => {
  expect(
    references({
      CPDIS1: ['Lookup'],
      DP1: ['EXTVER: 1', 'NAXES: 2', 'AXIS.1: 1'],
      CPDIS2: ['LOOKUP  '],
      'DP2.EXTVER': [2],
      D2IMDIS2: ['LOOKUP'],
      D2IM2: ['NAXES: 2', 'EXTVER: 7.0'],
    }),
  ).toEqual([
    { kind: 'detector', axis: 2, extname: 'D2IMARR', extver: 7 },
    { kind: 'prior', axis: 1, extname: 'WCSDVARR', extver: 1 },
    { kind: 'prior', axis: 2, extname: 'WCSDVARR', extver: 2 },
  ])
})

test('without a version the axis is taken; other distortions need no table', () => {
  expect(references({ CPDIS2: ['LOOKUP'] })).toEqual([
    { kind: 'prior', axis: 2, extname: 'WCSDVARR', extver: 2 },
  ])
  expect(references({ CPDIS1: ['TPD'], D2IMDIS1: [5] })).toEqual([])
})

test('a table from its extension', () => {
  const cards: Readonly<Record<string, KeywordValue>> = {
    NAXIS1: 2,
    NAXIS2: 1,
    CRPIX1: 1,
    CRVAL1: 5,
    CDELT1: 64,
    CDELT2: 64,
  }
  expect(lookupTableFromKeywords((keyword) => cards[keyword], new Float32Array([1, 2]))).toEqual({
    width: 2,
    height: 1,
    data: new Float32Array([1, 2]),
    crpix: [1, 0],
    crval: [5, 0],
    cdelt: [64, 64],
  })
})

test.for([{ NAXIS1: 3, NAXIS2: 1 }, { NAXIS2: 1 }, { NAXIS1: -1 }, { NAXIS1: 1e9, NAXIS2: 1e9 }])(
  '%o is refused',
  (cards: Readonly<Record<string, number>>) => {
    const read = (): unknown =>
      lookupTableFromKeywords((keyword) => cards[keyword], new Float32Array(2), 'x.fits')
    expect(read).toThrow(/x\.fits, NAXIS1: lookup table .*\[WCS_BAD_DISTORTION\]/)
  },
)
