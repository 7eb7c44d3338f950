import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildDigraph, type Digraph, edgesOf } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import { appendEdges } from './append-edges.ts'

function graphOf(nodeCount: number, edges: readonly (readonly [number, number])[]): Digraph {
  return buildDigraph(nodeCount, collect(edges))
}

function collect(edges: readonly (readonly [number, number])[]): EdgeCollector {
  const collector = new EdgeCollector()
  for (const [a, b] of edges) collector.add(a, b)
  return collector
}

function listOf(graph: Digraph): readonly string[] {
  const edges = edgesOf(graph)
  return Array.from({ length: edges.count }, (_, i) => `${edges.from[i]!} ${edges.to[i]!}`).sort()
}

test('adding edges to a graph gives the graph of all edges', () => {
  const nodes = fc.integer({ min: 1, max: 12 })
  const pairs = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 40 })
  fc.assert(
    fc.property(nodes, nodes, pairs, pairs, (oldCount, newCount, first, second) => {
      const count = oldCount + newCount
      const old = first.map(([a, b]) => [a % oldCount, b % oldCount] as const)
      // New edges touch a new node, as passes promise.
      const added = second.map(([a, b], k) => {
        const fresh = oldCount + (a % newCount)
        return k % 2 === 0 ? ([fresh, b % count] as const) : ([b % count, fresh] as const)
      })
      const appended = appendEdges(graphOf(oldCount, old), count, collect(added))
      expect(listOf(appended)).toEqual(listOf(graphOf(count, [...old, ...added])))
    }),
  )
})
