import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shuffleBytes, unshuffleBytes } from './byte-shuffle.ts'
import { decodeHcompress } from './hcompress/hcompress-decode.ts'
import { encodeHcompress } from './hcompress/hcompress-encode.ts'
import { decodePlio } from './plio/plio-decode.ts'
import { encodePlio, PLIO_MAX_PIXEL } from './plio/plio-encode.ts'
import { decodeRice } from './rice/rice-decode.ts'
import { encodePlainRice } from './rice/rice-encode.ts'

/** Pixels as they are in images: mostly small steps, some jumps, some runs, some of the whole range. */
function pixels(min: number, max: number, maxLength = 300): fc.Arbitrary<Int32Array> {
  const any = fc.integer({ min, max })
  const near = fc.integer({ min: Math.max(min, 0), max: Math.min(max, 40) })
  const runs = fc
    .array(fc.tuple(fc.oneof(any, near), fc.integer({ min: 1, max: 80 })), { maxLength: 8 })
    .map((parts) => parts.flatMap(([value, length]) => Array<number>(length).fill(value)))
  return fc
    .oneof(fc.array(any, { maxLength }), fc.array(near, { maxLength }), runs)
    .map((values) => Int32Array.from(values))
}

describe('RICE_1', () => {
  const ranges = [
    { bytePix: 1, min: 0, max: 255 },
    { bytePix: 2, min: -32768, max: 32767 },
    { bytePix: 4, min: -2147483648, max: 2147483647 },
  ] as const

  test.for(ranges)('gives back pixels of $bytePix bytes', ({ bytePix, min, max }) => {
    fc.assert(
      fc.property(pixels(min, max), fc.integer({ min: 1, max: 64 }), (values, blockSize) => {
        const encoded = encodePlainRice(values, { bytePix, blockSize })
        const out = new Int32Array(values.length)
        expect(decodeRice(encoded, { bytePix, blockSize }, out)).toBe('ok')
        expect(out).toEqual(values)
      }),
      { numRuns: 500 },
    )
  })

  test('gives the first pixels without decoding the rest', () => {
    const values = Int32Array.from({ length: 1000 }, (_, i) => (i * 7919) % 977)
    const encoded = encodePlainRice(values, { bytePix: 2, blockSize: 32 })
    const out = new Int32Array(333)
    expect(decodeRice(encoded, { bytePix: 2, blockSize: 32 }, out)).toBe('ok')
    expect(out).toEqual(values.slice(0, 333))
  })

  test('follows the layout of the standard', () => {
    // First pixel 5 as two bytes, code 0: one block of equal pixels.
    const encoded = Uint8Array.of(0, 5, 0b0000_0000)
    const out = new Int32Array(32)
    expect(decodeRice(encoded, { bytePix: 2, blockSize: 32 }, out)).toBe('ok')
    expect([...out]).toEqual(Array(32).fill(5))
    // Code 2: one low bit. Differences 0, 1, -1 are mapped to 0, 2, 1: bits 10, 010, 11.
    const coded = Uint8Array.of(0, 5, 0b0010_1001, 0b0110_0000)
    const three = new Int32Array(3)
    expect(decodeRice(coded, { bytePix: 2, blockSize: 32 }, three)).toBe('ok')
    expect([...three]).toEqual([5, 6, 5])
  })

  test('says so when the stream ends early or has an impossible code', () => {
    const values = Int32Array.from({ length: 100 }, (_, i) => (i * 7919) % 977)
    const encoded = encodePlainRice(values, { bytePix: 4, blockSize: 32 })
    const out = new Int32Array(100)
    for (let length = 0; length < encoded.length; length++) {
      expect(decodeRice(encoded.subarray(0, length), { bytePix: 4, blockSize: 32 }, out)).toBe('truncated')
    }
    const zeros = new Uint8Array(100)
    zeros[4] = 0b0000_1000
    expect(decodeRice(zeros, { bytePix: 4, blockSize: 32 }, out)).toBe('truncated')
    expect(decodeRice(Uint8Array.of(0, 0, 0, 0, 0xff, 0xff), { bytePix: 4, blockSize: 32 }, out)).toBe(
      'corrupt',
    )
  })
})

describe('PLIO_1', () => {
  test('gives back masks', () => {
    fc.assert(
      fc.property(pixels(0, PLIO_MAX_PIXEL), (values) => {
        const encoded = encodePlio(values)
        const out = new Int32Array(values.length).fill(99)
        expect(encoded).toBeDefined()
        expect(decodePlio(encoded ?? new Uint8Array(), out)).toBe('ok')
        expect(out).toEqual(values)
      }),
      { numRuns: 500 },
    )
  })

  test('gives back long runs', () => {
    const values = new Int32Array(200_000)
    values.fill(3, 10_000, 30_000)
    values.fill(70_000, 100_000, 150_001)
    const out = new Int32Array(values.length)
    expect(decodePlio(encodePlio(values) ?? new Uint8Array(), out)).toBe('ok')
    expect(out).toEqual(values)
  })

  test('keeps negative and too large pixels out', () => {
    expect(encodePlio(Int32Array.of(0, -1))).toBeUndefined()
    expect(encodePlio(Int32Array.of(0, PLIO_MAX_PIXEL + 1))).toBeUndefined()
  })

  test('reads the old form of the header', () => {
    // Length 5, then: high value 1 for 2 pixels, 3 zeros.
    const encoded = Uint8Array.of(0, 0, 0, 0, 0, 5, 0x40, 2, 0, 3)
    const out = new Int32Array(5)
    expect(decodePlio(encoded, out)).toBe('ok')
    expect([...out]).toEqual([1, 1, 0, 0, 0])
  })

  test('never writes beyond the tile', () => {
    const out = new Int32Array(4)
    expect(decodePlio(Uint8Array.of(0, 0, 0, 0, 0, 4, 0x4f, 0xff), out)).toBe('corrupt')
    expect(decodePlio(Uint8Array.of(0, 0, 0, 0, 0x10, 4, 0x4f, 0xff), out)).toBe('truncated')
    expect(decodePlio(Uint8Array.of(0, 0), out)).toBe('truncated')
  })
})

describe('HCOMPRESS_1', () => {
  const image = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
    .chain(([rows, cols]) =>
      fc.oneof(pixels(-2147483648, 2147483647, rows * cols), pixels(-300, 300, rows * cols)).map((values) => {
        const full = new Int32Array(rows * cols)
        full.set(values.subarray(0, full.length))
        return { rows, cols, full }
      }),
    )

  test('is lossless with scale 0 and 1, for any size and any 32-bit pixels', () => {
    fc.assert(
      fc.property(image, fc.integer({ min: 0, max: 1 }), ({ rows, cols, full }, scale) => {
        const out = new Int32Array(full.length)
        expect(decodeHcompress(encodeHcompress(full, rows, cols, scale), false, out)).toBe('ok')
        expect(out).toEqual(full)
      }),
      { numRuns: 1000 },
    )
  })

  test('stays within the scale when lossy', () => {
    const full = Int32Array.from({ length: 64 * 64 }, (_, i) => ((i * 7919) % 97) + ((i * 31) % 7))
    for (const isSmoothed of [false, true]) {
      const out = new Int32Array(full.length)
      expect(decodeHcompress(encodeHcompress(full, 64, 64, 16), isSmoothed, out)).toBe('ok')
      const worst = full.reduce((most, value, i) => Math.max(most, Math.abs(value - (out[i] ?? 0))), 0)
      expect(worst).toBeGreaterThan(0)
      expect(worst).toBeLessThan(3 * 16)
    }
  })

  test('says so when the stream ends early or does not fit the tile', () => {
    const full = Int32Array.from({ length: 64 }, (_, i) => (i * 7919) % 97)
    const encoded = encodeHcompress(full, 8, 8, 0)
    const out = new Int32Array(64)
    for (let length = 0; length < encoded.length; length++) {
      expect(decodeHcompress(encoded.subarray(0, length), false, out)).not.toBe('ok')
    }
    expect(decodeHcompress(encoded, false, new Int32Array(63))).toBe('corrupt')
    expect(decodeHcompress(encoded.with(22, 200), false, out)).toBe('corrupt')
  })
})

test('byte shuffling puts first bytes first and can be undone', () => {
  expect([...shuffleBytes(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 4)]).toEqual([1, 5, 2, 6, 3, 7, 4, 8])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), fc.constantFrom(1, 2, 4, 8), (bytes, size) => {
      const whole = bytes.slice(0, bytes.length - (bytes.length % size))
      expect(unshuffleBytes(shuffleBytes(whole, size), size)).toEqual(whole)
    }),
  )
})
