import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeReplicaCatalog, type ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import {
  makeTransformationCatalog,
  plainTransformation,
  type TransformationCatalog,
} from '../model/transformation-catalog.ts'
import type { Workflow } from '../model/workflow.ts'
import { readReplicas, readSites, readTransformations } from './catalog-readers.ts'
import { type ListDirectoryOptions, listDirectory } from './list-directory.ts'
import type { PlanProperties } from './plan-properties.ts'
import { isDirectory, isFile, type SourceReader } from './source-reader.ts'

/** Catalogs that are files of their own. */
export interface PlanCatalogs {
  readonly sites: SiteCatalog | undefined
  readonly transformations: TransformationCatalog | undefined
  readonly replicas: ReplicaCatalog | undefined
}

type CatalogKind = 'site' | 'transformation' | 'replica'

/** Usual names of catalogs, the best first. */
const USUAL_NAMES: Readonly<Record<CatalogKind, readonly string[]>> = {
  site: ['sites.yml'],
  transformation: ['transformations.yml', 'tc.txt'],
  replica: ['replicas.yml', 'rc.txt'],
}

/** Usual name of a catalog by the type that a property gives. */
const NAME_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['site yaml', 'sites.yml'],
  ['transformation yaml', 'transformations.yml'],
  ['transformation text', 'tc.txt'],
  ['replica yaml', 'replicas.yml'],
  ['replica file', 'rc.txt'],
  ['replica regex', 'rc.txt'],
])

/** What to do for types of catalogs that are not files in a known format. */
const REFUSED_TYPES: ReadonlyMap<string, string> = new Map([
  ['site xml', 'convert it to YAML with pegasus-sc-converter'],
  ['replica jdbcrc', 'write its entries into a file with pegasus-rc-client'],
])

/**
 * Reads the site, transformation and replica catalog of a request: the files that properties name, else those with the
 * usual names in the first of `folders` that has them.
 */
export async function readPlanCatalogs(
  reader: SourceReader,
  properties: PlanProperties,
  folders: readonly string[],
  workflow: Workflow | undefined,
): Promise<PlanCatalogs> {
  const finder = new CatalogFinder(reader, properties, folders, workflow)
  return {
    sites: await finder.siteCatalog(),
    transformations: await finder.transformationCatalog(),
    replicas: await finder.replicaCatalog(),
  }
}

class CatalogFinder {
  readonly #reader: SourceReader
  readonly #properties: PlanProperties
  readonly #folders: readonly string[]
  readonly #workflow: Workflow | undefined

  constructor(
    reader: SourceReader,
    properties: PlanProperties,
    folders: readonly string[],
    workflow: Workflow | undefined,
  ) {
    this.#reader = reader
    this.#properties = properties
    this.#folders = folders
    this.#workflow = workflow
  }

  async siteCatalog(): Promise<SiteCatalog | undefined> {
    const path = this.#find('site', 'pegasus.catalog.site')
    return path === undefined ? undefined : await readSites(this.#reader, path)
  }

  async transformationCatalog(): Promise<TransformationCatalog | undefined> {
    const path = this.#find('transformation', 'pegasus.catalog.transformation')
    return path === undefined ? undefined : await readTransformations(this.#reader, path)
  }

  async replicaCatalog(): Promise<ReplicaCatalog | undefined> {
    return await this.#replicaCatalog('pegasus.catalog.replica', 0)
  }

  async #replicaCatalog(key: string, depth: number): Promise<ReplicaCatalog | undefined> {
    const type = this.#text(key)?.toLowerCase()
    if (type === 'directory') return await this.#directory(key)
    if (type === 'mrc' && depth === 0) return await this.#several(key)
    const path = this.#find('replica', key)
    return path === undefined ? undefined : await readReplicas(this.#reader, path, 'replicas', type)
  }

  /** Several catalogs at once: `<key>.<name>` gives the type of each, `<key>.<name>.file` its file. */
  async #several(key: string): Promise<ReplicaCatalog> {
    const names = new Set<string>()
    for (const property of this.#properties.values.keys()) {
      const rest = property.startsWith(`${key}.`) ? property.slice(key.length + 1) : ''
      if (rest !== '' && !rest.includes('.') && rest !== 'file') names.add(rest)
    }
    const replicas = []
    for (const name of names) {
      const catalog = await this.#replicaCatalog(`${key}.${name}`, 1)
      replicas.push(...(catalog?.replicas ?? []))
    }
    return makeReplicaCatalog(replicas)
  }

  async #directory(key: string): Promise<ReplicaCatalog | undefined> {
    const written = this.#text(`${key}.directory`) ?? this.#text(`${key}.file`)
    if (written === undefined) {
      this.#reader.add(
        'error',
        'BAD_PROPERTY',
        `property ${key}: the directory is not named; set ${key}.directory`,
      )
      return undefined
    }
    const path = this.#reader.path(written)
    this.#reader.sources.push({ role: 'replicas', path })
    return await listDirectory(path, directoryOptions(this.#properties.values))
  }

  /** Path of a catalog, `undefined` when there is none or it is refused. */
  #find(kind: CatalogKind, key: string): string | undefined {
    const type = this.#text(key)
    const word = type === undefined ? undefined : `${kind} ${type.toLowerCase()}`
    if (word !== undefined && !NAME_OF_TYPE.has(word)) {
      this.#refuseType(kind, key, type ?? '')
      return undefined
    }
    const usualNames = [...(word === undefined ? [] : [NAME_OF_TYPE.get(word) ?? '']), ...USUAL_NAMES[kind]]
    const usual = usualNames.flatMap((name) => this.#folders.map((folder) => join(folder, name))).find(isFile)
    const fileKey = `${key}.file`
    const written = this.#text(fileKey)
    if (written === undefined) return usual
    const named = this.#namedFile(fileKey, written)
    if (named !== undefined) return named
    return this.#missing(kind, fileKey, written, usual)
  }

  /** A relative path belongs to the current folder, or to the folder of the file that says it. */
  #namedFile(key: string, written: string): string | undefined {
    const folder = this.#properties.folders.get(key)
    const paths = [
      this.#reader.path(written),
      ...(folder === undefined ? [] : [this.#reader.path(written, folder)]),
    ]
    return paths.find(isFile)
  }

  #missing(kind: CatalogKind, key: string, written: string, usual: string | undefined): string | undefined {
    const isInline = this.#workflow?.[`${kind}Catalog`] !== undefined
    const problem = `property ${key}: the file ${written} does not exist`
    if (!this.#properties.folders.has(key) || (usual === undefined && !isInline)) {
      this.#reader.add('error', 'MISSING_FILE', `${problem}; correct the path or remove the property`)
      return undefined
    }
    const instead = usual === undefined ? 'the catalog inside the workflow' : this.#reader.shown(usual)
    this.#reader.add('warning', 'MISSING_FILE', `${problem}; ${instead} is used`)
    return usual
  }

  #refuseType(kind: CatalogKind, key: string, type: string): void {
    const remedy = REFUSED_TYPES.get(`${kind} ${type.toLowerCase()}`)
    const known = [...NAME_OF_TYPE.keys()]
      .filter((name) => name.startsWith(kind))
      .map((name) => name.split(' ')[1])
    const others = kind === 'replica' ? ', directory, mrc' : ''
    const next = remedy === undefined ? '' : `; ${remedy}`
    this.#reader.add(
      'error',
      'BAD_PROPERTY',
      `property ${key}: this type of catalog is not read: found ${type}, allowed ${known.join(', ')}${others}${next}`,
    )
  }

  #text(key: string): string | undefined {
    const value = this.#properties.values.get(key)?.trim()
    return value === '' ? undefined : value
  }
}

/** How a listed directory becomes replicas. */
export function directoryOptions(properties: ReadonlyMap<string, string>): ListDirectoryOptions {
  return {
    site: properties.get('pegasus.catalog.replica.directory.site'),
    urlPrefix: properties.get('pegasus.catalog.replica.directory.url.prefix'),
    isFlat: properties.get('pegasus.catalog.replica.directory.flat.lfn')?.trim().toLowerCase() === 'true',
  }
}

/** The workflow with the catalogs that it names by address read into it. */
export async function withReferencedCatalogs(
  reader: SourceReader,
  workflow: Workflow,
  workflowPath: string,
): Promise<Workflow> {
  const { catalogReferences, ...rest } = workflow
  if (catalogReferences === undefined) return workflow
  const folder = dirname(workflowPath)
  const pathOf = (address: string | undefined): string | undefined => {
    if (address === undefined) return undefined
    const path = reader.path(address, folder)
    if (!/^(?!file:)[a-z][\w+.-]*:\/\//i.test(address) && isFile(path)) return path
    reader.add(
      'error',
      'MISSING_FILE',
      `workflow: the catalog that $ref names is no file of this machine: found ${address}`,
    )
    return undefined
  }
  const sites = pathOf(catalogReferences.site)
  const transformations = pathOf(catalogReferences.transformation)
  const replicas = pathOf(catalogReferences.replica)
  return {
    ...rest,
    ...(sites === undefined ? {} : { siteCatalog: await readSites(reader, sites) }),
    ...(transformations === undefined
      ? {}
      : { transformationCatalog: await readTransformations(reader, transformations) }),
    ...(replicas === undefined ? {} : { replicaCatalog: await readReplicas(reader, replicas, 'replicas') }),
  }
}

/** Every file of a directory as a program of its name that is staged from site `local`. */
export async function transformationsOfDirectory(
  reader: SourceReader,
  directory: string,
): Promise<TransformationCatalog> {
  const path = reader.path(directory)
  reader.sources.push({ role: 'transformations directory', path })
  const { replicas } = await listDirectory(path)
  const transformations = replicas.map(({ lfn, locations, metadata }) => {
    const places = locations.map(({ site, pfn }) => ({ name: site, pfn, type: 'stageable' as const }))
    return { ...plainTransformation(basename(lfn), places), metadata }
  })
  return makeTransformationCatalog(transformations)
}

/** Ending of the file to which registration jobs of a run write. */
const OUTPUT_CATALOG = '.replicas.txt'

/**
 * Files that an earlier run registered.
 *
 * @param run directory of the run, or a replica catalog
 */
export async function readEarlierRun(reader: SourceReader, run: string): Promise<ReplicaCatalog | undefined> {
  const path = reader.path(run)
  if (!isDirectory(path)) return await readReplicas(reader, path, 'earlier run')
  const names = await readdir(path)
  const name = names.find((candidate) => candidate.endsWith(OUTPUT_CATALOG))
  if (name !== undefined) return await readReplicas(reader, join(path, name), 'earlier run', 'file')
  const database = names.find((candidate) => candidate.endsWith('.replicas.db'))
  const remedy =
    database === undefined
      ? 'name a replica catalog, or the directory of a run that registered files'
      : `export ${database} with pegasus-rc-client and name the file`
  reader.add(
    'error',
    'MISSING_FILE',
    `earlier run ${run}: no output catalog ending in ${OUTPUT_CATALOG}; ${remedy}`,
  )
  return undefined
}
