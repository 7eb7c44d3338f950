import type { PlainValue } from '../model/plain.ts'
import {
  ARCHITECTURES,
  type Architecture,
  OPERATING_SYSTEMS,
  type OperatingSystem,
  type Platform,
} from '../model/platform.ts'
import {
  DIRECTORY_TYPES,
  type Directory as DirectoryData,
  type DirectoryType,
  type FileServer as FileServerData,
  GRID_JOB_TYPES,
  GRID_TYPES,
  type Grid as GridData,
  type GridJobType,
  type GridType,
  OPERATIONS,
  type Operation,
  SCHEDULERS,
  type Scheduler,
  type SiteCatalog as SiteCatalogData,
  type Site as SiteData,
} from '../model/site-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import { type WriteOptions, writeSiteCatalog } from '../write/write.ts'
import { type ProfilesInput, type ProfileValue, WithProfiles } from './profiles.ts'
import { badValue, checkAbsolutePath, checkFilled, checkText, checkWord, duplicate } from './values.ts'

/** Options of what has a platform. */
export interface PlatformOptions {
  readonly arch?: Architecture
  readonly osType?: OperatingSystem
  readonly osRelease?: string
  readonly osVersion?: string
}

/** Checks the parts of a platform. */
export function checkPlatform(options: PlatformOptions): Platform {
  const { arch, osType, osRelease, osVersion } = options
  return {
    ...(arch === undefined ? {} : { arch: checkWord('the architecture', arch, ARCHITECTURES) }),
    ...(osType === undefined ? {} : { osType: checkWord('the operating system', osType, OPERATING_SYSTEMS) }),
    ...(osRelease === undefined ? {} : { osRelease: checkFilled('the release', osRelease) }),
    ...(osVersion === undefined ? {} : { osVersion: checkFilled('the version', osVersion) }),
  }
}

/** A server through which a directory is reached. */
export class FileServer extends WithProfiles {
  readonly url: string
  readonly operation: Operation

  constructor(url: string, operation: Operation, options: { readonly profiles?: ProfilesInput } = {}) {
    super()
    this.url = checkText(
      'the URL of a file server',
      url,
      /^(?:[A-Za-z][\w+.-]*:|\$\{)\S+$/,
      'a URL such as file:///scratch',
    )
    this.operation = checkWord('the operation of a file server', operation, OPERATIONS)
    this.addAllProfiles(options.profiles)
  }

  /** The file server as plain data. */
  build(): FileServerData {
    return { url: this.url, operation: this.operation, profiles: this.profiles, extensions: [] }
  }
}

/** Options of a {@link Directory}. */
export interface DirectoryOptions {
  readonly sharedFileSystem?: boolean
  readonly fileServers?: readonly FileServer[]
}

/** A directory of a site. */
export class Directory {
  readonly type: DirectoryType
  readonly path: string
  readonly sharedFileSystem: boolean
  readonly #fileServers: FileServer[] = []

  constructor(type: DirectoryType, path: string, options: DirectoryOptions = {}) {
    this.type = checkWord('the directory type', type, DIRECTORY_TYPES)
    this.path = checkAbsolutePath('the path of a directory', path)
    this.sharedFileSystem = options.sharedFileSystem ?? false
    this.addFileServers(...(options.fileServers ?? []))
  }

  /** Adds file servers. */
  addFileServers(...servers: readonly FileServer[]): this {
    this.#fileServers.push(...servers)
    return this
  }

  /** The directory as plain data; without a server it is reached as a local file system. */
  build(): DirectoryData {
    const servers =
      this.#fileServers.length > 0 ? this.#fileServers : [new FileServer(`file://${this.path}`, 'all')]
    return {
      type: this.type,
      path: this.path,
      sharedFileSystem: this.sharedFileSystem,
      fileServers: servers.map((server) => server.build()),
      extensions: [],
    }
  }
}

/** Options of a {@link Grid}. */
export interface GridOptions {
  readonly jobType?: GridJobType
  readonly freeMem?: string
  readonly totalMem?: string
  readonly maxCount?: string
  readonly maxCpuTime?: string
  readonly runningJobs?: number
  readonly jobsInQueue?: number
  readonly idleNodes?: number
  readonly totalNodes?: number
}

/** A resource that accepts jobs. */
export class Grid {
  readonly type: GridType
  readonly contact: string
  readonly scheduler: Scheduler
  readonly #options: GridOptions

  constructor(type: GridType, contact: string, scheduler: Scheduler, options: GridOptions = {}) {
    this.type = checkWord('the grid type', type, GRID_TYPES)
    this.contact = checkFilled('the contact of a grid', contact)
    this.scheduler = checkWord('the scheduler', scheduler, SCHEDULERS)
    if (options.jobType !== undefined) checkWord('the job type of a grid', options.jobType, GRID_JOB_TYPES)
    this.#options = options
  }

  /** The grid as plain data. */
  build(): GridData {
    return {
      type: this.type,
      contact: this.contact,
      scheduler: this.scheduler,
      ...this.#options,
      extensions: [],
    }
  }
}

/** Options of a {@link Site}. */
export interface SiteOptions extends PlatformOptions {
  readonly directories?: readonly Directory[]
  readonly grids?: readonly Grid[]
  readonly profiles?: ProfilesInput
}

/** A place where jobs run or files are kept. */
export class Site extends WithProfiles {
  readonly name: string
  readonly #platform: Platform
  readonly #directories: Directory[] = []
  readonly #grids: Grid[] = []
  readonly #tags = new Map<string, Map<string, Map<string, PlainValue>>>()

  constructor(name: string, options: SiteOptions = {}) {
    super()
    this.name = checkText(
      'the site name',
      name,
      /^[^\s,=]+$/,
      'a text without blanks, commas and equal signs',
    )
    this.#platform = checkPlatform(options)
    this.addDirectories(...(options.directories ?? []))
    this.addGrids(...(options.grids ?? []))
    this.addAllProfiles(options.profiles)
  }

  /** Adds directories. */
  addDirectories(...directories: readonly Directory[]): this {
    this.#directories.push(...directories)
    return this
  }

  /** Adds grids. */
  addGrids(...grids: readonly Grid[]): this {
    this.#grids.push(...grids)
    return this
  }

  /** Adds profiles that apply only to jobs with the `pegasus` profile `tag` of this name; kept under `x-tags`. */
  addTagProfiles(tag: string, namespace: string, values: Readonly<Record<string, ProfileValue>>): this {
    const tagName = checkFilled('the tag', tag)
    const namespaces = this.#tags.get(tagName) ?? new Map<string, Map<string, PlainValue>>()
    const entries = namespaces.get(namespace) ?? new Map<string, PlainValue>()
    for (const [key, value] of Object.entries(values)) entries.set(key, String(value))
    namespaces.set(namespace, entries)
    this.#tags.set(tagName, namespaces)
    return this
  }

  /** The site as plain data. */
  build(): SiteData {
    return {
      name: this.name,
      ...this.#platform,
      directories: this.#directories.map((directory) => directory.build()),
      grids: this.#grids.map((grid) => grid.build()),
      profiles: this.profiles,
      extensions: this.#tags.size === 0 ? [] : [{ key: 'x-tags', value: this.#tags }],
    }
  }
}

/** Sites that are put together one by one. */
export class SiteCatalog {
  readonly #sites = new Map<string, Site>()

  constructor(...sites: readonly Site[]) {
    this.addSites(...sites)
  }

  /** Adds sites; names are unique. */
  addSites(...sites: readonly Site[]): this {
    for (const site of sites) {
      if (this.#sites.has(site.name)) throw duplicate('the site', site.name)
      this.#sites.set(site.name, site)
    }
    return this
  }

  /** The catalog as plain data; it needs at least one site. */
  build(): SiteCatalogData {
    if (this.#sites.size === 0) throw badValue('a site catalog', 'no site', 'at least one site')
    return {
      pegasus: FORMAT_VERSION,
      sites: [...this.#sites.values()].map((site) => site.build()),
      extensions: [],
    }
  }

  /** Text of the catalog file. */
  toText(options: WriteOptions = {}): string {
    return writeSiteCatalog(this.build(), options)
  }
}
