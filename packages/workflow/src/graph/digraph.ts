import type { EdgeList } from './edge-list.ts'

/**
 * A directed graph over nodes 0 to `nodeCount - 1`. The children of node `n` are
 * `children[childStart[n]]` to `children[childStart[n + 1] - 1]`, ascending, without doubles; parents likewise.
 */
export interface Digraph {
  readonly nodeCount: number
  readonly edgeCount: number
  readonly childStart: Uint32Array
  readonly children: Uint32Array
  readonly parentStart: Uint32Array
  readonly parents: Uint32Array
}

/**
 * Graph of a list of edges in O(nodes + edges): sorts, drops doubles, keeps self-loops (a cycle of one node).
 * Every `from` and `to` must be below `nodeCount`.
 */
export function buildDigraph(nodeCount: number, edges: EdgeList): Digraph {
  // Two counting sorts: by target into the parent lists' order, then by source, so that both lists come out ascending.
  const byTarget = countingSort(nodeCount, edges.to, edges.from, edges.count)
  const sorted = bySource(nodeCount, byTarget.start, byTarget.values)
  const unique = dropDoubles(nodeCount, sorted.start, sorted.values)
  const parents = bySource(nodeCount, unique.start, unique.values)
  return {
    nodeCount,
    edgeCount: unique.values.length,
    childStart: unique.start,
    children: unique.values,
    parentStart: parents.start,
    parents: parents.values,
  }
}

interface Rows {
  readonly start: Uint32Array
  readonly values: Uint32Array
}

function countingSort(nodeCount: number, keys: Uint32Array, values: Uint32Array, count: number): Rows {
  const start = new Uint32Array(nodeCount + 1)
  for (let i = 0; i < count; i++) start[keys[i]! + 1]!++
  for (let n = 0; n < nodeCount; n++) start[n + 1]! += start[n]!
  const next = start.slice(0, nodeCount)
  const out = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const key = keys[i]!
    out[next[key]!] = values[i]!
    next[key]!++
  }
  return { start, values: out }
}

/** Transposes rows: row `r` with value `v` becomes row `v` with value `r`; the new rows are ascending. */
function bySource(nodeCount: number, start: Uint32Array, values: Uint32Array): Rows {
  const outStart = new Uint32Array(nodeCount + 1)
  for (const value of values) outStart[value + 1]!++
  for (let n = 0; n < nodeCount; n++) outStart[n + 1]! += outStart[n]!
  const next = outStart.slice(0, nodeCount)
  const out = new Uint32Array(values.length)
  for (let row = 0; row < nodeCount; row++) {
    const end = start[row + 1]!
    for (let i = start[row]!; i < end; i++) {
      const value = values[i]!
      out[next[value]!] = row
      next[value]!++
    }
  }
  return { start: outStart, values: out }
}

/** Removes equal neighbours of sorted rows. */
function dropDoubles(nodeCount: number, start: Uint32Array, values: Uint32Array): Rows {
  const outStart = new Uint32Array(nodeCount + 1)
  let written = 0
  for (let row = 0; row < nodeCount; row++) {
    const end = start[row + 1]!
    let previous = -1
    for (let i = start[row]!; i < end; i++) {
      const value = values[i]!
      if (value !== previous) values[written++] = value
      previous = value
    }
    outStart[row + 1] = written
  }
  return { start: outStart, values: written === values.length ? values : values.slice(0, written) }
}

/** Edges of a graph as a list, ascending by source, then target. */
export function edgesOf(graph: Digraph): EdgeList {
  const from = new Uint32Array(graph.edgeCount)
  for (let n = 0; n < graph.nodeCount; n++) from.fill(n, graph.childStart[n], graph.childStart[n + 1])
  return { count: graph.edgeCount, from, to: graph.children }
}

/** Number of parents of a node. */
export function parentCount(graph: Digraph, node: number): number {
  return graph.parentStart[node + 1]! - graph.parentStart[node]!
}

/** Number of children of a node. */
export function childCount(graph: Digraph, node: number): number {
  return graph.childStart[node + 1]! - graph.childStart[node]!
}

/** Children of a node, as a view. */
export function childrenOf(graph: Digraph, node: number): Uint32Array {
  return graph.children.subarray(graph.childStart[node], graph.childStart[node + 1])
}

/** Parents of a node, as a view. */
export function parentsOf(graph: Digraph, node: number): Uint32Array {
  return graph.parents.subarray(graph.parentStart[node], graph.parentStart[node + 1])
}
