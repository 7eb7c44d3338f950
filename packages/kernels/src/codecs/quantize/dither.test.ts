import { expect, test } from 'vitest'
import { DITHER_COUNT, ditherOffset, ditherSeed, ditherSequence } from './dither.ts'

test('is the sequence of the standard: its first numbers, and the last by the seed that implementers shall check', () => {
  const sequence = ditherSequence()
  expect(sequence).toHaveLength(10_000)
  expect(sequence[0]).toBe(Math.fround(16807 / 2147483647))
  expect(sequence[1]).toBe(Math.fround(282475249 / 2147483647))
  // FITS Standard 4.0, appendix I: the seed is 1043618065 after the last number.
  expect(sequence[9999]).toBe(Math.fround(1043618065 / 2147483647))
})

test('starts anew for each tile, and from the beginning after 10,000 tiles', () => {
  expect(ditherSeed(0, 1)).toBe(0)
  expect(ditherSeed(5, 7)).toBe(11)
  expect(ditherSeed(1, DITHER_COUNT)).toBe(0)
  expect(ditherOffset(1)).toBe(Math.floor((282475249 / 2147483647) * 500))
})
