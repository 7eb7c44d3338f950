import { buildDigraph, type Digraph } from '../../graph/digraph.ts'
import { EdgeCollector } from '../../graph/edge-list.ts'
import type { UnitNumbers } from './clustering.ts'

/** Graph of units: an edge between two units when one joins their tasks; edges inside a unit vanish. */
export function quotientGraph(graph: Digraph, units: UnitNumbers): Digraph {
  const { unitOf, unitCount } = units
  const isSame = unitCount === graph.nodeCount && unitOf.every((unit, task) => unit === task)
  if (isSame) return graph
  const edges = new EdgeCollector(graph.edgeCount)
  for (let task = 0; task < graph.nodeCount; task++) {
    const unit = unitOf[task]!
    if (unit < 0) continue
    const end = graph.childStart[task + 1]!
    let last = -1
    for (let i = graph.childStart[task]!; i < end; i++) {
      const child = unitOf[graph.children[i]!]!
      if (child < 0 || child === unit || child === last) continue
      last = child
      edges.add(unit, child)
    }
  }
  return buildDigraph(unitCount, edges)
}
