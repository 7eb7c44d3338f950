import { expect, test } from 'vitest'
import { cosDeg, cotDeg, sinDeg, wrap180, wrap360 } from './angles.ts'

test('sines and cosines are exact at multiples of 90 degrees', () => {
  expect([-450, -90, 0, 90, 180, 270, 360, 630].map((angle) => [sinDeg(angle), cosDeg(angle)])).toEqual([
    [-1, 0],
    [-1, 0],
    [0, 1],
    [1, 0],
    [0, -1],
    [-1, 0],
    [0, 1],
    [-1, 0],
  ])
  expect(sinDeg(30)).toBeCloseTo(0.5, 15)
  expect(cotDeg(45)).toBeCloseTo(1, 15)
})

test('longitudes in 0 to 360, never 360 itself', () => {
  expect([-1e-17, -90, 360, 725, -720].map(wrap360)).toEqual([0, 270, 0, 5, 0])
  expect([181, -181, 180, -180, 540].map(wrap180)).toEqual([-179, 179, 180, -180, 180])
})
