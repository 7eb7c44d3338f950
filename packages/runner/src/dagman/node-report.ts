import type { PlanJobLine } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { AttemptReport, Product, Removed } from '../executor/executor.ts'
import { readCapped } from '../files/cap-text.ts'
import type { FileDigest, FileHasher } from '../files/file-hasher.ts'
import { filePathOf, publicUrl } from '../files/file-url.ts'
import { readFrom } from '../files/read-end.ts'
import type { Invocation, InvocationFile } from '../invocation/invocation.ts'
import { recordedEnvironment } from '../job/environment.ts'
import type { AttemptOutcome, Failure } from '../machine/run-event.ts'
import { type KickstartRecord, readKickstart } from '../pegasus/read-kickstart.ts'
import type { NodeEnd } from './dag-nodes.ts'
import { nodeFailure, signalName } from './node-failure.ts'

/** How an attempt of a node went, as far as logs and files of HTCondor say. */
export interface NodeAttempt {
  readonly job: number
  readonly attempt: number
  readonly plan: PlanJobLine
  /** Transformation of a job that is no computation. */
  readonly transformation: string
  readonly outcome: AttemptOutcome
  /** Files of its output and error, which hold its records and messages; absent when it came to no job. */
  readonly files?: { readonly stdout: string; readonly stderr: string } | undefined
  readonly end?: NodeEnd | undefined
  readonly post?: NodeEnd | undefined
  /** What failed it if not its program: a refusal, a hold, a removal. */
  readonly failure?: Failure | undefined
  readonly externalId?: string | undefined
  readonly submittedMs: number
  readonly endedMs: number
  readonly maxRssBytes?: number | undefined
}

/** What is known of the files of the run: checksums by logical name. */
export interface KnownFiles {
  readonly digestOf: (lfn: string) => FileDigest | undefined
  readonly hasher: FileHasher
}

/** Longest output that is read for records, and the part of streams that is kept, bytes. */
const RECORD_BYTES = 64 * 1024 * 1024
const KEPT_BYTES = 64 * 1024

/**
 * The report of an attempt that DAGMan ran: the records that its script left, the files that it made with their checksums, and
 * why it failed.
 */
export async function nodeReport(node: NodeAttempt, known: KnownFiles): Promise<AttemptReport> {
  const { plan, outcome, files, end, post } = node
  const { records, complaint } = recordsOf(files?.stdout)
  const messages = files === undefined ? '' : readCapped(files.stderr, KEPT_BYTES)
  const invocations = records.map((record, at) => invocationOf(node, record, at + 1, records.length === 1))
  const failure =
    outcome === 'succeeded'
      ? undefined
      : (node.failure ?? nodeFailure({ end, post, invocations, messages, complaint, outcome }))
  return {
    job: node.job,
    attempt: node.attempt,
    outcome,
    failure,
    invocations: [...invocations, ...postInvocation(node)],
    products: outcome === 'succeeded' ? await productsOf(plan, records, known) : [],
    removed: outcome === 'succeeded' ? removedOf(plan) : [],
    stdout: joined(invocations.map(({ stdout }) => stdout)),
    stderr: messages === '' ? joined(invocations.map(({ stderr }) => stderr)) : messages,
    stdoutFile: files?.stdout,
    stderrFile: files?.stderr,
    workDirectory: invocations[0]?.workDirectory,
    startMs: node.submittedMs,
    endMs: node.endedMs,
    executor: 'condor',
    externalId: node.externalId,
  }
}

function joined(texts: readonly string[]): string {
  return texts.join('').slice(-KEPT_BYTES)
}

/** A record that was cut off, because its job was ended, is none; the attempt then tells why. */
function recordsOf(path: string | undefined): {
  readonly records: readonly KickstartRecord[]
  readonly complaint?: string
} {
  if (path === undefined) return { records: [] }
  try {
    return { records: readKickstart(readFrom(path, 0, RECORD_BYTES)?.toString('utf8') ?? '', path) }
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_BAD_RECORD')
      return { records: [], complaint: error.message }
    throw error
  }
}

function invocationOf(
  { plan, transformation, maxRssBytes }: NodeAttempt,
  record: KickstartRecord,
  number: number,
  isOnly: boolean,
): Invocation {
  const task = plan.tasks.find(({ id }) => id === record.taskId) ?? plan.tasks[number - 1]
  const stream = (name: string): string => record.files.find((file) => file.name === name)?.data ?? ''
  const isSignal = record.exitCode < 0
  return {
    task: number,
    taskId: task?.id,
    transformation: task?.transformation ?? transformation,
    executable: record.executable,
    programSha256: record.programSha256,
    arguments: record.arguments,
    workDirectory: record.workDirectory ?? '',
    environment: recordedEnvironment(task?.environment ?? []),
    site: record.site ?? plan.site,
    host: record.host ?? '',
    platform: record.platform ?? '',
    pid: record.pid,
    startMs: record.startMs,
    durationMs: record.durationMs,
    cpuMs: record.cpuMs,
    // HTCondor measures the job, not its tasks.
    maxRssBytes: record.maxRssBytes ?? (isOnly ? maxRssBytes : undefined),
    readBytes: undefined,
    writtenBytes: undefined,
    exitCode: isSignal ? 128 - record.exitCode : record.exitCode,
    signal: isSignal ? signalName(-record.exitCode) : undefined,
    inputs: plan.kind === 'compute' ? filesOf(record, false) : [],
    outputs: filesOf(record, true),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  }
}

function filesOf(record: KickstartRecord, isOutput: boolean): readonly InvocationFile[] {
  return record.files.flatMap(({ lfn, sizeBytes, sha256, isOutput: is }) =>
    lfn === undefined || sha256 === undefined || is !== isOutput
      ? []
      : [{ lfn, path: `${record.workDirectory ?? ''}/${lfn}`, sizeBytes: sizeBytes ?? 0, sha256 }],
  )
}

/** The POST script of a node as the invocation that records of Pegasus give it: task -2. */
function postInvocation({ plan, end, post }: NodeAttempt): readonly Invocation[] {
  if (post === undefined || end === undefined) return []
  const of = (key: string): string =>
    plan.profiles.find((profile) => profile.namespace === 'dagman' && profile.key === key)?.value ?? ''
  return [
    {
      task: -2,
      taskId: undefined,
      transformation: 'dagman::post',
      executable: of('post'),
      programSha256: undefined,
      arguments: of('post.arguments') === '' ? [] : [of('post.arguments')],
      workDirectory: '',
      environment: [],
      site: plan.site,
      host: '',
      platform: '',
      pid: undefined,
      startMs: end.timeMs,
      durationMs: Math.max(0, post.timeMs - end.timeMs),
      cpuMs: undefined,
      maxRssBytes: undefined,
      readBytes: undefined,
      writtenBytes: undefined,
      exitCode: post.exitCode ?? 128 + (post.signal ?? 0),
      signal: post.signal === undefined ? undefined : signalName(post.signal),
      inputs: [],
      outputs: [],
      stdout: '',
      stderr: '',
    },
  ]
}

/** Files that the job made available: what its records tell, and what stands at its place where they are silent. */
async function productsOf(
  plan: PlanJobLine,
  records: readonly KickstartRecord[],
  known: KnownFiles,
): Promise<readonly Product[]> {
  const recorded = new Map<string, FileDigest>()
  for (const { files } of records) {
    for (const { lfn, sizeBytes, sha256 } of files)
      if (lfn !== undefined && sha256 !== undefined) recorded.set(lfn, { sizeBytes: sizeBytes ?? 0, sha256 })
  }
  const products: Product[] = []
  const add = async (
    lfn: string,
    place: { site: string; url: string },
    more: Partial<Product>,
  ): Promise<void> => {
    const ofRecord = recorded.get('task' in more ? lfn : place.url)
    const digest = ofRecord ?? (await digestAt(place.url, known.hasher)) ?? known.digestOf(lfn)
    if (digest !== undefined)
      products.push({ lfn, site: place.site, url: publicUrl(place.url), ...digest, ...more })
  }
  const task = plan.kind === 'sub_workflow' ? 1 : plan.tasks.length
  for (const { lfn, target } of plan.outputs) await add(lfn, target, { task })
  for (const { lfn, target } of plan.transfers) await add(lfn, target, {})
  for (const { lfn, place } of plan.registrations) await add(lfn, place, { isRegistered: true })
  return products
}

async function digestAt(url: string, hasher: FileHasher): Promise<FileDigest | undefined> {
  const path = filePathOf(url)
  if (path === undefined) return undefined
  try {
    return await hasher.digest(path)
  } catch (error) {
    // A checkpoint need not be there, and what was moved on is recorded where it is.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function removedOf(plan: PlanJobLine): readonly Removed[] {
  return plan.removals.map(({ lfn, place }) => ({ lfn, ...place }))
}
