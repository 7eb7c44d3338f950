import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  rejectedOf,
  STACK_ENTRY_BYTES,
  type StackEntry,
  stackEntryViews,
  stackListBytes,
  writeStackEntry,
} from '../src/index.ts'
import { type Bench, benches, fillPixels, randomNumbers } from './builds.ts'

const COUNT = 67
const DEPTH = 5
/** Column of the row's first pixel. */
const FIRST = 3
/** Sums of a few terms: the builds differ by nothing but the order of roundings. */
const RTOL = 1e-14

describe.each(benches())('sums over a stack, build $name', (bench: Bench) => {
  const { memory } = bench
  const single = (): number => memory.alloc(4 * COUNT)
  const double = (): number => memory.alloc(8 * COUNT)
  const planes = Array.from({ length: DEPTH }, () => ({
    value: single(),
    coverage: single(),
    weight: single(),
    variance: single(),
  }))
  const [centre, tolerance] = [single(), single()]
  const entries = memory.alloc(STACK_ENTRY_BYTES * DEPTH)
  const entryList = stackEntryViews(memory, entries, DEPTH)
  const list = memory.alloc(stackListBytes(DEPTH))
  const sums = [0, 1].map(() => ({ doubles: [0, 1, 2, 3, 4].map(double), context: single() }))

  const fill = (seed: number): void => {
    const random = randomNumbers(seed)
    fillPixels(memory.f32(centre, COUNT), random, 0.1)
    for (const { value, coverage, weight, variance } of planes) {
      fillPixels(memory.f32(value, COUNT), random, 0.1)
      for (const at of [coverage, weight, variance]) {
        const pixels = memory.f32(at, COUNT)
        for (let i = 0; i < COUNT; i++) pixels[i] = at !== variance && random() < 0.15 ? 0 : random()
      }
    }
    memory.f32(tolerance, COUNT).forEach((_, i, pixels) => void (pixels[i] = random()))
    for (const { doubles, context } of sums) {
      for (const at of doubles) memory.f64(at, COUNT).fill(Number.NaN)
      memory.u32(context, COUNT).fill(5)
    }
  }
  /** Entries that cover different columns; which of their planes they have depends on the seed. */
  const writeEntries = (seed: number): void => {
    const random = randomNumbers(seed + 1)
    for (const [k, { value, coverage, weight, variance }] of planes.entries()) {
      const firstCol = Math.floor(random() * COUNT * 0.7)
      const has = (at: number): number => (random() < 0.6 ? at : 0)
      writeStackEntry(entryList, k, {
        valueAt: value,
        areaAt: has(coverage),
        firstCol,
        endCol: firstCol + 1 + Math.floor(random() * (COUNT - firstCol)),
        a: 0.01 * random(),
        p: random(),
        weightAt: has(weight),
        varianceAt: has(variance),
        weight: 0.5 + random(),
        variance: 0.1 + random(),
        contextAt: 0,
        contextBit: 0,
      })
    }
  }
  const expectSame = (used: number): void => {
    const [found, expected] = sums
    for (const [k, at] of found!.doubles.slice(0, used).entries()) {
      const twin = memory.f64(expected!.doubles[k]!, COUNT)
      memory.f64(at, COUNT).forEach((value, i) => {
        if (Object.is(value, twin[i])) return
        expect(Math.abs(value - twin[i]!)).toBeLessThanOrEqual(RTOL * Math.max(1, Math.abs(twin[i]!)))
      })
    }
    expect(memory.u32(found!.context, COUNT)).toEqual(memory.u32(expected!.context, COUNT))
  }

  test('sums, agree with their twin, and so does what is rejected', () => {
    const cases = fc.record({
      seed: fc.integer(),
      isSum: fc.boolean(),
      isClipped: fc.boolean(),
      width: fc.integer({ min: 1, max: COUNT - FIRST }),
    })
    fc.assert(
      fc.property(cases, ({ seed, isSum, isClipped, width }) => {
        fill(seed)
        const rejected = [bench.kernels, bench.twin].map((kernels, i) => {
          const { doubles } = sums[i]!
          writeEntries(seed)
          const [sum = 0, weightSum = 0, areaSum = 0, varianceSum = 0, counts = 0] = doubles
          const clip = [isClipped ? centre : 0, isClipped ? tolerance : 0, 2] as const
          const out = [sum, weightSum, areaSum, varianceSum, counts, list] as const
          kernels.stackSumsRow(entries, DEPTH, FIRST, width, isSum ? 1 : 0, ...clip, ...out)
          return planes.map((_, k) => rejectedOf(entryList, k))
        })
        expect(rejected[0]).toEqual(rejected[1])
        expectSame(5)
      }),
      { numRuns: 120 },
    )
  })

  test('spread and extremes, agree with their twins', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(0, 0.4),
        fc.constantFrom(-1, 1),
        fc.boolean(),
        (seed, minCoverage, sign, isCovered) => {
          fill(seed)
          for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
            const { doubles } = sums[i]!
            const [a = 0, b = 0, c = 0, d = 0, e = 0] = doubles
            writeEntries(seed)
            kernels.stackSpreadRow(entries, DEPTH, FIRST, COUNT - FIRST, minCoverage, a, b, c, d, e, list)
          }
          expectSame(5)
          const { value, coverage } = planes[0]!
          for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
            const extreme = sums[i]!.doubles[0]!
            memory.f64(extreme, COUNT).fill(Number.NaN)
            const run = [value, isCovered ? coverage : 0, COUNT, -7, 3, 0.01, -0.02, 0.3] as const
            kernels.addExtreme(...run, minCoverage, sign, extreme)
          }
          expectSame(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the context has the bit of every entry that counts, and of no other', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isSpread) => {
        fill(seed)
        for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
          const { doubles, context } = sums[i]!
          const [a = 0, b = 0, c = 0, d = 0, e = 0] = doubles
          const reach = { firstCol: FIRST, endCol: FIRST + COUNT }
          for (const [k, { value, coverage }] of planes.entries()) {
            const entry = { ...constant, ...reach, valueAt: value, areaAt: coverage }
            writeStackEntry(entryList, k, { ...entry, contextAt: context, contextBit: 2 ** (31 - k) })
          }
          if (isSpread) kernels.stackSpreadRow(entries, DEPTH, FIRST, COUNT, 0.3, a, b, c, d, e, list)
          else kernels.stackSumsRow(entries, DEPTH, FIRST, COUNT, 0, 0, 0, 0, a, b, c, d, e, list)
        }
        expectSame(5)
        const counts = memory.f64(sums[0]!.doubles[4]!, COUNT)
        memory.u32(sums[0]!.context, COUNT).forEach((word, i) => {
          // Two bits were there before.
          expect(word.toString(2).replaceAll('0', '').length).toBe(2 + counts[i]!)
        })
      }),
      { numRuns: 30 },
    )
  })

  test('rejects what lies farther from the centre than noise and tolerance allow, and counts it', () => {
    memory.f32(planes[0]!.value, 3).set([10, 14.9, 15.1])
    memory.f32(centre, 3).fill(10)
    memory.f32(tolerance, 3).fill(2)
    for (const { areaAt, varianceAt } of [
      { areaAt: 0, varianceAt: 0 },
      { areaAt: planes[0]!.coverage, varianceAt: planes[0]!.variance },
    ]) {
      for (const at of [areaAt, varianceAt]) if (at !== 0) memory.f32(at, 3).fill(1)
      const entry = { ...constant, valueAt: planes[0]!.value, areaAt, varianceAt, firstCol: 0, endCol: 3 }
      writeStackEntry(entryList, 0, entry)
      const [sum = 0, weightSum = 0, areaSum = 0, varianceSum = 0, counts = 0] = sums[0]!.doubles
      const out = [sum, weightSum, areaSum, varianceSum, counts, list] as const
      bench.kernels.stackSumsRow(entries, 1, 0, 3, 0, centre, tolerance, 3, ...out)
      expect(rejectedOf(entryList, 0)).toBe(1)
      expect(Array.from(memory.f64(counts, 3))).toEqual([1, 1, 0])
      expect(memory.f64(sum, 3)[1]).toBeCloseTo(14.9, 5)
    }
  })
})

/** An entry without planes of its own. */
const constant: StackEntry = {
  valueAt: 0,
  areaAt: 0,
  firstCol: 0,
  endCol: 0,
  a: 0,
  p: 0,
  weightAt: 0,
  varianceAt: 0,
  weight: 1,
  variance: 1,
  contextAt: 0,
  contextBit: 0,
}
