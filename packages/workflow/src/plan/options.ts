import type { Job } from '../model/job.ts'
import type { Properties } from '../model/properties.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import type { Workflow } from '../model/workflow.ts'

/** Ways in which jobs of a plan share files. `memory` is for one machine: files that only jobs read stay in memory. */
export const DATA_CONFIGURATIONS = ['sharedfs', 'nonsharedfs', 'condorio', 'memory'] as const

/** Way in which jobs of a plan share files. */
export type DataConfiguration = (typeof DATA_CONFIGURATIONS)[number]

/** Ways of putting several jobs into one. */
export const CLUSTER_STYLES = ['horizontal', 'label', 'whole', 'auto'] as const

/** Way of putting several jobs into one; `auto` aims at a run time per cluster. */
export type ClusterStyle = (typeof CLUSTER_STYLES)[number]

/** Ways of removing files that nobody needs any more. */
export const CLEANUP_STRATEGIES = ['none', 'leaf', 'inplace', 'constraint'] as const

/** Way of removing files that nobody needs any more. */
export type CleanupStrategy = (typeof CLEANUP_STRATEGIES)[number]

/** What a request to plan can say besides the catalogs and properties; the long options of the command line. */
export interface PlanOptions {
  /** Sites where jobs may run; default: every site of the catalog but `local`. */
  readonly sites?: readonly string[] | undefined
  /** Sites to which results are brought; none: results stay in scratch. */
  readonly outputSites?: readonly string[] | undefined
  /** Directory for results on site `local`; implies output site `local` when no other is given. */
  readonly outputDir?: string | undefined
  /** Staging site of execution sites, or one for all; used by `nonsharedfs`. */
  readonly stagingSites?: string | ReadonlyMap<string, string> | undefined
  /** Applied in this order. */
  readonly cluster?: readonly ClusterStyle[] | undefined
  readonly cleanup?: CleanupStrategy | undefined
  /** Plan every job, also those whose outputs exist. */
  readonly force?: boolean | undefined
  /** Wins over the property `pegasus.data.configuration`. */
  readonly dataConfiguration?: DataConfiguration | undefined
  /** Put in front of every node name. */
  readonly jobPrefix?: string | undefined
  /** Start of the names of per-workflow files; default `<workflow>-<index>`. */
  readonly basename?: string | undefined
  /** Number of the workflow in node names; default 0. */
  readonly index?: number | undefined
  /** Directory of the run below the scratch directories; default `<workflow>/run0001`. */
  readonly relativeDir?: string | undefined
  /** Absolute directory beside which `wf-scratch` and `wf-output` of an undeclared site `local` lie; default `/`. */
  readonly submitDir?: string | undefined
  /** True when another workflow contains this one: in-place cleanup is then off unless its scope is `deferred`. */
  readonly isSubWorkflow?: boolean | undefined
  /** Outputs that the request has locations for are brought to each of them: jobs of the parent look for them there. */
  readonly deliversToParent?: boolean | undefined
  /** Seed of every choice that is left to chance; default 1. The same request with the same seed gives the same plan. */
  readonly seed?: number | undefined
  /** Run time that `auto` clustering aims at, seconds; default 480. */
  readonly clusterTargetSeconds?: number | undefined
  /**
   * Fewest clusters that `auto` makes of one level of one transformation, so that slots are not left idle, as long as each runs for some
   * seconds. Default: the nodes that the site's entry tells, else 8.
   */
  readonly clusterMinCount?: number | undefined
  /** Run time of a job from past runs, seconds; asked when the job has no profile `runtime`. */
  readonly predictSeconds?: ((job: Job) => number | undefined) | undefined
}

/** What a request to plan consists of. Catalogs inside the workflow add to or replace those given here. */
export interface PlanRequest {
  readonly workflow: Workflow
  readonly sites?: SiteCatalog | undefined
  readonly transformations?: TransformationCatalog | undefined
  readonly replicas?: ReplicaCatalog | undefined
  /** Further places of files, by rank: cache files, listing of the input directory, parent workflow, earlier runs. */
  readonly cache?: ReplicaCatalog | undefined
  readonly inputListing?: ReplicaCatalog | undefined
  readonly inheritedReplicas?: ReplicaCatalog | undefined
  readonly earlierRuns?: readonly ReplicaCatalog[] | undefined
  /** Places that outputs must get (storage mapper `Replica`). */
  readonly outputLocations?: ReplicaCatalog | undefined
  readonly properties?: Properties | undefined
  readonly options?: PlanOptions | undefined
}
