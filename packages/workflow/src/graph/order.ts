import { WorkflowError } from '../errors.ts'
import { type Digraph, parentCount } from './digraph.ts'

/**
 * Nodes so that parents come before children, lowest number first among the first-come (Kahn's algorithm).
 * Shorter than `nodeCount` when the graph has a cycle: then the nodes on and behind cycles are missing.
 */
export function topologicalOrder(graph: Digraph): Uint32Array {
  const waiting = new Uint32Array(graph.nodeCount)
  const order = new Uint32Array(graph.nodeCount)
  let end = 0
  for (let n = 0; n < graph.nodeCount; n++) {
    waiting[n] = parentCount(graph, n)
    if (waiting[n] === 0) order[end++] = n
  }
  for (let head = 0; head < end; head++) {
    const node = order[head]!
    const stop = graph.childStart[node + 1]!
    for (let i = graph.childStart[node]!; i < stop; i++) {
      const child = graph.children[i]!
      if (--waiting[child]! === 0) order[end++] = child
    }
  }
  return end === graph.nodeCount ? order : order.slice(0, end)
}

/** Nodes of one cycle in the order of its edges, a low number first, or `undefined` when there is none. */
export function findCycle(graph: Digraph): readonly number[] | undefined {
  const order = topologicalOrder(graph)
  if (order.length === graph.nodeCount) return undefined
  const isSorted = new Uint8Array(graph.nodeCount)
  for (const node of order) isSorted[node] = 1
  // Every node that is left has a parent that is left: walking up must come back to a node that was seen.
  const seenAt = new Map<number, number>()
  const path: number[] = []
  let node = isSorted.indexOf(0)
  while (!seenAt.has(node)) {
    seenAt.set(node, path.length)
    path.push(node)
    node = unsortedParent(graph, isSorted, node)
  }
  const cycle = path.slice(seenAt.get(node)).reverse()
  const lowest = cycle.indexOf(Math.min(...cycle.slice(0, 10_000)))
  return [...cycle.slice(lowest), ...cycle.slice(0, lowest)]
}

function unsortedParent(graph: Digraph, isSorted: Uint8Array, node: number): number {
  const stop = graph.parentStart[node + 1]!
  for (let i = graph.parentStart[node]!; i < stop; i++) {
    const parent = graph.parents[i]!
    if (isSorted[parent] === 0) return parent
  }
  return node
}

/** Levels of a graph. */
export interface Levels {
  /** Longest distance from a root, in edges; roots are level 0. */
  readonly level: Uint32Array
  readonly levelCount: number
  /** A topological order, made on the way. */
  readonly order: Uint32Array
}

/**
 * Longest distance of every node from a root.
 *
 * @throws {WorkflowError} `WORKFLOW_CYCLE` when the graph has a cycle
 */
export function topologicalLevels(graph: Digraph): Levels {
  const order = topologicalOrder(graph)
  if (order.length !== graph.nodeCount) {
    throw new WorkflowError('WORKFLOW_CYCLE', 'the graph has a cycle', {
      found: (findCycle(graph) ?? []).join(' -> '),
      remedy: 'remove one of these edges',
    })
  }
  const level = new Uint32Array(graph.nodeCount)
  let deepest = -1
  for (const node of order) {
    const below = level[node]! + 1
    if (below - 1 > deepest) deepest = below - 1
    const stop = graph.childStart[node + 1]!
    for (let i = graph.childStart[node]!; i < stop; i++) {
      const child = graph.children[i]!
      if (level[child]! < below) level[child] = below
    }
  }
  return { level, levelCount: deepest + 1, order }
}

/** Nodes grouped by a number such as their level: members of group `g` are `members[start[g]]` … `members[start[g + 1] - 1]`, ascending. */
export interface Groups {
  readonly start: Uint32Array
  readonly members: Uint32Array
}

/** Groups nodes by `keys`, every key below `groupCount`; O(nodes + groups). */
export function groupBy(keys: Uint32Array, groupCount: number): Groups {
  const start = new Uint32Array(groupCount + 1)
  for (const key of keys) start[key + 1]!++
  for (let g = 0; g < groupCount; g++) start[g + 1]! += start[g]!
  const next = start.slice(0, groupCount)
  const members = new Uint32Array(keys.length)
  for (let n = 0; n < keys.length; n++) members[next[keys[n]!]!++] = n
  return { start, members }
}
