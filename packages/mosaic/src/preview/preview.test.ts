import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { gaussianLogStretch } from './gaussian-log.ts'
import { cumulativeHistogram, percentileLevel, sigmaLevel } from './histogram.ts'
import { inverseNormal } from './inverse-normal.ts'
import { encodeGreyPng } from './png.ts'

describe('inverseNormal', () => {
  // Published quantiles of the normal distribution.
  test.for([
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.9772498680518208, 2],
    [0.0013498980316300933, -3],
    [0.975, 1.959963984540054],
  ] as const)('%d has the value %d', ([p, value]) => {
    expect(inverseNormal(p)).toBeCloseTo(value, 8)
  })
})

describe('histogram', () => {
  test('levels of evenly spread values', () => {
    const histogram = cumulativeHistogram(Float32Array.from({ length: 10001 }, (_, i) => i / 100))
    if (histogram === undefined) throw new Error('no histogram')
    expect(percentileLevel(histogram, 25)).toBeCloseTo(25, 1)
    expect(percentileLevel(histogram, 0)).toBe(0)
    expect(percentileLevel(histogram, 100)).toBe(100)
    expect(sigmaLevel(histogram, -1)).toBeCloseTo(50 - 34, 1)
  })

  test('no finite value, one value', () => {
    expect(cumulativeHistogram(Float32Array.of(Number.NaN, Infinity))).toBeUndefined()
    expect(cumulativeHistogram(Float32Array.of(5, 5))?.max).toBe(6)
  })
})

describe('gaussianLogStretch', () => {
  test('is monotone, uses all levels and leaves blanks black', () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) => Math.exp(i / 500))
    data[17] = Number.NaN
    const { levels } = gaussianLogStretch(data)
    expect(levels[17]).toBe(0)
    for (let i = 19; i < data.length; i++) expect(levels[i]!).toBeGreaterThanOrEqual(levels[i - 1]!)
    expect(levels[0]).toBe(0)
    expect(levels.at(-1)).toBe(255)
    expect(new Set(levels).size).toBeGreaterThan(100)
  })

  test('an image without data is black', () => {
    expect(gaussianLogStretch(new Float32Array(4).fill(Number.NaN)).levels).toEqual(new Uint8Array(4))
  })
})

test('the PNG has the last row at the top', () => {
  const png = decode(encodeGreyPng(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3))
  expect([png.width, png.height, png.channels]).toEqual([2, 3, 1])
  expect([...png.data]).toEqual([5, 6, 3, 4, 1, 2])
})
