import type { Job } from '../../model/job.ts'
import type { Assignment } from '../assign/assign.ts'
import type { ClusterStyle } from '../options.ts'
import type { PlanProblems } from '../problem.ts'
import type { Reuse } from '../reuse.ts'
import type { PlanSettings } from '../settings.ts'
import type { SiteIndex } from '../site-index.ts'
import type { TaskTable } from '../task-table.ts'

/** Several tasks that run as one job, one after the other. */
export interface Cluster {
  readonly name: string
  readonly style: ClusterStyle
  /** In the order in which they run. */
  readonly tasks: readonly number[]
  /** Why these tasks, for `explain`. */
  readonly reason: string
}

/** Clusters made so far, and the tasks that are in none. */
export interface Clustering {
  readonly clusters: readonly Cluster[]
  /** Number of the cluster per task, -1 for none. */
  readonly clusterOf: Int32Array
}

/** What the cluster styles work on. */
export interface ClusterInput {
  readonly tasks: TaskTable
  readonly reuse: Reuse
  readonly assignment: Assignment
  readonly sites: SiteIndex
  readonly settings: PlanSettings
  readonly predictSeconds: ((job: Job) => number | undefined) | undefined
}

/** One style: puts tasks that are in no cluster into clusters. */
export type ClusterPass = (input: ClusterInput, before: Clustering, problems: PlanProblems) => Clustering

/** Clustering in which every task stands alone. */
export function noClusters(taskCount: number): Clustering {
  return { clusters: [], clusterOf: new Int32Array(taskCount).fill(-1) }
}

/** Adds clusters; their tasks must be in no cluster yet. */
export function addClusters(before: Clustering, made: readonly Cluster[]): Clustering {
  if (made.length === 0) return before
  const clusterOf = before.clusterOf.slice()
  made.forEach((cluster, k) => {
    for (const task of cluster.tasks) clusterOf[task] = before.clusters.length + k
  })
  return { clusters: [...before.clusters, ...made], clusterOf }
}

/** True for a task that may be put into a cluster: a kept compute job that is in none. */
export function isFree(input: ClusterInput, clustering: Clustering, task: number): boolean {
  return clustering.clusterOf[task] === -1 && input.assignment.executableOf[task]! >= 0
}

/** Value of a profile of the name space `pegasus` of a task. */
export function taskProfile(input: ClusterInput, task: number, key: string): string | undefined {
  const { tasks, assignment, sites } = input
  const job = tasks.jobs[task]
  const executable = assignment.executables[assignment.executableOf[task] ?? -1]
  if (job === undefined) return undefined
  return assignment.profiles.value(
    job,
    sites.at(assignment.siteOf[task] ?? 0),
    executable?.profiles ?? [],
    'pegasus',
    key,
  )
}

/** Run time of a task in seconds: profile `runtime`, else the prediction of the request; `undefined` when unknown. */
export function taskSeconds(input: ClusterInput, task: number): number | undefined {
  const job = input.tasks.jobs[task]
  if (job === undefined) return undefined
  const text = taskProfile(input, task, 'runtime')
  const seconds = text === undefined ? input.predictSeconds?.(job) : Number(text)
  return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

/** Units are the jobs of the plan: clusters, and tasks that stand alone. */
export interface UnitNumbers {
  readonly unitCount: number
  /** Unit per task, -1 for tasks that are not planned. */
  readonly unitOf: Int32Array
}

/** Numbers units in the order of their first task. */
export function numberUnits(input: ClusterInput, clustering: Clustering): UnitNumbers {
  const { taskCount } = input.tasks
  const unitOf = new Int32Array(taskCount).fill(-1)
  const unitOfCluster = new Int32Array(clustering.clusters.length).fill(-1)
  let unitCount = 0
  for (let task = 0; task < taskCount; task++) {
    if (input.assignment.siteOf[task]! < 0) continue
    const cluster = clustering.clusterOf[task]!
    if (cluster < 0) unitOf[task] = unitCount++
    else {
      if (unitOfCluster[cluster]! < 0) unitOfCluster[cluster] = unitCount++
      unitOf[task] = unitOfCluster[cluster]!
    }
  }
  return { unitCount, unitOf }
}
