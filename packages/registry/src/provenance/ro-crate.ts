import { isAbsolute, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FileDetails } from '../files/file-store.ts'
import type { RunRow } from '../runs/records.ts'
import { localPath } from '../storage/verify-storage.ts'
import type { FileTrace, TraceStep } from './trace.ts'

/** Name of the file that makes a folder a crate. */
export const RO_CRATE_FILE = 'ro-crate-metadata.json'

/** What a crate says about itself. */
export interface RoCrateOptions {
  /** Folder of the crate: files below it are named by relative paths, others by URLs. */
  readonly folder: string
  readonly name: string
  readonly description: string
  /** URL or name of the licence of the data. */
  readonly license: string
  readonly publishedMs: number
}

type Reference = { readonly '@id': string }
type Entity = { readonly '@id': string; readonly [key: string]: unknown }

/** An RO-Crate metadata document. */
export interface RoCrate {
  readonly '@context': readonly [string, Readonly<Record<string, string>>]
  readonly '@graph': readonly Entity[]
}

/**
 * A trace as an RO-Crate: files with checksums, a `CreateAction` for each invocation, programs and people.
 *
 * Source: RO-Crate Metadata Specification 1.1 (https://w3id.org/ro/crate/1.1), "Provenance of entities".
 *
 * @param details of all files of the trace
 */
export function roCrate(
  trace: FileTrace,
  details: readonly FileDetails[],
  runs: readonly RunRow[],
  options: RoCrateOptions,
): RoCrate {
  const ids = new Map(details.map((file) => [file.id, crateId(file, options.folder)]))
  const of = (fileId: string): Reference => ({ '@id': ids.get(fileId) ?? `#${encodeURIComponent(fileId)}` })
  const runOf = new Map(runs.map((run) => [run.id, run]))
  const extra = new Map<string, Entity>()
  const actions = trace.steps.map((step) => {
    const program = programEntity(step)
    extra.set(program['@id'], program)
    const run = runOf.get(step.runId)
    const person = run === undefined ? undefined : personEntity(run)
    if (person !== undefined) extra.set(person['@id'], person)
    return actionEntity(step, of, program['@id'], person?.['@id'])
  })
  const files = details.map((file) => fileEntity(file, of(file.id)['@id']))
  const license: Entity = /^https?:/.test(options.license)
    ? { '@id': options.license, '@type': 'CreativeWork', name: options.license }
    : { '@id': '#license', '@type': 'CreativeWork', name: options.license }
  const parts = files.filter((file) => file['@type'] === 'File')
  return {
    // The context of 1.1 lacks checksums; this is the term of the Workflow Run profile.
    '@context': [
      'https://w3id.org/ro/crate/1.1/context',
      { sha256: 'https://w3id.org/ro/terms/workflow-run#sha256' },
    ],
    '@graph': [
      {
        '@id': RO_CRATE_FILE,
        '@type': 'CreativeWork',
        conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
        about: { '@id': './' },
      },
      {
        '@id': './',
        '@type': 'Dataset',
        name: options.name,
        description: options.description,
        datePublished: new Date(options.publishedMs).toISOString(),
        license: { '@id': license['@id'] },
        hasPart: parts.map((file) => ({ '@id': file['@id'] })),
        mentions: actions.map((action) => ({ '@id': action['@id'] })),
        mainEntity: trace.roots.length === 1 ? of(trace.roots[0] ?? '') : undefined,
      },
      ...files,
      ...actions,
      ...extra.values(),
      license,
    ],
  }
}

/** Relative path inside the crate, else a URL, else a name for what lies nowhere. */
function crateId(file: FileDetails, folder: string): string {
  const paths = file.replicas.flatMap(({ pfn }) => localPath(pfn) ?? [])
  for (const path of paths) {
    const inside = relative(folder, path)
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside))
      return inside
        .split(sep)
        .map((part) => encodeURIComponent(part))
        .join('/')
  }
  const [first] = file.replicas
  if (first === undefined) return `#${encodeURIComponent(file.id)}`
  const path = localPath(first.pfn)
  return path === undefined ? uriReference(first.pfn) : pathToFileURL(path).href
}

/** A URL with what RFC 3986 does not allow in it written as percent signs and digits; places are kept as people write them. */
function uriReference(url: string): string {
  return url.replaceAll(/%(?![0-9A-Fa-f]{2})|[^\w.~:/?#[\]@!$&'()*+,;=%-]/gu, encodeURIComponent)
}

function fileEntity(file: FileDetails, id: string): Entity {
  const metadata = Object.entries(file.metadata)
  return {
    '@id': id,
    // What lies nowhere, such as an image in memory only, is no data entity.
    '@type': id.startsWith('#') ? 'CreativeWork' : 'File',
    name: file.lfn,
    identifier: file.id,
    encodingFormat: /\.fits?(\.fz|\.gz)?$/i.test(file.lfn) ? 'application/fits' : undefined,
    contentSize: file.sizeBytes === null ? undefined : String(file.sizeBytes),
    sha256: file.sha256 ?? undefined,
    dateCreated: new Date(file.createdMs).toISOString(),
    variableMeasured:
      metadata.length === 0 ? undefined : metadata.map(([name, value]) => `${name} = ${value}`),
  }
}

function actionEntity(
  step: TraceStep,
  of: (fileId: string) => Reference,
  program: string,
  person: string | undefined,
): Entity {
  const { invocation } = step
  const id = [step.runId, step.jobId, step.attempt, step.task]
    .map((part) => encodeURIComponent(part))
    .join('/')
  return {
    '@id': `#action/${id}`,
    '@type': 'CreateAction',
    name: step.jobId,
    description: `attempt ${step.attempt} in run ${step.runId} of workflow ${step.workflow}`,
    instrument: { '@id': program },
    agent: person === undefined ? undefined : { '@id': person },
    object: step.used.map(of),
    result: step.generated.map(of),
    startTime: invocation === null ? undefined : new Date(invocation.startMs).toISOString(),
    endTime:
      invocation === null ? undefined : new Date(invocation.startMs + invocation.durationMs).toISOString(),
    actionStatus: {
      '@id':
        invocation === null || invocation.exitCode === 0
          ? 'http://schema.org/CompletedActionStatus'
          : 'http://schema.org/FailedActionStatus',
    },
  }
}

function programEntity({ invocation, workflow }: TraceStep): Entity {
  if (invocation === null)
    return {
      '@id': `#workflow/${encodeURIComponent(workflow)}`,
      '@type': 'SoftwareApplication',
      name: workflow,
    }
  const { transformation, executable, programVersion, programSha256 } = invocation
  return {
    '@id': `#program/${encodeURIComponent(programSha256 ?? executable)}`,
    '@type': 'SoftwareApplication',
    name: transformation,
    softwareVersion: programVersion ?? undefined,
    identifier: programSha256 === null ? undefined : `sha256:${programSha256}`,
    url: executable.startsWith('/') ? pathToFileURL(executable).href : undefined,
  }
}

function personEntity({ user, host }: RunRow): Entity {
  return { '@id': `#person/${encodeURIComponent(`${user}@${host}`)}`, '@type': 'Person', name: user }
}
