import type { Digraph } from '../graph/digraph.ts'
import { topologicalOrder } from '../graph/order.ts'

/** Levels of a graph that may have cycles. */
export interface Layers {
  readonly level: Uint32Array
  readonly levelCount: number
  /** Place of each node in the order that was used; edges from a later to an earlier node run backwards. */
  readonly rank: Uint32Array
}

/**
 * Levels for drawing: longest path from the roots; nodes without parents then move down to just above their first
 * child. Edges that close a cycle are left out of account.
 */
export function assignLayers(graph: Digraph): Layers {
  const order = fullOrder(graph)
  const rank = new Uint32Array(graph.nodeCount)
  order.forEach((node, place) => {
    rank[node] = place
  })
  const level = new Uint32Array(graph.nodeCount)
  for (const node of order) {
    const stop = graph.childStart[node + 1]!
    for (let i = graph.childStart[node]!; i < stop; i++) {
      const child = graph.children[i]!
      if (rank[child]! > rank[node]! && level[child]! <= level[node]!) level[child] = level[node]! + 1
    }
  }
  lowerRoots(graph, level, rank)
  let deepest = 0
  for (const value of level) if (value > deepest) deepest = value
  return { level, levelCount: graph.nodeCount === 0 ? 0 : deepest + 1, rank }
}

/** A topological order, with the nodes on and behind cycles at the end. */
function fullOrder(graph: Digraph): Uint32Array {
  const sorted = topologicalOrder(graph)
  if (sorted.length === graph.nodeCount) return sorted
  const order = new Uint32Array(graph.nodeCount)
  const isSorted = new Uint8Array(graph.nodeCount)
  order.set(sorted)
  for (const node of sorted) isSorted[node] = 1
  let end = sorted.length
  for (let node = 0; node < graph.nodeCount; node++) if (isSorted[node] === 0) order[end++] = node
  return order
}

function lowerRoots(graph: Digraph, level: Uint32Array, rank: Uint32Array): void {
  for (let node = 0; node < graph.nodeCount; node++) {
    const start = graph.childStart[node]!
    const stop = graph.childStart[node + 1]!
    if (stop === start || graph.parentStart[node + 1]! > graph.parentStart[node]!) continue
    let nearest = 0xffffffff
    for (let i = start; i < stop; i++) {
      const child = graph.children[i]!
      if (rank[child]! > rank[node]! && level[child]! < nearest) nearest = level[child]!
    }
    if (nearest !== 0xffffffff && nearest > 0) level[node] = nearest - 1
  }
}
