import type { Profile, ProfileNamespace } from '../model/profile.ts'
import type { Properties } from '../model/properties.ts'
import {
  CLEANUP_STRATEGIES,
  CLUSTER_STYLES,
  type CleanupStrategy,
  type ClusterStyle,
  DATA_CONFIGURATIONS,
  type DataConfiguration,
  type PlanOptions,
} from './options.ts'
import type { PlanProblems } from './problem.ts'

/** Ways of choosing the site of a job. */
export const SITE_SELECTORS = ['Random', 'RoundRobin', 'Group', 'Heft'] as const
/** Way of choosing the site of a job. */
export type SiteSelector = (typeof SITE_SELECTORS)[number]

/** Ways of choosing among several entries of a transformation. */
export const TRANSFORMATION_SELECTORS = ['Random', 'Installed', 'Staged', 'Submit'] as const
/** Way of choosing among several entries of a transformation. */
export type TransformationSelector = (typeof TRANSFORMATION_SELECTORS)[number]

/** Ways of ranking the replicas of a file. */
export const REPLICA_SELECTORS = ['Default', 'Local', 'Regex', 'Restricted'] as const
/** Way of ranking the replicas of a file. */
export type ReplicaSelector = (typeof REPLICA_SELECTORS)[number]

/** Ways of dealing transfers over nodes; `Empty` makes no nodes: the jobs find their files in place. */
export const TRANSFER_REFINERS = ['BalancedCluster', 'Empty'] as const
/** Way of dealing transfers over nodes. */
export type TransferRefiner = (typeof TRANSFER_REFINERS)[number]

/** Ways of connecting create-dir nodes. */
export const CREATE_DIR_STRATEGIES = ['Minimal', 'HourGlass', 'Tentacles'] as const
/** Way of connecting create-dir nodes. */
export type CreateDirStrategy = (typeof CREATE_DIR_STRATEGIES)[number]

/** Ways of laying files out on the output site. */
export const STORAGE_MAPPERS = ['Flat', 'Hashed', 'Fixed', 'Named', 'Replica'] as const
/** Way of laying files out on the output site. */
export type StorageMapper = (typeof STORAGE_MAPPERS)[number]

/** Ways of laying files out in scratch directories. */
export const STAGING_MAPPERS = ['Flat', 'Hashed'] as const
/** Way of laying files out in scratch directories. */
export type StagingMapper = (typeof STAGING_MAPPERS)[number]

const REUSE_SCOPES = ['full', 'partial', 'none'] as const
const INTEGRITY_DIALS = ['none', 'full', 'nosymlink'] as const
const MODES = ['production', 'development', 'debug', 'tutorial'] as const
const CLUSTER_PREFERENCES = ['Count', 'Runtime'] as const
const CLEANUP_SCOPES = ['fullahead', 'deferred'] as const
/** Spellings of the property `pegasus.file.cleanup.strategy`. */
const CLEANUP_SPELLINGS = ['None', 'Leaf', 'InPlace', 'Constraint'] as const

/** Options and properties of a request, checked, with defaults filled in. */
export interface PlanSettings {
  readonly sites: readonly string[] | undefined
  readonly outputSites: readonly string[]
  /** Outputs with known locations are brought to each of them, whatever the output sites. */
  readonly deliversToParent: boolean
  readonly outputDir: string | undefined
  readonly stagingSites: string | ReadonlyMap<string, string> | undefined
  readonly dataConfiguration: DataConfiguration
  readonly clusterStyles: readonly ClusterStyle[]
  readonly clusterPreference: 'Count' | 'Runtime'
  readonly allowsSingleClusters: boolean
  readonly labelKey: string
  readonly clusterTargetSeconds: number
  readonly clusterMinCount: number | undefined
  readonly cleanup: CleanupStrategy
  /** Nodes per level and site; `undefined`: by the number of jobs. */
  readonly cleanupNodesPerLevel: number | undefined
  readonly cleanupJobsPerNode: number | undefined
  readonly reuseScope: 'full' | 'partial' | 'none'
  readonly siteSelector: SiteSelector
  readonly transformationSelector: TransformationSelector
  readonly replicaSelector: ReplicaSelector
  readonly refiner: TransferRefiner
  readonly createDirStrategy: CreateDirStrategy
  readonly storageMapper: StorageMapper
  /** `undefined`: `Hashed` for nonsharedfs, else `Flat`. */
  readonly stagingMapper: StagingMapper | undefined
  readonly bypassesStaging: boolean
  readonly usesLinks: boolean
  readonly registers: boolean
  /** Register files under their whole logical name, not only its last part. */
  readonly registersDeep: boolean
  readonly integrity: 'none' | 'full' | 'nosymlink'
  readonly infersDependencies: boolean
  readonly mode: 'production' | 'development' | 'debug' | 'tutorial'
  readonly mergesCache: boolean
  readonly mergesInlineReplicas: boolean
  readonly jobPrefix: string
  readonly index: number
  readonly basename: string
  readonly relativeDir: string
  readonly submitDir: string
  readonly seed: number
  /** Most scripts and jobs of a DAG at a time, as far as properties say. */
  readonly dagLimits: ReadonlyMap<DagLimit, number>
  readonly properties: Properties
}

const NO_PROPERTIES: Properties = new Map()

/** Checks options and properties and fills in the defaults of the reference (file 06, section 6.4). */
export function resolveSettings(
  workflowName: string,
  options: PlanOptions,
  properties: Properties | undefined,
  problems: PlanProblems,
): PlanSettings {
  const reader = new PropertyReader(properties ?? NO_PROPERTIES, problems)
  warnOfUnused(reader.properties, problems)
  const index = options.index ?? 0
  const mode = reader.word('pegasus.mode', MODES, 'production')
  const outputSites = options.outputSites ?? (options.outputDir === undefined ? [] : ['local'])
  return {
    sites: options.sites,
    outputSites: [...new Set(outputSites)],
    deliversToParent: options.deliversToParent === true,
    outputDir: options.outputDir,
    stagingSites: options.stagingSites,
    dataConfiguration: dataConfiguration(options, reader, problems),
    clusterStyles: clusterStyles(options, problems),
    clusterPreference: reader.word('pegasus.clusterer.preference', CLUSTER_PREFERENCES, 'Count'),
    allowsSingleClusters: reader.flag('pegasus.clusterer.allow.single', false),
    labelKey: reader.text('pegasus.clusterer.label.key') ?? 'label',
    clusterTargetSeconds: positive('clusterTargetSeconds', options.clusterTargetSeconds, 480, problems),
    clusterMinCount:
      options.clusterMinCount === undefined
        ? undefined
        : positive('clusterMinCount', options.clusterMinCount, 1, problems),
    cleanup: cleanupStrategy(options, reader, problems),
    cleanupNodesPerLevel: reader.count('pegasus.file.cleanup.clusters.num'),
    cleanupJobsPerNode: reader.count('pegasus.file.cleanup.clusters.size'),
    reuseScope:
      options.force === true ? 'none' : reader.word('pegasus.data.reuse.scope', REUSE_SCOPES, 'full'),
    siteSelector: reader.word('pegasus.selector.site', SITE_SELECTORS, 'Random'),
    transformationSelector: reader.word(
      'pegasus.selector.transformation',
      TRANSFORMATION_SELECTORS,
      'Random',
    ),
    replicaSelector: reader.word('pegasus.selector.replica', REPLICA_SELECTORS, 'Default'),
    refiner: reader.word('pegasus.transfer.refiner', TRANSFER_REFINERS, 'BalancedCluster'),
    createDirStrategy: reader.word('pegasus.dir.create.strategy', CREATE_DIR_STRATEGIES, 'Minimal'),
    storageMapper: reader.word('pegasus.dir.storage.mapper', STORAGE_MAPPERS, 'Flat'),
    stagingMapper: reader.optionalWord('pegasus.dir.staging.mapper', STAGING_MAPPERS),
    bypassesStaging: reader.flag('pegasus.transfer.bypass.input.staging', false),
    usesLinks: reader.flag('pegasus.transfer.links', false),
    registers: reader.flag('pegasus.register', true),
    registersDeep: reader.flag('pegasus.register.deep', true),
    integrity:
      mode === 'development' || mode === 'debug'
        ? 'none'
        : reader.word('pegasus.integrity.checking', INTEGRITY_DIALS, 'full'),
    infersDependencies: reader.flag('pegasus.parser.dax.data.dependencies', true),
    mode,
    mergesCache: reader.flag('pegasus.catalog.replica.cache.asrc', false),
    mergesInlineReplicas: reader.flag('pegasus.catalog.replica.dax.asrc', false),
    jobPrefix: options.jobPrefix ?? '',
    index,
    basename: options.basename ?? `${workflowName}-${index}`,
    relativeDir: trimSlashes(options.relativeDir ?? `${workflowName}/run0001`),
    submitDir: options.submitDir ?? '/',
    seed: options.seed ?? 1,
    dagLimits: dagLimits(reader),
    properties: reader.properties,
  }
}

/** Name spaces whose profiles can be set for all jobs by properties; `pegasus` is not listed, see {@link PEGASUS_PROFILE_KEYS}. */
const PROPERTY_NAMESPACES: readonly ProfileNamespace[] = ['env', 'condor', 'globus', 'selector', 'hints']

/** Keys of the name space `pegasus` that are profiles of jobs when they stand in properties (file 06, section 6.2). */
export const PEGASUS_PROFILE_KEYS: ReadonlySet<string> = new Set([
  'cores',
  'gpus',
  'nodes',
  'ppn',
  'memory',
  'diskspace',
  'runtime',
  'maxwalltime',
  'checkpoint.time',
  'queue',
  'project',
  'glite.arguments',
  'style',
  'auxillary.local',
  'clusters.size',
  'clusters.num',
  'clusters.maxruntime',
  'clusters.cores',
  'retry.memory',
  'retry.time',
  'label',
  'job.aggregator',
  'job.aggregator.arguments',
  'stagein.clusters',
  'stagein.local.clusters',
  'stagein.remote.clusters',
  'stageout.clusters',
  'stageout.local.clusters',
  'stageout.remote.clusters',
  'transfer.threads',
  'transfer.arguments',
  'transfer.lite.threads',
  'transfer.lite.arguments',
  'transfer.proxy',
  'gridstart',
  'gridstart.path',
  'gridstart.arguments',
  'gridstart.launcher',
  'gridstart.launcher.arguments',
  'exitcode.successmsg',
  'exitcode.failuremsg',
  'container.arguments',
  'container.launcher',
  'container.launcher.arguments',
  'pegasus_lite_env_source',
  'change.dir',
  'create.dir',
  'wntmp',
  'workdir',
  'group',
  'tag',
  'nosymlink',
  'enable_for_data_reuse',
  'relative.submit.dir',
  'condor.arguments.quote',
])

/** Limits of a whole DAG: keys of properties in the name space `dagman`, which are no profiles of jobs. */
export const DAG_LIMITS = ['maxpre', 'maxpost', 'maxidle', 'maxjobs'] as const
/** Limit of a whole DAG. */
export type DagLimit = (typeof DAG_LIMITS)[number]
const DAG_WIDE_KEYS: ReadonlySet<string> = new Set(DAG_LIMITS)

/** The profiles that properties set for every job, in the order of the properties. */
export function propertyProfiles(properties: Properties): readonly Profile[] {
  const profiles: Profile[] = []
  for (const [name, value] of properties) {
    const dot = name.indexOf('.')
    if (dot < 0) continue
    const namespace = name.slice(0, dot)
    const key = name.slice(dot + 1)
    const known = PROPERTY_NAMESPACES.find((candidate) => candidate === namespace)
    if (known !== undefined) profiles.push({ namespace: known, key, value })
    else if (namespace === 'dagman' && !DAG_WIDE_KEYS.has(key.toLowerCase()) && !/\.maxjobs$/i.test(key)) {
      profiles.push({ namespace: 'dagman', key, value })
    } else if (namespace === 'pegasus' && PEGASUS_PROFILE_KEYS.has(key)) {
      profiles.push({ namespace: 'pegasus', key, value })
    }
  }
  return profiles
}

/** Properties of the reference that change its plans but not ours. */
const WITHOUT_EFFECT: readonly string[] = [
  'pegasus.dir.exec',
  'pegasus.file.cleanup.constraint.deferstageins',
  'pegasus.file.cleanup.constraint.csv',
]

function warnOfUnused(properties: Properties, problems: PlanProblems): void {
  for (const key of WITHOUT_EFFECT) {
    const found = properties.get(key)?.trim()
    if (found === undefined || found === '' || found.toLowerCase() === 'false') continue
    problems.warning('BAD_PROPERTY', 'the property has no effect on the plan', {
      where: `property ${key}`,
      found,
      remedy: 'remove it',
    })
  }
}

function dagLimits(reader: PropertyReader): ReadonlyMap<DagLimit, number> {
  const limits = new Map<DagLimit, number>()
  for (const key of DAG_LIMITS) {
    const limit = reader.count(`dagman.${key}`)
    if (limit !== undefined) limits.set(key, limit)
  }
  return limits
}

function dataConfiguration(
  options: PlanOptions,
  reader: PropertyReader,
  problems: PlanProblems,
): DataConfiguration {
  const fromProperty = reader.word('pegasus.data.configuration', DATA_CONFIGURATIONS, 'condorio')
  if (options.dataConfiguration === undefined) return fromProperty
  return (
    checkedWord('dataConfiguration', options.dataConfiguration, DATA_CONFIGURATIONS, problems) ?? fromProperty
  )
}

function clusterStyles(options: PlanOptions, problems: PlanProblems): readonly ClusterStyle[] {
  const styles: ClusterStyle[] = []
  for (const style of options.cluster ?? []) {
    const known = checkedWord('cluster', style, CLUSTER_STYLES, problems)
    if (known !== undefined) styles.push(known)
  }
  return styles
}

function cleanupStrategy(
  options: PlanOptions,
  reader: PropertyReader,
  problems: PlanProblems,
): CleanupStrategy {
  const scope = reader.word('pegasus.file.cleanup.scope', CLEANUP_SCOPES, 'fullahead')
  const spelled = reader.optionalWord('pegasus.file.cleanup.strategy', CLEANUP_SPELLINGS)
  if (options.cleanup !== undefined) {
    return checkedWord('cleanup', options.cleanup, CLEANUP_STRATEGIES, problems) ?? 'inplace'
  }
  if (options.isSubWorkflow === true && scope !== 'deferred') return 'none'
  return CLEANUP_STRATEGIES.find((strategy) => strategy === spelled?.toLowerCase()) ?? 'inplace'
}

/** Options come from command lines: their words are checked although the types say that they are right. */
function checkedWord<T extends string>(
  option: string,
  found: string,
  known: readonly T[],
  problems: PlanProblems,
): T | undefined {
  const word = known.find((candidate) => candidate === found)
  if (word === undefined)
    problems.unknownWord('BAD_OPTION', 'unknown value of an option', found, known, {
      where: `option ${option}`,
    })
  return word
}

function positive(option: string, found: number | undefined, normal: number, problems: PlanProblems): number {
  if (found === undefined) return normal
  if (Number.isFinite(found) && found > 0) return found
  problems.error('BAD_OPTION', 'an option is not a positive number', {
    where: `option ${option}`,
    found: String(found),
  })
  return normal
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '')
}

/** Reads typed values of properties; words are compared without regard to case. */
export class PropertyReader {
  readonly properties: Properties
  readonly #problems: PlanProblems

  constructor(properties: Properties, problems: PlanProblems) {
    this.properties = properties
    this.#problems = problems
  }

  text(key: string): string | undefined {
    const value = this.properties.get(key)?.trim()
    return value === '' ? undefined : value
  }

  optionalWord<T extends string>(key: string, known: readonly T[]): T | undefined {
    const found = this.text(key)
    if (found === undefined) return undefined
    const word = known.find((candidate) => candidate.toLowerCase() === found.toLowerCase())
    if (word === undefined) {
      this.#problems.unknownWord('BAD_PROPERTY', 'unknown value of a property', found, known, {
        where: `property ${key}`,
      })
    }
    return word
  }

  word<T extends string>(key: string, known: readonly T[], normal: T): T {
    return this.optionalWord(key, known) ?? normal
  }

  flag(key: string, normal: boolean): boolean {
    const found = this.text(key)?.toLowerCase()
    if (found === undefined) return normal
    if (['true', 'yes', 'on', '1'].includes(found)) return true
    if (['false', 'no', 'off', '0'].includes(found)) return false
    this.#problems.error('BAD_PROPERTY', 'a property is not true or false', {
      where: `property ${key}`,
      found,
      allowed: 'true, false',
    })
    return normal
  }

  /** A whole number of at least 1; `undefined` when absent. */
  count(key: string): number | undefined {
    const found = this.text(key)
    if (found === undefined) return undefined
    if (/^\d{1,9}$/.test(found) && Number(found) > 0) return Number(found)
    this.#problems.error('BAD_PROPERTY', 'a property is not a whole number above 0', {
      where: `property ${key}`,
      found,
    })
    return undefined
  }
}
