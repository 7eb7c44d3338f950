import type { Assignment } from './assign/assign.ts'
import type { PlanProblems } from './problem.ts'
import type { ReplicaIndex } from './replica-index.ts'
import type { Reuse } from './reuse.ts'
import type { PlanSettings } from './settings.ts'
import type { PlanSite, SiteIndex } from './site-index.ts'
import type { TaskTable } from './task-table.ts'
import type { TransformationIndex } from './transformation-index.ts'
import type { UnitTable } from './unit-table.ts'

/** Everything that was decided before nodes are added; passes read it. */
export interface PlanContext {
  readonly settings: PlanSettings
  readonly sites: SiteIndex
  readonly outputSites: readonly PlanSite[]
  readonly replicas: ReplicaIndex
  /** Places that outputs must get. */
  readonly outputLocations: ReplicaIndex
  readonly transformations: TransformationIndex
  readonly tasks: TaskTable
  readonly reuse: Reuse
  readonly assignment: Assignment
  readonly units: UnitTable
  readonly problems: PlanProblems
}

/** Name of the node that runs a unit. */
export function unitName(context: Pick<PlanContext, 'units' | 'tasks' | 'settings'>, unit: number): string {
  const { units, tasks, settings } = context
  const cluster = units.clusters.get(unit)
  if (cluster !== undefined) return safeName(settings.jobPrefix + cluster.name)
  const job = tasks.jobs[units.tasks[units.taskStart[unit]!]!]
  if (job === undefined) return ''
  const start = job.type === 'job' ? job.name : job.type === 'pegasusWorkflow' ? 'pegasus-plan' : 'dagman'
  return safeName(`${settings.jobPrefix}${start}_${job.id}`)
}

/** Node names are file names and words of DAG files: letters, digits and a few marks; anything else becomes `_`. */
export function safeName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_.+-]/gu, '_')
}
