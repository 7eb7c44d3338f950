import { buildDigraph, type Digraph } from '../graph/digraph.ts'
import type { EdgeList } from '../graph/edge-list.ts'

/**
 * Graph with more nodes and edges; every new edge must have a new node at one end at least. Cheaper than building
 * anew: the rows of the old graph are copied and new nodes, whose numbers are higher, are put behind them.
 */
export function appendEdges(base: Digraph, nodeCount: number, added: EdgeList): Digraph {
  if (base.nodeCount === nodeCount && added.count === 0) return base
  const more = buildDigraph(nodeCount, added)
  if (base.edgeCount === 0) return more
  const children = appendRows(base.nodeCount, base.childStart, base.children, more.childStart, more.children)
  const parents = appendRows(base.nodeCount, base.parentStart, base.parents, more.parentStart, more.parents)
  return {
    nodeCount,
    edgeCount: base.edgeCount + more.edgeCount,
    childStart: children.start,
    children: children.values,
    parentStart: parents.start,
    parents: parents.values,
  }
}

function appendRows(
  oldRowCount: number,
  oldStart: Uint32Array,
  oldValues: Uint32Array,
  moreStart: Uint32Array,
  moreValues: Uint32Array,
): { readonly start: Uint32Array; readonly values: Uint32Array } {
  const rowCount = moreStart.length - 1
  const start = new Uint32Array(rowCount + 1)
  const values = new Uint32Array(oldValues.length + moreValues.length)
  let at = 0
  for (let row = 0; row < rowCount; row++) {
    if (row < oldRowCount) {
      const end = oldStart[row + 1]!
      for (let i = oldStart[row]!; i < end; i++) values[at++] = oldValues[i]!
    }
    const end = moreStart[row + 1]!
    for (let i = moreStart[row]!; i < end; i++) values[at++] = moreValues[i]!
    start[row + 1] = at
  }
  return { start, values }
}
