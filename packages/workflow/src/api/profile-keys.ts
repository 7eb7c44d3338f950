/**
 * Profile keys with a name in TypeScript. `count`: whole number from 0; `number`: number from 0; `flag`: boolean; `text`; `mb` and `kb`: a
 * number in that unit, or text with a unit such as `2 GB`.
 */
export type ProfileKind = 'count' | 'number' | 'flag' | 'text' | 'mb' | 'kb'

/** Keys of the name space `pegasus`. */
export const PEGASUS_KEYS = {
  cores: ['cores', 'count'],
  gpus: ['gpus', 'count'],
  nodes: ['nodes', 'count'],
  ppn: ['ppn', 'count'],
  memory: ['memory', 'mb'],
  diskspace: ['diskspace', 'mb'],
  runtime: ['runtime', 'number'],
  maxWalltime: ['maxwalltime', 'count'],
  checkpointTime: ['checkpoint.time', 'count'],
  queue: ['queue', 'text'],
  project: ['project', 'text'],
  gliteArguments: ['glite.arguments', 'text'],
  style: ['style', 'text'],
  dataConfiguration: ['data.configuration', 'text'],
  auxillaryLocal: ['auxillary.local', 'flag'],
  clustersSize: ['clusters.size', 'count'],
  clustersNum: ['clusters.num', 'count'],
  clustersMaxRuntime: ['clusters.maxruntime', 'count'],
  clustersCores: ['clusters.cores', 'count'],
  retryMemory: ['retry.memory', 'number'],
  retryTime: ['retry.time', 'number'],
  label: ['label', 'text'],
  jobAggregator: ['job.aggregator', 'text'],
  jobAggregatorArguments: ['job.aggregator.arguments', 'text'],
  stageInClusters: ['stagein.clusters', 'count'],
  stageInLocalClusters: ['stagein.local.clusters', 'count'],
  stageInRemoteClusters: ['stagein.remote.clusters', 'count'],
  stageOutClusters: ['stageout.clusters', 'count'],
  stageOutLocalClusters: ['stageout.local.clusters', 'count'],
  stageOutRemoteClusters: ['stageout.remote.clusters', 'count'],
  transferThreads: ['transfer.threads', 'count'],
  transferArguments: ['transfer.arguments', 'text'],
  transferLiteThreads: ['transfer.lite.threads', 'count'],
  transferLiteArguments: ['transfer.lite.arguments', 'text'],
  transferProxy: ['transfer.proxy', 'flag'],
  gridStart: ['gridstart', 'text'],
  gridStartPath: ['gridstart.path', 'text'],
  gridStartArguments: ['gridstart.arguments', 'text'],
  gridStartLauncher: ['gridstart.launcher', 'text'],
  gridStartLauncherArguments: ['gridstart.launcher.arguments', 'text'],
  exitcodeSuccessMessage: ['exitcode.successmsg', 'text'],
  exitcodeFailureMessage: ['exitcode.failuremsg', 'text'],
  containerArguments: ['container.arguments', 'text'],
  containerLauncher: ['container.launcher', 'text'],
  containerLauncherArguments: ['container.launcher.arguments', 'text'],
  liteEnvSource: ['pegasus_lite_env_source', 'text'],
  changeDir: ['change.dir', 'flag'],
  createDir: ['create.dir', 'flag'],
  wnTmp: ['wntmp', 'text'],
  workDir: ['workdir', 'text'],
  group: ['group', 'text'],
  tag: ['tag', 'text'],
  noSymlink: ['nosymlink', 'flag'],
  enableForDataReuse: ['enable_for_data_reuse', 'flag'],
  relativeSubmitDir: ['relative.submit.dir', 'text'],
  condorArgumentsQuote: ['condor.arguments.quote', 'flag'],
  pmcRequestMemory: ['pmc_request_memory', 'count'],
  pmcRequestCpus: ['pmc_request_cpus', 'count'],
  pmcPriority: ['pmc_priority', 'count'],
  pmcTaskArguments: ['pmc_task_arguments', 'text'],
  memoryExpr: ['memory.expr', 'text'],
  coresExpr: ['cores.expr', 'text'],
  gpusExpr: ['gpus.expr', 'text'],
  diskspaceExpr: ['diskspace.expr', 'text'],
  runtimeExpr: ['runtime.expr', 'text'],
  queueExpr: ['queue.expr', 'text'],
  projectExpr: ['project.expr', 'text'],
  gliteArgumentsExpr: ['glite.arguments.expr', 'text'],
} as const

/** Keys of the name space `condor`; other submit commands go through `addProfiles`. */
export const CONDOR_KEYS = {
  universe: ['universe', 'text'],
  periodicRelease: ['periodic_release', 'text'],
  periodicRemove: ['periodic_remove', 'text'],
  filesystemDomain: ['filesystemdomain', 'text'],
  streamError: ['stream_error', 'flag'],
  streamOutput: ['stream_output', 'flag'],
  priority: ['priority', 'text'],
  requestCpus: ['request_cpus', 'count'],
  requestGpus: ['request_gpus', 'count'],
  requestMemory: ['request_memory', 'mb'],
  requestDisk: ['request_disk', 'kb'],
  requirements: ['requirements', 'text'],
  gridResource: ['grid_resource', 'text'],
  getEnv: ['getenv', 'flag'],
  concurrencyLimits: ['concurrency_limits', 'text'],
} as const

/** Keys of the name space `dagman`. */
export const DAGMAN_KEYS = {
  retry: ['retry', 'count'],
  priority: ['priority', 'text'],
  category: ['category', 'text'],
  pre: ['pre', 'text'],
  preArguments: ['pre.arguments', 'text'],
  post: ['post', 'text'],
  postArguments: ['post.arguments', 'text'],
  postScope: ['post.scope', 'text'],
  abortDagOn: ['abort-dag-on', 'text'],
  dir: ['dir', 'text'],
  noop: ['noop', 'flag'],
  maxPre: ['maxpre', 'count'],
  maxPost: ['maxpost', 'count'],
  maxIdle: ['maxidle', 'count'],
  maxJobs: ['maxjobs', 'count'],
} as const

/** Keys of the name space `globus`. */
export const GLOBUS_KEYS = {
  count: ['count', 'count'],
  xCount: ['xcount', 'count'],
  hostCount: ['hostcount', 'count'],
  jobType: ['jobtype', 'text'],
  maxCpuTime: ['maxcputime', 'count'],
  maxWalltime: ['maxwalltime', 'count'],
  maxMemory: ['maxmemory', 'mb'],
  minMemory: ['minmemory', 'mb'],
  totalMemory: ['totalmemory', 'mb'],
  project: ['project', 'text'],
  queue: ['queue', 'text'],
} as const

/** Keys of the name space `selector`. */
export const SELECTOR_KEYS = {
  executionSite: ['execution.site', 'text'],
  pfn: ['pfn', 'text'],
  gridJobType: ['grid.jobtype', 'text'],
} as const

/** A table of profile keys. */
export type KeyTable = Readonly<Record<string, readonly [string, ProfileKind]>>

type KindValue<K extends ProfileKind> = K extends 'count' | 'number'
  ? number
  : K extends 'flag'
    ? boolean
    : K extends 'text'
      ? string | number
      : number | string

/** Values by the names of a table. */
export type KeyValues<T extends KeyTable> = {
  readonly [K in keyof T]?: KindValue<T[K][1]> | undefined
}
