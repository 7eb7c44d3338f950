import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { solveDense } from './dense.ts'
import { adjacencyOf, eliminationOrder } from './elimination-order.ts'
import { boxMoments } from './moments.ts'
import { type PairSystem, solvePairSystem } from './pair-system.ts'
import { factorPairs } from './sparse-factor.ts'

const SIDE = 100

interface Survey {
  readonly system: PairSystem
  readonly places: { readonly x: Float64Array; readonly y: Float64Array }
}

/** Images of 100 pixels at random places on a plane of 1000; pairs as given; the first image fixed. */
function survey(
  spots: readonly (readonly [number, number])[],
  pairs: readonly (readonly [number, number])[],
  order: number,
  pull: readonly number[],
  overlap = 20,
): Survey {
  const blocks = pairs.flatMap(([p, q]) => {
    const [a, b] = [spots[p] ?? [0, 0], spots[q] ?? [0, 0]]
    const box = { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, width: overlap, height: SIDE, angleDeg: 30 }
    const m = boxMoments(box)
    return order === 1 ? [m.n] : [m.xx, m.xy, m.x, m.xy, m.yy, m.y, m.x, m.y, m.n]
  })
  const size = spots.length * order
  const system = {
    size,
    plus: Int32Array.from(pairs, ([p]) => p),
    minus: Int32Array.from(pairs, ([, q]) => q),
    blocks: Float64Array.from(blocks),
    rightSide: Float64Array.from({ length: size }, (_, i) => pull[i % pull.length] ?? 0),
    isFixed: Uint8Array.from(spots, (_, image) => (image === 0 ? 1 : 0)),
  }
  return {
    system,
    places: { x: Float64Array.from(spots, ([x]) => x), y: Float64Array.from(spots, ([, y]) => y) },
  }
}

/** The same unknowns from the whole matrix, rows and columns of the fixed image taken out. */
function denseSolution({ size, plus, minus, blocks, rightSide }: PairSystem, order: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let pair = 0; pair < plus.length; pair++) {
    const [p, m] = [plus[pair]! * order, minus[pair]! * order]
    for (let i = 0; i < order; i++) {
      for (let j = 0; j < order; j++) {
        const value = blocks[pair * order * order + i * order + j]!
        matrix[(p + i) * size + p + j]! += value
        matrix[(m + i) * size + m + j]! += value
        matrix[(p + i) * size + m + j]! -= value
        matrix[(m + i) * size + p + j]! -= value
      }
    }
  }
  const free = size - order
  const inner = Float64Array.from({ length: free * free }, (_, at) => {
    return matrix[(Math.floor(at / free) + order) * size + (at % free) + order]!
  })
  return Float64Array.from([...new Float64Array(order), ...solveDense(inner, rightSide.slice(order))])
}

const surveys = fc.record({
  spots: fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), {
    minLength: 2,
    maxLength: 40,
  }),
  links: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }),
  pull: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  order: fc.constantFrom(1, 3),
})

describe('the sparse factor', () => {
  test('solves what the whole matrix does, whatever overlaps what', () => {
    fc.assert(
      fc.property(surveys, ({ spots, links, pull, order }) => {
        // A tree that holds all images together, and links across it, some of them twice.
        const tree = spots.slice(1).map((_, image) => [Math.floor(image / 2), image + 1] as const)
        const across = links
          .map(([a, b]) => [a % spots.length, b % spots.length] as const)
          .filter(([a, b]) => a !== b)
        const { system, places } = survey(spots, [...tree, ...across], order, pull)
        const factor = factorPairs(system, order, places)
        const solution = new Float64Array(system.size)
        factor?.solve(system.rightSide, solution)
        const expected = denseSolution(system, order)
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300)
        solution.forEach((value, i) =>
          expect(Math.abs(value - (expected[i] ?? 0)) / largest).toBeLessThan(1e-6),
        )
      }),
    )
  })

  test('a slope that a thin overlap does not tell is 0', () => {
    // A box without width along x: the level and the slope in y are known, the slope in x is not.
    const m = boxMoments({ x: 500, y: 500, width: 0, height: SIDE, angleDeg: 0 })
    const thin = {
      ...m,
      n: SIDE,
      x: 500 * SIDE,
      y: 500 * SIDE,
      xx: 250_000 * SIDE,
      xy: 250_000 * SIDE,
      yy: 250_000 * SIDE + SIDE ** 3 / 12,
    }
    const system = {
      size: 6,
      plus: Int32Array.of(0),
      minus: Int32Array.of(1),
      blocks: Float64Array.of(thin.xx, thin.xy, thin.x, thin.xy, thin.yy, thin.y, thin.x, thin.y, thin.n),
      rightSide: new Float64Array(6),
      isFixed: Uint8Array.of(1, 0),
    }
    // The difference is 7 everywhere on the overlap.
    system.rightSide.set([0, 0, 0, 7 * thin.x, 7 * thin.y, 7 * thin.n])
    const places = { x: Float64Array.of(450, 550), y: Float64Array.of(500, 500) }
    const { solution } = solvePairSystem(system, 3, places)
    const [, , , a = NaN, b = NaN, c = NaN] = solution
    expect(a).toBe(0)
    expect(b).toBeCloseTo(0, 9)
    expect(c + 500 * b).toBeCloseTo(7, 9)
  })

  test('a long chain of images is solved in a few steps', () => {
    const count = 500
    const spots = Array.from({ length: count }, (_, image) => [80 * image, 0] as const)
    const pairs = spots.slice(1).map((_, image) => [image, image + 1] as const)
    const { system, places } = survey(spots, pairs, 3, [1, -0.5, 0.25, 0.125, -1])
    // A right side that some planes give: its pull on each image is that of its neighbours.
    const { iterations } = solvePairSystem(system, 3, places)
    expect(iterations).toBeLessThan(10)
  })

  test('a factor that would be too large is not made, and the solution is found without it', () => {
    const spots = Array.from(
      { length: 30 },
      (_, image) => [80 * (image % 6), 80 * Math.floor(image / 6)] as const,
    )
    const pairs = spots.flatMap((_, image) => [
      ...(image % 6 < 5 ? [[image, image + 1] as const] : []),
      ...(image < 24 ? [[image, image + 6] as const] : []),
    ])
    const { system, places } = survey(spots, pairs, 1, [1, -1, 0.5])
    expect(factorPairs(system, 1, places, { maxBlocks: 40 })).toBeUndefined()
    const direct = solvePairSystem(system, 1, places)
    const iterated = solvePairSystem(system, 1, places, { maxBlocks: 40 })
    expect(iterated.iterations).toBeGreaterThan(direct.iterations)
    iterated.solution.forEach((value, i) => expect(value).toBeCloseTo(direct.solution[i] ?? NaN, 9))
  })
})

test('an elimination order names every node once, and does not depend on the order of the edges', () => {
  fc.assert(
    fc.property(surveys, ({ spots, links }) => {
      const edges = links.map(([a, b]) => [a % spots.length, b % spots.length] as const)
      const places = { x: Float64Array.from(spots, ([x]) => x), y: Float64Array.from(spots, ([, y]) => y) }
      const orderOf = (list: typeof edges): Int32Array => {
        const adjacency = adjacencyOf(
          spots.length,
          Int32Array.from(list, ([a]) => a),
          Int32Array.from(list, ([, b]) => b),
        )
        return eliminationOrder(adjacency, places)
      }
      const order = orderOf(edges)
      expect(order.slice().sort()).toEqual(Int32Array.from(spots.keys()))
      expect(orderOf(edges.toReversed())).toEqual(order)
    }),
  )
})
