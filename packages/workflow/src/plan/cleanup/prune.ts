import type { Digraph } from '../../graph/digraph.ts'

/** Parents of a removing node that are left after pruning. */
export interface PrunedParents {
  readonly index: number
  readonly kept: readonly number[]
}

/** Steps of all walks together, as a multiple of nodes plus edges; beyond it implied edges are left in. */
const STEPS_PER_ELEMENT = 64

/**
 * Removes edges to removing nodes that others imply, by the reference's rule: from each parent, and from every node
 * found, look at the parents; one that is itself a parent of the removing node is implied, from the others the walk
 * goes on at *their* parents. (So an implied parent at an even distance stays. That is harmless, and kept so that the
 * number of edges is the same.) Nodes above the highest parent are not visited.
 */
export function* prunedParents(
  graph: Digraph,
  level: Uint32Array,
  parentLists: readonly (readonly number[])[],
): Generator<PrunedParents> {
  const isParent = new Int32Array(graph.nodeCount).fill(-1)
  const isImplied = new Int32Array(graph.nodeCount).fill(-1)
  const isVisited = new Int32Array(graph.nodeCount).fill(-1)
  let steps = (graph.nodeCount + graph.edgeCount) * STEPS_PER_ELEMENT
  const queue: number[] = []
  for (let index = 0; index < parentLists.length; index++) {
    const list = parentLists[index] ?? []
    let highest = Number.POSITIVE_INFINITY
    const unique: number[] = []
    for (const parent of list) {
      if (isParent[parent] === index) continue
      isParent[parent] = index
      unique.push(parent)
      highest = Math.min(highest, level[parent]!)
    }
    queue.length = 0
    if (unique.length > 1) for (const parent of unique) queue.push(parent)
    for (let head = 0; head < queue.length && steps > 0; head++) {
      const node = queue[head]!
      if (isVisited[node] === index) continue
      isVisited[node] = index
      if (level[node]! <= highest) continue
      const end = graph.parentStart[node + 1]!
      steps -= end - graph.parentStart[node]! + 1
      for (let i = graph.parentStart[node]!; i < end; i++) {
        const parent = graph.parents[i]!
        if (isParent[parent] === index) isImplied[parent] = index
        else if (level[parent]! > highest + 1) {
          const stop = graph.parentStart[parent + 1]!
          steps -= stop - graph.parentStart[parent]!
          for (let k = graph.parentStart[parent]!; k < stop; k++) {
            const next = graph.parents[k]!
            if (isVisited[next] !== index && level[next]! > highest) queue.push(next)
          }
        }
      }
    }
    yield { index, kept: unique.filter((parent) => isImplied[parent] !== index) }
  }
}
