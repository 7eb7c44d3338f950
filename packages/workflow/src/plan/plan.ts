import type { Digraph } from '../graph/digraph.ts'
import type { ShellHook } from '../model/hook.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import type { Profile } from '../model/profile.ts'
import type { Container, ContainerType } from '../model/transformation-catalog.ts'
import type { BuiltPlan } from './build-plan.ts'
import type { NodeKind } from './node-graph.ts'
import type { ClusterStyle, DataConfiguration } from './options.ts'
import type { PlanProblem } from './problem.ts'
import type { RankedReplica } from './transfer/rank-replicas.ts'

/** An executable workflow: what runs where, and which files move between. */
export interface Plan {
  /** Name of the abstract workflow. */
  readonly workflowName: string
  /** Start of the names of per-workflow files, `<workflow>-<index>`. */
  readonly basename: string
  /** Number of jobs of the plan: nodes of the DAG. */
  readonly jobCount: number
  /** Edges over job numbers. */
  readonly graph: Digraph
  readonly counts: PlanCounts
  /** Most jobs of a category that run at a time. */
  readonly throttles: ReadonlyMap<string, number>
  readonly warnings: readonly PlanProblem[]
  /** Kind of a job, without making it. */
  kind(job: number): NodeKind
  /** Name of a job, without making it. */
  name(job: number): string
  /** Number of a job by its name. */
  find(name: string): number | undefined
  /** Everything about one job; made when asked for, so that plans of a million jobs stay small. */
  job(job: number): PlanJob
  /** All jobs, parents before children. */
  jobs(): Iterable<PlanJob>
  /** What the passes decided; for `explain`, forecasts and writers of this package. */
  readonly built: BuiltPlan
}

/** Counts of a plan, named and counted as in the reference's reports. */
export interface PlanCounts {
  readonly jobs: Readonly<Partial<Record<NodeKind, number>>>
  readonly dagNodes: number
  readonly dagEdges: number
  readonly transfers: TransferCounts
  readonly tasks: TaskCounts
}

/** Entries of the work lists of jobs. */
export interface TransferCounts {
  readonly stageIn: number
  readonly stageOut: number
  readonly interSite: number
  readonly registeredFiles: number
  readonly removedFiles: number
  readonly removedDirs: number
}

/** Tasks and files of the abstract workflow. */
export interface TaskCounts {
  readonly total: number
  /** Tasks that are not planned because their outputs exist or nobody wants them. */
  readonly deleted: number
  /** Compute jobs that are not clusters. */
  readonly computeJobs: number
  readonly clusteredJobs: number
  readonly inputFiles: number
  readonly interFiles: number
  readonly outputFiles: number
}

/** One job of a plan. Lists that do not apply to its kind are empty. */
export interface PlanJob {
  readonly number: number
  readonly name: string
  readonly kind: NodeKind
  /** Site where it runs. */
  readonly site: string
  /** Site whose scratch directory it uses; `undefined` for none. */
  readonly stagingSite: string | undefined
  /** Longest distance from a root of the executable workflow, from 1. */
  readonly level: number
  readonly priority: number
  readonly category: string | undefined
  /** Further attempts after a failure. */
  readonly retries: number
  readonly dataConfiguration: DataConfiguration | undefined
  /** Tasks in run order; more than one in a cluster. */
  readonly tasks: readonly PlanTask[]
  readonly cluster: PlanCluster | undefined
  readonly inputs: readonly PlanInput[]
  readonly outputs: readonly PlanOutput[]
  /** Files this job moves: stage-in, stage-out, inter-site. */
  readonly transfers: readonly PlanTransfer[]
  readonly registrations: readonly PlanRegistration[]
  readonly removals: readonly PlanRemoval[]
  /** Directories it makes. */
  readonly directories: readonly PlanPlace[]
  /** Staged executables that it makes executable. */
  readonly modes: readonly PlanPlace[]
  /** Merged profiles of the job. */
  readonly profiles: readonly Profile[]
}

/** A place of a file or directory. */
export interface PlanPlace {
  readonly site: string
  readonly url: string
}

/** One task: a job of the abstract workflow. */
export interface PlanTask {
  readonly id: string
  readonly type: 'job' | 'pegasusWorkflow' | 'condorWorkflow'
  /** `namespace::name:version`; for sub-workflows the logical name of their file. */
  readonly transformation: string
  readonly executable: PlanExecutable
  readonly arguments: readonly string[]
  readonly stdin: string | undefined
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  readonly hooks: readonly ShellHook[]
  readonly metadata: readonly MetadataEntry[]
  readonly environment: readonly (readonly [string, string])[]
  /** Predicted run time from the profile `runtime`, seconds. */
  readonly runtimeSeconds: number | undefined
  /** Of a task in a cluster: what it needs of the others, so that they run at the same time and are tried again alone. */
  readonly member: PlanMember | undefined
}

/** Place of a task in its cluster. */
export interface PlanMember {
  /** Logical files of the job that this task reads and writes. */
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** Positions of the tasks of the cluster that it waits for, from 0. */
  readonly after: readonly number[]
  /** Cores of the job that it takes. */
  readonly cores: number
}

/** What a task executes. */
export type PlanExecutable =
  /** A program that is there. */
  | { readonly type: 'installed'; readonly path: string; readonly container: Container | undefined }
  /** A program that comes to the job as the input with this logical name. */
  | { readonly type: 'staged'; readonly lfn: string; readonly container: Container | undefined }
  /** A function of the engine (data configuration `memory`). */
  | { readonly type: 'function'; readonly name: string }
  /** A sub-workflow that is planned and run. */
  | { readonly type: 'workflow'; readonly lfn: string; readonly location: RankedReplica | undefined }
  /** A DAGMan file that is run as it is. */
  | { readonly type: 'dag'; readonly lfn: string; readonly location: RankedReplica | undefined }

/** A group of tasks that run as one job. */
export interface PlanCluster {
  readonly style: ClusterStyle
  readonly reason: string
}

/** A file that a job reads. */
export interface PlanInput {
  readonly lfn: string
  readonly sizeBytes: number | undefined
  /** `staging`: from the scratch directory of the staging site; `replica`: straight from a replica; `absent`: optional, no replica. */
  readonly from: 'staging' | 'replica' | 'absent'
  /** Where the job takes it, best first. */
  readonly sources: readonly RankedReplica[]
  /** Path relative to the directory of the run. */
  readonly path: string
  readonly isOptional: boolean
  readonly isExecutable: boolean
  /** Of a container image. */
  readonly containerType: ContainerType | undefined
  readonly sha256: string | undefined
}

/** A file that a job writes. */
export interface PlanOutput {
  readonly lfn: string
  readonly sizeBytes: number | undefined
  /** Place in the scratch directory of the staging site. */
  readonly target: PlanPlace
  /** Path relative to the directory of the run. */
  readonly path: string
  readonly isStagedOut: boolean
  readonly isCheckpoint: boolean
  /** Further places that need the file, because the job is a sub-workflow whose readers are elsewhere. */
  readonly deliverTo: readonly PlanPlace[]
}

/** One file on its way. */
export interface PlanTransfer {
  readonly lfn: string
  readonly action: 'stage_in' | 'stage_out' | 'inter_site'
  /** Places to take it from, best first; the others are for fail-over. */
  readonly sources: readonly RankedReplica[]
  readonly target: PlanPlace
  /** Of a container image, which may have to be converted on the way. */
  readonly containerType: ContainerType | undefined
  /** Make a symbolic link in place of a copy. */
  readonly isLink: boolean
  readonly sizeBytes: number | undefined
  /** Known checksum. */
  readonly sha256: string | undefined
  /** What to do about integrity: compare with the known checksum, compute one, or nothing. */
  readonly integrity: 'verify' | 'compute' | 'none'
}

/** A file that is added to the output replica catalog. */
export interface PlanRegistration {
  readonly lfn: string
  readonly place: PlanPlace
  readonly metadata: readonly MetadataEntry[]
}

/** A file or directory that is removed. */
export interface PlanRemoval {
  /** `undefined` for the directory of the run. */
  readonly lfn: string | undefined
  readonly place: PlanPlace
}
