import type { Properties } from '../../model/properties.ts'
import type { ReplicaLocation } from '../../model/replica-catalog.ts'
import type { PlanSettings } from '../settings.ts'
import { LOCAL_SITE, type PlanSite, type SiteIndex } from '../site-index.ts'
import { asUrl, isFileUrl } from '../url.ts'

/** A place from which a file can be taken; the transfer tool tries higher priorities first. */
export interface RankedReplica {
  readonly site: string
  readonly url: string
  readonly priority: number
}

const FILE_PRIORITY = 100
const SAME_SITE_PRIORITY = 50
const OTHER_PRIORITY = 10

/** Where the transfer runs and where it brings the file. */
export interface TransferPlace {
  /** True when the transfer runs on the submit host. */
  readonly runsLocally: boolean
  readonly destination: PlanSite
}

/**
 * Usable places of a file, best first: file URLs that can be reached where the transfer runs, then other URLs of the
 * destination site, then the rest. File URLs of sites whose file system the transfer does not see are dropped.
 * Equal ranks keep the order of the catalog.
 */
export function rankReplicas(
  locations: readonly ReplicaLocation[],
  place: TransferPlace,
  sites: SiteIndex,
  settings: PlanSettings,
): readonly RankedReplica[] {
  const ranked: RankedReplica[] = []
  for (const { site, pfn } of locations) {
    const url = asUrl(pfn)
    const isFile = isFileUrl(url)
    if (isFile && !seesFiles(site, place, sites)) continue
    const priority = priorityOf(site, url, isFile, place, settings)
    if (priority !== undefined) ranked.push({ site, url, priority })
  }
  return ranked.sort((a, b) => b.priority - a.priority)
}

function seesFiles(site: string, place: TransferPlace, sites: SiteIndex): boolean {
  if (site === place.destination.name && (!place.runsLocally || place.destination.isVisible)) return true
  return place.runsLocally && (site === LOCAL_SITE || sites.get(site)?.isVisible === true)
}

function priorityOf(
  site: string,
  url: string,
  isFile: boolean,
  place: TransferPlace,
  settings: PlanSettings,
): number | undefined {
  switch (settings.replicaSelector) {
    case 'Local':
      return isFile && site === LOCAL_SITE ? FILE_PRIORITY : undefined
    case 'Regex':
      return regexRank(url, settings.properties)
    case 'Restricted':
      return restrictedPriority(site, isFile, place, settings.properties)
    case 'Default':
      return normalPriority(site, isFile, place)
  }
}

function normalPriority(site: string, isFile: boolean, place: TransferPlace): number {
  if (isFile) return FILE_PRIORITY
  return site === place.destination.name ? SAME_SITE_PRIORITY : OTHER_PRIORITY
}

/** Ranks of `pegasus.selector.replica.regex.rank.<N> = <pattern>`: the smaller the number, the better; no match, no use. */
function regexRank(url: string, properties: Properties): number | undefined {
  const prefix = 'pegasus.selector.replica.regex.rank.'
  let best: number | undefined
  for (const [key, pattern] of properties) {
    if (!key.startsWith(prefix)) continue
    const rank = Number(key.slice(prefix.length))
    if (!Number.isFinite(rank) || (best !== undefined && rank >= best)) continue
    if (patternOf(pattern)?.test(url) === true) best = rank
  }
  return best === undefined ? undefined : -best
}

const patterns = new Map<string, RegExp | undefined>()
const MAX_PATTERNS = 100

function patternOf(text: string): RegExp | undefined {
  if (patterns.has(text)) return patterns.get(text)
  let pattern: RegExp | undefined
  try {
    pattern = new RegExp(`^(?:${text})$`)
  } catch {
    pattern = undefined
  }
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(text, pattern)
  return pattern
}

function restrictedPriority(
  site: string,
  isFile: boolean,
  place: TransferPlace,
  properties: Properties,
): number | undefined {
  const listed = (what: string): readonly string[] =>
    [place.destination.name, '*'].flatMap(
      (name) =>
        properties.get(`pegasus.selector.replica.${name}.${what}.stagein.sites`)?.split(/[\s,]+/) ?? [],
    )
  if (listed('ignore').includes(site)) return undefined
  const bonus = listed('prefer').includes(site) ? 2 * FILE_PRIORITY : 0
  return bonus + normalPriority(site, isFile, place)
}
