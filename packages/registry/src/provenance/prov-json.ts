import type { FileInfo } from '../files/file-store.ts'
import type { RunRow } from '../runs/records.ts'
import type { FileTrace, TraceStep } from './trace.ts'

/** Namespace of names that PROV itself does not have. */
const NAMESPACE = 'https://skyloom.example/ns/provenance#'

/** A value of PROV-JSON: plain for texts, with a type for others. */
type ProvValue = string | { readonly $: string; readonly type: string }
type Attributes = Readonly<Record<string, ProvValue | undefined>>

/** A PROV-JSON document. */
export interface ProvDocument {
  readonly prefix: Readonly<Record<string, string>>
  readonly entity: Readonly<Record<string, Attributes>>
  readonly activity: Readonly<Record<string, Attributes>>
  readonly agent: Readonly<Record<string, Attributes>>
  readonly used: Readonly<Record<string, Attributes>>
  readonly wasGeneratedBy: Readonly<Record<string, Attributes>>
  readonly wasDerivedFrom: Readonly<Record<string, Attributes>>
  readonly wasAssociatedWith: Readonly<Record<string, Attributes>>
  readonly actedOnBehalfOf: Readonly<Record<string, Attributes>>
}

/**
 * A trace as PROV-JSON: files are entities, invocations activities, programs and people agents.
 *
 * Source: The PROV-JSON Serialization, W3C Member Submission 24 April 2013; PROV-DM, W3C Recommendation 30 April 2013.
 *
 * @param runs the runs of the steps
 */
export function provDocument(trace: FileTrace, runs: readonly RunRow[]): ProvDocument {
  const entity: Record<string, Attributes> = {}
  const activity: Record<string, Attributes> = {}
  const agent: Record<string, Attributes> = {}
  const used: Record<string, Attributes> = {}
  const wasGeneratedBy: Record<string, Attributes> = {}
  const wasDerivedFrom: Record<string, Attributes> = {}
  const wasAssociatedWith: Record<string, Attributes> = {}
  const actedOnBehalfOf: Record<string, Attributes> = {}
  const runOf = new Map(runs.map((run) => [run.id, run]))
  let count = 0
  const next = (): string => `_:r${++count}`
  for (const file of trace.files) entity[fileName(file.id)] = fileAttributes(file)
  for (const step of trace.steps) {
    const name = stepName(step)
    const run = runOf.get(step.runId)
    activity[name] = stepAttributes(step)
    const program = programAgent(step)
    agent[program.name] = program.attributes
    wasAssociatedWith[next()] = { 'prov:activity': name, 'prov:agent': program.name }
    if (run !== undefined) {
      const person = `sky:user/${localName(`${run.user}@${run.host}`)}`
      agent[person] = { 'prov:type': qualified('prov:Person'), 'prov:label': run.user }
      actedOnBehalfOf[`_:d${localName(program.name)}${localName(person)}`] = {
        'prov:delegate': program.name,
        'prov:responsible': person,
      }
    }
    for (const id of step.used) used[next()] = { 'prov:activity': name, 'prov:entity': fileName(id) }
    for (const id of step.generated) {
      const time = endTime(step)
      wasGeneratedBy[next()] = {
        'prov:entity': fileName(id),
        'prov:activity': name,
        ...(time === undefined ? {} : { 'prov:time': time }),
      }
      for (const parent of step.used) {
        wasDerivedFrom[next()] = {
          'prov:generatedEntity': fileName(id),
          'prov:usedEntity': fileName(parent),
          'prov:activity': name,
        }
      }
    }
  }
  for (const { parentId, childId } of trace.derived) {
    wasDerivedFrom[next()] = {
      'prov:generatedEntity': fileName(childId),
      'prov:usedEntity': fileName(parentId),
    }
  }
  return {
    prefix: { sky: NAMESPACE, xsd: 'http://www.w3.org/2001/XMLSchema#' },
    entity,
    activity,
    agent,
    used,
    wasGeneratedBy,
    wasDerivedFrom,
    wasAssociatedWith,
    actedOnBehalfOf,
  }
}

function fileName(id: string): string {
  return `sky:file/${localName(id)}`
}

function stepName({ runId, jobId, attempt, task }: TraceStep): string {
  return `sky:invocation/${localName(runId)}/${localName(jobId)}/${attempt}/${task}`
}

/** Text as the local part of a qualified name. */
function localName(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function qualified(name: string): ProvValue {
  return { $: name, type: 'prov:QUALIFIED_NAME' }
}

function whole(value: number): ProvValue {
  return { $: String(value), type: 'xsd:long' }
}

function fileAttributes(file: FileInfo): Attributes {
  return {
    'prov:label': file.lfn,
    'sky:fileType': file.type,
    ...(file.sha256 === null ? {} : { 'sky:sha256': file.sha256 }),
    ...(file.sizeBytes === null ? {} : { 'sky:sizeBytes': whole(file.sizeBytes) }),
  }
}

function stepAttributes(step: TraceStep): Attributes {
  const { invocation } = step
  const end = endTime(step)
  return {
    'prov:label': step.jobId,
    'sky:run': step.runId,
    'sky:workflow': step.workflow,
    'sky:attempt': whole(step.attempt),
    ...(invocation === null
      ? {}
      : {
          'prov:startTime': new Date(invocation.startMs).toISOString(),
          ...(end === undefined ? {} : { 'prov:endTime': end }),
          'sky:transformation': invocation.transformation,
          'sky:arguments': JSON.stringify(invocation.arguments),
          'sky:exitCode': whole(invocation.exitCode),
          ...(invocation.host === null ? {} : { 'sky:host': invocation.host }),
        }),
  }
}

function endTime({ invocation }: TraceStep): string | undefined {
  return invocation === null ? undefined : new Date(invocation.startMs + invocation.durationMs).toISOString()
}

function programAgent({ invocation, workflow }: TraceStep): {
  readonly name: string
  readonly attributes: Attributes
} {
  const type = { 'prov:type': qualified('prov:SoftwareAgent') }
  if (invocation === null)
    return { name: `sky:workflow/${localName(workflow)}`, attributes: { ...type, 'prov:label': workflow } }
  const { transformation, executable, programSha256, programVersion } = invocation
  return {
    name: `sky:program/${localName(programSha256 ?? executable)}`,
    attributes: {
      ...type,
      'prov:label': transformation,
      'sky:executable': executable,
      ...(programSha256 === null ? {} : { 'sky:sha256': programSha256 }),
      ...(programVersion === null ? {} : { 'sky:version': programVersion }),
    },
  }
}
