import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compressLzw } from '../../test/compress-lzw.ts'
import { bunzip2 } from './bunzip2.ts'
import { uncompress } from './uncompress.ts'

const MAX_BYTES = 10_000_000
const PLACE = { file: 'x.fits' }

/** `hello hello hello\n` by bzip2 1.0.8. */
const HELLO_BZ2 = Uint8Array.from(
  atob('QlpoOTFBWSZTWeW18wkAAARRAAAQQAACRKAAIbUYDAKQacKjC7kinChIctr5hIA='),
  (char) => char.charCodeAt(0),
)

describe('compress', () => {
  test('any bytes come back, whatever the width of the codes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      fc
        .array(fc.integer({ min: 0, max: 3 }), { maxLength: 20_000 })
        .map((values) => Uint8Array.from(values)),
    )
    fc.assert(
      fc.property(
        bytes,
        fc.integer({ min: 9, max: 16 }),
        fc.integer({ min: 0, max: 3000 }),
        (plain, maxWidth, clearEvery) => {
          const packed = compressLzw(plain, maxWidth, clearEvery)
          expect(uncompress(packed, MAX_BYTES, PLACE)).toEqual(plain)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a string that is defined by the code for itself', () => {
    const plain = new Uint8Array(1000).fill(65)
    expect(uncompress(compressLzw(plain, 12, 0), MAX_BYTES, PLACE)).toEqual(plain)
  })

  test.for([
    { name: 'no width', bytes: [0x1f, 0x9d] },
    { name: 'a width of 17 bits', bytes: [0x1f, 0x9d, 0x91, 65, 0] },
    { name: 'an unknown code', bytes: [0x1f, 0x9d, 0x90, 0xff, 0xff, 0xff, 0xff] },
  ])('$name is refused', ({ bytes }) => {
    expect(() => uncompress(Uint8Array.from(bytes), MAX_BYTES, PLACE)).toThrow(
      expect.objectContaining({ code: 'FITS_BAD_PACKING' }),
    )
  })

  test('what unpacks to too much is refused', () => {
    const packed = compressLzw(new Uint8Array(100_000), 16, 0)
    expect(() => uncompress(packed, 99_999, PLACE)).toThrow(
      expect.objectContaining({ code: 'FITS_TOO_LARGE' }),
    )
    expect(uncompress(packed, 100_000, PLACE)).toHaveLength(100_000)
  })
})

describe('bzip2', () => {
  test('a stream, and two of them', () => {
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
    expect(text(bunzip2(HELLO_BZ2, MAX_BYTES, PLACE))).toBe('hello hello hello\n')
    const twice = Uint8Array.from([...HELLO_BZ2, ...HELLO_BZ2])
    expect(text(bunzip2(twice, MAX_BYTES, PLACE))).toBe('hello hello hello\nhello hello hello\n')
  })

  test('damage is an error, or in bits that do not matter', () => {
    const plain = bunzip2(HELLO_BZ2, MAX_BYTES, PLACE)
    let errorCount = 0
    for (let bit = 0; bit < HELLO_BZ2.length * 8; bit++) {
      const damaged = HELLO_BZ2.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      try {
        expect(bunzip2(damaged, MAX_BYTES, PLACE)).toEqual(plain)
      } catch (error) {
        expect(error).toMatchObject({ name: 'FitsError' })
        errorCount++
      }
    }
    // The size of the blocks, a table that is never used, and bits that fill the last byte.
    expect(errorCount).toBeGreaterThan(HELLO_BZ2.length * 8 * 0.8)
  })

  test('random bytes behind the head are an error', () => {
    const head = [...HELLO_BZ2.slice(0, 10)]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
        expect(() => bunzip2(Uint8Array.from([...head, ...tail]), MAX_BYTES, PLACE)).toThrow(
          expect.objectContaining({ name: 'FitsError' }),
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('what unpacks to too much is refused', () => {
    expect(() => bunzip2(HELLO_BZ2, 10, PLACE)).toThrow(expect.objectContaining({ code: 'FITS_TOO_LARGE' }))
  })
})
