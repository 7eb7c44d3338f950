import type { Digraph } from './digraph.ts'

/** The longest chain of a weighted graph. */
export interface CriticalPath {
  readonly length: number
  /** Nodes from the first to the last of the chain. */
  readonly nodes: readonly number[]
}

/**
 * Longest path by the sum of node weights.
 *
 * @param order  topological order of all nodes
 * @param weight weight of each node, for example its run time in seconds; not negative
 */
export function criticalPath(graph: Digraph, order: Uint32Array, weight: Float64Array): CriticalPath {
  const finish = new Float64Array(graph.nodeCount)
  const from = new Int32Array(graph.nodeCount).fill(-1)
  let last = -1
  for (const node of order) {
    let start = 0
    const stop = graph.parentStart[node + 1]!
    for (let i = graph.parentStart[node]!; i < stop; i++) {
      const parent = graph.parents[i]!
      if (from[node]! < 0 || finish[parent]! > start) {
        start = finish[parent]!
        from[node] = parent
      }
    }
    finish[node] = start + weight[node]!
    if (last < 0 || finish[node] > finish[last]!) last = node
  }
  const nodes: number[] = []
  for (let node = last; node >= 0; node = from[node]!) nodes.push(node)
  return { length: last < 0 ? 0 : finish[last]!, nodes: nodes.reverse() }
}
