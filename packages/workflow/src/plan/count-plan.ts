import type { BuiltPlan } from './build-plan.ts'
import { ACTION, NODE_KINDS, type NodeKind } from './node-graph.ts'
import type { PlanCounts, TaskCounts, TransferCounts } from './plan.ts'
import { UNIT } from './unit-table.ts'

/** Counts jobs by kind, edges, entries of work lists, tasks and files. */
export function countPlan(built: BuiltPlan): PlanCounts {
  const { graph } = built
  const jobs: Partial<Record<NodeKind, number>> = {}
  for (const position of graph.nodes.kind) {
    const kind = NODE_KINDS[position]
    if (kind !== undefined) jobs[kind] = (jobs[kind] ?? 0) + 1
  }
  return {
    jobs,
    dagNodes: graph.nodes.count,
    dagEdges: graph.digraph.edgeCount,
    transfers: countTransfers(built),
    tasks: countTasks(built),
  }
}

function countTransfers(built: BuiltPlan): TransferCounts {
  const { action, count } = built.graph.entries
  const counts = new Uint32Array(Object.keys(ACTION).length)
  for (let i = 0; i < count; i++) counts[action[i]!]!++
  return {
    stageIn: counts[ACTION.stageIn]!,
    stageOut: counts[ACTION.stageOut]!,
    interSite: counts[ACTION.interSite]!,
    registeredFiles: counts[ACTION.register]!,
    removedFiles: counts[ACTION.removeFile]!,
    removedDirs: counts[ACTION.removeDir]!,
  }
}

function countTasks(built: BuiltPlan): TaskCounts {
  const { tasks, units, reuse } = built.context
  let computeJobs = 0
  for (let unit = 0; unit < units.unitCount; unit++) {
    if (units.kind[unit] === UNIT.compute && !units.clusters.has(unit)) computeJobs++
  }
  const isRead = new Uint8Array(tasks.lfns.length)
  for (const file of tasks.inputs.file) isRead[file] = 1
  let inputFiles = 0
  let interFiles = 0
  for (let file = 0; file < tasks.lfns.length; file++) {
    if (tasks.producer[file]! < 0) inputFiles++
    else if (isRead[file] === 1) interFiles++
  }
  return {
    total: tasks.taskCount,
    deleted: tasks.taskCount - reuse.keptCount,
    computeJobs,
    clusteredJobs: units.clusters.size,
    inputFiles,
    interFiles,
    outputFiles: tasks.lfns.length - inputFiles - interFiles,
  }
}
