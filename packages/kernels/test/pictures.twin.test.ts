import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LEVEL_HALF } from '../src/index.ts'
import { benches, fillPixels, randomNumbers } from './builds.ts'

const COUNT = 1200
const BINS = 500

describe.for(benches())('$name build agrees with the plain twin', ({ memory, kernels, twin }) => {
  const valueAt = memory.alloc(4 * COUNT)
  const tableAt = memory.alloc(8 * 258)
  const cellsAt = memory.alloc(2 * LEVEL_HALF + 2)
  const out = [memory.alloc(8 * COUNT), memory.alloc(8 * COUNT)] as const
  const out2 = [memory.alloc(8 * COUNT), memory.alloc(8 * COUNT)] as const
  const both = [kernels, twin] as const

  test('histogram and cumulate', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 0.3, 1), (seed, blankFraction) => {
        const values = memory.f32(valueAt, COUNT)
        fillPixels(values, randomNumbers(seed), blankFraction)
        const finite = [...values].filter(Number.isFinite)
        const min = Math.min(0, ...finite)
        const max = Math.max(1, ...finite)
        const counts = both.map((implementation, k) => {
          memory.u32(out[k]!, BINS).fill(1)
          const width = (max - min) / (BINS - 1)
          const counted = implementation.histogram(valueAt, COUNT, min, max, width, BINS, out[k]!)
          implementation.cumulate(out[k]!, BINS, out2[k]!)
          return counted
        })
        expect(counts).toEqual([finite.length, finite.length])
        expect(memory.u32(out[0], BINS)).toEqual(memory.u32(out[1], BINS))
        expect(memory.f64(out2[0], BINS)).toEqual(memory.f64(out2[1], BINS))
        expect(memory.u32(out[0], BINS).reduce((sum, bin) => sum + bin)).toBe(BINS + finite.length)
      }),
    )
  })

  test.for([1, -1])('levels, sign %d', (sign) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 255 }), (seed, last) => {
        const random = randomNumbers(seed)
        const thresholds = Float64Array.from({ length: 256 }, (_, k) =>
          k > last ? Infinity : random() ** 3,
        ).sort()
        thresholds[0] = -Infinity
        const { firstT, splitT, fineScale, coarseScale, cells } = tableOf(thresholds, last)
        memory.f64(tableAt, 257).set([...thresholds, Number.NaN])
        memory.u8(cellsAt, cells.length).set(cells)
        const values = memory.f32(valueAt, COUNT)
        for (let i = 0; i < COUNT; i++)
          values[i] = sign * (random() < 0.1 ? [NaN, Infinity, -Infinity, 5, -5][i % 5]! : random() ** 3)
        for (const [k, implementation] of both.entries())
          implementation.levels(
            valueAt,
            COUNT,
            sign,
            firstT,
            fineScale,
            splitT,
            coarseScale,
            tableAt,
            cellsAt,
            7,
            out[k]!,
          )
        const levels = memory.u8(out[0], COUNT)
        expect(levels).toEqual(memory.u8(out[1], COUNT))
        for (const [i, value] of values.entries()) {
          const reached = thresholds.findLastIndex((threshold) => sign * value >= threshold)
          expect(levels[i]).toBe(Number.isNaN(value) ? 7 : reached)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('rowEndHull', () => {
    const shapes = fc.record({
      seed: fc.integer(),
      width: fc.integer({ min: 0, max: 30 }),
      height: fc.integer({ min: 0, max: 30 }),
      blankFraction: fc.constantFrom(0, 0.5, 0.9, 1),
      isTurned: fc.boolean(),
    })
    fc.assert(
      fc.property(shapes, ({ seed, width, height, blankFraction, isTurned }) => {
        fillPixels(memory.f32(valueAt, COUNT), randomNumbers(seed), blankFraction)
        // A band across the window, as overlaps of turned images are.
        if (isTurned)
          for (let i = 0; i < 40 * height; i++)
            if (Math.abs((i % 40) - Math.floor(i / 40)) > 6) memory.f32(valueAt, COUNT)[i] = NaN
        const counts = both.map((implementation, k) =>
          implementation.rowEndHull(valueAt, 40, width, height, out[k]!),
        )
        expect(counts[0]).toBe(counts[1])
        expect(memory.i32(out[0], 2 * counts[0]!)).toEqual(memory.i32(out[1], 2 * counts[0]!))
      }),
    )
  })
})

/** Cells of a table of thresholds, filled level by level. */
function tableOf(
  thresholds: Float64Array,
  last: number,
): { firstT: number; splitT: number; fineScale: number; coarseScale: number; cells: Uint8Array } {
  const firstT = thresholds[1]!
  const splitT = thresholds[Math.max(1, Math.floor(0.9 * last))]!
  const scale = (from: number, to: number): number => (to > from ? LEVEL_HALF / (to - from) : 1)
  const fineScale = scale(firstT, splitT)
  const coarseScale = scale(splitT, thresholds[last]!)
  const cellOf = (t: number): number => {
    const fine = (t - firstT) * fineScale
    if (fine < LEVEL_HALF) return Math.max(0, Math.floor(fine))
    const coarse = (t - splitT) * coarseScale
    return coarse < LEVEL_HALF ? LEVEL_HALF + Math.max(0, Math.floor(coarse)) : 2 * LEVEL_HALF
  }
  const cells = new Uint8Array(2 * LEVEL_HALF + 2).fill(255)
  for (let level = 0, cell = 0; level < 255 && cell <= 2 * LEVEL_HALF; level++) {
    const end = cellOf(thresholds[level + 1]!) + 1
    cells.fill(level, cell, end)
    cell = Math.max(cell, end)
  }
  return { firstT, splitT, fineScale, coarseScale, cells }
}
