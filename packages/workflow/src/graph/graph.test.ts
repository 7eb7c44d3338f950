import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { criticalPath } from './critical-path.ts'
import {
  buildDigraph,
  childCount,
  childrenOf,
  type Digraph,
  edgesOf,
  parentCount,
  parentsOf,
} from './digraph.ts'
import { EdgeCollector } from './edge-list.ts'
import { findCycle, groupBy, topologicalLevels, topologicalOrder } from './order.ts'

function graphOf(nodeCount: number, pairs: readonly (readonly [number, number])[]): Digraph {
  const edges = new EdgeCollector()
  for (const [from, to] of pairs) edges.add(from, to)
  return buildDigraph(nodeCount, edges)
}

const anyGraph = fc
  .integer({ min: 1, max: 30 })
  .chain((count) =>
    fc.tuple(fc.constant(count), fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 80 })),
  )

describe('a graph', () => {
  test('has sorted children and parents without doubles', () => {
    const graph = graphOf(4, [
      [0, 2],
      [0, 1],
      [0, 2],
      [3, 2],
    ])
    expect([...childrenOf(graph, 0)]).toEqual([1, 2])
    expect([...parentsOf(graph, 2)]).toEqual([0, 3])
    expect([graph.edgeCount, childCount(graph, 0), parentCount(graph, 1), childCount(graph, 2)]).toEqual([
      3, 2, 1, 0,
    ])
  })

  test('holds exactly the edges that were given', () => {
    fc.assert(
      fc.property(anyGraph, ([count, pairs]) => {
        const graph = graphOf(count, pairs)
        const wanted = [...new Set(pairs.map(([from, to]) => from * 100 + to))].sort((a, b) => a - b)
        const list = edgesOf(graph)
        expect(Array.from(list.from, (from, i) => from * 100 + list.to[i]!)).toEqual(wanted)
        const byParents: number[] = []
        for (let n = 0; n < count; n++)
          for (const parent of parentsOf(graph, n)) byParents.push(parent * 100 + n)
        expect(byParents.sort((a, b) => a - b)).toEqual(wanted)
      }),
    )
  })
})

describe('order and cycles', () => {
  test('parents come before children, or there is a cycle that exists', () => {
    fc.assert(
      fc.property(anyGraph, ([count, pairs]) => {
        const graph = graphOf(count, pairs)
        const order = topologicalOrder(graph)
        const place = new Map([...order].map((node, i) => [node, i]))
        const cycle = findCycle(graph)
        if (cycle === undefined) {
          expect(order).toHaveLength(count)
          for (const [from, to] of pairs) expect(place.get(from)).toBeLessThan(place.get(to) ?? -1)
        } else {
          expect(order.length).toBeLessThan(count)
          expect(Math.min(...cycle)).toBe(cycle[0])
          cycle.forEach((node, i) =>
            expect([...childrenOf(graph, node)]).toContain(cycle[(i + 1) % cycle.length]),
          )
          expect(new Set(cycle).size).toBe(cycle.length)
        }
      }),
    )
  })

  test('levels are longest distances from the roots', () => {
    const { level, levelCount } = topologicalLevels(
      graphOf(5, [
        [0, 1],
        [1, 2],
        [0, 2],
        [3, 2],
      ]),
    )
    expect([...level]).toEqual([0, 1, 2, 0, 0])
    expect(levelCount).toBe(3)
  })

  test('levels of a cycle are refused', () => {
    expect(() =>
      topologicalLevels(
        graphOf(3, [
          [0, 1],
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toThrow('the graph has a cycle: found 1 -> 2; remove one of these edges [WORKFLOW_CYCLE]')
  })

  test('an empty graph has no levels', () => {
    expect(topologicalLevels(graphOf(0, [])).levelCount).toBe(0)
  })
})

test('groups nodes by a number, ascending', () => {
  const { start, members } = groupBy(new Uint32Array([1, 0, 1, 2]), 3)
  expect([[...start], [...members]]).toEqual([
    [0, 1, 3, 4],
    [1, 0, 2, 3],
  ])
})

test('the critical path is the heaviest chain', () => {
  const graph = graphOf(4, [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ])
  const path = criticalPath(graph, topologicalOrder(graph), new Float64Array([1, 5, 2, 1]))
  expect(path).toEqual({ length: 7, nodes: [0, 1, 3] })
})

test('the critical path is the longest of all paths', () => {
  fc.assert(
    fc.property(
      anyGraph,
      fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }),
      ([count, pairs], weights) => {
        const forward = pairs.filter(([from, to]) => from < to)
        const graph = graphOf(count, forward)
        const best = new Float64Array(count)
        for (let n = count - 1; n >= 0; n--) {
          best[n] = weights[n]! + Math.max(0, ...Array.from(childrenOf(graph, n), (child) => best[child]!))
        }
        const { length, nodes } = criticalPath(
          graph,
          topologicalOrder(graph),
          Float64Array.from(weights.slice(0, count)),
        )
        expect(length).toBe(Math.max(...best))
        expect(nodes.reduce((sum, node) => sum + weights[node]!, 0)).toBe(length)
      },
    ),
  )
})
