import type { ReplicaLocation } from '../../model/replica-catalog.ts'
import type { DataConfiguration } from '../options.ts'
import { LOCAL_SITE, type PlanSite, type SiteIndex, type TransferWay } from '../site-index.ts'
import { asUrl, isFileUrl } from '../url.ts'
import type { RankedReplica } from './rank-replicas.ts'

/**
 * True when transfers to (`stagein`, `inter`) or from (`stageout`) the scratch directory of a site run on the submit
 * host: not when the properties say that they run at the site, and not for files that only the site sees.
 */
export function runsLocally(site: PlanSite, way: TransferWay): boolean {
  return !site.remoteTransfers.has(way) && isReached(site)
}

/** True when the submit host reaches the scratch directory of a site, through its file system or a server. */
function isReached(site: PlanSite): boolean {
  return site.isVisible || site.scratchPut === undefined || !isFileUrl(site.scratchPut)
}

/** Site that makes and clears the scratch directory of a site: the submit host where it can. */
export function directorySite(site: PlanSite, sites: SiteIndex): PlanSite {
  return isReached(site) ? sites.local : site
}

/**
 * True when a stage-in belongs to the group `remote` of its staging site: it must run there, or its source is a file
 * of the staging site itself and the site is not declared visible (the reference's rule, which also applies to `local`).
 */
export function isRemoteStageIn(locations: readonly ReplicaLocation[], staging: PlanSite): boolean {
  if (!runsLocally(staging, 'stagein')) return true
  if (staging.isDeclaredVisible) return false
  // A plain path is not a URL in the reference's eyes: it stays in the group `local`.
  return locations.some(({ site, pfn }) => site === staging.name && pfn.startsWith('file:'))
}

/** A node sees the files of its own site, and those of the submit host when both share a file system. */
function seesFilesOf(execution: PlanSite, site: string): boolean {
  return site === execution.name || (site === LOCAL_SITE && execution.isVisible)
}

/**
 * Places from which the node itself can take a file, so that it need not go through the staging site. With HTCondor's
 * file transfer a file of the submit host must have the logical name as its base name. With `memory` jobs read files
 * of the submit host where they lie; what comes over the network is staged in.
 */
export function directReplicas(
  lfn: string,
  locations: readonly ReplicaLocation[],
  configuration: DataConfiguration,
  execution: PlanSite,
): readonly RankedReplica[] {
  const direct: RankedReplica[] = []
  for (const { site, pfn } of locations) {
    const url = asUrl(pfn)
    const isFile = isFileUrl(url)
    if (isReachedByNode(url, isFile, site, lfn, configuration, execution)) {
      direct.push({ site, url, priority: isFile ? 100 : 10 })
    }
  }
  return direct.sort((a, b) => b.priority - a.priority)
}

function isReachedByNode(
  url: string,
  isFile: boolean,
  site: string,
  lfn: string,
  configuration: DataConfiguration,
  execution: PlanSite,
): boolean {
  switch (configuration) {
    case 'sharedfs':
      return false
    case 'nonsharedfs':
      return !isFile || seesFilesOf(execution, site)
    case 'condorio':
      return !isFile || (site === LOCAL_SITE && url.endsWith(lfn))
    case 'memory':
      return isFile && site === LOCAL_SITE
  }
}
