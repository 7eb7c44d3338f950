import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bench, benches, fillPixels, randomNumbers } from './builds.ts'

const COUNT = 67
/** float64 sums of one term each: the builds differ by nothing but the order of roundings. */
const RTOL = 1e-14

describe.each(benches())('sums over a stack, build $name', (bench: Bench) => {
  const { memory } = bench
  const single = (): number => memory.alloc(4 * COUNT)
  const double = (): number => memory.alloc(8 * COUNT)
  const input = {
    value: single(),
    coverage: single(),
    weight: single(),
    variance: single(),
    centre: single(),
    tolerance: single(),
  }
  const sums = [0, 1].map(() => ({ doubles: [0, 1, 2, 3, 4].map(double), context: single() }))

  const fill = (seed: number): void => {
    const random = randomNumbers(seed)
    fillPixels(memory.f32(input.value, COUNT), random, 0.1)
    fillPixels(memory.f32(input.centre, COUNT), random, 0.1)
    for (const at of [input.coverage, input.weight, input.variance, input.tolerance]) {
      const plane = memory.f32(at, COUNT)
      for (let i = 0; i < COUNT; i++) plane[i] = at !== input.variance && random() < 0.15 ? 0 : random()
    }
    for (const { doubles, context } of sums) {
      for (const at of doubles) memory.f64(at, COUNT).fill(at === doubles[4] ? NaN : 0.5)
      memory.u32(context, COUNT).fill(5)
    }
  }
  const expectSame = (): void => {
    const [found, expected] = sums
    for (const [k, at] of found!.doubles.entries()) {
      const twin = memory.f64(expected!.doubles[k]!, COUNT)
      memory.f64(at, COUNT).forEach((value, i) => {
        if (Object.is(value, twin[i])) return
        expect(Math.abs(value - twin[i]!)).toBeLessThanOrEqual(RTOL * Math.abs(twin[i]!))
      })
    }
    expect(memory.u32(found!.context, COUNT)).toEqual(memory.u32(expected!.context, COUNT))
  }
  const plane = [-7, 3, 0.01, -0.02, 0.3] as const

  test('values, agrees with its twin', () => {
    const cases = fc.record({
      seed: fc.integer(),
      hasWeight: fc.boolean(),
      isSum: fc.boolean(),
      isClipped: fc.boolean(),
      isFull: fc.boolean(),
    })
    fc.assert(
      fc.property(cases, ({ seed, hasWeight, isSum, isClipped, isFull }) => {
        fill(seed)
        const rejected = [bench.kernels, bench.twin].map((kernels, i) => {
          const { doubles, context } = sums[i]!
          const [sum = 0, weightSum = 0, areaSum = 0, varianceSum = 0] = doubles
          return kernels.addValues(
            input.value,
            input.coverage,
            hasWeight ? input.weight : 0,
            input.variance,
            COUNT,
            ...plane,
            isSum ? 1 : 0,
            isClipped ? input.centre : 0,
            isClipped ? input.tolerance : 0,
            2,
            sum,
            weightSum,
            areaSum,
            isFull ? varianceSum : 0,
            0,
            isFull ? context : 0,
            0x80000000,
          )
        })
        expect(rejected[0]).toBe(rejected[1])
        expectSame()
      }),
      { numRuns: 80 },
    )
  })

  test('spread and extremes, agree with their twins', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(0, 0.4),
        fc.constantFrom(-1, 1),
        (seed, minCoverage, sign) => {
          fill(seed)
          for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
            const { doubles, context } = sums[i]!
            const [a = 0, b = 0, c = 0, d = 0, extreme = 0] = doubles
            const { value, coverage, weight, variance } = input
            kernels.addSpread(
              value,
              coverage,
              weight,
              variance,
              COUNT,
              minCoverage,
              a,
              b,
              0,
              c,
              d,
              context,
              16,
            )
            kernels.addExtreme(value, coverage, COUNT, ...plane, minCoverage, sign, extreme)
          }
          expectSame()
        },
      ),
      { numRuns: 60 },
    )
  })

  test('rejects what lies farther from the centre than noise and tolerance allow, and counts it', () => {
    memory.f32(input.value, 3).set([10, 14.9, 15.1])
    for (const [at, value] of [
      [input.coverage, 1],
      [input.variance, 1],
      [input.centre, 10],
      [input.tolerance, 2],
    ] as const)
      memory.f32(at, 3).fill(value)
    const [sum = 0, weightSum = 0, areaSum = 0, varianceSum = 0, counts = 0] = sums[0]!.doubles
    for (const at of sums[0]!.doubles) memory.f64(at, 3).fill(0)
    const { value, coverage, variance, centre, tolerance } = input
    const run = [value, coverage, 0, variance, 3, 0, 0, 0, 0, 0, 0, centre, tolerance, 3] as const
    expect(bench.kernels.addValues(...run, sum, weightSum, areaSum, varianceSum, counts, 0, 0)).toBe(1)
    expect(Array.from(memory.f64(counts, 3))).toEqual([1, 1, 0])
    expect(memory.f64(sum, 3)[1]).toBeCloseTo(14.9, 5)
  })
})
