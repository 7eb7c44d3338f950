import { metadataOf } from './file-metadata.ts'
import type { JobTables } from './make-job.ts'
import { ACTION } from './node-graph.ts'
import { DATA_CONFIGURATIONS, type DataConfiguration } from './options.ts'
import type { PlanJob, PlanPlace, PlanRegistration, PlanRemoval, PlanTransfer } from './plan.ts'
import { fileFacts, knownFile } from './transfer/known-file.ts'
import { runsLocally } from './transfer/place.ts'
import { type RankedReplica, rankReplicas } from './transfer/rank-replicas.ts'
import { scratchDirectory, scratchUrl, storageUrl } from './transfer/urls.ts'

/** What jobs other than compute jobs do. */
export type Work = Pick<PlanJob, 'transfers' | 'registrations' | 'removals' | 'directories' | 'modes'>

/** The entries of a node's work list, in the order in which they were dealt. */
export function makeWork(tables: JobTables, node: number): Work {
  const transfers: PlanTransfer[] = []
  const registrations: PlanRegistration[] = []
  const removals: PlanRemoval[] = []
  const directories: PlanPlace[] = []
  const modes: PlanPlace[] = []
  const { graph, context } = tables.built
  const { entries } = graph
  for (let k = tables.entryStart[node]!; k < tables.entryStart[node + 1]!; k++) {
    const i = tables.entries[k]!
    const file = entries.file[i]!
    const site = context.sites.at(entries.to[i]!)
    const lfn = context.units.files.lfns[file] ?? ''
    const inScratch = (): PlanPlace => ({
      site: site.name,
      url: scratchUrl(context, site, lfn, 'put', scratchConfiguration(tables, file, site.index)),
    })
    const directory = (): PlanPlace => ({ site: site.name, url: scratchDirectory(context, site, 'put') })
    switch (entries.action[i]) {
      case ACTION.stageIn:
        transfers.push(stageIn(tables, file, inScratch()))
        break
      case ACTION.interSite:
        transfers.push(interSite(tables, file, entries.from[i]!, inScratch()))
        break
      case ACTION.stageOut:
        transfers.push(stageOut(tables, file, entries.from[i]!, entries.to[i]!))
        break
      case ACTION.register:
        registrations.push({
          lfn: context.settings.registersDeep ? lfn : lfn.slice(lfn.lastIndexOf('/') + 1),
          place: { site: site.name, url: storageUrl(context, site, file, 'get') },
          metadata: metadataOf(context.tasks, file),
        })
        break
      case ACTION.removeFile:
        // Constraint cleanup lists files twice that are staged out; doubles stand together.
        if (removals.at(-1)?.lfn !== lfn) removals.push({ lfn, place: inScratch() })
        break
      case ACTION.removeDir:
        // The reference removes results with the directory when there is no output site.
        if (!tables.sitesWithResults.has(site.index)) removals.push({ lfn: undefined, place: directory() })
        break
      case ACTION.makeDir:
        directories.push(directory())
        break
      case ACTION.chmod:
        modes.push(inScratch())
    }
  }
  return { transfers, registrations, removals, directories, modes }
}

/** Data configuration that decides the layout of a scratch directory: that of the units that use the site. */
function scratchConfiguration(tables: JobTables, file: number, site: number): DataConfiguration {
  const { units, settings } = tables.built.context
  const producer = units.producer[file]!
  if (producer >= 0 && units.stagingOf[producer] === site) {
    return DATA_CONFIGURATIONS[units.configurationOf[producer]!] ?? settings.dataConfiguration
  }
  return settings.dataConfiguration
}

function stageIn(tables: JobTables, file: number, target: PlanPlace): PlanTransfer {
  const { context } = tables.built
  const staging = context.sites.get(target.site) ?? context.sites.local
  const known = knownFile(context, file)
  const place = { runsLocally: runsLocally(staging, 'stagein'), destination: staging }
  const sources = rankReplicas(known?.locations ?? [], place, context.sites, context.settings)
  const isLink = context.settings.usesLinks && sources[0]?.site === staging.name
  return {
    lfn: context.units.files.lfns[file] ?? '',
    action: 'stage_in',
    sources,
    target,
    isLink,
    ...fileFacts(context, file),
    integrity: integrityOf(tables, known?.sha256 !== undefined, isLink),
  }
}

function interSite(tables: JobTables, file: number, from: number, target: PlanPlace): PlanTransfer {
  const { context } = tables.built
  const source = context.sites.at(from)
  const lfn = context.units.files.lfns[file] ?? ''
  const url = scratchUrl(context, source, lfn, 'get', scratchConfiguration(tables, file, from))
  return {
    lfn,
    action: 'inter_site',
    sources: [{ site: source.name, url, priority: 100 }],
    target,
    isLink: false,
    ...fileFacts(context, file),
    integrity: integrityOf(tables, true, false),
  }
}

function stageOut(tables: JobTables, file: number, from: number, to: number): PlanTransfer {
  const { context } = tables.built
  const lfn = context.units.files.lfns[file] ?? ''
  const target = context.sites.at(to)
  let sources: readonly RankedReplica[]
  if (from < 0) {
    const known = context.replicas.find(lfn)
    const place = { runsLocally: true, destination: target }
    sources = rankReplicas(known?.locations ?? [], place, context.sites, context.settings)
  } else {
    const source = context.sites.at(from)
    const url = scratchUrl(context, source, lfn, 'get', scratchConfiguration(tables, file, from))
    sources = [{ site: source.name, url, priority: 100 }]
  }
  return {
    lfn,
    action: 'stage_out',
    sources,
    target: { site: target.name, url: storageUrl(context, target, file, 'put') },
    isLink: false,
    ...fileFacts(context, file),
    integrity: integrityOf(tables, from >= 0, false),
  }
}

function integrityOf(tables: JobTables, hasChecksum: boolean, isLink: boolean): PlanTransfer['integrity'] {
  const { integrity } = tables.built.context.settings
  if (integrity === 'none' || (integrity === 'nosymlink' && isLink)) return 'none'
  return hasChecksum ? 'verify' : 'compute'
}
