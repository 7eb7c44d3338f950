import { makeReplicaCatalog, type Replica, type ReplicaCatalog } from '../model/replica-catalog.ts'
import type { PlanRequest } from '../plan/options.ts'
import { readReplicas } from './catalog-readers.ts'
import { listDirectory } from './list-directory.ts'
import type { ParentRun } from './parent-run.ts'
import { directoryOptions, readEarlierRun } from './plan-catalogs.ts'
import type { PlanFilesOptions } from './plan-files.ts'
import type { PlanProperties } from './plan-properties.ts'
import type { SourceReader } from './source-reader.ts'

/** Places of files besides the replica catalog. */
export type FurtherReplicas = Pick<
  PlanRequest,
  'cache' | 'inputListing' | 'inheritedReplicas' | 'earlierRuns' | 'outputLocations'
>

/** Reads caches, listings of input directories, output catalogs of earlier runs and places that outputs must get. */
export async function readFurtherReplicas(
  options: PlanFilesOptions,
  reader: SourceReader,
  properties: PlanProperties,
  parent: ParentRun | undefined,
): Promise<FurtherReplicas> {
  const cache: (ReplicaCatalog | undefined)[] = []
  for (const file of options.cacheFiles ?? [])
    cache.push(await readReplicas(reader, reader.path(file), 'cache'))
  if (parent?.cache !== undefined) cache.push(parent.cache)
  const inherited: (ReplicaCatalog | undefined)[] = []
  for (const file of options.inheritedFiles ?? []) {
    inherited.push(await readReplicas(reader, reader.path(file), 'inherited replicas'))
  }
  if (parent?.inherited !== undefined) inherited.push(parent.inherited)
  const listings: ReplicaCatalog[] = []
  for (const directory of options.inputDirs ?? []) {
    const path = reader.path(directory)
    reader.sources.push({ role: 'input directory', path })
    listings.push(await listDirectory(path, directoryOptions(properties.values)))
  }
  const earlierRuns: ReplicaCatalog[] = []
  for (const run of options.reuse ?? []) {
    const catalog = await readEarlierRun(reader, run)
    if (catalog !== undefined) earlierRuns.push(catalog)
  }
  const mapper = properties.values.get('pegasus.dir.storage.mapper.replica.file')
  return {
    cache: joinReplicas(cache),
    inheritedReplicas: joinReplicas(inherited),
    inputListing: joinReplicas(listings),
    earlierRuns,
    outputLocations:
      mapper === undefined ? undefined : await readReplicas(reader, reader.path(mapper), 'output locations'),
  }
}

/** Catalogs as one; `undefined` for none. */
export function joinReplicas(catalogs: readonly (ReplicaCatalog | undefined)[]): ReplicaCatalog | undefined {
  const known = catalogs.filter((catalog) => catalog !== undefined)
  if (known.length <= 1) return known[0]
  const replicas: Replica[] = []
  for (const catalog of known) for (const replica of catalog.replicas) replicas.push(replica)
  return makeReplicaCatalog(replicas)
}
