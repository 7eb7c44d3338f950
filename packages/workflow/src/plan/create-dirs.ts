import { topologicalOrder } from '../graph/order.ts'
import type { PlanContext } from './context.ts'
import { ACTION, extendGraph, type GraphBuilder, KIND, type NodeGraph } from './node-graph.ts'
import { directorySite } from './transfer/place.ts'

/**
 * Staging sites whose scratch directory jobs use: those that get a create-dir and, with cleanup, a leaf cleanup node.
 * With the data configuration `memory` that is `local` when something is staged in, else none.
 */
export function scratchSites(context: PlanContext, graph?: NodeGraph): readonly number[] {
  const { units, sites, settings } = context
  if (settings.dataConfiguration === 'memory') {
    const hasStageIn = graph?.nodes.kind.includes(KIND.stage_in) === true
    return hasStageIn ? [sites.local.index] : []
  }
  const isUsed = new Uint8Array(sites.sites.length)
  for (let unit = 0; unit < units.unitCount; unit++) isUsed[units.stagingOf[unit]!] = 1
  return [...isUsed.keys()].filter((site) => isUsed[site] === 1)
}

/** What a node does with the directory of the run on a scratch site. */
interface DirectoryWork {
  readonly kind: 'create_dir' | 'cleanup'
  readonly action: number
}

/** Adds a node per scratch site, where its directory can be reached. @returns the nodes by site */
export function addDirectoryNodes(
  builder: GraphBuilder,
  context: PlanContext,
  sites: readonly number[],
  { kind, action }: DirectoryWork,
): ReadonlyMap<number, number> {
  const nodeOf = new Map<number, number>()
  for (const site of sites) {
    const runsAt = directorySite(context.sites.at(site), context.sites).index
    const place = { site: runsAt, dirSite: site, isRemote: runsAt === site }
    const node = builder.addNode(kind, { ...place, level: -1, number: 0, unit: -1 })
    builder.addEntry(node, action, -1, -1, site)
    nodeOf.set(site, node)
  }
  return nodeOf
}

/** Adds a create-dir node per scratch site. `Minimal` joins it to the first nodes of each path that use the site. */
export function addCreateDirs(graph: NodeGraph, context: PlanContext): NodeGraph {
  const sites = scratchSites(context, graph)
  if (sites.length === 0) return graph
  const builder = extendGraph(graph)
  const nodeOf = addDirectoryNodes(builder, context, sites, { kind: 'create_dir', action: ACTION.makeDir })
  const join = (node: number, site: number): void => {
    const parent = nodeOf.get(site)
    if (parent !== undefined) builder.addEdge(parent, node)
  }
  switch (context.settings.createDirStrategy) {
    case 'Minimal':
      joinMinimal(graph, sites, join)
      break
    case 'Tentacles':
      for (let node = 0; node < graph.nodes.count; node++)
        if (usesDirectory(graph, node)) join(node, graph.nodes.dirSite[node]!)
      break
    case 'HourGlass': {
      const local = context.sites.local.index
      const neck = builder.addNode('noop', {
        site: local,
        dirSite: -1,
        level: -1,
        number: 0,
        unit: -1,
        isRemote: false,
      })
      for (const node of nodeOf.values()) builder.addEdge(node, neck)
      for (let node = 0; node < graph.nodes.count; node++) {
        const { parentStart } = graph.digraph
        if (parentStart[node] === parentStart[node + 1]) builder.addEdge(neck, node)
      }
    }
  }
  return builder.finish()
}

/** True for nodes that read or write a scratch directory; stage-outs without a parent only read replicas. */
export function usesDirectory(graph: NodeGraph, node: number): boolean {
  const { kind, dirSite } = graph.nodes
  if (dirSite[node]! < 0 || kind[node] === KIND.registration || kind[node] === KIND.create_dir) return false
  const { parentStart } = graph.digraph
  return kind[node] !== KIND.stage_out || parentStart[node] !== parentStart[node + 1]
}

/** Sites that fit into one mask. */
const SITES_PER_PASS = 31

/** Joins a create-dir node to every node that uses its site and has no ancestor that is joined to it. */
function joinMinimal(
  graph: NodeGraph,
  sites: readonly number[],
  join: (node: number, site: number) => void,
): void {
  const order = topologicalOrder(graph.digraph)
  for (let first = 0; first < sites.length; first += SITES_PER_PASS) {
    const bitOf = new Map(sites.slice(first, first + SITES_PER_PASS).map((site, k) => [site, 1 << k]))
    const mask = new Int32Array(graph.nodes.count)
    for (const node of order) {
      let seen = 0
      const { parentStart, parents } = graph.digraph
      const end = parentStart[node + 1]!
      for (let i = parentStart[node]!; i < end; i++) seen |= mask[parents[i]!]!
      const site = graph.nodes.dirSite[node]!
      const bit = usesDirectory(graph, node) ? (bitOf.get(site) ?? 0) : 0
      if (bit !== 0 && (seen & bit) === 0) join(node, site)
      mask[node] = seen | bit
    }
  }
}
