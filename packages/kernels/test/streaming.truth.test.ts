import { beforeEach, describe, expect, test } from 'vitest'
import {
  createPixelMemory,
  medianScratchBytes,
  type PixelKernels,
  plainKernels,
  readDiffStatistics,
  readPlaneSums,
  readStatistics,
  wasmKernels,
  writeMedianEntry,
} from '../src/index.ts'

const memory = createPixelMemory({ maximumBytes: 2 ** 22 })
const block = (): number => memory.alloc(8 * 1024)
const [v1, w1, v2, w2, out, outArea, scratch, entries, record] = Array.from({ length: 9 }, block) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

const implementations: readonly { readonly name: string; readonly kernels: PixelKernels }[] = [
  { name: 'wasm', kernels: wasmKernels(memory) },
  { name: 'plain', kernels: plainKernels(memory) },
]

beforeEach(() => {
  for (const at of [v1, w1, v2, w2]) memory.f32(at, 1024).fill(1)
})

describe.for(implementations)('$name kernels', ({ kernels }) => {
  test('mean of two rows with areas, planes and a hole', () => {
    memory.f32(v1, 3).set([10, NaN, 12])
    memory.f32(w1, 3).set([1, 1, 3])
    memory.f32(v2, 3).set([20, 21, 22])
    memory.f32(w2, 3).set([1, 0.5, 1])
    memory.f64(out, 3).fill(0)
    memory.f64(outArea, 3).fill(0)
    kernels.accumulateMean(v1, w1, 3, 100, 7, 0.01, 0, -1, out, outArea)
    kernels.accumulateMean(v2, w2, 3, 0, 0, 0, 0, 0, out, outArea)
    kernels.finishMeanF32(out, outArea, 3, scratch, entries)
    expect(Array.from(memory.f32(scratch, 3))).toEqual([15, 21, Math.fround((3 * (12 - 0.02) + 22) / 4)])
    expect(Array.from(memory.f32(entries, 3))).toEqual([2, 0.5, 4])
  })

  test('Montage count: only values above zero after the plane', () => {
    memory.f32(v1, 4).set([1, -1, NaN, 3])
    memory.f32(w1, 4).set([1, 1, 1, 0])
    memory.f64(out, 4).fill(0)
    kernels.accumulateCount(v1, w1, 4, 0, 0, 0, 0, 0, 1, out)
    kernels.accumulateCount(v1, 0, 4, 0, 0, 0, 0, 2, 1, out)
    expect(Array.from(memory.f64(out, 4))).toEqual([1, 0, 0, 1])
  })

  const median = (
    values: readonly number[],
    evenRule: number,
    areas?: readonly number[],
  ): [number, number] => {
    for (const [k, value] of values.entries()) {
      memory.f32(v1, 1024)[16 * k] = value
      memory.f32(w1, 1024)[16 * k] = areas?.[k] ?? 1
      const offset = 64 * k
      writeMedianEntry(memory, entries, k, {
        valueAt: v1 + offset,
        areaAt: w1 + offset,
        firstCol: 0,
        endCol: 1,
        a: 0,
        p: 0,
      })
    }
    kernels.medianRow(
      entries,
      values.length,
      0,
      1,
      0.5,
      evenRule,
      out,
      outArea,
      0,
      scratch,
      medianScratchBytes(10),
    )
    return [memory.f32(out, 1)[0]!, memory.f32(outArea, 1)[0]!]
  }

  test.for([
    { name: 'odd', values: [3, 1, 2], evenRule: 0, expected: [2, 3] },
    { name: 'even, mean', values: [4, 1, 2, 3], evenRule: 0, expected: [2.5, 4] },
    { name: 'even, lower', values: [4, 1, 2, 3], evenRule: 1, expected: [2, 4] },
    { name: "two by Montage's rule", values: [4, 1], evenRule: 2, expected: [1, 2] },
    { name: "four by Montage's rule", values: [4, 1, 2, 3], evenRule: 2, expected: [2.5, 4] },
    {
      name: 'holes and thin pixels left out',
      values: [9, NaN, 5, 7],
      evenRule: 0,
      areas: [1, 1, 1, 0.5],
      expected: [7, 2],
    },
    { name: 'infinity is a value', values: [Infinity, 1, Infinity], evenRule: 0, expected: [Infinity, 3] },
    { name: 'nothing', values: [NaN, NaN], evenRule: 0, expected: [NaN, 0] },
    { name: 'an empty stack', values: [], evenRule: 0, expected: [NaN, 0] },
  ])('median: $name', ({ values, evenRule, areas, expected }) => {
    expect(median(values, evenRule, areas)).toEqual(expected)
  })

  test('plane sums give back the plane of a difference', () => {
    const [width, height] = [30, 20]
    for (let k = 0; k < width * height; k++) {
      const [x, y] = [(k % width) - 4.5, Math.floor(k / width) + 9]
      memory.f32(v1, 1024)[k] = 0.5 * x - 0.25 * y + 2
    }
    memory.f32(v1, 1024)[width + 1] = NaN
    memory.f32(v1, 1024)[0] = Infinity
    kernels.planeFitPass(v1, width, width, height, -4.5, 9, 0.5, -0.25, 2, Infinity, record)
    const sums = readPlaneSums(memory, record)
    expect(sums).toMatchObject({ count: 598, residuals: 0, minX: -4.5, maxX: 24.5, minY: 9, maxY: 28 })
    // The sums of d must be those of the plane, term by term.
    const c = 2 + 0.5 * sums.centreX - 0.25 * sums.centreY
    expect(sums.d).toBeCloseTo(0.5 * sums.x - 0.25 * sums.y + c * sums.count, 9)
    expect(sums.xd).toBeCloseTo(0.5 * sums.xx - 0.25 * sums.xy + c * sums.x, 9)
    expect(sums.yd).toBeCloseTo(0.5 * sums.xy - 0.25 * sums.yy + c * sums.y, 9)
  })

  test('plane sums leave outliers out', () => {
    memory.f32(v1, 1024).fill(0)
    memory.f32(v1, 1024)[5] = 10
    kernels.planeFitPass(v1, 10, 10, 10, 0, 0, 0, 0, 0, 1, record)
    expect(readPlaneSums(memory, record)).toMatchObject({ count: 99, d: 0 })
  })

  test.for([1, 3, 4, 5, 7])(
    'the range of plane sums is that of the accepted pixels, %d columns wide',
    (width) => {
      const values = memory.f32(v1, 3 * width)
      values.fill(NaN)
      for (let col = 0; col < width; col++) values[width + col] = col === 0 && width > 1 ? 10 : 0
      kernels.planeFitPass(v1, width, width, 3, 2, 5, 0, 0, 0, 1, record)
      const minX = width > 1 ? 3 : 2
      expect(readPlaneSums(memory, record)).toMatchObject({ minX, maxX: width + 1, minY: 6, maxY: 6 })
    },
  )

  test('plane sums of an empty window', () => {
    kernels.planeFitPass(v1, 10, 0, 0, 0, 0, 0, 0, 0, 1, record)
    expect(readPlaneSums(memory, record)).toMatchObject({ count: 0, minX: Infinity, maxX: -Infinity })
  })

  test('Montage difference: weighted by area, thin pixels rejected', () => {
    memory.f32(v1, 4).set([10, 20, 30, NaN])
    memory.f32(w1, 4).set([1, 1, 0.5, 1])
    memory.f32(v2, 4).set([4, 5, 6, 7])
    memory.f32(w2, 4).set([1, 0.9, 0.5, 1])
    kernels.diffMontage(v1, w1, 4, v2, w2, 4, 4, 1, 2, out, 4, record)
    expect(Array.from(memory.f32(out, 4))).toEqual([
      2,
      Math.fround((2 * (20 - 10 * Math.fround(0.9))) / 1.9),
      NaN,
      NaN,
    ])
    expect(readDiffStatistics(memory, record)).toMatchObject({ count: 2, meanArea1: 2.5 / 3 })
  })

  test('shrink by 2.5 weights the shared pixels', () => {
    memory.f32(v1, 5).set([1, 2, 3, 4, 5])
    kernels.shrinkRows(v1, 5, 5, 0, 1, 2.5, out, 2, 2, 0, 1, scratch)
    // (1 + 2 + 3/2) / 2.5 and (3/2 + 4 + 5) / 2.5
    expect(Array.from(memory.f32(out, 2))).toEqual([Math.fround(1.8), Math.fround(4.2)])
  })

  test('shrink skips blank pixels, and enlarges below 1', () => {
    memory.f32(v1, 4).set([1, NaN, NaN, NaN])
    kernels.shrinkRows(v1, 4, 4, 0, 1, 2, out, 2, 2, 0, 1, scratch)
    expect(Array.from(memory.f32(out, 2))).toEqual([1, NaN])
    memory.f32(v1, 2).set([1, 3])
    kernels.shrinkRows(v1, 2, 2, 0, 1, 0.5, out, 4, 4, 0, 1, scratch)
    expect(Array.from(memory.f32(out, 4))).toEqual([1, 1, 3, 3])
  })

  test('statistics of the finite pixels', () => {
    memory.f32(v1, 6).set([NaN, -2, 4, Infinity, -Infinity, 1])
    kernels.statistics(v1, 6, 6, 1, record)
    expect(readStatistics(memory, record)).toEqual({ count: 3, min: -2, max: 4, sum: 3, sumOfSquares: 21 })
    memory.f32(v1, 6).fill(NaN)
    kernels.statistics(v1, 6, 6, 1, record)
    expect(readStatistics(memory, record)).toEqual({ count: 0, min: NaN, max: NaN, sum: 0, sumOfSquares: 0 })
  })

  test('a float32 becomes big-endian', () => {
    memory.f32(v1, 1)[0] = 1.5
    kernels.swap4(v1, v1, 1)
    expect(Array.from(memory.u8(v1, 4))).toEqual([0x3f, 0xc0, 0, 0])
  })
})
