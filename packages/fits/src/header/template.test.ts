import { describe, expect, test } from 'vitest'
import { formatHeaderTemplate, parseHeaderTemplate } from './template.ts'

const TEMPLATE = `SIMPLE  = T
BITPIX=-64
NAXIS   =                    2 / two axes
NAXIS1 100
NAXIS2=  '200'
CTYPE1  = 'RA---TAN'
CTYPE2 = DEC--TAN / no quotes
CRVAL1  =             83.82210
CRVAL2=-5.39110 / south
  CDELT1 = -2.7D-4
EQUINOX = 2000.
COMMENT made by hand
ZP      = (1.5, 2)
END
NONSENSE beyond the end`

describe('a header template', () => {
  const header = parseHeaderTemplate(TEMPLATE, 'region.hdr')

  test('has values of the right type, whatever its columns', () => {
    expect(header.cards().map((card) => [card.keyword, card.value])).toEqual([
      ['SIMPLE', true],
      ['BITPIX', -64],
      ['NAXIS', 2],
      ['NAXIS1', 100],
      ['NAXIS2', 200],
      ['CTYPE1', 'RA---TAN'],
      ['CTYPE2', 'DEC--TAN'],
      ['CRVAL1', 83.8221],
      ['CRVAL2', -5.3911],
      ['CDELT1', -2.7e-4],
      ['EQUINOX', 2000],
      ['COMMENT', undefined],
      ['ZP', { re: 1.5, im: 2 }],
    ])
    expect(header.card('CTYPE2')?.comment).toBe('no quotes')
  })

  test('reads the same with CRLF, without END and with blank lines', () => {
    const values = (text: string): unknown[] =>
      parseHeaderTemplate(text)
        .cards()
        .map((card) => card.value)
    const part = TEMPLATE.slice(0, TEMPLATE.indexOf('END'))
    expect(values(part.replaceAll('\n', '\r\n'))).toEqual(values(TEMPLATE))
    expect(values(part.replaceAll('\n', '\n\n'))).toEqual(values(TEMPLATE))
  })

  test('keeps cards in fixed columns as they are', () => {
    expect(header.card('CRVAL1')?.raw.trimEnd()).toBe('CRVAL1  =             83.82210')
  })

  test('is written one card a line', () => {
    const text = formatHeaderTemplate(header)
    expect(text.endsWith('\nEND\n')).toBe(true)
    expect(formatHeaderTemplate(parseHeaderTemplate(text))).toBe(text)
  })

  test('continues long strings', () => {
    const long = parseHeaderTemplate("A       = 'one&'\nCONTINUE  'two'\nEND\n")
    expect(long.string('A')).toBe('onetwo')
  })

  test('getters name the line', () => {
    const odd = parseHeaderTemplate('SIMPLE = T\nOBJECT = M42\n', 'x.hdr')
    expect(() => odd.number('OBJECT')).toThrow(
      expect.objectContaining({
        message:
          "x.hdr, OBJECT (line 2): the value has the wrong type: found 'M42     ', allowed a number [FITS_WRONG_TYPE]",
      }),
    )
  })
})

describe('a bad line is refused with its number', () => {
  const six = 'A = 1\nB = 2\nC = 3\nD = 4\nE = 5\nF = 6\n'
  test.for([
    {
      name: 'too long',
      line: 'x'.repeat(81),
      message:
        'region.hdr, line 7: FITS header lines cannot be greater than 80 characters: found 81 characters; shorten the line [FITS_BAD_TEMPLATE]',
    },
    {
      name: 'no number',
      line: 'CRVAL1 = here',
      message:
        'region.hdr, CRVAL1 (line 7): the value is not a number: found here, allowed a number; correct line 7 [FITS_BAD_TEMPLATE]',
    },
    {
      name: 'no value',
      line: 'CRVAL1 =',
      message:
        'region.hdr, line 7: CRVAL1 has no value: found nothing, allowed KEYWORD = value / comment; correct line 7 [FITS_BAD_TEMPLATE]',
    },
    {
      name: 'no keyword',
      line: '= 5',
      message:
        'region.hdr, line 7: the line does not begin with a FITS keyword: found = 5, allowed KEYWORD = value / comment; correct line 7 [FITS_BAD_TEMPLATE]',
    },
    {
      name: 'lower case',
      line: 'crval1 = 5',
      message:
        'region.hdr, line 7: the line does not begin with a FITS keyword: found crval1, allowed KEYWORD = value / comment; correct line 7 [FITS_BAD_TEMPLATE]',
    },
    {
      name: 'open quote',
      line: "CTYPE1 = 'RA---TAN",
      message:
        "region.hdr, line 7: the string has no closing quote: found 'RA---TAN, allowed KEYWORD = value / comment; correct line 7 [FITS_BAD_TEMPLATE]",
    },
    {
      name: 'not ASCII',
      line: 'OBJECT = café',
      message:
        'region.hdr, line 7: the line holds characters that FITS headers cannot hold: found OBJECT = café, allowed printable ASCII [FITS_BAD_TEMPLATE]',
    },
  ])('$name', ({ line, message }) => {
    expect(() => parseHeaderTemplate(`${six}${line}\nEND\n`, 'region.hdr')).toThrow(
      expect.objectContaining({ code: 'FITS_BAD_TEMPLATE', message }),
    )
  })

  test('a FITS file is no template', () => {
    const text = 'SIMPLE  =                    T'.padEnd(80) + 'BITPIX  =                    8'.padEnd(2800)
    expect(() => parseHeaderTemplate(text, 'm51.fits')).toThrow(
      /a FITS file cannot be used as a header template/,
    )
  })

  test('an endless one is refused', () => {
    expect(() => parseHeaderTemplate('A = 1\n'.repeat(20_000))).toThrow(/too long/)
  })
})
