import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hduOf, packedBytes, skyValues } from '../../test/packed-image.ts'
import type { PixelArray } from '../image/pixel-array.ts'
import { readCube, readImage } from '../image/read-image.ts'
import type { CompressionOptions } from './compression-options.ts'

const integerArrays = [Uint8Array, Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const
const integerMethods = ['RICE_1', 'GZIP_1', 'GZIP_2', 'HCOMPRESS_1', 'NOCOMPRESS'] as const
const byteMethods = ['GZIP_1', 'GZIP_2', 'NOCOMPRESS'] as const

/** A shape of one to three axes and tiles that need not divide it. */
const shapes = fc
  .array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 3 })
  .chain((shape) =>
    fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 9 })))),
  )

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The numbers of a box, the plain way. */
function crop(
  data: PixelArray,
  shape: readonly number[],
  start: readonly number[],
  size: readonly number[],
): PixelArray {
  const axes = shape.toReversed()
  const count = sizeOf(size)
  const out = data.slice(0, count)
  for (let to = 0; to < count; to++) {
    let rest = to
    let from = 0
    let stride = 1
    axes.forEach((length, axis) => {
      from += ((start[axis] ?? 0) + (rest % (size[axis] ?? 1))) * stride
      rest = Math.floor(rest / (size[axis] ?? 1))
      stride *= length
    })
    out[to] = data[from]!
  }
  return out
}

describe('a compressed image', () => {
  test('gives back integers of every type, method, shape and tiling', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...integerArrays),
        fc.constantFrom(...integerMethods),
        shapes,
        fc.nat(),
        async (Integers, method, [shape, tileShape], seed) => {
          const count = sizeOf(shape)
          // Wrapped into the range of the type: extremes and sudden jumps.
          const data = new Integers(skyValues(count, seed + 1).map((value) => Math.round(value * 7919)))
          const hdu = await hduOf(await packedBytes({ data, shape }, { method, tileShape }))
          const back = await readCube(hdu, { as: 'native' })
          expect(back.shape).toEqual(shape)
          expect(back.data).toEqual(data)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('gives back floats and 64-bit integers bit by bit where nothing is lost', async () => {
    const anyFloat = fc.oneof(fc.float(), fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('f32', 'f64', 'i64', 'u64'),
        fc.constantFrom(...byteMethods),
        shapes,
        fc.array(anyFloat, { minLength: 1, maxLength: 30 }),
        async (type, method, [shape, tileShape], numbers) => {
          const count = sizeOf(shape)
          const at = (i: number): number => numbers[i % numbers.length]!
          const long = (i: number): bigint => BigInt(Math.round(Math.min(1e15, Math.max(-1e15, at(i) || 0))))
          const data: PixelArray =
            type === 'f32'
              ? Float32Array.from({ length: count }, (_, i) => at(i))
              : type === 'f64'
                ? Float64Array.from({ length: count }, (_, i) => at(i))
                : type === 'i64'
                  ? BigInt64Array.from({ length: count }, (_, i) => long(i))
                  : BigUint64Array.from({ length: count }, (_, i) => BigInt.asUintN(63, long(i)))
          const hdu = await hduOf(await packedBytes({ data, shape }, { method, tileShape }))
          expect((await readCube(hdu, { as: 'native' })).data).toEqual(data)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('gives the same pixels by region as in one piece', async () => {
    const options = [
      { method: 'RICE_1' },
      { method: 'GZIP_2' },
      { method: 'HCOMPRESS_1' },
      { method: 'RICE_1', quantize: { level: 4 } },
      { method: 'GZIP_1', quantize: { level: 4, dithering: 'SUBTRACTIVE_DITHER_2' } },
      { method: 'HCOMPRESS_1', quantize: { level: -2, dithering: 'NO_DITHER' } },
    ] as const
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<CompressionOptions>(...options),
        shapes,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 3, maxLength: 3 }),
        async (choice, [shape, tileShape], seed, corners) => {
          const values = skyValues(sizeOf(shape), seed + 1)
          const data = choice.quantize === undefined ? Int16Array.from(values) : Float32Array.from(values)
          const hdu = await hduOf(await packedBytes({ data, shape }, { ...choice, tileShape }))
          const axes = shape.toReversed()
          const start = axes.map((length, axis) => (corners[axis]?.[0] ?? 0) % length)
          const size = axes.map(
            (length, axis) => 1 + ((corners[axis]?.[1] ?? 0) % (length - (start[axis] ?? 0))),
          )
          const whole = await readCube(hdu, { as: 'native' })
          const part = await readCube(hdu, { as: 'native', start, size })
          expect(part.data).toEqual(crop(whole.data, shape, start, size))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('applies BSCALE, BZERO and BLANK like a plain image', async () => {
    const data = Float32Array.of(1.5, NaN, 2, -3, 8.25, 0, 100, 7)
    const layout = { bitpix: 16, bscale: 0.25, bzero: 10, blank: -32768 } as const
    const hdu = await hduOf(await packedBytes({ data, shape: [2, 4], ...layout }, { method: 'RICE_1' }))
    const image = await readImage(hdu)
    expect(image.data).toEqual(data)
    expect(image).toMatchObject({ width: 4, height: 2, bitpix: 16, bscale: 0.25, bzero: 10, blank: -32768n })
  })
})

describe('quantized floats', () => {
  const shape = [60, 80] as const
  const values = skyValues(4800)

  const cases = [
    { name: 'RICE_1 with dithering', options: { quantize: { level: -2 } }, step: 2 },
    { name: 'RICE_1 without', options: { quantize: { level: -2, dithering: 'NO_DITHER' } }, step: 2 },
    { name: 'GZIP_2', options: { method: 'GZIP_2', quantize: { level: -0.5 } }, step: 0.5 },
    { name: 'HCOMPRESS_1', options: { method: 'HCOMPRESS_1', quantize: { level: -2 } }, step: 2 },
  ] as const

  test.for(cases)('stay within half a step: $name', async ({ options, step }) => {
    for (const data of [Float32Array.from(values), values]) {
      const image = await readImage(await hduOf(await packedBytes({ data, shape }, options)), {
        as: 'float64',
      })
      const worst = image.data.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0)
      // Single precision adds half a unit in the last place of values up to 5000.
      expect(worst).toBeLessThanOrEqual(step / 2 + 5000 * 2 ** -24)
      expect(worst).toBeGreaterThan(step / 4)
    }
  })

  test('have steps of a fraction of the noise', async () => {
    // The noise of these values is 20 * sqrt(4 / 12) by construction.
    const noise = 20 * Math.sqrt(4 / 12)
    const bytes = await packedBytes({ data: values, shape }, { quantize: { level: 4 }, tileShape: [60, 80] })
    const image = await readImage(await hduOf(bytes), { as: 'float64' })
    const worst = image.data.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0)
    expect(worst / (noise / 4 / 2)).toBeGreaterThan(0.9)
    expect(worst / (noise / 4 / 2)).toBeLessThan(1.1)
  })

  test('keep their mean much better with dithering than without', async () => {
    // Noise of a tenth of a step around a value between two steps: plain rounding moves all of it the same way.
    const faint = Float32Array.from(skyValues(40_000), (_, i) => 100.35 + 0.01 * Math.sin(i))
    const meanError = async (dithering: 'NO_DITHER' | 'SUBTRACTIVE_DITHER_1'): Promise<number> => {
      const bytes = await packedBytes(
        { data: faint, shape: [200, 200] },
        { quantize: { level: -1, dithering } },
      )
      const { data } = await readImage(await hduOf(bytes), { as: 'float64' })
      return Math.abs(data.reduce((sum, value, i) => sum + value - faint[i]!, 0)) / faint.length
    }
    expect(await meanError('NO_DITHER')).toBeGreaterThan(0.3)
    expect(await meanError('SUBTRACTIVE_DITHER_1')).toBeLessThan(0.01)
  })

  test.for(['RICE_1', 'HCOMPRESS_1', 'GZIP_1'] as const)('keep NaN where it was: %s', async (method) => {
    const data = Float32Array.from(values, (value, i) => (i % 97 < 5 ? NaN : value))
    const bytes = await packedBytes({ data, shape }, { method, quantize: { level: 4 }, hcompressScale: 3 })
    const image = await readImage(await hduOf(bytes))
    expect(Array.from(image.data, Number.isNaN)).toEqual(Array.from(data, Number.isNaN))
  })

  test('keep exact zeros with SUBTRACTIVE_DITHER_2', async () => {
    const data = Float32Array.from(values, (value, i) => (i % 7 === 0 ? 0 : value))
    const bytes = await packedBytes(
      { data, shape },
      { quantize: { level: 4, dithering: 'SUBTRACTIVE_DITHER_2' } },
    )
    const image = await readImage(await hduOf(bytes))
    expect(Array.from(image.data, (value) => value === 0)).toEqual(Array.from(data, (value) => value === 0))
  })

  test('fall back to exact floats where a tile has no noise, no number or infinite values', async () => {
    const data = Float32Array.from(values)
    data.fill(12.345, 0, 80)
    data.fill(NaN, 80, 160)
    data[170] = Infinity
    const image = await readImage(await hduOf(await packedBytes({ data, shape }, { quantize: { level: 4 } })))
    expect(image.data.slice(0, 240)).toEqual(data.slice(0, 240))
  })

  test('use different random numbers for different images and the same for the same', async () => {
    const start = async (data: Float32Array): Promise<unknown> => {
      const hdu = await hduOf(await packedBytes({ data, shape }, { quantize: { level: 4 } }))
      return hdu.header.get('ZDITHER0')
    }
    const one = Float32Array.from(values)
    expect(await start(one)).toBe(await start(one))
    expect(await start(one)).not.toBe(await start(one.map((value) => value + 1)))
  })
})
