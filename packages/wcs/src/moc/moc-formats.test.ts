import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HealpixCell } from '../healpix/cell.ts'
import { emptyMoc, fullMoc, type Moc, mocEquals } from './moc.ts'
import { mocFromCells } from './moc-cells.ts'
import { mocColumn, mocFromColumn } from './moc-column.ts'
import { readMocFits, writeMocFits } from './moc-fits.ts'
import { mocFromRegion } from './moc-from-sky.ts'
import { formatMocAscii, formatMocJson, parseMocAscii, parseMocJson } from './moc-text.ts'

const anyMoc: fc.Arbitrary<Moc> = fc
  .tuple(
    fc.array(
      fc.constantFrom(0, 1, 2, 8, 12, 13, 14, 15, 16, 24, 25, 29).chain((order) =>
        fc.record({
          order: fc.constant(order),
          face: fc.integer({ min: 0, max: 11 }),
          x: fc.integer({ min: 0, max: 2 ** order - 1 }),
          y: fc.integer({ min: 0, max: 2 ** order - 1 }),
        }),
      ) as fc.Arbitrary<HealpixCell>,
      { maxLength: 10 },
    ),
    fc.constantFrom(8, 20, 29),
  )
  .map(([cells, order]) => mocFromCells(cells, order))

/** The example of the standard (MOC 2.0, "ASCII serialization"), and the same as JSON. */
const EXAMPLE_ASCII = '1/1 2 4 2/12-14 21 23 25 8/'
const EXAMPLE_JSON = '{"1":[1,2,4],"2":[12,13,14,21,23,25],"8":[]}'

describe('text', () => {
  it('writes and reads the example of the standard', () => {
    const moc = parseMocAscii(EXAMPLE_ASCII)
    expect(moc.maxOrder).toBe(8)
    expect(formatMocAscii(moc)).toBe(EXAMPLE_ASCII)
    expect(formatMocJson(moc)).toBe(EXAMPLE_JSON)
    expect(mocEquals(parseMocJson(EXAMPLE_JSON), moc)).toBe(true)
  })

  it('takes other separators, and the mark of the space dimension', () => {
    const moc = parseMocAscii(EXAMPLE_ASCII)
    expect(mocEquals(parseMocAscii('s1/1,2 4\n2/ 12 13 2/14 21,23,\t25\r\n8/\n'), moc)).toBe(true)
    expect(mocEquals(parseMocJson('{ "1" : [ 1, 2 , 4 ],\n "2":[12,13,14,21,23,25]}'), moc)).toBe(true)
  })

  it('brings every MOC back with its order', () => {
    fc.assert(
      fc.property(anyMoc, (moc) => {
        expect(parseMocAscii(formatMocAscii(moc))).toEqual(moc)
        expect(parseMocJson(formatMocJson(moc))).toEqual(moc)
      }),
    )
    expect(formatMocAscii(emptyMoc(5))).toBe('5/')
    expect(formatMocJson(emptyMoc(5))).toBe('{"5":[]}')
    expect(parseMocJson('{}')).toEqual(emptyMoc(0))
    expect(parseMocAscii('')).toEqual(emptyMoc(0))
    expect(formatMocAscii(fullMoc(0))).toBe('0/0-11')
  })

  it.each([
    ['1', 'an order with / before the first index'],
    ['1/48', 'indices of order 1, 0 to 47, before this place'],
    ['1/5-3', 'indices of order 1, 0 to 47, before this place'],
    ['30/1', 'an order from 0 to 29 before this place'],
    ['100/1', 'an order from 0 to 29 before this place'],
    ['1/x', 'an order with / or an index'],
    ['1/1-', 'the last index of a run'],
    ['1/99999999999999999999', 'an order with / or an index'],
    ['t1/3', 'an order with / or an index'],
  ])('refuses the ASCII %s', (text, allowed) => {
    expect(() => parseMocAscii(text)).toThrow(expect.objectContaining({ code: 'WCS_BAD_MOC', allowed }))
  })

  it.each([
    '',
    '[]',
    '{"1":[1}',
    '{"1":[1,]}',
    '{"1":[1]',
    '{"1":[1.5]}',
    '{"1":[-1]}',
    '{"x":[1]}',
    '{"1":[1]}x',
    '{"1":[1e3]}',
  ])('refuses the JSON %s', (text) => {
    expect(() => parseMocJson(text)).toThrow(expect.objectContaining({ code: 'WCS_BAD_MOC' }))
  })

  it('answers to any text with a MOC or an error, soon', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789/-, s{}":[]')) }), (text) => {
        for (const parse of [parseMocAscii, parseMocJson]) {
          try {
            expect(parse(text).ranges.length % 2).toBe(0)
          } catch (error) {
            expect(error).toMatchObject({ code: 'WCS_BAD_MOC' })
          }
        }
      }),
      { numRuns: 2000 },
    )
    const started = performance.now()
    expect(() => parseMocAscii(`1/1${' '.repeat(1_000_000)}x`)).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC' }),
    )
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('FITS', () => {
  it('brings every MOC back with its order, in both codings', () => {
    fc.assert(
      fc.property(anyMoc, (moc) => {
        for (const coding of ['NUNIQ', 'RANGE'] as const) {
          const bytes = writeMocFits(moc, coding)
          expect(bytes.length % 2880).toBe(0)
          expect(readMocFits(bytes)).toEqual(moc)
        }
      }),
    )
  })

  it('lists identifiers and ranges as 64-bit integers', () => {
    const moc = parseMocAscii('0/11 29/0')
    expect(Array.from(mocColumn(moc, 'NUNIQ'))).toEqual([15n, 4n ** 30n])
    expect(Array.from(mocColumn(moc, 'RANGE'))).toEqual([0n, 1n, 11n << 58n, 12n << 58n])
    expect(mocFromColumn(BigInt64Array.of(15n, 4n ** 30n), 'NUNIQ')).toEqual(moc)
    expect(() => mocFromColumn(BigInt64Array.of(-1n, 5n), 'RANGE')).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC' }),
    )
    for (const value of [3n, 0n, -1n, 1n << 62n]) {
      expect(() => mocFromColumn(BigInt64Array.of(4n, value), 'NUNIQ')).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_MOC', where: ['value 1'], found: String(value) }),
      )
    }
  })

  it('reads 32-bit identifiers and several in a row, as older programs write them', () => {
    const moc = parseMocAscii('3/5-8 4/100')
    const bytes = writeMocFits(moc)
    const old = edit(bytes, { TFORM1: "'5J      '", NAXIS1: '20'.padStart(20), NAXIS2: '1'.padStart(20) })
    const view = new DataView(old.buffer)
    mocColumn(moc, 'NUNIQ').forEach((value, i) => view.setInt32(old.length - 2880 + 4 * i, Number(value)))
    expect(mocColumn(moc, 'NUNIQ')).toHaveLength(5)
    expect(readMocFits(old)).toEqual(moc)
  })

  it.each([
    [{ ORDERING: "'NESTED  '" }, 'NUNIQ or RANGE'],
    [{ MOCDIM: "'TIME    '" }, 'SPACE'],
    [{ COORDSYS: "'G       '" }, 'C'],
    [{ TFORM1: "'1E      '" }, 'one column of J or K'],
    [{ NAXIS1: '9'.padStart(20) }, '8, as TFORM1 says'],
    [{ NAXIS2: '99999999999'.padStart(20) }, 'at most the 2880 bytes that the file has left'],
    [{ NAXIS2: '-1'.padStart(20) }, 'a whole number not below 0'],
    [{ MOCORD_S: '30'.padStart(20) }, '0 to 29'],
  ] as const)('refuses %o', (cards, allowed) => {
    const bytes = edit(writeMocFits(parseMocAscii('3/5-8')), cards)
    expect(() => readMocFits(bytes)).toThrow(expect.objectContaining({ code: 'WCS_BAD_MOC', allowed }))
  })

  it('answers to broken files with an error', () => {
    const bytes = writeMocFits(mocFromRegion({ centre: { lonDeg: 10, latDeg: 10 }, radiusDeg: 3 }, 7))
    for (const length of [0, 1, 100, 2880, 4000, 5760, bytes.length - 2880]) {
      expect(() => readMocFits(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_MOC' }),
      )
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const broken = bytes.slice()
        broken[at] = value
        try {
          expect(readMocFits(broken).ranges.length % 2).toBe(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'WCS_BAD_MOC' })
        }
      }),
      { numRuns: 1000 },
    )
  })
})

/** A copy with the values of cards replaced. */
function edit(bytes: Uint8Array, cards: Readonly<Record<string, string>>): Uint8Array {
  const copy = bytes.slice()
  // Of the table, not of the primary header.
  const header = new TextDecoder('latin1').decode(bytes.subarray(2880, 5760))
  for (const [keyword, value] of Object.entries(cards)) {
    const at = header.indexOf(`${keyword.padEnd(8)}=`)
    expect(at).toBeGreaterThan(0)
    copy.set(new TextEncoder().encode(`${keyword.padEnd(8)}= ${value}`.padEnd(80)), 2880 + at)
  }
  return copy
}
