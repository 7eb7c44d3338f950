import { describe, expect, test } from 'vitest'
import { formatCard } from './format-card.ts'
import { parseCard } from './parse-card.ts'

const card = (text: string): ReturnType<typeof parseCard> => parseCard(text.padEnd(80))

describe('reading a card', () => {
  const cases = [
    {
      name: 'fixed integer',
      text: 'NAXIS1  =                  512 / width',
      type: 'integer',
      value: 512,
      comment: 'width',
    },
    { name: 'free integer', text: 'NAXIS1  = 512', type: 'integer', value: 512, comment: '' },
    {
      name: 'negative zero is an integer zero',
      text: 'A       = -0',
      type: 'integer',
      value: 0,
      comment: '',
    },
    { name: 'plus sign', text: 'A       = +7/x', type: 'integer', value: 7, comment: 'x' },
    {
      name: 'int64 beyond doubles',
      text: 'A       = 9223372036854775807',
      type: 'integer',
      value: 9223372036854775807n,
      comment: '',
    },
    {
      name: 'signed big integer',
      text: 'A       = +18446744073709551616',
      type: 'integer',
      value: 18446744073709551616n,
      comment: '',
    },
    {
      name: 'float',
      text: 'A       =        -2.5E-3 / half',
      type: 'float',
      value: -0.0025,
      comment: 'half',
    },
    { name: 'D exponent', text: 'A       = 8.38D+01', type: 'float', value: 83.8, comment: '' },
    { name: 'leading point', text: 'A       = .5', type: 'float', value: 0.5, comment: '' },
    { name: 'trailing point', text: 'A       = 5.', type: 'float', value: 5, comment: '' },
    { name: 'true', text: 'SIMPLE  =                    T', type: 'logical', value: true, comment: '' },
    { name: 'false with slash', text: 'A       = F/no', type: 'logical', value: false, comment: 'no' },
    {
      name: 'string',
      text: "A       = 'RA---TAN'           / axis",
      type: 'string',
      value: 'RA---TAN',
      comment: 'axis',
    },
    {
      name: 'doubled quote',
      text: "A       = 'it''s /not/ a comment' / yes",
      type: 'string',
      value: "it's /not/ a comment",
      comment: 'yes',
    },
    { name: 'leading blanks count', text: "A       = '  x  '", type: 'string', value: '  x', comment: '' },
    { name: 'empty string', text: "A       = ''", type: 'string', value: '', comment: '' },
    { name: 'string of a number', text: "A       = '83.8    '", type: 'string', value: '83.8', comment: '' },
    {
      name: 'complex',
      text: 'A       = (1.5, -2)',
      type: 'complex',
      value: { re: 1.5, im: -2 },
      comment: '',
    },
    {
      name: 'undefined',
      text: 'A       =                      / nothing',
      type: 'undefined',
      value: undefined,
      comment: 'nothing',
    },
    {
      name: 'history',
      text: 'HISTORY = 5 is no value',
      type: 'commentary',
      value: undefined,
      comment: '= 5 is no value',
    },
    {
      name: 'no value indicator',
      text: 'DATE-OBS 2001',
      type: 'commentary',
      value: undefined,
      comment: ' 2001',
    },
    { name: 'hierarch', text: "HIERARCH ESO DET ID = 'a' / b", type: 'string', value: 'a', comment: 'b' },
    { name: 'nan is no value', text: 'A       = NaN', type: 'invalid', value: undefined, comment: '' },
    {
      name: 'blank within a number',
      text: 'A       = 1 234',
      type: 'invalid',
      value: undefined,
      comment: '',
    },
    { name: 'overflow', text: 'A       = 1E999', type: 'invalid', value: undefined, comment: '' },
    { name: 'open string', text: "A       = 'abc", type: 'invalid', value: undefined, comment: '' },
    { name: 'lone sign', text: 'A       = -', type: 'invalid', value: undefined, comment: '' },
    { name: 'lone point', text: 'A       = .', type: 'invalid', value: undefined, comment: '' },
  ] as const

  test.for(cases)('$name', ({ text, type, value, comment }) => {
    expect(card(text)).toMatchObject({ type, value, comment, raw: text.padEnd(80) })
  })

  test('names the fault of what it could read nevertheless', () => {
    expect(card('A       = 1.5e3')).toMatchObject({
      value: 1500,
      fault: 'the exponent letter is in lower case',
    })
    expect(card("A       = 'x' y")).toMatchObject({
      value: 'x',
      fault: 'text follows the closing quote without a slash',
    })
    expect(card('A       =5')).toMatchObject({ type: 'commentary', fault: 'column 10 is not blank' })
  })

  test('the keyword of an HIERARCH card leaves the convention out', () => {
    expect(card('HIERARCH ESO TEL FOCU SCALE = 1.489').keyword).toBe('ESO TEL FOCU SCALE')
  })

  test('joins CONTINUE records and their comments', () => {
    const raw = ["A       = 'one &'  / first", "CONTINUE  'two''s &' / second", "CONTINUE  'three'"]
    const joined = parseCard(raw.map((record) => record.padEnd(80)).join(''))
    expect(joined).toMatchObject({ type: 'string', value: "one two's three", comment: 'first second' })
  })
})

describe('writing a card', () => {
  const cases = [
    { name: 'integer', value: 512, text: 'A       =                  512 / c' },
    { name: 'bigint', value: -9223372036854775808n, text: 'A       = -9223372036854775808 / c' },
    { name: 'logical', value: true, text: 'A       =                    T / c' },
    { name: 'fraction', value: 0.1, text: 'A       =                  0.1 / c' },
    { name: 'exponent', value: 1e-7, text: 'A       =               1.0E-7 / c' },
    { name: 'large', value: 1.5e300, text: 'A       =             1.5E+300 / c' },
    { name: 'all digits', value: -1.2345678901234567e-100, text: 'A       = -1.2345678901234567E-100 / c' },
    { name: 'negative zero', value: -0, text: 'A       =                 -0.0 / c' },
    { name: 'string', value: "it's", text: "A       = 'it''s   '           / c" },
    { name: 'empty string', value: '', text: "A       = '        '           / c" },
    { name: 'undefined', value: undefined, text: 'A       =                      / c' },
    { name: 'complex', value: { re: 1, im: -2.5 }, text: 'A       =          (1.0, -2.5) / c' },
  ] as const

  test.for(cases)('$name', ({ value, text }) => {
    expect(formatCard('A', value, 'c')).toBe(text.padEnd(80))
  })

  test('whole numbers of real quantities get a point', () => {
    expect(formatCard('CRPIX1', 100, '', { isFloat: true }).trimEnd()).toBe('CRPIX1  =                100.0')
  })

  test('a comment that does not fit is cut', () => {
    expect(formatCard('A', 1, 'x'.repeat(100))).toHaveLength(80)
  })

  test('a string of 68 characters is one card, of 69 is two', () => {
    expect(formatCard('A', 'x'.repeat(68))).toHaveLength(80)
    expect(formatCard('A', 'x'.repeat(69))).toHaveLength(160)
  })

  test('a doubled quote is not torn apart', () => {
    const raw = formatCard('A', `${'x'.repeat(66)}'${'y'.repeat(30)}`)
    expect(raw.slice(0, 80)).toBe(`A       = '${'x'.repeat(66)}&'`.padEnd(80))
    expect(raw.slice(80).trimEnd()).toBe(`CONTINUE  '''${'y'.repeat(30)}'`)
  })

  test('long names become HIERARCH cards', () => {
    expect(formatCard('ESO DET ID', 4).trimEnd()).toBe('HIERARCH ESO DET ID =                    4')
  })

  test.for([
    { name: 'NaN', make: () => formatCard('A', NaN), code: 'FITS_BAD_VALUE' },
    { name: 'infinity', make: () => formatCard('A', -Infinity), code: 'FITS_BAD_VALUE' },
    { name: 'letters beyond ASCII', make: () => formatCard('A', 'café'), code: 'FITS_BAD_TEXT' },
    { name: 'a line end in a comment', make: () => formatCard('A', 1, 'a\nb'), code: 'FITS_BAD_TEXT' },
    { name: 'END', make: () => formatCard('END', 1), code: 'FITS_BAD_KEYWORD' },
    { name: 'COMMENT with a value', make: () => formatCard('COMMENT', 'x'), code: 'FITS_BAD_KEYWORD' },
    { name: 'an equals sign in a name', make: () => formatCard('A=B', 1), code: 'FITS_BAD_KEYWORD' },
    { name: 'a name without end', make: () => formatCard('X'.repeat(60), 1), code: 'FITS_BAD_KEYWORD' },
    { name: 'an integer of 100 digits', make: () => formatCard('A', 10n ** 99n), code: 'FITS_BAD_VALUE' },
  ])('refuses $name', ({ make, code }) => {
    expect(make).toThrow(expect.objectContaining({ name: 'FitsError', code }))
  })
})
