import { BaseError } from '@skyloom/base'
import { writeFileAtomic } from '@skyloom/base/node'
import type { YAMLMap } from 'yaml'
import { WorkflowError } from '../errors.ts'
import { transformationId } from '../model/job.ts'
import type { PlainValue } from '../model/plain.ts'
import type { Replica, ReplicaCatalog } from '../model/replica-catalog.ts'
import type { Site, SiteCatalog } from '../model/site-catalog.ts'
import type { Container, Transformation, TransformationCatalog } from '../model/transformation-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import {
  type PlainMap,
  replicaPart,
  siteCatalogPart,
  transformationCatalogPart,
} from '../write/catalog-parts.ts'
import { writeReplicaCatalog, writeSiteCatalog, writeTransformationCatalog } from '../write/write.ts'
import { type AnyCatalog, type CatalogKind, parseCatalog } from './catalog-file.ts'
import { isYaml } from './catalog-readers.ts'
import { CatalogText } from './catalog-text.ts'
import { isFile } from './source-reader.ts'
import { readTextFile } from './text-file.ts'

/** Something that is added to a catalog. */
export type CatalogEntry =
  | { readonly kind: 'replica'; readonly replica: Replica }
  | { readonly kind: 'site'; readonly site: Site }
  | { readonly kind: 'transformation'; readonly transformation: Transformation }
  | { readonly kind: 'container'; readonly container: Container }

/** What adding did. */
export interface AddedEntry {
  readonly file: string
  readonly name: string
  /** `created`: the file is new; `extended`: the entry says more now; `unchanged`: all was there. */
  readonly change: 'created' | 'added' | 'extended' | 'replaced' | 'unchanged'
}

const KIND_OF_ENTRY = {
  replica: 'replicas',
  site: 'sites',
  transformation: 'transformations',
  container: 'transformations',
} as const satisfies Readonly<Record<CatalogEntry['kind'], CatalogKind>>

/**
 * Adds an entry to a catalog file, which is made when it does not exist. Comments and order of what is there stay; the
 * file is replaced in one step, after the new text was read without errors. Places are added to an entry of the same
 * name; an entry that says something else about the same place is refused.
 *
 * @throws {BaseError} `BASE_EXISTS` for another entry of the same name, unless `overwrite`
 * @throws {WorkflowError} `WORKFLOW_INVALID` when the catalog has errors, or would have with the entry
 */
export async function addToCatalog(
  path: string,
  entry: CatalogEntry,
  options: { readonly overwrite?: boolean | undefined } = {},
): Promise<AddedEntry> {
  const name = nameOf(entry)
  if (!isFile(path)) {
    const text = newCatalog(path, entry)
    checked(path, text, entry)
    await writeFileAtomic(path, text)
    return { file: path, name, change: 'created' }
  }
  const before = await readTextFile(path)
  const edit: Edit = { path, text: before, mayReplace: options.overwrite === true }
  const { change, text } = changed(edit, catalogBefore(path, before, entry), entry)
  if (change !== 'unchanged') {
    checked(path, text, entry)
    await writeFileAtomic(path, text, { overwrite: true })
  }
  return { file: path, name, change }
}

function nameOf(entry: CatalogEntry): string {
  switch (entry.kind) {
    case 'replica':
      return entry.replica.lfn
    case 'site':
      return entry.site.name
    case 'transformation':
      return transformationId(entry.transformation)
    case 'container':
      return entry.container.name
  }
}

function newCatalog(path: string, entry: CatalogEntry): string {
  const head = { pegasus: FORMAT_VERSION, extensions: [] }
  switch (entry.kind) {
    case 'replica': {
      const format = /\.txt$/i.test(path) ? 'text' : 'yaml'
      return writeReplicaCatalog({ ...head, replicas: [entry.replica] }, { format })
    }
    case 'site':
      return writeSiteCatalog({ ...head, sites: [entry.site] })
    case 'transformation':
      return writeTransformationCatalog({ ...head, transformations: [entry.transformation], containers: [] })
    case 'container':
      throw new WorkflowError('WORKFLOW_NOT_FOUND', 'there is no transformation catalog for the container', {
        where: [path],
        remedy: 'add a transformation first',
      })
  }
}

/** The catalog of a text, when it has no errors. */
function checked(path: string, text: string, entry: CatalogEntry): AnyCatalog {
  const kind = KIND_OF_ENTRY[entry.kind]
  const result = parseCatalog(text, path, kind)
  if (result.ok) return result
  throw new WorkflowError(
    'WORKFLOW_INVALID',
    `nothing is added, the catalog has errors or would have: ${result.findings[0]?.text ?? ''}`,
    { where: [path], remedy: 'skyloom catalog validate lists the errors of the file' },
  )
}

/** The catalog of a text; one with an empty list, which is no catalog yet, is what entries are added to. */
function catalogBefore(path: string, text: string, entry: CatalogEntry): AnyCatalog {
  const kind = KIND_OF_ENTRY[entry.kind]
  const result = parseCatalog(text, path, kind)
  const isEmpty =
    !result.ok &&
    result.findings.every(({ code, text: finding }) => code === 'TOO_FEW' && finding.includes(`: ${kind}: `))
  return isEmpty ? emptyCatalog(kind) : checked(path, text, entry)
}

function emptyCatalog(kind: (typeof KIND_OF_ENTRY)[CatalogEntry['kind']]): AnyCatalog {
  const head = { pegasus: FORMAT_VERSION, extensions: [] }
  switch (kind) {
    case 'sites':
      return { kind, catalog: { ...head, sites: [] } }
    case 'replicas':
      return { kind, catalog: { ...head, replicas: [] } }
    case 'transformations':
      return { kind, catalog: { ...head, transformations: [], containers: [] } }
  }
}

/** A catalog text that is about to be changed. */
interface Edit {
  readonly path: string
  readonly text: string
  readonly mayReplace: boolean
}

interface Changed {
  readonly change: AddedEntry['change']
  readonly text: string
}

function changed(edit: Edit, before: AnyCatalog, entry: CatalogEntry): Changed {
  if (before.kind === 'replicas' && entry.kind === 'replica')
    return addReplica(edit, before.catalog, entry.replica)
  if (before.kind === 'sites' && entry.kind === 'site') return addSite(edit, before.catalog, entry.site)
  if (before.kind === 'transformations' && entry.kind === 'transformation') {
    return addTransformation(edit, before.catalog, entry.transformation)
  }
  if (before.kind === 'transformations' && entry.kind === 'container') {
    return addContainer(edit, before.catalog, entry.container)
  }
  throw new WorkflowError('WORKFLOW_INVALID', `a ${before.kind} catalog holds no ${entry.kind}`, {
    where: [edit.path],
  })
}

function addReplica(edit: Edit, catalog: ReplicaCatalog, replica: Replica): Changed {
  const known = catalog.replicas.find(
    ({ lfn, isRegex }) => lfn === replica.lfn && isRegex === replica.isRegex,
  )
  const news = replica.locations.filter(
    ({ site, pfn }) => !(known?.locations.some((other) => other.site === site && other.pfn === pfn) ?? false),
  )
  const isSame = known !== undefined && news.length === 0 && saysNothingNew(known, replica)
  if (isSame) return { change: 'unchanged', text: edit.text }
  if (known?.checksum !== undefined && replica.checksum !== undefined) {
    const isOther = known.checksum.sha256.toLowerCase() !== replica.checksum.sha256.toLowerCase()
    if (isOther && !edit.mayReplace) throw exists(edit, `replica ${replica.lfn}`, 'another checksum')
  }
  if (!isYaml(edit.path, edit.text)) return appendLines(edit, known, { ...replica, locations: news })
  const text = new CatalogText(edit.text, edit.path)
  const isEntry = (item: YAMLMap): boolean =>
    String(item.get('lfn')) === replica.lfn && (item.get('regex') === true) === replica.isRegex
  if (known === undefined) text.put('replicas', replicaPart(replica), isEntry)
  else {
    const items = news.map((location) => replicaPart({ ...replica, locations: [location] }).get('pfns'))
    text.extend('replicas', isEntry, {
      list: 'pfns',
      items: items.flatMap((pfns) => (Array.isArray(pfns) ? (pfns as readonly PlainMap[]) : [])),
      values: moreAbout(known, replica),
    })
  }
  return { change: known === undefined ? 'added' : 'extended', text: text.toString() }
}

function saysNothingNew(known: Replica, replica: Replica): boolean {
  const hasChecksum = replica.checksum === undefined || replica.checksum.sha256 === known.checksum?.sha256
  return (
    hasChecksum &&
    replica.metadata.every(({ key, value }) => known.metadata.some((e) => e.key === key && e.value === value))
  )
}

/** Checksum and metadata of an entry after more was said about it. */
function moreAbout(known: Replica, replica: Replica): PlainMap {
  const metadata = new Map([...known.metadata, ...replica.metadata].map(({ key, value }) => [key, value]))
  const all = replicaPart({
    ...known,
    checksum: replica.checksum ?? known.checksum,
    metadata: [...metadata].map(([key, value]) => ({ key, value })),
  })
  const values = new Map<string, PlainValue>()
  for (const key of ['checksum', 'metadata']) {
    const value = all.get(key)
    if (value !== undefined) values.set(key, value)
  }
  return values
}

/** In the text form an entry is a line for each place, so lines are added. */
function appendLines(edit: Edit, known: Replica | undefined, replica: Replica): Changed {
  const locations = replica.locations.length > 0 ? replica.locations : (known?.locations ?? [])
  const lines = writeReplicaCatalog(
    { pegasus: FORMAT_VERSION, replicas: [{ ...replica, locations }], extensions: [] },
    { format: 'text' },
  )
  const gap = edit.text === '' || edit.text.endsWith('\n') ? '' : '\n'
  return { change: known === undefined ? 'added' : 'extended', text: `${edit.text}${gap}${lines}` }
}

function addSite(edit: Edit, catalog: SiteCatalog, site: Site): Changed {
  const isKnown = catalog.sites.some(({ name }) => name === site.name)
  if (isKnown && !edit.mayReplace) throw exists(edit, `site ${site.name}`)
  const [part] = entries(siteCatalogPart({ pegasus: '', sites: [site], extensions: [] }), 'sites')
  const text = new CatalogText(edit.text, edit.path)
  text.put('sites', part, (item) => String(item.get('name')) === site.name)
  return { change: isKnown ? 'replaced' : 'added', text: text.toString() }
}

function addTransformation(edit: Edit, catalog: TransformationCatalog, made: Transformation): Changed {
  const id = transformationId(made)
  const known = catalog.transformations.find((other) => transformationId(other) === id)
  refuseText(edit)
  const whole = { pegasus: '', transformations: [made], containers: [], extensions: [] }
  const [part] = entries(transformationCatalogPart(whole), 'transformations')
  const text = new CatalogText(edit.text, edit.path)
  const isEntry = (item: YAMLMap): boolean => transformationId(nameParts(item)) === id
  if (known === undefined) {
    text.put('transformations', part, isEntry)
    return { change: 'added', text: text.toString() }
  }
  const doubled = made.sites.find((site) => known.sites.some((other) => other.name === site.name))
  if (doubled !== undefined && !edit.mayReplace)
    throw exists(edit, `transformation ${id} on site ${doubled.name}`)
  text.extend('transformations', isEntry, {
    list: 'sites',
    items: entries(part, 'sites'),
    isSame: (item, added) => String(item.get('name')) === added.get('name'),
  })
  return { change: doubled === undefined ? 'extended' : 'replaced', text: text.toString() }
}

function nameParts(item: YAMLMap): { namespace?: string; name: string; version?: string } {
  const part = (key: string): string | undefined => {
    const value = item.get(key, true)
    // The spelling of the file counts: 4.0 stays 4.0.
    const source = value !== undefined && 'source' in value ? value.source : undefined
    return value === undefined ? undefined : (source ?? String(item.get(key)))
  }
  const [namespace, version] = [part('namespace'), part('version')]
  return {
    ...(namespace === undefined ? {} : { namespace }),
    name: part('name') ?? '',
    ...(version === undefined ? {} : { version }),
  }
}

function addContainer(edit: Edit, catalog: TransformationCatalog, container: Container): Changed {
  const isKnown = catalog.containers.some(({ name }) => name === container.name)
  if (isKnown && !edit.mayReplace) throw exists(edit, `container ${container.name}`)
  refuseText(edit)
  const whole = { pegasus: '', transformations: [], containers: [container], extensions: [] }
  const [part] = entries(transformationCatalogPart(whole), 'containers')
  const text = new CatalogText(edit.text, edit.path)
  text.put('containers', part, (item) => String(item.get('name')) === container.name)
  return { change: isKnown ? 'replaced' : 'added', text: text.toString() }
}

/** Items of a list of mappings that a writer made. */
function entries(part: PlainMap, key: string): readonly [PlainMap, ...PlainMap[]] {
  const list = part.get(key)
  const [first, ...rest] = Array.isArray(list) ? (list as readonly PlainMap[]) : []
  if (first === undefined) throw new TypeError(`the writer made no ${key}`)
  return [first, ...rest]
}

function refuseText(edit: Edit): void {
  if (isYaml(edit.path, edit.text)) return
  throw new WorkflowError('WORKFLOW_INVALID', 'entries are added to catalogs in YAML only', {
    where: [edit.path],
    found: 'the old text form',
    remedy: 'convert it with pegasus-tc-converter, or name another file with --file',
  })
}

function exists(edit: Edit, what: string, found?: string): BaseError {
  return new BaseError('BASE_EXISTS', `${what} is in the catalog already`, {
    where: [edit.path],
    ...(found === undefined ? {} : { found }),
    remedy: 'use --overwrite to replace it',
  })
}
