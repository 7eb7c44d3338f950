import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intersectRegions, isEmptyRegion } from '../region.ts'
import { findOverlaps } from './pairs.ts'

const region = fc.record({
  col: fc.integer({ min: -50, max: 50 }),
  row: fc.integer({ min: -50, max: 50 }),
  width: fc.integer({ min: 0, max: 40 }),
  height: fc.integer({ min: 0, max: 40 }),
})

test('finds exactly the pairs that share pixels, in order', () => {
  fc.assert(
    fc.property(fc.array(region, { maxLength: 40 }), (regions) => {
      const expected = regions.flatMap((a, plus) =>
        regions.flatMap((b, offset) => {
          const window = intersectRegions(a, b)
          return offset <= plus || isEmptyRegion(window) ? [] : [{ plus, minus: offset, window }]
        }),
      )
      expect(findOverlaps(regions)).toEqual(expected)
    }),
  )
})
