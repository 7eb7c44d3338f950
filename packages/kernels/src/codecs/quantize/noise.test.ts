import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateNoise, medianOf } from './noise.ts'

/** Gaussian numbers of deviation 1, the same for the same seed. */
function gaussian(count: number, seed: number): Float64Array {
  let state = seed
  const random = (): number => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  )
}

// The median of 10,000 absolute differences has a relative error of about 1 %.
const RTOL = 0.04

test('finds the deviation of Gaussian noise', () => {
  const values = gaussian(40_000, 5).map((value) => 300 + 12 * value)
  expect(estimateNoise(values, 200).noise / 12).toBeGreaterThan(1 - RTOL)
  expect(estimateNoise(values, 200).noise / 12).toBeLessThan(1 + RTOL)
  expect(estimateNoise(Float32Array.from(values), 200).noise / 12).toBeCloseTo(1, 1)
})

test('does not see slopes, stars and pixels without value', () => {
  const noise = gaussian(40_000, 6)
  const values = noise.map((value, i) => {
    const star = i % 53 === 0 ? 1e5 : 0
    return i % 31 === 0 ? NaN : 0.01 * i + value + star
  })
  expect(estimateNoise(values, 200).noise).toBeGreaterThan(1 - 3 * RTOL)
  expect(estimateNoise(values, 200).noise).toBeLessThan(1 + 3 * RTOL)
})

test('scales with the image', () => {
  const values = gaussian(5000, 7)
  const { noise } = estimateNoise(values, 100)
  for (const factor of [1e-30, 1e30]) {
    // Single precision inside.
    expect(
      estimateNoise(
        values.map((value) => value * factor),
        100,
      ).noise /
        (noise * factor),
    ).toBeCloseTo(1, 5)
  }
})

test('is 0 for images that are flat, too small or empty', () => {
  expect(estimateNoise(new Float32Array(100).fill(7), 10)).toEqual({
    noise: 0,
    min: 7,
    max: 7,
    goodCount: 100,
  })
  expect(estimateNoise(Float32Array.of(1, 2, 3), 3).noise).toBe(0)
  expect(estimateNoise(Float32Array.of(NaN, NaN), 2)).toMatchObject({ noise: 0, goodCount: 0 })
})

test('joins rows that are too short', () => {
  const values = gaussian(900, 8)
  expect(estimateNoise(values, 3).noise).toBe(estimateNoise(values, 900).noise)
})

test('the median is the upper middle of the sorted numbers', () => {
  const anyPositive = fc.oneof(fc.float({ min: 0, noNaN: true }), fc.integer({ min: 0, max: 20 }))
  fc.assert(
    fc.property(fc.array(anyPositive, { minLength: 1, maxLength: 200 }), (numbers) => {
      const values = Float32Array.from(numbers, Math.abs)
      expect(medianOf(values)).toBe(values.toSorted()[values.length >> 1])
    }),
    { numRuns: 500 },
  )
})
