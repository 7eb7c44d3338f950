import { profileValue } from '../model/profile.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import type { Directory, Operation, Site, SiteCatalog } from '../model/site-catalog.ts'
import { nearMiss } from '../problem/near-miss.ts'
import type { PlanProblems } from './problem.ts'
import type { PlanSettings } from './settings.ts'
import { joinUrl, parseFileUrl } from './url.ts'

/** Ways of files through the scratch directory of a site, as properties name them. */
const TRANSFER_WAYS = ['stagein', 'stageout', 'inter'] as const
/** Way of a file through the scratch directory of a site. */
export type TransferWay = (typeof TRANSFER_WAYS)[number]

/** A site as the planner uses it. */
export interface PlanSite {
  readonly index: number
  readonly name: string
  readonly site: Site
  /** The submit host sees the file system of the site: `local`, and sites with profile `auxillary.local`. */
  readonly isVisible: boolean
  /** Only the profile `auxillary.local`; decides between the two groups of transfers of a site. */
  readonly isDeclaredVisible: boolean
  /** URL prefixes of the shared scratch directory; `undefined` without such a directory or server. */
  readonly scratchPut: string | undefined
  readonly scratchGet: string | undefined
  /** Mount point of the shared scratch directory inside the site. */
  readonly scratchPath: string | undefined
  readonly storagePut: string | undefined
  readonly storageGet: string | undefined
  /** Transfers that the properties want to run at the site. */
  readonly remoteTransfers: ReadonlySet<TransferWay>
}

/** Name of the submit host in catalogs. */
export const LOCAL_SITE = 'local'

/** Sites that exist without being declared. */
const DEFAULT_SITES: readonly string[] = ['condorpool', 'condorpool-shared']

/** The sites of a plan by number and name. */
export class SiteIndex {
  readonly sites: readonly PlanSite[]
  readonly #byName = new Map<string, PlanSite>()

  constructor(sites: readonly PlanSite[]) {
    this.sites = sites
    for (const site of sites) this.#byName.set(site.name, site)
  }

  get(name: string): PlanSite | undefined {
    return this.#byName.get(name)
  }

  /** The site of a number that the planner itself handed out. */
  at(index: number): PlanSite {
    const site = this.sites[index]
    if (site === undefined) throw new RangeError(`no site number ${index}`)
    return site
  }

  get local(): PlanSite {
    return this.at(0)
  }
}

/**
 * Sites of the catalogs plus `local` (always number 0), and `condorpool` and `condorpool-shared` when they are asked
 * for without being declared. A site of the workflow's own catalog replaces one of the same name.
 */
export function indexSites(
  catalogs: readonly (SiteCatalog | undefined)[],
  settings: PlanSettings,
  problems: PlanProblems,
): SiteIndex {
  const declared = new Map<string, Site>()
  for (const catalog of catalogs) {
    const seen = new Set<string>()
    for (const site of catalog?.sites ?? []) {
      if (seen.has(site.name)) {
        problems.warning('DUPLICATE_SITE', 'a site is listed twice; the first entry is used', {
          where: `site ${site.name}`,
        })
        continue
      }
      seen.add(site.name)
      declared.set(site.name, site)
    }
  }
  const asked = new Set([...(settings.sites ?? []), ...stagingSiteNames(settings)])
  const sites = [withOutputDir(declared.get(LOCAL_SITE) ?? undeclaredLocal(settings), settings)]
  for (const [name, site] of declared) if (name !== LOCAL_SITE) sites.push(site)
  for (const name of DEFAULT_SITES) {
    const isWanted =
      asked.has(name) || (settings.sites === undefined && name === 'condorpool' && sites.length === 1)
    if (isWanted && !declared.has(name)) sites.push(undeclaredPool(name, settings))
  }
  return new SiteIndex(sites.map((site, index) => planSite(site, index, settings)))
}

/** Execution sites of the plan; unknown names are problems. */
export function executionSites(
  index: SiteIndex,
  settings: PlanSettings,
  problems: PlanProblems,
): readonly PlanSite[] {
  if (settings.sites === undefined) {
    const remote = index.sites.filter((site) => site.name !== LOCAL_SITE)
    const capable = remote.filter((site) => site.scratchPut !== undefined || site.storagePut === undefined)
    if (settings.dataConfiguration === 'memory') return [index.local]
    return capable.length > 0 ? capable : [index.local]
  }
  return knownSites(index, [...new Set(settings.sites)], 'execution', problems)
}

/** Output sites of the plan; they need a storage directory that can be written. */
export function outputSites(
  index: SiteIndex,
  settings: PlanSettings,
  problems: PlanProblems,
): readonly PlanSite[] {
  const sites = knownSites(index, settings.outputSites, 'output', problems)
  for (const site of sites) {
    if (site.storagePut !== undefined) continue
    problems.error('NO_STORAGE', 'the output site has no storage directory that can be written', {
      where: `site ${site.name}`,
      allowed: 'a localStorage or sharedStorage directory with a file server for put or all',
      remedy: 'add one in the site catalog, or choose another output site',
    })
  }
  return sites
}

/** Sites at which jobs of the parent look for outputs of a sub-workflow have to be known. */
export function checkParentSites(
  index: SiteIndex,
  settings: PlanSettings,
  locations: ReplicaCatalog | undefined,
  problems: PlanProblems,
): void {
  if (!settings.deliversToParent) return
  const names = (locations?.replicas ?? []).flatMap((replica) => replica.locations.map(({ site }) => site))
  knownSites(index, [...new Set(names)], 'output', problems)
}

function knownSites(
  index: SiteIndex,
  names: readonly string[],
  use: string,
  problems: PlanProblems,
): readonly PlanSite[] {
  const sites: PlanSite[] = []
  for (const name of names) {
    const site = index.get(name)
    if (site !== undefined) sites.push(site)
    else reportUnknownSite(index, name, use, problems)
  }
  return sites
}

/** Adds the problem of a site that is in no catalog. */
export function reportUnknownSite(index: SiteIndex, name: string, use: string, problems: PlanProblems): void {
  const known = index.sites.map((site) => site.name)
  const near = nearMiss(name, known)
  problems.error('UNKNOWN_SITE', `the ${use} site is not in the site catalog`, {
    where: `site ${name}`,
    found: name,
    allowed: known.join(', '),
    remedy: near === undefined ? 'add it to the site catalog' : `did you mean ${near}`,
  })
}

/** Checks that a directory of a site can be reached from where transfers run. */
export function checkServers(site: PlanSite, problems: PlanProblems): void {
  for (const directory of site.site.directories) {
    for (const server of directory.fileServers) {
      const url = parseFileUrl(server.url)
      const facts = { where: `site ${site.name}`, found: server.url }
      if (url === undefined) {
        problems.error('BAD_URL', 'the address of a file server is neither a URL nor an absolute path', facts)
      } else if (url.scheme === 'scp' && !url.authority.includes('@')) {
        problems.error('BAD_URL', 'an scp URL needs a user name', {
          ...facts,
          allowed: 'scp://user@host/path',
          remedy: 'put the user name in front of the host',
        })
      }
    }
  }
}

function stagingSiteNames(settings: PlanSettings): readonly string[] {
  const { stagingSites } = settings
  if (stagingSites === undefined) return []
  return typeof stagingSites === 'string' ? [stagingSites] : [...stagingSites.values()]
}

function planSite(site: Site, index: number, settings: PlanSettings): PlanSite {
  const isDeclaredVisible =
    profileValue(site.profiles, 'pegasus', 'auxillary.local')?.toLowerCase() === 'true'
  const scratch = directoryOf(site, ['sharedScratch'])
  const storage = directoryOf(site, ['localStorage', 'sharedStorage'])
  return {
    index,
    name: site.name,
    site,
    isVisible: isDeclaredVisible || site.name === LOCAL_SITE,
    isDeclaredVisible,
    scratchPut: serverUrl(scratch, 'put'),
    scratchGet: serverUrl(scratch, 'get'),
    scratchPath: scratch?.path,
    storagePut: serverUrl(storage, 'put'),
    storageGet: serverUrl(storage, 'get') ?? serverUrl(storage, 'put'),
    remoteTransfers: new Set(TRANSFER_WAYS.filter((way) => isListedRemote(site.name, way, settings))),
  }
}

/** Properties `pegasus.transfer.<way>.remote.sites`, with `*` for all ways; a list of sites, or `*` for all. */
function isListedRemote(name: string, way: TransferWay, settings: PlanSettings): boolean {
  if (name === LOCAL_SITE) return false
  return [way, '*'].some((key) => {
    const listed = settings.properties.get(`pegasus.transfer.${key}.remote.sites`)?.split(/[\s,]+/) ?? []
    return listed.includes(name) || listed.includes('*')
  })
}

function directoryOf(site: Site, types: readonly string[]): Directory | undefined {
  for (const type of types) {
    const directory = site.directories.find((candidate) => candidate.type === type)
    if (directory !== undefined) return directory
  }
  return undefined
}

/** First server for exactly this operation, else the first for all. */
function serverUrl(directory: Directory | undefined, operation: Operation): string | undefined {
  const servers = directory?.fileServers ?? []
  const server = servers.find((s) => s.operation === operation) ?? servers.find((s) => s.operation === 'all')
  return server?.url
}

function undeclaredLocal(settings: PlanSettings): Site {
  return {
    name: LOCAL_SITE,
    directories: [
      fileDirectory('sharedScratch', joinUrl(settings.submitDir, 'wf-scratch/LOCAL')),
      fileDirectory('localStorage', joinUrl(settings.submitDir, 'wf-output')),
    ],
    grids: [],
    profiles: [],
    extensions: [],
  }
}

function undeclaredPool(name: string, settings: PlanSettings): Site {
  const isShared = name === 'condorpool-shared'
  return {
    name,
    directories: isShared
      ? [fileDirectory('sharedScratch', joinUrl(settings.submitDir, 'wf-scratch/CONDORPOOL'))]
      : [],
    grids: [],
    profiles: [
      { namespace: 'pegasus', key: 'style', value: 'condor' },
      ...(isShared ? ([{ namespace: 'pegasus', key: 'auxillary.local', value: 'true' }] as const) : []),
    ],
    extensions: [],
  }
}

/** Site `local` with the directory of the option `outputDir` as its storage. */
function withOutputDir(site: Site, settings: PlanSettings): Site {
  if (settings.outputDir === undefined) return site
  const others = site.directories.filter((d) => d.type !== 'localStorage' && d.type !== 'sharedStorage')
  return { ...site, directories: [...others, fileDirectory('localStorage', settings.outputDir)] }
}

function fileDirectory(type: Directory['type'], path: string): Directory {
  return {
    type,
    path,
    sharedFileSystem: false,
    fileServers: [{ url: `file://${path}`, operation: 'all', profiles: [], extensions: [] }],
    extensions: [],
  }
}
