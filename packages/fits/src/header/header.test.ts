import { describe, expect, test } from 'vitest'
import { formatHeader } from './format-header.ts'
import { Header } from './header.ts'
import { latin1Text } from './latin1.ts'
import { parseHeaderRecords } from './parse-header.ts'

const parse = (...records: string[]): Header =>
  parseHeaderRecords(records.map((record) => record.padEnd(80)).join(''), {
    file: 'a.fits',
    hdu: 1,
    byteOffset: 5760,
  })

describe('typed values', () => {
  const header = parse(
    "OBJECT  = 'M 42'",
    'EXPTIME =                 30.5',
    'NAXIS1  =                  512',
    'BIG     =  9223372036854775807',
    'FLAG    =                    T',
    'EMPTY   =',
    'BAD     = NaN',
    'PHASOR  = (1, 2)',
  )

  test('come in their own type', () => {
    expect(header.string('OBJECT')).toBe('M 42')
    expect(header.number('EXPTIME')).toBe(30.5)
    expect(header.number('NAXIS1')).toBe(512)
    expect(header.integer('naxis1')).toBe(512)
    expect(header.bigint('BIG')).toBe(9223372036854775807n)
    expect(header.boolean('FLAG')).toBe(true)
    expect(header.complex('PHASOR')).toEqual({ re: 1, im: 2 })
  })

  test('have a fallback only when there is no value', () => {
    expect(header.number('GAIN', 1)).toBe(1)
    expect(header.number('EMPTY', undefined)).toBeUndefined()
    expect(() => header.number('OBJECT', 1)).toThrow(expect.objectContaining({ code: 'FITS_WRONG_TYPE' }))
  })

  test.for([
    {
      keyword: 'GAIN',
      code: 'FITS_MISSING_KEYWORD',
      message: 'a.fits, HDU 1, GAIN: the keyword is missing: allowed a number [FITS_MISSING_KEYWORD]',
    },
    {
      keyword: 'EMPTY',
      code: 'FITS_MISSING_KEYWORD',
      message:
        'a.fits, HDU 1, EMPTY (card 6), byte 6160: the value is undefined: allowed a number [FITS_MISSING_KEYWORD]',
    },
    {
      keyword: 'OBJECT',
      code: 'FITS_WRONG_TYPE',
      message:
        "a.fits, HDU 1, OBJECT (card 1), byte 5760: the value has the wrong type: found 'M 42', allowed a number [FITS_WRONG_TYPE]",
    },
    {
      keyword: 'BAD',
      code: 'FITS_BAD_VALUE',
      message:
        'a.fits, HDU 1, BAD (card 7), byte 6240: the value is not a string in quotes, T, F or a number: found NaN; correct the card [FITS_BAD_VALUE]',
    },
  ])('say where $keyword is wrong', ({ keyword, code, message }) => {
    expect(() => header.number(keyword)).toThrow(expect.objectContaining({ code, message }))
  })

  test('a whole number must be written as one', () => {
    expect(() => header.integer('EXPTIME')).toThrow(expect.objectContaining({ code: 'FITS_WRONG_TYPE' }))
    expect(() => header.integer('BIG')).toThrow(expect.objectContaining({ code: 'FITS_TOO_LARGE' }))
  })
})

describe('looking up', () => {
  test('the first of several cards counts', () => {
    expect(parse('A       = 1', 'A       = 2').number('A')).toBe(1)
  })

  test('names of the language are names like others', () => {
    const header = parse('__PROTO_= 1', 'CONSTRUC= 2')
    expect(header.get('__proto__')).toBeUndefined()
    expect(header.get('constructor')).toBeUndefined()
    expect(header.get('__proto_')).toBe(1)
    expect({}).not.toHaveProperty('CONSTRUC')
  })

  test('HIERARCH names with and without the word', () => {
    const header = parse('HIERARCH ESO DET ID = 4')
    expect(header.number('ESO DET ID')).toBe(4)
    expect(header.number('HIERARCH ESO DET ID')).toBe(4)
  })

  test('an orphaned CONTINUE is a comment', () => {
    const header = parse("A       = 'x'", "CONTINUE  'y'")
    expect(header.string('A')).toBe('x')
    expect(header.cards()).toHaveLength(2)
  })

  test('an ampersand that nothing follows is part of the string', () => {
    expect(parse("A       = 'x&'", 'B       = 1').string('A')).toBe('x&')
  })
})

describe('changing', () => {
  test('keeps place, comment and everything that it does not touch', () => {
    const header = parse('A       = 1 / one', 'B       =      2  /odd', 'C       = 3')
    header.set('A', 10).set('C', 'text', 'new')
    expect(header.cards().map((card) => card.raw.trimEnd())).toEqual([
      'A       =                   10 / one',
      'B       =      2  /odd',
      "C       = 'text    '           / new",
    ])
  })

  test('a real number stays one', () => {
    const header = parse('CRPIX1  =                100.5 / centre', 'NAXIS1  =                  100')
    header.set('CRPIX1', 101).set('NAXIS1', 101)
    expect(header.cards().map((card) => card.raw.trimEnd())).toEqual([
      'CRPIX1  =                101.0 / centre',
      'NAXIS1  =                  101',
    ])
  })

  test('puts cards where they are wanted', () => {
    const header = parse('A       = 1', 'C       = 3')
    header.insertAfter('A', 'B', 2).insertAfter('missing', 'D', 4).append('A', 5)
    expect(header.cards().map((card) => [card.keyword, card.value])).toEqual([
      ['A', 1],
      ['B', 2],
      ['C', 3],
      ['D', 4],
      ['A', 5],
    ])
    expect(header.cardsOf('A').map((card) => card.value)).toEqual([1, 5])
  })

  test('an equal keyword put before others becomes the first', () => {
    const header = parse('Z       = 0', 'A       = 1')
    header.insertAfter('Z', 'A', 7)
    expect(header.number('A')).toBe(7)
  })

  test('removes all cards of a name', () => {
    const header = parse('A       = 1', 'B       = 2', 'A       = 3')
    expect(header.delete('A')).toBe(2)
    expect(header.delete('A')).toBe(0)
    expect(header.cards().map((card) => card.keyword)).toEqual(['B'])
    expect(header.recordCount).toBe(1)
  })

  test('wraps long remarks', () => {
    const header = new Header()
      .addHistory(`${'word '.repeat(20)}\nnext line`)
      .addComment('')
      .addBlank('title')
    expect(header.history()).toEqual([
      'word '.repeat(14).trimEnd(),
      'word word word word word word',
      'next line',
    ])
    expect(header.comments()).toEqual([''])
  })

  test('a clone is independent', () => {
    const header = parse('A       = 1')
    const copy = header.clone().set('A', 2)
    expect([header.number('A'), copy.number('A')]).toEqual([1, 2])
  })

  test('counts records of continued strings', () => {
    const header = new Header().set('A', 'x'.repeat(200)).set('B', 1)
    expect(header.recordCount).toBe(4)
    expect(header.locate('B').card).toBe(4)
    header.set('A', 'short')
    expect(header.recordCount).toBe(2)
  })

  test('100,000 remarks are added and looked up in less than a second', () => {
    const header = new Header()
    const start = performance.now()
    for (let index = 0; index < 100_000; index++) header.addHistory(`line ${index}`)
    expect(header.history()).toHaveLength(100_000)
    for (let index = 0; index < 1000; index++)
      header.insertAfter('HISTORY', `K${index}`, index).number(`K${index}`)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

test('a header is written in whole blocks with END', () => {
  const bytes = formatHeader(new Header().set('SIMPLE', true))
  expect(bytes).toHaveLength(2880)
  expect(latin1Text(bytes).trimEnd()).toBe(`${'SIMPLE  =                    T'.padEnd(80)}END`)
  const full = new Header()
  for (let index = 0; index < 36; index++) full.addComment('x')
  expect(formatHeader(full)).toHaveLength(5760)
})
