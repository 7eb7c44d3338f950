import { topologicalOrder } from '../../graph/order.ts'
import type { PlanContext } from '../context.ts'
import { addDirectoryNodes, scratchSites, usesDirectory } from '../create-dirs.ts'
import { ACTION, extendGraph, KIND, type NodeGraph } from '../node-graph.ts'

/** Sites that fit into one mask. */
const SITES_PER_PASS = 31

/**
 * Adds a node per scratch site that removes the directory of the run there. It waits for every node that uses the
 * site and has no descendant that it waits for, and for all sub-workflows, which may use any site.
 */
export function addLeafCleanup(graph: NodeGraph, context: PlanContext): NodeGraph {
  const sites = scratchSites(context, graph)
  if (sites.length === 0) return graph
  const builder = extendGraph(graph)
  const nodeOf = addDirectoryNodes(builder, context, sites, { kind: 'cleanup', action: ACTION.removeDir })
  const { kind, dirSite } = graph.nodes
  const { childStart, children } = graph.digraph
  for (let node = 0; node < graph.nodes.count; node++) {
    if (kind[node] !== KIND.sub_workflow && kind[node] !== KIND.sub_dag) continue
    for (const leaf of nodeOf.values()) builder.addEdge(node, leaf)
  }
  const order = topologicalOrder(graph.digraph)
  for (let first = 0; first < sites.length; first += SITES_PER_PASS) {
    const bitOf = new Map(sites.slice(first, first + SITES_PER_PASS).map((site, k) => [site, 1 << k]))
    const mask = new Int32Array(graph.nodes.count)
    for (let k = order.length - 1; k >= 0; k--) {
      const node = order[k]!
      let seen = 0
      const end = childStart[node + 1]!
      for (let i = childStart[node]!; i < end; i++) seen |= mask[children[i]!]!
      const site = dirSite[node]!
      const bit = usesDirectory(graph, node) ? (bitOf.get(site) ?? 0) : 0
      const leaf = nodeOf.get(site)
      if (bit !== 0 && (seen & bit) === 0 && leaf !== undefined) builder.addEdge(node, leaf)
      mask[node] = seen | bit
    }
  }
  return builder.finish()
}
