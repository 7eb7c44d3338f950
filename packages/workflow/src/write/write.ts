import type { PlainValue } from '../model/plain.ts'
import type { Replica, ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import type { Workflow } from '../model/workflow.ts'
import {
  type PlainMap,
  replicaCatalogPart,
  siteCatalogPart,
  transformationCatalogPart,
} from './catalog-parts.ts'
import { dependencyPart, headPart, jobPart } from './workflow-parts.ts'
import { appendYaml, jsonText } from './yaml-text.ts'

/** Options of the writers. */
export interface WriteOptions {
  /** Default `yaml`. */
  readonly format?: 'yaml' | 'json'
}

/** Jobs that make one piece of text. */
const JOBS_PER_CHUNK = 500

/** Text of an abstract workflow that Pegasus 5 reads; reading it gives the same workflow. */
export function writeWorkflow(workflow: Workflow, options: WriteOptions = {}): string {
  return [...workflowChunks(workflow, options)].join('')
}

/** The same in pieces, for workflows that are too large for one text. */
export function* workflowChunks(
  workflow: Workflow,
  options: WriteOptions = {},
): Generator<string, void, undefined> {
  const { jobs, dependencies } = workflow
  if (options.format === 'json') {
    const head = jsonText(headPart(workflow))
    yield head.slice(0, -2)
    yield* jsonList('jobs', jobs.length, (i) => part(jobs[i], jobPart))
    if (dependencies.length > 0) {
      yield* jsonList('jobDependencies', dependencies.length, (i) => part(dependencies[i], dependencyPart))
    }
    yield '\n}\n'
    return
  }
  const head: string[] = []
  appendYaml(head, headPart(workflow), '')
  yield head.join('')
  yield* yamlList('jobs', jobs.length, (i) => part(jobs[i], jobPart))
  if (dependencies.length > 0) {
    yield* yamlList('jobDependencies', dependencies.length, (i) => part(dependencies[i], dependencyPart))
  }
}

function part<T>(value: T | undefined, make: (value: T) => PlainMap): PlainMap {
  return value === undefined ? new Map<string, PlainValue>() : make(value)
}

function* yamlList(
  key: string,
  count: number,
  make: (i: number) => PlainMap,
): Generator<string, void, undefined> {
  if (count === 0) yield `${key}: []\n`
  else yield `${key}:\n`
  for (let start = 0; start < count; start += JOBS_PER_CHUNK) {
    const out: string[] = []
    const end = Math.min(count, start + JOBS_PER_CHUNK)
    const items: PlainMap[] = []
    for (let i = start; i < end; i++) items.push(make(i))
    appendYaml(out, items, '')
    yield out.join('')
  }
}

function* jsonList(
  key: string,
  count: number,
  make: (i: number) => PlainMap,
): Generator<string, void, undefined> {
  yield `,\n  ${JSON.stringify(key)}: [`
  for (let start = 0; start < count; start += JOBS_PER_CHUNK) {
    const end = Math.min(count, start + JOBS_PER_CHUNK)
    let out = ''
    for (let i = start; i < end; i++) out += `${i === 0 ? '' : ','}\n    ${jsonText(make(i), '    ')}`
    yield out
  }
  yield count === 0 ? ']' : '\n  ]'
}

function document(value: PlainMap, options: WriteOptions): string {
  if (options.format === 'json') return `${jsonText(value)}\n`
  const out: string[] = []
  appendYaml(out, value, '')
  return out.join('')
}

/** Text of a site catalog that Pegasus 5 reads. */
export function writeSiteCatalog(catalog: SiteCatalog, options: WriteOptions = {}): string {
  return document(siteCatalogPart(catalog), options)
}

/** Text of a transformation catalog that Pegasus 5 reads. */
export function writeTransformationCatalog(
  catalog: TransformationCatalog,
  options: WriteOptions = {},
): string {
  return document(transformationCatalogPart(catalog), options)
}

/** Options of {@link writeReplicaCatalog}. */
export interface WriteReplicaOptions {
  /** Default `yaml`; `text` is the format with one location per line. */
  readonly format?: 'yaml' | 'json' | 'text'
}

/** Text of a replica catalog that Pegasus 5 reads. */
export function writeReplicaCatalog(catalog: ReplicaCatalog, options: WriteReplicaOptions = {}): string {
  const { format = 'yaml' } = options
  return format === 'text'
    ? catalog.replicas.map(replicaLines).join('')
    : document(replicaCatalogPart(catalog), { format })
}

function replicaLines(replica: Replica): string {
  const attributes = [
    ...(replica.isRegex ? ['regex="true"'] : []),
    ...(replica.checksum === undefined
      ? []
      : ['checksum.type="sha256"', `checksum.value=${quote(replica.checksum.sha256)}`]),
    ...replica.metadata.map(({ key, value }) => `${key}=${quote(value)}`),
  ]
  return replica.locations
    .map(
      ({ site, pfn }) =>
        `${[word(replica.lfn), word(pfn), `site=${quote(site)}`, ...attributes].join(' ')}\n`,
    )
    .join('')
}

/** A word of the text format: in quotes when it holds blanks, quotes, `#`, `=` or backslashes. */
function word(text: string): string {
  return /^[^\s"'#=\\]+$/.test(text) ? text : quote(text)
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** Text of properties; reading it gives the same keys and values when `${…}` has nothing to expand. */
export function writeProperties(properties: ReadonlyMap<string, string>): string {
  let out = ''
  for (const [key, value] of properties) {
    const safeKey = key.replaceAll(/[\\\s:=]/g, escapeProperty).replace(/^[#!]/, '\\$&')
    const safeValue = value.replaceAll(/[\\\n\r\t\f]/g, escapeProperty).replace(/^ /, '\\ ')
    out += `${safeKey} = ${safeValue}\n`
  }
  return out
}

function escapeProperty(char: string): string {
  const letter = new Map([
    ['\n', 'n'],
    ['\r', 'r'],
    ['\t', 't'],
    ['\f', 'f'],
  ]).get(char)
  return `\\${letter ?? char}`
}
