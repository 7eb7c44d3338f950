import type { PlanContext } from '../context.ts'
import { DATA_CONFIGURATIONS, type DataConfiguration } from '../options.ts'
import type { PlanSite } from '../site-index.ts'
import { asUrl, joinUrl } from '../url.ts'

/** What locations depend on. */
export type UrlContext = Pick<PlanContext, 'settings' | 'outputLocations' | 'units' | 'tasks'>

/** Directory of a number of files: two levels of two hexadecimal digits from a hash of the name (FNV-1a, 32 bits). */
export function hashedDirectory(lfn: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < lfn.length; i++) hash = Math.imul(hash ^ lfn.charCodeAt(i), 0x01000193)
  const digits = (hash >>> 0).toString(16).padStart(8, '0')
  return `${digits.slice(0, 2)}/${digits.slice(2, 4)}`
}

/** Directory of the run on a site. */
export function scratchDirectory(context: UrlContext, site: PlanSite, operation: 'put' | 'get'): string {
  const prefix =
    (operation === 'put' ? site.scratchPut : site.scratchGet) ?? site.scratchPut ?? site.scratchGet ?? ''
  return joinUrl(asUrl(prefix), context.settings.relativeDir)
}

/** Place of a file in the scratch directory of a staging site. */
export function scratchUrl(
  context: UrlContext,
  site: PlanSite,
  lfn: string,
  operation: 'put' | 'get',
  configuration: DataConfiguration,
): string {
  const directory = scratchDirectory(context, site, operation)
  return isHashed(context, configuration)
    ? joinUrl(directory, hashedDirectory(lfn), lfn)
    : joinUrl(directory, lfn)
}

/** Path of a file relative to the directory of the run. */
export function scratchPath(context: UrlContext, lfn: string, configuration: DataConfiguration): string {
  return isHashed(context, configuration) ? joinUrl(hashedDirectory(lfn), lfn) : lfn
}

function isHashed(context: UrlContext, configuration: DataConfiguration): boolean {
  const { stagingMapper } = context.settings
  return stagingMapper === undefined ? configuration === 'nonsharedfs' : stagingMapper === 'Hashed'
}

/** Data configuration of a unit. */
export function configurationOf(context: UrlContext, unit: number): DataConfiguration {
  return DATA_CONFIGURATIONS[context.units.configurationOf[unit]!] ?? 'condorio'
}

/** Place of an output on an output site (property `pegasus.dir.storage.mapper`). */
export function storageUrl(
  context: UrlContext,
  site: PlanSite,
  file: number,
  operation: 'put' | 'get',
): string {
  const { settings } = context
  const lfn = context.units.files.lfns[file] ?? ''
  const prefix = (operation === 'put' ? site.storagePut : site.storageGet) ?? ''
  const isDeep = settings.properties.get('pegasus.dir.storage.deep')?.toLowerCase() === 'true'
  const directory = isDeep ? joinUrl(asUrl(prefix), settings.relativeDir) : asUrl(prefix)
  switch (settings.storageMapper) {
    case 'Flat':
      return joinUrl(directory, lfn)
    case 'Hashed':
      return joinUrl(directory, hashedDirectory(lfn), lfn)
    case 'Fixed':
      return joinUrl(settings.properties.get('pegasus.dir.storage.mapper.fixed.url') ?? directory, lfn)
    case 'Named':
      return joinUrl(directory, producerName(context, file), lfn)
    case 'Replica': {
      const wanted = context.outputLocations
        .find(lfn)
        ?.locations.find((location) => location.site === site.name)
      return wanted === undefined ? joinUrl(directory, lfn) : asUrl(wanted.pfn)
    }
  }
}

function producerName(context: UrlContext, file: number): string {
  const job = context.tasks.jobs[context.tasks.producer[file] ?? -1]
  return job?.type === 'job' ? job.name : ''
}
