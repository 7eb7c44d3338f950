import type { Extension } from './plain.ts'
import type { Platform } from './platform.ts'
import type { Profile } from './profile.ts'

/** Kinds of directories. */
export const DIRECTORY_TYPES = ['sharedScratch', 'sharedStorage', 'localScratch', 'localStorage'] as const

/** Kind of a directory: who sees it, and whether it holds work or results. */
export type DirectoryType = (typeof DIRECTORY_TYPES)[number]

/** Operations of file servers. */
export const OPERATIONS = ['all', 'put', 'get'] as const

/** What a file server is used for. */
export type Operation = (typeof OPERATIONS)[number]

/** Types of grid resources. */
export const GRID_TYPES = [
  'gt5',
  'condor',
  'cream',
  'batch',
  'nordugrid',
  'unicore',
  'ec2',
  'deltacloud',
  'sfapi',
] as const

/** Type of a grid resource. */
export type GridType = (typeof GRID_TYPES)[number]

/** Batch systems behind a grid resource. */
export const SCHEDULERS = ['fork', 'pbs', 'lsf', 'condor', 'sge', 'slurm', 'flux', 'unknown'] as const

/** Batch system behind a grid resource. */
export type Scheduler = (typeof SCHEDULERS)[number]

/** Kinds of work a grid resource is meant for. */
export const GRID_JOB_TYPES = ['compute', 'auxillary', 'transfer', 'register', 'cleanup'] as const

/** Kind of work a grid resource is meant for. */
export type GridJobType = (typeof GRID_JOB_TYPES)[number]

/** A server through which a directory is reached. */
export interface FileServer {
  /** URL prefix of the directory. */
  readonly url: string
  readonly operation: Operation
  readonly profiles: readonly Profile[]
  readonly extensions: readonly Extension[]
}

/** A directory of a site. */
export interface Directory {
  readonly type: DirectoryType
  /** Mount point inside the site; absent in some old files. */
  readonly path?: string | undefined
  readonly sharedFileSystem: boolean
  readonly freeSize?: string | undefined
  readonly totalSize?: string | undefined
  /** At least one. */
  readonly fileServers: readonly FileServer[]
  readonly extensions: readonly Extension[]
}

/** A resource that accepts jobs. */
export interface Grid {
  readonly type: GridType
  readonly contact: string
  readonly scheduler: Scheduler
  readonly jobType?: GridJobType | undefined
  readonly freeMem?: string | undefined
  readonly totalMem?: string | undefined
  readonly maxCount?: string | undefined
  readonly maxCpuTime?: string | undefined
  readonly runningJobs?: number | undefined
  readonly jobsInQueue?: number | undefined
  readonly idleNodes?: number | undefined
  readonly totalNodes?: number | undefined
  readonly extensions: readonly Extension[]
}

/** A place where jobs run or files are kept. */
export interface Site extends Platform {
  readonly name: string
  readonly directories: readonly Directory[]
  readonly grids: readonly Grid[]
  readonly profiles: readonly Profile[]
  readonly extensions: readonly Extension[]
}

/** The sites a plan may use. */
export interface SiteCatalog {
  readonly pegasus: string
  readonly sites: readonly Site[]
  readonly extensions: readonly Extension[]
}
