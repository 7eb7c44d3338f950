import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bench, benches, fillPixels, randomNumbers } from './builds.ts'

const SIDE = 24
const TILE = 13
const STEPS = 64
/** Sums of up to 64 products of float32 with values below 10. */
const ATOL = 2e-5

/** A table of made-up weights: a smooth positive hump, normalised. */
function fillTable(table: Float32Array, taps: number): void {
  for (let step = 0; step <= STEPS; step++) {
    const weights = Array.from({ length: 8 }, (_, k) =>
      k < taps ? Math.exp(-((k - taps / 2 + 1 - step / STEPS) ** 2)) - 0.05 : 0,
    )
    const sum = weights.reduce((all, weight) => all + weight, 0)
    for (const [k, weight] of weights.entries()) table[8 * step + k] = weight / sum
  }
}

describe.each(benches())('interpolation, build $name', (bench: Bench) => {
  const { memory } = bench
  const at = {
    image: memory.alloc(4 * SIDE * SIDE),
    weights: memory.alloc(4 * SIDE * SIDE),
    x: memory.alloc(8 * (TILE + 1) * (TILE + 1)),
    y: memory.alloc(8 * (TILE + 1) * (TILE + 1)),
    table: memory.alloc(4 * 8 * (STEPS + 1)),
    values: [memory.alloc(4 * TILE * TILE), memory.alloc(4 * TILE * TILE)] as const,
    coverages: [memory.alloc(4 * TILE * TILE), memory.alloc(4 * TILE * TILE)] as const,
  }

  const run = (taps: number, weightAt: number, window: readonly [number, number]): void => {
    for (const [i, kernels] of [bench.kernels, bench.twin].entries()) {
      kernels.interpolateTile(
        at.image,
        window[0],
        window[1],
        SIDE,
        SIDE,
        SIDE,
        weightAt,
        at.x,
        at.y,
        TILE,
        TILE,
        taps,
        at.table,
        STEPS,
        at.values[i] ?? 0,
        at.coverages[i] ?? 0,
        TILE,
      )
    }
  }

  test('agrees with its twin', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(1, 2, 4, 6, 8),
        fc.constantFrom(0, 0, 0.02, 0.4),
        fc.boolean(),
        fc.constantFrom(0, 64),
        (seed, taps, blanks, isWeighted, windowCol) => {
          const random = randomNumbers(seed)
          fillPixels(memory.f32(at.image, SIDE * SIDE), random, blanks)
          const weights = memory.f32(at.weights, SIDE * SIDE)
          for (let k = 0; k < weights.length; k++) weights[k] = random() < blanks ? 0 : random()
          fillTable(memory.f32(at.table, 8 * (STEPS + 1)), taps)
          const [x, y] = [at.x, at.y].map((place) => memory.f64(place, (TILE + 1) * (TILE + 1)))
          for (let k = 0; k < (TILE + 1) * (TILE + 1); k++) {
            x![k] = windowCol + (random() < 0.02 ? NaN : random() * (SIDE + 4) - 2)
            y![k] = random() < 0.1 ? Math.floor(random() * SIDE) + 0.5 : random() * (SIDE + 4) - 2
          }
          run(taps, isWeighted ? at.weights : 0, [windowCol, 0])
          const [values, twins] = at.values.map((place) => memory.f32(place, TILE * TILE))
          const [coverages, twinCoverages] = at.coverages.map((place) => memory.f32(place, TILE * TILE))
          for (let k = 0; k < TILE * TILE; k++) {
            expect(Number.isNaN(values![k])).toBe(Number.isNaN(twins![k]))
            if (!Number.isNaN(twins![k])) expect(Math.abs(values![k]! - twins![k]!)).toBeLessThan(ATOL)
            expect(Math.abs(coverages![k]! - twinCoverages![k]!)).toBeLessThan(ATOL)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('keeps a constant to the border and beside blank pixels', () => {
    memory.f32(at.image, SIDE * SIDE).fill(7)
    memory.f32(at.image, SIDE * SIDE)[5 * SIDE + 6] = NaN
    fillTable(memory.f32(at.table, 8 * (STEPS + 1)), 6)
    const [x, y] = [at.x, at.y].map((place) => memory.f64(place, (TILE + 1) * (TILE + 1)))
    for (let k = 0; k < x!.length; k++) {
      x![k] = ((k % (TILE + 1)) / TILE) * SIDE
      y![k] = (Math.floor(k / (TILE + 1)) / TILE) * SIDE
    }
    run(6, 0, [0, 0])
    const values = memory.f32(at.values[0], TILE * TILE)
    const blanks = values.filter((value) => Number.isNaN(value)).length
    expect(blanks).toBeLessThanOrEqual(1)
    for (const value of values) if (!Number.isNaN(value)) expect(value).toBeCloseTo(7, 5)
  })
})
