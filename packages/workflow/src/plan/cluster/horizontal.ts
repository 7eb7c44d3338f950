import { topologicalLevels } from '../../graph/order.ts'
import { stagedName } from '../assign/executable.ts'
import type { PlanProblems } from '../problem.ts'
import { hashText, walkByTables } from '../reference-order.ts'
import { taskTitle } from '../task-table.ts'
import {
  addClusters,
  type Cluster,
  type ClusterInput,
  type Clustering,
  isFree,
  numberUnits,
  taskProfile,
  taskSeconds,
  type UnitNumbers,
} from './clustering.ts'
import { packByCapacity, packEvenly } from './pack.ts'
import { quotientGraph } from './quotient.ts'

/** Tasks of one level, transformation, site and data configuration. */
export interface HorizontalGroup {
  /** From 1, as in names of clusters. */
  readonly level: number
  readonly transformationId: string
  readonly baseName: string
  readonly tasks: readonly number[]
}

/** Tasks of one group that become a cluster, and why. */
export interface GroupPart {
  readonly tasks: readonly number[]
  readonly reason: string
}

/** Horizontal clustering (file 03, section 3.5): by number, size or run time of the jobs of a level. */
export function clusterHorizontally(
  input: ClusterInput,
  before: Clustering,
  problems: PlanProblems,
): Clustering {
  return clusterGroups(input, before, 'horizontal', (group) => split(input, group, problems))
}

/** Makes clusters of the parts into which `parts` divides each group. */
export function clusterGroups(
  input: ClusterInput,
  before: Clustering,
  style: Cluster['style'],
  parts: (group: HorizontalGroup) => readonly GroupPart[],
): Clustering {
  const made: Cluster[] = []
  const numbers = new Map<string, number>()
  for (const group of horizontalGroups(input, before)) {
    for (const part of parts(group)) made.push({ ...part, name: clusterName(group, numbers), style })
  }
  return addClusters(before, made)
}

/** Name `merge_<transformation>_PID<level>_ID<n>`; `n` counts within level and transformation. */
function clusterName(group: HorizontalGroup, numbers: Map<string, number>): string {
  const start = `merge_${group.baseName}_PID${group.level}`
  const number = (numbers.get(start) ?? 0) + 1
  numbers.set(start, number)
  return `${start}_ID${number}`
}

/** Groups in the order of level; their tasks in the order in which the reference walks over the level. */
function horizontalGroups(input: ClusterInput, before: Clustering): readonly HorizontalGroup[] {
  const { tasks, assignment } = input
  const units = numberUnits(input, before)
  const graph = quotientGraph(input.reuse.graph, units)
  const { level } = topologicalLevels(graph)
  const taskOf = firstTasks(input, units)
  const hashes = Int32Array.from(taskOf, (task) => hashText(unitId(input, before, task)))
  const groups = new Map<
    string,
    { level: number; transformationId: string; baseName: string; tasks: number[] }
  >()
  for (const unit of walkByTables(graph, hashes, {
    roots: (rootCount) => rootCount,
    ties: units.unitCount,
  })) {
    const task = taskOf[unit]!
    const job = tasks.jobs[task]
    if (job?.type !== 'job' || !isFree(input, before, task)) continue
    const executable = assignment.executables[assignment.executableOf[task]!]
    const transformationId = executable?.transformationId ?? job.name
    const unitLevel = level[unit]! + 1
    const key = `${unitLevel}\n${assignment.siteOf[task]!}\n${assignment.configurationOf[task]!}\n${transformationId}`
    const group = groups.get(key)
    if (group !== undefined) group.tasks.push(task)
    else groups.set(key, { level: unitLevel, transformationId, baseName: stagedName(job), tasks: [task] })
  }
  return [...groups.values()]
}

function firstTasks(input: ClusterInput, units: UnitNumbers): Uint32Array {
  const taskOf = new Uint32Array(units.unitCount)
  for (let task = input.tasks.taskCount - 1; task >= 0; task--) {
    const unit = units.unitOf[task]!
    if (unit >= 0) taskOf[unit] = task
  }
  return taskOf
}

function unitId(input: ClusterInput, clustering: Clustering, task: number): string {
  return clustering.clusters[clustering.clusterOf[task]!]?.name ?? input.tasks.jobs[task]?.id ?? ''
}

function split(input: ClusterInput, group: HorizontalGroup, problems: PlanProblems): readonly GroupPart[] {
  const { allowsSingleClusters, clusterPreference } = input.settings
  const [first] = group.tasks
  if (first === undefined || (group.tasks.length === 1 && !allowsSingleClusters)) return []
  const number = wholeProfile(input, first, 'clusters.num')
  const size = wholeProfile(input, first, 'clusters.size') ?? 1
  if (number === undefined && size === 1 && !allowsSingleClusters) {
    if (clusterPreference === 'Runtime') warnOfSkipped(group, problems)
    return []
  }
  if (clusterPreference === 'Runtime') return splitByRuntime(input, group, number, problems)
  // The last chunk becomes a cluster also when it has one task, as the reference does; single parts by number do not.
  const kept =
    number === undefined
      ? chunks(group.tasks, size)
      : evenParts(group.tasks, number).filter((part) => part.length > 1 || allowsSingleClusters)
  const reason =
    number === undefined
      ? `level ${group.level}, ${group.transformationId}: clusters.size ${size}`
      : `level ${group.level}, ${group.transformationId}: clusters.num ${number}`
  return kept.map((tasks) => ({ tasks, reason }))
}

function warnOfSkipped(group: HorizontalGroup, problems: PlanProblems): void {
  problems.warning('BAD_CLUSTERING', 'clustering by run time does nothing for a group', {
    where: `level ${group.level}, transformation ${group.transformationId}`,
    remedy: 'set clusters.size above 1, clusters.num, or pegasus.clusterer.allow.single',
  })
}

function splitByRuntime(
  input: ClusterInput,
  group: HorizontalGroup,
  number: number | undefined,
  problems: PlanProblems,
): readonly GroupPart[] {
  const seconds: number[] = []
  for (const task of group.tasks) {
    const known = taskSeconds(input, task)
    if (known === undefined) reportNoRuntime(input, task, problems)
    seconds.push(known ?? 0)
  }
  const [first = 0] = group.tasks
  const capacityText = taskProfile(input, first, 'clusters.maxruntime')
  const place = `level ${group.level}, ${group.transformationId}`
  if (capacityText !== undefined) {
    const capacity = Number(capacityText)
    const reason = `${place}: clusters.maxruntime ${capacity} s`
    return packByCapacity(group.tasks, seconds, capacity).map((tasks) => ({ tasks, reason }))
  }
  const reason = `${place}: clusters.num ${number ?? 1}, by run time`
  return packEvenly(group.tasks, seconds, number ?? 1).map((tasks) => ({ tasks, reason }))
}

function reportNoRuntime(input: ClusterInput, task: number, problems: PlanProblems): void {
  const job = input.tasks.jobs[task]
  if (job === undefined) return
  problems.error('NO_RUNTIME', 'clustering by run time needs the profile runtime on every job of a group', {
    where: taskTitle(job),
    remedy: 'set the pegasus profile runtime in seconds on the job or its transformation',
  })
}

/** Consecutive parts of `size` tasks; the last one may be shorter. */
function chunks(tasks: readonly number[], size: number): readonly (readonly number[])[] {
  const parts: (readonly number[])[] = []
  for (let start = 0; start < tasks.length; start += size) parts.push(tasks.slice(start, start + size))
  return parts
}

/** Exactly `count` consecutive parts whose sizes differ by one at most, longer ones first. */
function evenParts(tasks: readonly number[], count: number): readonly (readonly number[])[] {
  const shorter = Math.floor(tasks.length / count)
  const longerCount = tasks.length % count
  const parts: (readonly number[])[] = []
  for (let start = 0; start < tasks.length; ) {
    const size = Math.max(1, parts.length < longerCount ? shorter + 1 : shorter)
    parts.push(tasks.slice(start, start + size))
    start += size
  }
  return parts
}

/** A whole number from a profile, which was checked before; `undefined` when absent. */
function wholeProfile(input: ClusterInput, task: number, key: string): number | undefined {
  const text = taskProfile(input, task, key)
  return text === undefined ? undefined : Number(text)
}
