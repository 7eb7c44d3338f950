import { expect, test } from 'vitest'
import { hduOf, packedBytes } from '../../test/packed-image.ts'
import { rowBoxes, tileRowsOf } from './row-boxes.ts'

const rowsOf = (boxes: Iterable<{ readonly size: readonly number[] }>): (number | undefined)[] =>
  Array.from(boxes, ({ size }) => size[1])

test('cover an image once, in the order of its pixels', () => {
  expect([...rowBoxes([3, 2, 2])]).toEqual([
    { start: [0, 0, 0], size: [3, 2, 1] },
    { start: [0, 0, 1], size: [3, 2, 1] },
  ])
  expect([...rowBoxes([5])]).toEqual([{ start: [0], size: [5] }])
  expect([...rowBoxes([0, 7])]).toEqual([])
})

test('hold whole tiles, so that none is unpacked twice', async () => {
  // 2^20 pixels are 104 rows of 10,000: two tiles of 50 rows fit.
  expect(rowsOf(rowBoxes([10_000, 250], 50))).toEqual([100, 100, 50])
  expect(rowsOf(rowBoxes([10_000, 250], 150))).toEqual([150, 100])
  const data = new Int16Array(600)
  const hdu = await hduOf(await packedBytes({ data, shape: [20, 30] }, { tileShape: [8, 30] }))
  expect(tileRowsOf(hdu)).toBe(8)
  expect(tileRowsOf({ ...hdu, type: 'image' })).toBe(1)
})

test('do not grow without limit for the sake of tiles', () => {
  expect(rowsOf(rowBoxes([100_000, 1000], 1000))[0]).toBe(10)
})
