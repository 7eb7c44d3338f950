import { buildDigraph, type Digraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import { topologicalOrder } from '../graph/order.ts'
import { profileValue } from '../model/profile.ts'
import type { PlanProblems } from './problem.ts'
import type { ReplicaIndex } from './replica-index.ts'
import type { PlanSettings } from './settings.ts'
import { type TaskTable, USE } from './task-table.ts'

/** Why a task is in the plan or not. */
export const FATE = {
  kept: 0,
  /** All its outputs exist. */
  outputsExist: 1,
  /** Its outputs are neither wanted at the output site nor read by a job: nothing is lost without it. */
  nothingWanted: 2,
  /** Only reused jobs would read its outputs, and those that are wanted exist. */
  onlyForReused: 3,
} as const

/** Outcome of data reuse. */
export interface Reuse {
  /** A value of {@link FATE} per task. */
  readonly fate: Uint8Array
  readonly keptCount: number
  /** Graph over all tasks in which tasks that are not kept have no edges; their parents lead to their children. */
  readonly graph: Digraph
}

/**
 * Data reuse (file 03, section 3.2, step 5). First pass: a task is not needed when it has outputs and each of them
 * exists, or is not staged out and read by nobody. Second pass, from the leaves up: a task is not needed when none of
 * its children is and every output that is staged out exists. Tasks without outputs stay.
 */
export function reuseOutputs(
  tasks: TaskTable,
  replicas: ReplicaIndex,
  settings: PlanSettings,
  problems: PlanProblems,
): Reuse {
  const fate = new Uint8Array(tasks.taskCount)
  if (settings.reuseScope === 'none') return { fate, keptCount: tasks.taskCount, graph: tasks.graph }
  const exists = existingOutputs(tasks, replicas)
  markByOutputs(tasks, exists, settings, fate)
  markUpwards(tasks, exists, settings, fate)
  let keptCount = 0
  for (let task = 0; task < tasks.taskCount; task++) if (fate[task] === FATE.kept) keptCount++
  warnOfUnwanted(tasks, fate, problems)
  return { fate, keptCount, graph: keptCount === tasks.taskCount ? tasks.graph : bridge(tasks.graph, fate) }
}

function existingOutputs(tasks: TaskTable, replicas: ReplicaIndex): Uint8Array {
  const exists = new Uint8Array(tasks.lfns.length)
  if (replicas.isEmpty) return exists
  for (const file of tasks.outputs.file) {
    if (exists[file] === 0 && replicas.has(tasks.lfns[file] ?? '')) exists[file] = 1
  }
  return exists
}

function markByOutputs(tasks: TaskTable, exists: Uint8Array, settings: PlanSettings, fate: Uint8Array): void {
  const isRead = readByOthers(tasks)
  const { start, file, flags } = tasks.outputs
  for (let task = 0; task < tasks.taskCount; task++) {
    const end = start[task + 1]!
    if (start[task] === end || !isEnabled(tasks, task, settings)) continue
    let isNeeded = false
    let hasReplica = false
    for (let i = start[task]!; i < end && !isNeeded; i++) {
      const output = file[i]!
      if (exists[output] === 1) hasReplica = true
      else isNeeded = (flags[i]! & USE.stageOut) !== 0 || isRead[output] === 1
    }
    if (!isNeeded) fate[task] = hasReplica ? FATE.outputsExist : FATE.nothingWanted
  }
}

/** With the scope `partial` only tasks with the profile `enable_for_data_reuse` start the pruning. */
function isEnabled(tasks: TaskTable, task: number, settings: PlanSettings): boolean {
  if (settings.reuseScope === 'full') return true
  const value = profileValue(tasks.jobs[task]?.profiles ?? [], 'pegasus', 'enable_for_data_reuse')
  return value?.toLowerCase() === 'true'
}

function readByOthers(tasks: TaskTable): Uint8Array {
  const isRead = new Uint8Array(tasks.lfns.length)
  const { start, file } = tasks.inputs
  for (let task = 0; task < tasks.taskCount; task++) {
    const end = start[task + 1]!
    for (let i = start[task]!; i < end; i++) if (tasks.producer[file[i]!] !== task) isRead[file[i]!] = 1
  }
  return isRead
}

function markUpwards(tasks: TaskTable, exists: Uint8Array, settings: PlanSettings, fate: Uint8Array): void {
  const order = topologicalOrder(tasks.graph)
  const { childStart, children } = tasks.graph
  for (let k = order.length - 1; k >= 0; k--) {
    const task = order[k]!
    if (fate[task] !== FATE.kept) continue
    let isNeeded = false
    const end = childStart[task + 1]!
    for (let i = childStart[task]!; i < end && !isNeeded; i++) isNeeded = fate[children[i]!] === FATE.kept
    if (!isNeeded && !wantsOutput(tasks, task, exists, settings)) fate[task] = FATE.onlyForReused
  }
}

function wantsOutput(tasks: TaskTable, task: number, exists: Uint8Array, settings: PlanSettings): boolean {
  const { start, file, flags } = tasks.outputs
  const end = start[task + 1]!
  if (start[task] === end) return true
  for (let i = start[task]!; i < end; i++) {
    const isWanted = (flags[i]! & USE.stageOut) !== 0
    if (isWanted && (settings.reuseScope === 'partial' || exists[file[i]!] === 0)) return true
  }
  return false
}

/** Most job ids that the warning names. */
const NAMED_JOBS = 5

function warnOfUnwanted(tasks: TaskTable, fate: Uint8Array, problems: PlanProblems): void {
  const ids: string[] = []
  let count = 0
  for (let task = 0; task < tasks.taskCount; task++) {
    if (fate[task] !== FATE.nothingWanted) continue
    count++
    if (ids.length < NAMED_JOBS) ids.push(tasks.jobs[task]?.id ?? '')
  }
  if (count === 0) return
  problems.warning('NOTHING_WANTED', 'jobs are left out because nobody wants their outputs', {
    found: `${ids.join(', ')}${count > ids.length ? `, and ${count - ids.length} more` : ''}`,
    remedy: 'set stageOut on the outputs that are wanted, or plan with force',
  })
}

/** Removes tasks that are not kept and joins their parents to their children. */
function bridge(graph: Digraph, fate: Uint8Array): Digraph {
  const edges = new EdgeCollector(graph.edgeCount)
  const order = topologicalOrder(graph)
  const leadsUp = hasKeptAncestor(graph, order, fate)
  // Marks of the last kept task that walked over a removed one.
  const walkedBy = new Int32Array(graph.nodeCount).fill(-1)
  const stack: number[] = []
  for (let task = 0; task < graph.nodeCount; task++) {
    if (fate[task] !== FATE.kept) continue
    stack.push(task)
    while (stack.length > 0) {
      const node = stack.pop() ?? task
      const end = graph.parentStart[node + 1]!
      for (let i = graph.parentStart[node]!; i < end; i++) {
        const parent = graph.parents[i]!
        if (fate[parent] === FATE.kept) edges.add(parent, task)
        else if (leadsUp[parent] === 1 && walkedBy[parent] !== task) {
          walkedBy[parent] = task
          stack.push(parent)
        }
      }
    }
  }
  return buildDigraph(graph.nodeCount, edges)
}

/** Of removed tasks: whether a kept one is above them; only those are worth a walk. */
function hasKeptAncestor(graph: Digraph, order: Uint32Array, fate: Uint8Array): Uint8Array {
  const leadsUp = new Uint8Array(graph.nodeCount)
  for (const task of order) {
    if (fate[task] === FATE.kept) continue
    const end = graph.parentStart[task + 1]!
    for (let i = graph.parentStart[task]!; i < end && leadsUp[task] === 0; i++) {
      const parent = graph.parents[i]!
      if (fate[parent] === FATE.kept || leadsUp[parent] === 1) leadsUp[task] = 1
    }
  }
  return leadsUp
}
