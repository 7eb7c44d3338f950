import type { PlanContext } from '../context.ts'
import { KIND, type NodeGraph } from '../node-graph.ts'
import { USE } from '../task-table.ts'
import { ARRIVAL } from '../transfer/transfer-state.ts'

/** Files that a node uses in the scratch directory of its site and that may be removed after their last use. */
export interface RemovableFiles {
  /** Files of node `n`: `file[start[n]]` to `file[start[n + 1] - 1]`; empty for nodes that keep nothing from removal. */
  readonly start: Uint32Array
  readonly file: Uint32Array
}

/**
 * Removable files of every node. Not removable: inputs that the node takes from their replica or that lie in place,
 * and outputs that are wanted as results but that no stage-out node copies.
 */
export function removableFiles(graph: NodeGraph, context: PlanContext, arrival: Uint8Array): RemovableFiles {
  const { units } = context
  const isKept = keptResults(graph, context)
  const entries = entriesByNode(graph)
  const start = new Uint32Array(graph.nodes.count + 1)
  const file: number[] = []
  const { kind, unit } = graph.nodes
  for (let node = 0; node < graph.nodes.count; node++) {
    if (kind[node] === KIND.compute || kind[node] === KIND.sub_workflow) {
      addUnitFiles(units, unit[node]!, arrival, isKept, file)
    } else if (isMover(graph, node)) {
      for (let i = entries.start[node]!; i < entries.start[node + 1]!; i++) {
        const moved = graph.entries.file[entries.members[i]!]!
        // With several output sites a file has several entries, one after the other.
        const isNew = file.length === start[node] || file[file.length - 1] !== moved
        if (isKept[moved] === 0 && isNew) file.push(moved)
      }
    }
    start[node + 1] = file.length
  }
  return { start, file: Uint32Array.from(file) }
}

/** Stage-outs of jobs that are run, and inter-site transfers: they read files at their source. */
function isMover(graph: NodeGraph, node: number): boolean {
  const { kind } = graph.nodes
  if (kind[node] === KIND.inter_site) return true
  const { parentStart } = graph.digraph
  return kind[node] === KIND.stage_out && parentStart[node] !== parentStart[node + 1]
}

function addUnitFiles(
  units: PlanContext['units'],
  unit: number,
  arrival: Uint8Array,
  isKept: Uint8Array,
  into: number[],
): void {
  for (let i = units.inputs.start[unit]!; i < units.inputs.start[unit + 1]!; i++) {
    const file = units.inputs.file[i]!
    const isOwn = units.producer[file] === unit
    const isStaged = arrival[i] === ARRIVAL.staged
    if (isStaged && !isOwn && isKept[file] === 0) into.push(file)
  }
  for (let i = units.outputs.start[unit]!; i < units.outputs.start[unit + 1]!; i++) {
    const file = units.outputs.file[i]!
    if (isKept[file] === 0) into.push(file)
  }
}

/** Files that are never removed: results that stay, and, with the data configuration `memory`, what jobs write. */
function keptResults(graph: NodeGraph, context: PlanContext): Uint8Array {
  if (context.settings.dataConfiguration !== 'memory') return stayingResults(graph, context)
  return Uint8Array.from(context.units.producer, (producer) => (producer >= 0 ? 1 : 0))
}

/** Files that are wanted as results but stay in scratch, because no stage-out node follows the job that writes them. */
function stayingResults(graph: NodeGraph, context: PlanContext): Uint8Array {
  const stays = new Uint8Array(context.units.files.lfns.length)
  forEachStaying(graph, context, (file) => (stays[file] = 1))
  return stays
}

/** Per site: results that stay in its scratch directory, which is therefore not removed. */
export function stayingBySite(
  graph: NodeGraph,
  context: PlanContext,
): ReadonlyMap<number, readonly string[]> {
  const bySite = new Map<number, string[]>()
  if (context.settings.dataConfiguration === 'memory') return bySite
  forEachStaying(graph, context, (file, site) => {
    const lfn = context.units.files.lfns[file] ?? ''
    const files = bySite.get(site)
    if (files === undefined) bySite.set(site, [lfn])
    else files.push(lfn)
  })
  return bySite
}

function forEachStaying(
  graph: NodeGraph,
  context: PlanContext,
  visit: (file: number, site: number) => void,
): void {
  const { start, file, flags } = context.units.outputs
  const { kind, unit, dirSite } = graph.nodes
  const { childStart, children } = graph.digraph
  for (let node = 0; node < graph.nodes.count; node++) {
    if (kind[node] !== KIND.compute) continue
    const u = unit[node]!
    let isCopied = false
    for (let i = childStart[node]!; i < childStart[node + 1]! && !isCopied; i++) {
      isCopied = kind[children[i]!] === KIND.stage_out
    }
    if (isCopied) continue
    for (let i = start[u]!; i < start[u + 1]!; i++) {
      if ((flags[i]! & USE.stageOut) !== 0) visit(file[i]!, dirSite[node]!)
    }
  }
}

/** Positions of entries grouped by their node. */
export function entriesByNode(graph: NodeGraph): {
  readonly start: Uint32Array
  readonly members: Uint32Array
} {
  const { node, count } = graph.entries
  const start = new Uint32Array(graph.nodes.count + 1)
  for (let i = 0; i < count; i++) start[node[i]! + 1]!++
  for (let n = 0; n < graph.nodes.count; n++) start[n + 1]! += start[n]!
  const next = start.slice(0, graph.nodes.count)
  const members = new Uint32Array(count)
  for (let i = 0; i < count; i++) members[next[node[i]!]!++] = i
  return { start, members }
}
