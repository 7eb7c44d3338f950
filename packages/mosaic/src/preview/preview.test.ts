import { deflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { gaussianLogStretch } from './gaussian-log.ts'
import { encodeGreyPng } from './png.ts'

describe('gaussianLogStretch', () => {
  test('is monotone, uses all levels and leaves blanks black', () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) => Math.exp(i / 500))
    data[17] = Number.NaN
    const { levels } = gaussianLogStretch(data)
    expect(levels[17]).toBe(0)
    for (let i = 19; i < data.length; i++) expect(levels[i]!).toBeGreaterThanOrEqual(levels[i - 1]!)
    expect(levels[0]).toBeLessThanOrEqual(1)
    expect(levels.at(-1)).toBe(255)
    expect(new Set(levels).size).toBeGreaterThan(100)
  })

  test('an image without data is black', () => {
    expect(gaussianLogStretch(new Float32Array(4).fill(Number.NaN)).levels).toEqual(new Uint8Array(4))
  })
})

test('the PNG has the last row at the top', () => {
  const png = decode(encodeGreyPng(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3, deflateSync))
  expect([png.width, png.height, png.channels]).toEqual([2, 3, 1])
  expect([...png.data]).toEqual([5, 6, 3, 4, 1, 2])
})
