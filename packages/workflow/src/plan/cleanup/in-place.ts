import { topologicalLevels } from '../../graph/order.ts'
import type { PlanContext } from '../context.ts'
import { scratchSites } from '../create-dirs.ts'
import { ACTION, extendGraph, type GraphBuilder, KIND, type NodeGraph } from '../node-graph.ts'
import { nodeName } from '../node-name.ts'
import { hashText, tablePlace, tableSize } from '../reference-order.ts'
import { directorySite } from '../transfer/place.ts'
import { prunedParents } from './prune.ts'
import { type RemovableFiles, removableFiles } from './removable.ts'

/** Nodes with removable files for which one cleanup node is made when nothing else is said (file 03, section 3.6). */
const NODES_PER_CLEANUP = 5

/**
 * In-place cleanup: level by level from the deepest, the files whose last users are on the level are removed by nodes
 * that wait for all users of these files.
 */
export function addInPlaceCleanup(graph: NodeGraph, context: PlanContext, arrival: Uint8Array): NodeGraph {
  const builder = extendGraph(graph)
  const files = removableFiles(graph, context, arrival)
  const { level } = topologicalLevels(graph.digraph)
  const cleaned = new Set(scratchSites(context, graph))
  const bySite = [...nodesBySite(graph, files)].filter(([site]) => cleaned.has(site))
  const setSizes = countSets(graph, context, level)
  for (const [site, nodes] of bySite)
    cleanSite({ graph, context, builder, files, level, setSizes, site }, nodes)
  return builder.finish()
}

/** Sizes of the sets in which the reference keeps nodes: per site, and per site and level. */
interface SetSizes {
  readonly ofSite: ReadonlyMap<number, number>
  readonly ofLevel: ReadonlyMap<string, number>
}

function countSets(graph: NodeGraph, context: PlanContext, level: Uint32Array): SetSizes {
  const ofSite = new Map<number, number>()
  const ofLevel = new Map<string, number>()
  const levelCount = level.reduce((max, l) => Math.max(max, l), 0) + 1
  const counts = new Uint32Array(context.sites.sites.length * levelCount)
  const { kind, site, dirSite } = graph.nodes
  for (let node = 0; node < graph.nodes.count; node++) {
    const usesScratch =
      kind[node] === KIND.compute || kind[node] === KIND.stage_out || kind[node] === KIND.inter_site
    counts[(usesScratch ? dirSite[node]! : site[node]!) * levelCount + level[node]!]!++
  }
  counts.forEach((count, k) => {
    if (count === 0) return
    const at = Math.floor(k / levelCount)
    ofSite.set(at, (ofSite.get(at) ?? 0) + count)
    ofLevel.set(`${at} ${k % levelCount}`, count)
  })
  return { ofSite, ofLevel }
}

interface SiteCleanup {
  readonly graph: NodeGraph
  readonly context: PlanContext
  readonly builder: GraphBuilder
  readonly files: RemovableFiles
  /** Level of each node of `graph`; roots are 0. */
  readonly level: Uint32Array
  readonly setSizes: SetSizes
  readonly site: number
}

/** Nodes that use removable files, by the site where the files lie. */
function nodesBySite(graph: NodeGraph, files: RemovableFiles): ReadonlyMap<number, number[]> {
  const bySite = new Map<number, number[]>()
  for (let node = 0; node < graph.nodes.count; node++) {
    if (files.start[node] === files.start[node + 1]) continue
    const site = graph.nodes.dirSite[node]!
    const nodes = bySite.get(site)
    if (nodes === undefined) bySite.set(site, [node])
    else nodes.push(node)
  }
  return bySite
}

function cleanSite(state: SiteCleanup, nodes: readonly number[]): void {
  const byLevel = new Map<number, number[]>()
  let deepest = 0
  for (const node of nodes) {
    const level = state.level[node]!
    deepest = Math.max(deepest, level)
    const list = byLevel.get(level)
    if (list === undefined) byLevel.set(level, [node])
    else list.push(node)
  }
  const removal = new RemovalPlan(state)
  for (let level = deepest; level >= 0; level--) {
    const users = byLevel.get(level)
    if (users !== undefined) removal.addLevel(level, users)
  }
  removal.finish()
}

/** Who removes which file of one site, and whom the removing nodes wait for. */
class RemovalPlan {
  readonly #state: SiteCleanup
  /** Removing node per file, as a number of this site; -1 for none yet. */
  readonly #removedBy: Int32Array
  readonly #removers: { readonly node: number; readonly parents: number[] }[] = []
  /** Last parent that was added to a remover. */
  readonly #lastParent: number[] = []

  constructor(state: SiteCleanup) {
    this.#state = state
    this.#removedBy = new Int32Array(state.context.units.files.lfns.length).fill(-1)
  }

  /** Adds removers for the files that users of this level use and no deeper node does. */
  addLevel(level: number, users: readonly number[]): void {
    const last = users.filter((node) => this.#waitForUsers(node))
    if (last.length === 0) return
    const { cleanupNodesPerLevel, cleanupJobsPerNode } = this.#state.context.settings
    const count = cleanupNodesPerLevel ?? Math.ceil(last.length / NODES_PER_CLEANUP)
    const size =
      cleanupNodesPerLevel === undefined && cleanupJobsPerNode !== undefined
        ? cleanupJobsPerNode
        : Math.ceil(last.length / count)
    if (last.length > size) this.#sortAsSets(level, last)
    let number = 0
    for (let start = 0; start < last.length; start += size) {
      if (this.#addRemover(level, number, last.slice(start, start + size))) number++
    }
  }

  /** Puts nodes in the order in which the reference walks over its sets of them. */
  #sortAsSets(level: number, nodes: number[]): void {
    const { graph, context, setSizes, site } = this.#state
    const levelSize = tableSize(setSizes.ofLevel.get(`${site} ${level}`) ?? 0)
    const siteSize = tableSize(setSizes.ofSite.get(site) ?? 0)
    const keys = new Map<number, number>()
    for (const node of nodes) {
      const hash = hashText(nodeName(graph, context, node))
      keys.set(node, tablePlace(hash, levelSize) * 0x1_0000_0000 + tablePlace(hash, siteSize))
    }
    nodes.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b)
  }

  /** Makes removers of deeper levels wait for a node too; true when it uses a file that no remover has. */
  #waitForUsers(node: number): boolean {
    const { files } = this.#state
    let isLast = false
    for (let i = files.start[node]!; i < files.start[node + 1]!; i++) {
      const remover = this.#removedBy[files.file[i]!]!
      if (remover < 0) isLast = true
      else this.#wait(remover, node)
    }
    return isLast
  }

  #addRemover(level: number, number: number, users: readonly number[]): boolean {
    const { files, builder, site, context } = this.#state
    const remover = this.#removers.length
    let node = -1
    for (const user of users) {
      for (let i = files.start[user]!; i < files.start[user + 1]!; i++) {
        const file = files.file[i]!
        const known = this.#removedBy[file]!
        if (known >= 0 && known !== remover) {
          this.#wait(known, user)
          continue
        }
        if (node < 0) {
          // Levels in names count from 1.
          const runsAt = directorySite(context.sites.at(site), context.sites).index
          node = builder.addNode('cleanup', {
            site: runsAt,
            dirSite: site,
            level: level + 1,
            number,
            unit: -1,
            isRemote: runsAt === site,
          })
          this.#removers.push({ node, parents: [] })
          this.#lastParent.push(-1)
        }
        if (known < 0) {
          this.#removedBy[file] = remover
          builder.addEntry(node, ACTION.removeFile, file, -1, site)
        }
      }
      // As in the reference, every further user of the group is waited for, also one whose files others remove.
      if (node >= 0) this.#wait(remover, user)
    }
    return node >= 0
  }

  #wait(remover: number, node: number): void {
    if (this.#lastParent[remover] === node) return
    this.#lastParent[remover] = node
    this.#removers[remover]?.parents.push(node)
  }

  /** Adds the edges to the removers that are not implied by others. */
  finish(): void {
    const { graph, builder, level } = this.#state
    for (const parents of prunedParents(
      graph.digraph,
      level,
      this.#removers.map((remover) => remover.parents),
    )) {
      const remover = this.#removers[parents.index]
      if (remover === undefined) continue
      for (const parent of parents.kept) builder.addEdge(parent, remover.node)
    }
  }
}
