import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  COVERAGE_SUMS_BYTES,
  DIFF_STATISTICS_BYTES,
  medianScratchBytes,
  PLANE_SUMS_BYTES,
  readPlaneSums,
  STATISTICS_BYTES,
  writeMedianEntry,
  writeStripEntry,
} from '../src/index.ts'
import { benches, fillPixels, randomNumbers } from './builds.ts'

/** Pixels of the planes under test. */
const COUNT = 1200
/** Lanes add in another order than the twin; sums of some hundred float64. */
const SUM_RTOL = 1e-11

const planes = fc.record({
  seed: fc.integer(),
  blankFraction: fc.constantFrom(0, 0.1, 1),
  hasArea: fc.boolean(),
  width: fc.integer({ min: 0, max: 37 }),
  height: fc.integer({ min: 0, max: 20 }),
  x0: fc.constantFrom(0, -10, 1e5),
  a: fc.constantFrom(0, 0.25, -1e-3),
})

describe.for(benches())('$name build agrees with the plain twin', ({ memory, kernels, twin }) => {
  const planeBlock = (): number => memory.alloc(4 * COUNT)
  const inputs = Array.from({ length: 8 }, planeBlock)
  const [v1, w1, v2, w2] = inputs as [number, number, number, number]
  const out = [memory.alloc(8 * COUNT), memory.alloc(8 * COUNT)] as const
  const out2 = [memory.alloc(8 * COUNT), memory.alloc(8 * COUNT)] as const
  const record = [memory.alloc(512), memory.alloc(512)] as const
  const scratch = memory.alloc(65536)
  const entries = memory.alloc(65536)
  const both = [kernels, twin] as const

  const fill = (seed: number, blankFraction: number): (() => number) => {
    const random = randomNumbers(seed)
    for (const at of [v1, v2, ...inputs.slice(4)]) fillPixels(memory.f32(at, COUNT), random, blankFraction)
    for (const at of [w1, w2]) {
      const areas = memory.f32(at, COUNT)
      for (let i = 0; i < COUNT; i++) areas[i] = random() < 0.1 ? [0, -1, NaN][i % 3]! : 0.8 + 0.4 * random()
    }
    return random
  }
  const expectSame = (type: 'f32' | 'f64', blocks: readonly [number, number], count: number): void => {
    expect(memory[type](blocks[0], count)).toEqual(memory[type](blocks[1], count))
  }
  const expectClose = (blocks: readonly [number, number], count: number): void => {
    const found = memory.f64(blocks[0], count)
    const expected = memory.f64(blocks[1], count)
    for (let i = 0; i < count; i++) {
      if (Object.is(found[i], expected[i])) continue
      expect(Math.abs(found[i]! - expected[i]!)).toBeLessThanOrEqual(
        SUM_RTOL * Math.max(1, Math.abs(expected[i]!)),
      )
    }
  }

  test.for(['accumulateMean', 'accumulateSum'] as const)('%s', (name) => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, hasArea, width, x0, a }) => {
        const count = width * 3
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          memory.f64(out[k]!, count).fill(1)
          memory.f64(out2[k]!, count).fill(2)
          implementation[name](v1, hasArea ? w1 : 0, count, x0, 3, a, 0.5, -1, out[k]!, out2[k]!)
        }
        expectSame('f64', out, count)
        expectSame('f64', out2, count)
      }),
    )
  })

  test.for([0, 1])('accumulateCount, positive only: %d', (positiveOnly) => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, hasArea, width, x0, a }) => {
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          memory.f64(out[k]!, width).fill(1)
          implementation.accumulateCount(
            v1,
            hasArea ? w1 : 0,
            width,
            x0,
            3,
            a,
            0.5,
            -1,
            positiveOnly,
            out[k]!,
          )
        }
        expectSame('f64', out, width)
      }),
    )
  })

  test('finishMeanF32', () => {
    fc.assert(
      fc.property(planes, ({ seed, width }) => {
        const random = randomNumbers(seed)
        const sums = memory.f64(scratch, width)
        const weights = memory.f64(scratch + 8 * COUNT, width)
        for (let i = 0; i < width; i++) {
          sums[i] = random() - 0.5
          weights[i] = random() < 0.3 ? [0, NaN, -1][i % 3]! : random()
        }
        for (const [k, implementation] of both.entries()) {
          implementation.finishMeanF32(scratch, scratch + 8 * COUNT, width, out[k]!, out2[k]!)
        }
        expectSame('f32', out, width)
        expectSame('f32', out2, width)
      }),
    )
  })

  test.for([0, 1])('meanStrip, float64: %d', (isFloat64) => {
    const strips = fc.array(
      fc.record({
        plane: fc.constantFrom(v1, v2),
        hasArea: fc.boolean(),
        col: fc.integer({ min: 0, max: 20 }),
        row: fc.integer({ min: 95, max: 110 }),
        height: fc.integer({ min: 0, max: 12 }),
        width: fc.integer({ min: 0, max: 17 }),
      }),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(planes, strips, ({ seed, blankFraction, height, x0, a }, list) => {
        fill(seed, blankFraction)
        for (const [index, { plane, hasArea, ...place }] of list.entries()) {
          const areaAt = hasArea ? (plane === v1 ? w1 : w2) : 0
          const entry = { valueAt: plane, areaAt, stride: 40, x0, a, b: 0.5, c: -1, ...place }
          writeStripEntry(memory, entries, index, entry)
        }
        for (const [k, implementation] of both.entries()) {
          implementation.meanStrip(
            entries,
            list.length,
            100,
            height,
            37,
            57.5,
            isFloat64,
            out[k]!,
            out2[k]!,
            scratch,
          )
        }
        expectSame(isFloat64 === 1 ? 'f64' : 'f32', out, 37 * height)
        expectSame('f32', out2, 37 * height)
      }),
    )
  })

  test('wordSum', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: COUNT - 4 }),
        fc.boolean(),
        (seed, count, isFull) => {
          const random = randomNumbers(seed)
          const words = memory.u32(v1, COUNT)
          for (let i = 0; i < COUNT; i++) words[i] = isFull ? 0xffffffff : Math.floor(random() * 2 ** 32)
          const [found, expected] = both.map((implementation) =>
            implementation.wordSum(v1 + 4 * (seed & 3), count),
          )
          expect(found).toBe(expected)
        },
      ),
    )
  })

  test.for([0, 1, 2])('medianRow with even rule %d', (evenRule) => {
    const stacks = fc.record({
      seed: fc.integer(),
      depth: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 150 })),
      count: fc.integer({ min: 0, max: 90 }),
      blankFraction: fc.constantFrom(0, 0.1, 1),
    })
    fc.assert(
      fc.property(stacks, ({ seed, depth, count, blankFraction }) => {
        const random = fill(seed, blankFraction)
        for (let k = 0; k < depth; k++) {
          const firstCol = Math.floor(random() * 60) - 20
          const skip = 4 * Math.floor(random() * 1000)
          writeMedianEntry(memory, entries, k, {
            valueAt: inputs[[0, 2, 4, 5, 6, 7][k % 6]!]! + skip,
            areaAt: k % 3 === 0 ? 0 : w1 + skip,
            firstCol,
            endCol: firstCol + Math.floor(random() * 100),
            a: k % 2 === 0 ? 0 : random(),
            p: random() < 0.5 ? 0 : 1,
          })
        }
        const scratchBytes = medianScratchBytes(depth)
        for (const [k, implementation] of both.entries()) {
          const written = [out[k]!, out2[k]!, seed % 2 === 0 ? 0 : record[k]!] as const
          const args = [entries, depth, -5, count, 0.9, evenRule, ...written, scratch] as const
          expect(implementation.medianRow(...args, scratchBytes - 1)).toBe(1)
          expect(implementation.medianRow(...args, scratchBytes)).toBe(0)
        }
        expectSame('f32', out, count)
        expectSame('f32', out2, count)
        if (seed % 2 !== 0) expect(memory.i32(record[0], count)).toEqual(memory.i32(record[1], count))
      }),
      { numRuns: 150 },
    )
  })

  test.for([Infinity, 3])('planeFitPass with the limit %d', (limit) => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, width, height, x0, a }) => {
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          implementation.planeFitPass(v1, 40, width, height, x0, -7, a, 0.01, 1, limit, record[k]!)
        }
        expectClose(record, PLANE_SUMS_BYTES / 8)
      }),
    )
  })

  test('planeSpread, which counts and sums as planeFitPass does', () => {
    fc.assert(
      fc.property(
        planes,
        fc.constantFrom(Infinity, 3),
        ({ seed, blankFraction, width, height, x0, a }, limit) => {
          fill(seed, blankFraction)
          const call = [v1, 40, width, height, x0, -7, a, 0.01, 1, limit] as const
          for (const [k, implementation] of both.entries()) implementation.planeSpread(...call, record[k]!)
          expectClose(record, 2)
          const [count, residuals] = memory.f64(record[0], 2)
          both[0].planeFitPass(...call, record[0])
          expect(readPlaneSums(memory, record[0])).toMatchObject({ count, residuals })
        },
      ),
    )
  })

  test('coverageSums', () => {
    fc.assert(
      fc.property(planes, fc.boolean(), ({ seed, blankFraction, width, height }, isWhole) => {
        fill(seed, blankFraction)
        const coverage = memory.f32(v1, COUNT)
        for (let i = 0; i < COUNT; i++) coverage[i] = isWhole && i % 40 > 2 ? 1 : Math.max(0, coverage[i]!)
        for (const [k, implementation] of both.entries())
          implementation.coverageSums(v1, 40, width, height, record[k]!)
        expectSame('f64', record, COVERAGE_SUMS_BYTES / 8)
        for (let i = 0; i < COUNT; i++) if (coverage[i] === 0) coverage[i] = Number.NaN
        for (const [k, implementation] of both.entries())
          implementation.valueSums(v1, 40, width, height, record[k]!)
        expectSame('f64', record, COVERAGE_SUMS_BYTES / 8)
      }),
    )
  })

  test('blankInfinite leaves numbers as they are', () => {
    fc.assert(
      fc.property(planes, fc.integer({ min: 0, max: 40 }), ({ seed, blankFraction }, count) => {
        fill(seed, blankFraction)
        const expected = memory
          .f32(v1, 41)
          .map((value, i) => (i < count && Math.abs(value) === Infinity ? Number.NaN : value))
        for (const [k, implementation] of both.entries()) {
          memory.f32(out[k]!, 41).set(memory.f32(v1, 41))
          implementation.blankInfinite(out[k]!, count)
          expect(memory.f32(out[k]!, 41)).toEqual(expected)
        }
      }),
    )
  })

  test('diffMontage', () => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, hasArea, width, height }) => {
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          memory.f32(out[k]!, COUNT).fill(0)
          const window = [v1, hasArea ? w1 : 0, 40, v2, hasArea ? w2 : 0, 37, width, height, 1.5] as const
          implementation.diffMontage(...window, out[k]!, 41, record[k]!)
        }
        expectClose(record, DIFF_STATISTICS_BYTES / 8)
        expectSame('f32', out, COUNT)
      }),
    )
  })

  test('subtractPlane', () => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, width, height, x0, a }) => {
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          memory.f32(out[k]!, COUNT).fill(0)
          implementation.subtractPlane(v1, 40, out[k]!, 41, width, height, x0, 5, a, 0.1, 2)
        }
        expectSame('f32', out, COUNT)
      }),
    )
  })

  test('scaleByGrid', () => {
    const grids = fc.record({
      x: fc.integer({ min: 0, max: 20 }),
      y: fc.integer({ min: 0, max: 20 }),
      step: fc.constantFrom(1, 7, 64),
    })
    fc.assert(
      fc.property(planes, grids, ({ seed, blankFraction, width, height }, { x, y, step }) => {
        const random = fill(seed, blankFraction)
        const nodeCols = Math.floor((x + width) / step) + 2
        const nodeRows = Math.floor((y + height) / step) + 2
        const nodes = memory.f64(scratch, nodeCols * nodeRows)
        for (let i = 0; i < nodes.length; i++) nodes[i] = 1 + random()
        for (const [k, implementation] of both.entries()) {
          memory.f32(out[k]!, COUNT).set(memory.f32(v1, COUNT))
          // Not at the start of a vector, either.
          implementation.scaleByGrid(out[k]! + 4 * (seed & 3), width, height, x, y, step, nodeCols, scratch)
        }
        expectSame('f32', out, COUNT)
      }),
    )
  })

  test('shrinkRows', () => {
    const shrinks = fc.record({
      factor: fc.oneof(fc.constantFrom(1, 2, 3), fc.double({ min: 0.2, max: 9, noNaN: true })),
      sourceRow: fc.integer({ min: 0, max: 10 }),
    })
    fc.assert(
      fc.property(planes, shrinks, ({ seed, blankFraction, width, height }, { factor, sourceRow }) => {
        fill(seed, blankFraction)
        const targetWidth = Math.min(60, Math.floor(width / factor))
        const targetRow = Math.max(0, Math.floor(sourceRow / factor) - 1)
        const targetHeight = Math.min(20, Math.ceil((sourceRow + height) / factor) - targetRow + 1)
        for (const [k, implementation] of both.entries()) {
          memory.f32(out[k]!, COUNT).fill(0)
          const source = [v1, 40, width, sourceRow, height, factor] as const
          implementation.shrinkRows(...source, out[k]!, 60, targetWidth, targetRow, targetHeight, scratch)
        }
        expectSame('f32', out, COUNT)
      }),
    )
  })

  test('statistics', () => {
    fc.assert(
      fc.property(planes, ({ seed, blankFraction, width, height }) => {
        fill(seed, blankFraction)
        for (const [k, implementation] of both.entries()) {
          implementation.statistics(v1, 40, width, height, record[k]!)
        }
        expectClose(record, 5)
        expect(STATISTICS_BYTES).toBeGreaterThanOrEqual(40)
      }),
    )
  })

  test.for([
    { name: 'swap2', size: 2 },
    { name: 'swap4', size: 4 },
    { name: 'swap8', size: 8 },
  ] as const)('$name, also in place', ({ name, size }) => {
    fc.assert(
      fc.property(planes, ({ seed, width }) => {
        fill(seed, 0)
        for (const [k, implementation] of both.entries()) implementation[name](v1, out[k]!, width)
        expect(memory.u8(out[0], width * size)).toEqual(memory.u8(out[1], width * size))
        expect(memory.u8(out[0], width * size).toReversed()).toEqual(
          memory.u8(v1, width * size).reduceRight<Uint8Array>(
            (all, _byte, i, bytes) => {
              const element = width - 1 - Math.floor(i / size)
              all[element * size + (i % size)] = bytes[i]!
              return all
            },
            new Uint8Array(width * size),
          ),
        )
        kernels[name](out[0], out[0], width)
        expect(memory.u8(out[0], width * size)).toEqual(memory.u8(v1, width * size))
      }),
    )
  })
})
