import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bench, benches, randomNumbers } from './builds.ts'

const SIDE = 24
const TILE = 9
const STEPS = 64
const CORNERS = (TILE + 1) * (TILE + 1)
/** float32 results; those of the kernel are rounded in float32 on the way. */
const RTOL = 2e-6

describe.each(benches())('variance of reprojected pixels, build $name', (bench: Bench) => {
  const { memory } = bench
  const at = {
    variance: memory.alloc(4 * SIDE * SIDE),
    x: memory.alloc(8 * CORNERS),
    y: memory.alloc(8 * CORNERS),
    table: memory.alloc(4 * 8 * (STEPS + 1)),
    out: [memory.alloc(4 * TILE * TILE), memory.alloc(4 * TILE * TILE)] as const,
  }

  const fill = (seed: number, blanks: number): (() => number) => {
    const random = randomNumbers(seed)
    const variance = memory.f32(at.variance, SIDE * SIDE)
    for (let k = 0; k < variance.length; k++) variance[k] = random() < blanks ? NaN : 0.5 + random()
    return random
  }
  const place = (position: (col: number, row: number) => readonly [number, number]): void => {
    const [x, y] = [memory.f64(at.x, CORNERS), memory.f64(at.y, CORNERS)]
    for (let k = 0; k < CORNERS; k++) {
      const [px, py] = position(k % (TILE + 1), Math.floor(k / (TILE + 1)))
      x[k] = px
      y[k] = py
    }
  }
  const area = (drop: number, windowCol = 0): readonly Float32Array[] => {
    const window = [windowCol, 0, SIDE, SIDE, SIDE] as const
    for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
      kernels.areaVarianceTile(at.variance, ...window, at.x, at.y, TILE, TILE, drop, at.out[i] ?? 0, TILE)
    }
    return at.out.map((out) => memory.f32(out, TILE * TILE))
  }
  const interpolate = (taps: number): readonly Float32Array[] => {
    const kernel = [taps, at.table, STEPS] as const
    for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
      kernels.interpolateVarianceTile(
        at.variance,
        0,
        0,
        SIDE,
        SIDE,
        SIDE,
        at.x,
        at.y,
        TILE,
        TILE,
        ...kernel,
        at.out[i] ?? 0,
        TILE,
      )
    }
    return at.out.map((out) => memory.f32(out, TILE * TILE))
  }
  const expectSame = ([found, expected]: readonly Float32Array[]): void => {
    for (const [k, value] of expected!.entries()) {
      if (Number.isNaN(value)) expect(found![k]).toBeNaN()
      else expect(Math.abs(found![k]! - value)).toBeLessThanOrEqual(RTOL * value)
    }
  }

  test('by areas, agrees with its twin', () => {
    const shapes = fc.record({
      seed: fc.integer(),
      blanks: fc.constantFrom(0, 0.05, 0.5),
      drop: fc.constantFrom(1, 0.6),
      scale: fc.constantFrom(0.4, 1, 3.3),
      turn: fc.double({ min: 0, max: 6, noNaN: true }),
      windowCol: fc.constantFrom(0, 5),
    })
    fc.assert(
      fc.property(shapes, ({ seed, blanks, drop, scale, turn, windowCol }) => {
        const random = fill(seed, blanks)
        const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)]
        const [dx, dy] = [random() * SIDE + windowCol, random() * SIDE]
        place((col, row) => [
          random() < 0.01 ? NaN : dx + cos * (col - 4) - sin * (row - 4),
          dy + sin * (col - 4) + cos * (row - 4),
        ])
        expectSame(area(drop, windowCol))
      }),
      { numRuns: 60 },
    )
  })

  test('by a kernel, agrees with its twin', () => {
    const shapes = fc.record({
      seed: fc.integer(),
      blanks: fc.constantFrom(0, 0.05, 0.5),
      taps: fc.constantFrom(1, 2, 4, 6, 8),
    })
    fc.assert(
      fc.property(shapes, ({ seed, blanks, taps }) => {
        const random = fill(seed, blanks)
        const table = memory.f32(at.table, 8 * (STEPS + 1))
        for (let k = 0; k < table.length; k++) table[k] = k % 8 < taps ? 0.8 + 0.4 * random() : 0
        for (let row = 0; row < table.length; row += 8) {
          const weights = table.subarray(row, row + 8)
          const sum = weights.reduce((all, weight) => all + weight, 0)
          weights.forEach((weight, k) => (weights[k] = weight / sum))
        }
        place(() => [random() * (SIDE + 4) - 2, random() * (SIDE + 4) - 2])
        expectSame(interpolate(taps))
      }),
      { numRuns: 60 },
    )
  })

  test('of a shift is that of a mean over four pixels', () => {
    memory.f32(at.variance, SIDE * SIDE).fill(4)
    const [fx, fy] = [0.25, 0.4]
    place((col, row) => [col + 3 + fx, row + 2 + fy])
    const [found] = area(1)
    const expected = 4 * ((1 - fx) ** 2 + fx ** 2) * ((1 - fy) ** 2 + fy ** 2)
    for (const value of found!) expect(value).toBeCloseTo(expected, 5)
  })

  test('of pixels that are four times as large is that of a mean over sixteen', () => {
    memory.f32(at.variance, SIDE * SIDE).fill(4)
    place((col, row) => [4 * (col - 2), 4 * row])
    const [found] = area(1)
    expect(found![2]).toBeCloseTo(4 / 16, 6)
    expect(found![0]).toBeNaN()
  })

  test('leaves out pixels without data', () => {
    const variance = memory.f32(at.variance, SIDE * SIDE)
    variance.fill(4)
    variance[2 * SIDE + 3] = NaN
    place((col, row) => [col + 3.5, row + 2])
    // Half of pixel 3 is blank: the value is that of pixel 4 alone.
    expect(area(1)[0]![0]).toBeCloseTo(4, 6)
  })
})
