import { deflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { stretchedLevels } from '../../test/support/stretched-levels.ts'
import { cumulativeHistogram } from '../view/stretch/histogram.ts'
import { levelsInto, levelTable } from '../view/stretch/level-table.ts'
import { rangeLimit } from '../view/stretch/range-limit.ts'
import { makeStretch } from '../view/stretch/stretch.ts'
import { encodeGreyPng } from './png.ts'

describe('gaussianLogLevels', () => {
  test('is monotone, uses all levels and leaves blanks black', () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) => Math.exp(i / 500))
    data[17] = Number.NaN
    const levels = stretchedLevels(data)
    expect(levels[17]).toBe(0)
    for (let i = 19; i < data.length; i++) expect(levels[i]!).toBeGreaterThanOrEqual(levels[i - 1]!)
    expect(levels[0]).toBeLessThanOrEqual(1)
    expect(levels.at(-1)).toBe(255)
    expect(new Set(levels).size).toBeGreaterThan(100)
  })

  test('gives the levels that a picture of the same data has', () => {
    const data = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i * i) + (i % 97 === 0 ? 50 : 0))
    data[5] = Number.NaN
    const histogram = cumulativeHistogram(data)
    if (histogram === undefined) throw new Error('no data')
    const stretch = makeStretch(histogram, {
      min: rangeLimit('sigma', -1),
      max: rangeLimit('percentile', 100),
      mode: { kind: 'gaussian-log' },
    })
    const levels = new Uint8Array(data.length)
    levelsInto(levels, levelTable(stretch, 'nearest'), data)
    expect(stretchedLevels(data)).toEqual(levels)
  })

  test('an image without data is black', () => {
    expect(stretchedLevels(new Float32Array(4).fill(Number.NaN))).toEqual(new Uint8Array(4))
  })
})

test('the PNG has the last row at the top', () => {
  const png = decode(encodeGreyPng(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3, deflateSync))
  expect([png.width, png.height, png.channels]).toEqual([2, 3, 1])
  expect([...png.data]).toEqual([5, 6, 3, 4, 1, 2])
})
