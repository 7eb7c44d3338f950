import { forecastPlan } from '../explain/forecast.ts'
import { edgesOf } from '../graph/digraph.ts'
import type { Plan } from '../plan/plan.ts'

/** A plan in numbers, under the names of the reference's reports. */
export interface PlanDocument {
  readonly workflow: string
  readonly basename: string
  readonly data_configuration: string
  /** Nodes of the DAG by kind; kinds without nodes are left out. */
  readonly jobs: Readonly<Record<string, number>>
  readonly dag_nodes: number
  readonly dag_edges: number
  /** Entries in the work lists of jobs; zeros are left out. */
  readonly transfers: Readonly<Record<string, number>>
  readonly tasks: Readonly<Record<string, number>>
  readonly forecast: PlanForecast
  /** Kind of every node by name, for plans of at most {@link MAX_LISTED_NODES} nodes. */
  readonly nodes?: Readonly<Record<string, string>>
  /** Parent and child of every edge, for the same plans. */
  readonly edges?: readonly (readonly [string, string])[]
}

/** What a plan will cost; seconds and bytes. */
export interface PlanForecast {
  readonly task_seconds: number
  readonly tasks_without_runtime: number
  readonly wall_seconds: number
  readonly critical_path_seconds: number
  readonly critical_path: readonly string[]
  readonly stage_in_bytes: number
  readonly stage_out_bytes: number
  readonly inter_site_bytes: number
  readonly files_without_size: number
  readonly peak_scratch_bytes: Readonly<Record<string, number>>
  /** All that jobs write there, and what is never exceeded (constraint cleanup). */
  readonly written_scratch_bytes: Readonly<Record<string, number>>
  readonly scratch_bound_bytes: Readonly<Record<string, number>>
}

/** Largest plan whose nodes and edges are listed. */
export const MAX_LISTED_NODES = 1000

/** Document of a plan. */
export function planDocument(plan: Plan): PlanDocument {
  const { counts } = plan
  const { transfers, tasks } = counts
  return {
    workflow: plan.workflowName,
    basename: plan.basename,
    data_configuration: plan.built.context.settings.dataConfiguration,
    jobs: { ...counts.jobs },
    dag_nodes: counts.dagNodes,
    dag_edges: counts.dagEdges,
    transfers: withoutZeros({
      stage_in_transfers: transfers.stageIn,
      stage_out_transfers: transfers.stageOut,
      inter_site_transfers: transfers.interSite,
      registered_files: transfers.registeredFiles,
      removed_files: transfers.removedFiles,
      removed_dirs: transfers.removedDirs,
    }),
    tasks: {
      total_tasks: tasks.total,
      deleted_tasks: tasks.deleted,
      compute_jobs: tasks.computeJobs,
      clustered_jobs: tasks.clusteredJobs,
      dax_input_files: tasks.inputFiles,
      dax_inter_files: tasks.interFiles,
      dax_output_files: tasks.outputFiles,
    },
    forecast: forecast(plan),
    ...(plan.jobCount <= MAX_LISTED_NODES ? { nodes: nodes(plan), edges: edges(plan) } : {}),
  }
}

function withoutZeros(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

function forecast(plan: Plan): PlanForecast {
  const made = forecastPlan(plan)
  return {
    task_seconds: made.taskSeconds,
    tasks_without_runtime: made.unknownTasks,
    wall_seconds: made.wallSeconds,
    critical_path_seconds: made.criticalPathSeconds,
    critical_path: made.criticalPath,
    stage_in_bytes: made.stageIn.knownBytes,
    stage_out_bytes: made.stageOut.knownBytes,
    inter_site_bytes: made.interSite.knownBytes,
    files_without_size: made.stageIn.unknownFiles + made.stageOut.unknownFiles + made.interSite.unknownFiles,
    peak_scratch_bytes: Object.fromEntries(made.peakScratchBytes),
    written_scratch_bytes: Object.fromEntries(made.writtenScratchBytes),
    scratch_bound_bytes: Object.fromEntries(made.scratchBoundBytes),
  }
}

function nodes(plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: plan.jobCount }, (_, job) => [plan.name(job), plan.kind(job)]),
  )
}

function edges(plan: Plan): readonly (readonly [string, string])[] {
  const { count, from, to } = edgesOf(plan.graph)
  return Array.from({ length: count }, (_, i): [string, string] => [plan.name(from[i]!), plan.name(to[i]!)])
}
