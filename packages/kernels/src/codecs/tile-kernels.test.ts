import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodecKernels, plainCodecKernels, wasmCodecKernels } from './codec-kernels.ts'
import { encodeHcompress } from './hcompress/hcompress-encode.ts'
import { encodePlio } from './plio/plio-encode.ts'
import { encodePlainRice, riceStreamBytes } from './rice/rice-encode.ts'

/** Inputs of each property: enough to find something now, many under CI. */
const RUNS = process.env.CI === 'true' ? 4000 : 1500

const debug = new WebAssembly.Module(
  Uint8Array.from(readFileSync(new URL('../../dist/debug/codecs.wasm', import.meta.url))),
)
/** The plain twins, the optimised build and the debug build, whose traps are readable. */
const all: readonly CodecKernels[] = [plainCodecKernels(), wasmCodecKernels(), wasmCodecKernels(debug)]

/** Every implementation gives what the first one, the plain twin, gives. */
function expectAgreement(results: readonly unknown[]): void {
  for (const result of results.slice(1)) expect(result).toEqual(results[0])
}

/** What one implementation makes of a stream: the status, and the pixels where it is 0. */
function decoded(
  kernels: CodecKernels,
  stream: Uint8Array,
  count: number,
  decode: (source: number, target: number, scratch: number) => number,
): readonly unknown[] {
  const streamBytes = Math.ceil((stream.length + 8) / 16) * 16
  const pixelBytes = Math.ceil((count * 8) / 16) * 16
  const source = kernels.reserve(streamBytes + pixelBytes + kernels.hcompressScratchBytes(count))
  kernels.u8(source, streamBytes).fill(0)
  kernels.u8(source, stream.length).set(stream)
  const target = source + streamBytes
  kernels.u8(target, pixelBytes).fill(0xaa)
  const status = decode(source, target, target + pixelBytes)
  return status === 0 ? [0, kernels.i32(target, count).slice()] : [status]
}

/** Streams that an encoder made, some of them with bytes changed, cut off or put in. */
function mutated(stream: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }))
  return fc
    .tuple(stream, fc.array(change, { maxLength: 4 }), fc.option(fc.nat(), { nil: undefined }))
    .map(([bytes, changes, cut]) => {
      const out = bytes.slice(0, cut === undefined ? bytes.length : cut % (bytes.length + 1))
      if (out.length > 0) for (const [at, value] of changes) out[at % out.length] = value
      return out
    })
}

const values = (min: number, max: number, length: number): fc.Arbitrary<Int32Array> =>
  fc
    .oneof(
      fc.array(fc.integer({ min, max }), { maxLength: length }),
      fc.array(fc.integer({ min: Math.max(min, -9), max: Math.min(max, 9) }), { maxLength: length }),
    )
    .map((numbers) => Int32Array.from(numbers))

describe('WASM and plain decoders agree', () => {
  const riceTypes = [
    { bytePix: 1, min: 0, max: 255 },
    { bytePix: 2, min: -32768, max: 32767 },
    { bytePix: 4, min: -2147483648, max: 2147483647 },
  ] as const

  test.for(riceTypes)('on RICE_1 streams of $bytePix bytes, whole and damaged', ({ bytePix, min, max }) => {
    fc.assert(
      fc.property(
        values(min, max, 200),
        fc.integer({ min: 1, max: 40 }),
        fc.nat({ max: 300 }),
        fc.gen(),
        (pixels, blockSize, count, gen) => {
          const stream = gen(mutated, fc.constant(encodePlainRice(pixels, { bytePix, blockSize })))
          const results = all.map((kernels) =>
            decoded(kernels, stream, count, (source, target) =>
              kernels.riceDecode(source, stream.length, target, count, blockSize, bytePix),
            ),
          )
          expectAgreement(results)
        },
      ),
      { numRuns: RUNS },
    )
  })

  test.for(riceTypes)('on RICE_1 streams that they encode: $bytePix bytes', ({ bytePix, min, max }) => {
    fc.assert(
      fc.property(values(min, max, 300), fc.integer({ min: 1, max: 70 }), (pixels, blockSize) => {
        const results = all.map((kernels) => {
          const room = pixels.byteLength
          const source = kernels.reserve(room + riceStreamBytes(pixels.length, { blockSize, bytePix }))
          kernels.i32(source, pixels.length).set(pixels)
          const length = kernels.riceEncode(source, source + room, pixels.length, blockSize, bytePix)
          return kernels.u8(source + room, length).slice()
        })
        expectAgreement(results)
      }),
      { numRuns: RUNS },
    )
  })

  test('on RICE_1 with a block size near the largest integer', () => {
    const pixels = Int32Array.from({ length: 100 }, (_, i) => i * i)
    const stream = encodePlainRice(pixels, { bytePix: 4, blockSize: 0x7fffffff })
    for (const kernels of all) {
      const result = decoded(kernels, stream, 100, (source, target) =>
        kernels.riceDecode(source, stream.length, target, 100, 0x7fffffff, 4),
      )
      expect(result).toEqual([0, pixels])
    }
  })

  test('on PLIO_1 streams, whole and damaged', () => {
    fc.assert(
      fc.property(values(0, 0xffffff, 200), fc.nat({ max: 300 }), fc.gen(), (pixels, count, gen) => {
        const stream = gen(mutated, fc.constant(encodePlio(pixels) ?? new Uint8Array()))
        const results = all.map((kernels) =>
          decoded(kernels, stream, count, (source, target) =>
            kernels.plioDecode(source, stream.length, target, count),
          ),
        )
        expectAgreement(results)
      }),
      { numRuns: RUNS },
    )
  })

  const ranges = [
    { name: 'small', size: 300 },
    { name: '16-bit', size: 32768 },
    { name: '32-bit', size: 2147483647 },
  ] as const

  test.for(ranges)('on HCOMPRESS_1 streams of $name pixels, whole and damaged', ({ size }) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 24 }),
        values(-size, size, 576),
        fc.constantFrom(0, 1, 2, 7, 40),
        fc.boolean(),
        fc.gen(),
        (rows, cols, some, scale, isSmoothed, gen) => {
          const pixels = new Int32Array(rows * cols)
          pixels.set(some.subarray(0, pixels.length))
          const stream = gen(mutated, fc.constant(encodeHcompress(pixels, rows, cols, scale)))
          const results = all.map((kernels) =>
            decoded(kernels, stream, pixels.length, (source, target, scratch) =>
              kernels.hcompressDecode(
                source,
                stream.length,
                target,
                pixels.length,
                isSmoothed ? 1 : 0,
                scratch,
              ),
            ),
          )
          expectAgreement(results)
        },
      ),
      { numRuns: RUNS },
    )
  })
})

describe('WASM and plain conversions agree', () => {
  const special = fc.constantFrom(-2147483648, -2147483647, -2147483646, 0)
  const integers = fc
    .array(fc.oneof(fc.integer(), special, fc.integer({ min: -300, max: 300 })), { maxLength: 100 })
    .map((numbers) => Int32Array.from(numbers))

  test('on quantized floats with every method of dithering', () => {
    fc.assert(
      fc.property(
        integers,
        fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.nat({ max: 2 }),
        fc.nat({ max: 9999 }),
        fc.option(special, { nil: undefined }),
        fc.boolean(),
        fc.nat({ max: 20 }),
        (numbers, scale, zero, dithering, seed, blank, isSingle, skipped) => {
          const first = Math.min(skipped, numbers.length)
          const results = all.map((kernels) => {
            const source = kernels.reserve(2000)
            kernels.i32(source, numbers.length).set(numbers)
            const run = isSingle ? kernels.dequantizeF32 : kernels.dequantizeF64
            run(
              source,
              source + 1008,
              first,
              numbers.length,
              scale,
              zero,
              dithering,
              seed,
              blank === undefined ? 0 : 1,
              blank ?? 0,
            )
            const target = source + 1008
            return isSingle
              ? kernels.f32(target, numbers.length).slice(first)
              : kernels.f64(target, numbers.length).slice(first)
          })
          expectAgreement(results)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('on dithering past the end of the sequence of random numbers', () => {
    const count = 25_000
    const first = 1_200
    const results = all.map((kernels) => {
      const source = kernels.reserve(count * 8)
      kernels.i32(source, count).set(Int32Array.from({ length: count }, (_, i) => i % 97))
      kernels.dequantizeF32(source, source + count * 4, first, count, 0.125, 3, 1, 9999, 0, 0)
      return kernels.f32(source + count * 4, count).slice(first)
    })
    expectAgreement(results)
  })

  test('on stored integers and byte shuffling', () => {
    fc.assert(
      fc.property(integers, fc.constantFrom(1, 2, 4, 8), (numbers, size) => {
        const results = all.map((kernels) => {
          const source = kernels.reserve(4000)
          kernels.i32(source, numbers.length).set(numbers)
          kernels.storeIntegers(source, source + 1008, numbers.length, size)
          const stored = kernels.u8(source + 1008, numbers.length * size).slice()
          kernels.unshuffle(source + 1008, source + 2008, numbers.length, size)
          return [stored, kernels.u8(source + 2008, numbers.length * size).slice()]
        })
        expectAgreement(results)
      }),
      { numRuns: 500 },
    )
  })
})
