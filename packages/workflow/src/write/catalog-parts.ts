import type { PlainValue } from '../model/plain.ts'
import type { Replica, ReplicaCatalog } from '../model/replica-catalog.ts'
import type { Directory, Grid, Site, SiteCatalog } from '../model/site-catalog.ts'
import type { Container, Transformation, TransformationCatalog } from '../model/transformation-catalog.ts'
import { Part } from './parts.ts'

/** A mapping of a document. */
export type PlainMap = ReadonlyMap<string, PlainValue>

/** A site catalog as a mapping, without the version when it stands inside a workflow. */
export function siteCatalogPart(catalog: SiteCatalog, isInline = false): PlainMap {
  return new Part()
    .set('pegasus', isInline ? undefined : catalog.pegasus)
    .set('sites', catalog.sites.map(sitePart))
    .extensions(catalog.extensions).map
}

function sitePart(site: Site): PlainMap {
  return new Part()
    .set('name', site.name)
    .platform(site)
    .list('directories', site.directories.map(directoryPart))
    .list('grids', site.grids.map(gridPart))
    .profiles(site.profiles)
    .extensions(site.extensions).map
}

function directoryPart(directory: Directory): PlainMap {
  const servers = directory.fileServers.map(
    (server) =>
      new Part()
        .set('url', server.url)
        .set('operation', server.operation)
        .profiles(server.profiles)
        .extensions(server.extensions).map,
  )
  return new Part()
    .set('type', directory.type)
    .set('path', directory.path)
    .set('sharedFileSystem', directory.sharedFileSystem)
    .set('freeSize', directory.freeSize)
    .set('totalSize', directory.totalSize)
    .set('fileServers', servers)
    .extensions(directory.extensions).map
}

function gridPart(grid: Grid): PlainMap {
  return new Part()
    .set('type', grid.type)
    .set('contact', grid.contact)
    .set('scheduler', grid.scheduler)
    .set('jobtype', grid.jobType)
    .set('freeMem', grid.freeMem)
    .set('totalMem', grid.totalMem)
    .set('maxCount', grid.maxCount)
    .set('maxCPUTime', grid.maxCpuTime)
    .set('runningJobs', grid.runningJobs)
    .set('jobsInQueue', grid.jobsInQueue)
    .set('idleNodes', grid.idleNodes)
    .set('totalNodes', grid.totalNodes)
    .extensions(grid.extensions).map
}

/** A transformation catalog as a mapping, without the version when it stands inside a workflow. */
export function transformationCatalogPart(catalog: TransformationCatalog, isInline = false): PlainMap {
  return new Part()
    .set('pegasus', isInline ? undefined : catalog.pegasus)
    .set('transformations', catalog.transformations.map(transformationPart))
    .list('containers', catalog.containers.map(containerPart))
    .extensions(catalog.extensions).map
}

function transformationPart(transformation: Transformation): PlainMap {
  const sites = transformation.sites.map(
    (site) =>
      new Part()
        .set('name', site.name)
        .set('pfn', site.pfn)
        .set('type', site.type)
        .platform(site)
        .set('bypass', site.bypass)
        .set('container', site.container)
        .profiles(site.profiles)
        .metadata(site.metadata)
        .extensions(site.extensions).map,
  )
  return new Part()
    .set('namespace', transformation.namespace)
    .set('name', transformation.name)
    .set('version', transformation.version)
    .list('requires', transformation.requires)
    .checksum(transformation.checksum)
    .set('sites', sites)
    .profiles(transformation.profiles)
    .hooks(transformation.hooks)
    .metadata(transformation.metadata)
    .extensions(transformation.extensions).map
}

function containerPart(container: Container): PlainMap {
  return new Part()
    .set('name', container.name)
    .set('type', container.type)
    .set('image', container.image)
    .set('image.site', container.imageSite)
    .list('mounts', container.mounts)
    .set('bypass', container.bypass)
    .checksum(container.checksum)
    .profiles(container.profiles)
    .metadata(container.metadata)
    .extensions(container.extensions).map
}

/** A replica catalog as a mapping, without the version when it stands inside a workflow. */
export function replicaCatalogPart(catalog: ReplicaCatalog, isInline = false): PlainMap {
  return new Part()
    .set('pegasus', isInline ? undefined : catalog.pegasus)
    .set('replicas', catalog.replicas.map(replicaPart))
    .extensions(catalog.extensions).map
}

/** One entry of a replica catalog as a mapping. */
export function replicaPart(replica: Replica): PlainMap {
  const pfns = replica.locations.map(
    ({ site, pfn }) =>
      new Map([
        ['site', site],
        ['pfn', pfn],
      ]),
  )
  return new Part()
    .set('lfn', replica.lfn)
    .set('pfns', pfns)
    .set('regex', replica.isRegex ? true : undefined)
    .checksum(replica.checksum)
    .metadata(replica.metadata).map
}
