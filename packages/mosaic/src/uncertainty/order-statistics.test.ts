import { expect, test } from 'vitest'
import { extremeVariance } from './extreme-variance.ts'
import { medianVariance } from './median-variance.ts'
import { normalProbability } from './normal.ts'

test('the normal distribution has its tabulated values', () => {
  // Abramowitz & Stegun (1964), table 26.1.
  expect(normalProbability(0)).toBe(0.5)
  expect(normalProbability(1)).toBeCloseTo(0.841344746068543, 9)
  expect(normalProbability(-1.96)).toBeCloseTo(0.02499789514822, 9)
  expect(normalProbability(3.005)).toBeCloseTo(0.9986720957526816, 9)
  expect([normalProbability(Infinity), normalProbability(-9)]).toEqual([1, 0])
})

test.each([
  [1, 1],
  [2, 0.5],
  // Adaptive quadrature of the densities of the middle ones with scipy 1.17 (quad, dblquad).
  [3, 0.448671105],
  [4, 0.298199618],
  [5, 0.286833662],
  [6, 0.214742663],
  [7, 0.210446862],
  [10, 0.138326436],
  [11, 0.137162434],
])('the median of %i equal values', (count, variance) => {
  expect(medianVariance(count, count * 4, count / 2) / 4).toBeCloseTo(variance, 6)
})

test('the median of many values tends to pi / 2', () => {
  expect((1001 * medianVariance(1001, 1001, 1001)) / (Math.PI / 2)).toBeCloseTo(1, 2)
  expect((1000 * medianVariance(1000, 1000, 1000)) / (Math.PI / 2)).toBeCloseTo(1, 2)
})

test.each([
  [2, 1 - 1 / Math.PI],
  [3, 0.5594672],
  [5, 0.4475341],
  [10, 0.3443438],
])('the largest of %i equal values', (count, variance) => {
  const sigmas = new Float64Array(12).fill(3)
  expect(extremeVariance(sigmas, count) / 9).toBeCloseTo(variance, 4)
})

test('the largest of two unequal values', () => {
  expect(extremeVariance(Float64Array.of(1, 3), 2)).toBeCloseTo(5 * (1 - 1 / Math.PI), 3)
})
