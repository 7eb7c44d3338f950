import {
  type AttemptRow,
  type FileRow,
  type GeneratedRow,
  type InvocationRow,
  type JobChange,
  type PlaceRow,
  productFileId,
  type QualityMessage,
  type ReplicaRow,
  type RunChange,
  type RunCommit,
  type JobState as StoredState,
  sourceFileId,
  type UsedRow,
} from '@skyloom/registry'
import type { AttemptReport } from '../executor/executor.ts'
import type { Invocation } from '../invocation/invocation.ts'
import type { AttemptOutcome, RunEvent } from '../machine/run-event.ts'
import type { JobState, RunMachine } from '../machine/run-machine.ts'
import { memoryData } from '../memory/attempt-data.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import { storedEvent } from '../store/event-rows.ts'
import type { RunFiles } from './family-files.ts'

/** What a group of events is stored with. */
export interface CommitInput {
  readonly runId: string
  readonly plan: PlanFile
  readonly machine: RunMachine
  readonly events: readonly RunEvent[]
  /** Sequence number of the first event. */
  readonly firstSeq: number
  readonly reports: readonly AttemptReport[]
  /** SHA-256 of the files that the run made. */
  readonly made: ReadonlyMap<string, string>
  /** What the runs that contain it made, the nearest first. */
  readonly outer?: readonly RunFiles[] | undefined
  /** What the runs of its sub-workflows made, by job. */
  readonly inner?: ReadonlyMap<number, RunFiles> | undefined
}

const STORED_STATES: Readonly<Record<JobState, StoredState>> = {
  unready: 'unready',
  ready: 'ready',
  running: 'running',
  waiting: 'ready',
  succeeded: 'succeeded',
  failed: 'failed',
  held: 'held',
  canceled: 'cancelled',
}

const STORED_OUTCOMES = {
  succeeded: 'succeeded',
  failed: 'failed',
  lost: 'lost',
  canceled: 'cancelled',
} as const satisfies Readonly<Record<AttemptOutcome, string>>

/** Rows of the registry for events and the reports that led to them. */
export function commitRows(input: CommitInput): RunCommit {
  const { events, firstSeq, plan, reports } = input
  const nameOf = (job: number): string => plan.name(job)
  const files: FileRow[] = []
  const replicas: ReplicaRow[] = []
  const removedPlaces: PlaceRow[] = []
  const used: UsedRow[] = []
  const generated: GeneratedRow[] = []
  const derived: { parentId: string; childId: string }[] = []
  const invocations: InvocationRow[] = []
  for (const report of reports) {
    const jobId = nameOf(report.job)
    for (const invocation of report.invocations) invocations.push(invocationRow(jobId, report, invocation))
    for (const { task, inputs } of report.invocations) {
      for (const { lfn, sha256, sizeBytes } of inputs) {
        const fileId = fileIdOf(input, lfn, sha256)
        files.push({ id: fileId, lfn, sizeBytes, sha256 })
        used.push({ jobId, attempt: report.attempt, task, fileId })
      }
    }
    // Of a cluster that failed: what its other tasks made.
    for (const product of report.outcome === 'lost' ? [] : report.products) {
      const { lfn, sizeBytes, sha256, site, url, task } = product
      const fileId = fileIdOf(input, lfn, sha256)
      files.push({
        id: fileId,
        lfn,
        sizeBytes,
        sha256,
        ...(task === undefined ? {} : { replacesContent: true }),
      })
      // What is in memory has no place that anybody else could look at.
      if (url !== undefined) replicas.push({ fileId, site, pfn: url })
      const inner = input.inner?.get(report.job)
      if (inner?.made.get(lfn) === sha256)
        derived.push({ parentId: productFileId(inner.runId, lfn), childId: fileId })
      else if (task !== undefined) generated.push({ jobId, attempt: report.attempt, task, fileId })
      else if (report.reused !== undefined) {
        const parentId = productFileId(report.reused.split(' ')[0] ?? '', lfn)
        if (parentId !== fileId) derived.push({ parentId, childId: fileId })
      }
    }
    for (const { lfn, site, url } of report.removed) {
      if (lfn === undefined) continue
      removedPlaces.push({ site, pfn: url })
    }
    if (report.memory === undefined) continue
    // What stays in memory has no content to be told by: it is known by its name in the run.
    const inRun = (lfn: string): string => productFileId(input.runId, lfn)
    const row = { jobId, attempt: report.attempt, task: 1 }
    for (const lfn of report.memory.made) files.push({ id: inRun(lfn), lfn })
    for (const { lfn, metadata } of report.memory.described) files.push({ id: inRun(lfn), lfn, metadata })
    for (const lfn of report.memory.made) generated.push({ ...row, fileId: inRun(lfn) })
    for (const lfn of report.memory.used) used.push({ ...row, fileId: inRun(lfn) })
    for (const { lfn, sha256, path } of report.invocations[0]?.inputs ?? [])
      replicas.push({ fileId: fileIdOf(input, lfn, sha256), site: 'local', pfn: `file://${path}` })
  }
  return {
    run: runChange(events),
    events: events.map((event, at) => storedEvent(event, firstSeq + at, nameOf)),
    jobChanges: jobChanges(input),
    attempts: reports.map((report) => ({
      jobId: nameOf(report.job),
      attempt: report.attempt,
      state: STORED_OUTCOMES[report.outcome],
      executor: report.executor,
      externalId: report.externalId,
      site: report.invocations[0]?.site,
      host: report.invocations[0]?.host,
      submittedMs: report.startMs,
      startedMs: startedMs(report),
      endedMs: report.endMs,
      exitCode: report.outcome === 'succeeded' ? 0 : (report.failure?.exitCode ?? null),
      signal: report.failure?.signal,
      reason: report.reused === undefined ? report.failure?.message : `reused ${report.reused}`,
      workDirectory: report.workDirectory,
      cores: plan.spec.cores[report.job] ?? 1,
      recipeSha256: report.recipeSha256,
      stdoutFile: report.stdoutFile,
      stderrFile: report.stderrFile,
      stdout: report.stdout === '' ? null : report.stdout,
      stderr: report.stderr === '' ? null : report.stderr,
      ...attemptData(report),
    })),
    invocations,
    files,
    replicas,
    removedPlaces,
    used,
    generated,
    derived,
    messages: reports.flatMap((report) => messagesOf(input, report)),
  }
}

/** What the record of an attempt has beside its columns: the kind of its failure, and what it found and left in memory. */
function attemptData(report: AttemptReport): Pick<AttemptRow, 'data'> {
  const memory = memoryData(report)
  if (report.failure === undefined && memory === undefined) return {}
  const failure = report.failure === undefined ? {} : { failure: report.failure.kind }
  return { data: { ...failure, ...(memory === undefined ? {} : { memory: { ...memory } }) } }
}

/** When the first program of an attempt started. The clock that said so may have jumped, or be another machine's. */
function startedMs({ startMs, endMs, invocations }: AttemptReport): number {
  return Math.min(Math.max(startMs, invocations[0]?.startMs ?? startMs), Math.max(startMs, endMs))
}

function messagesOf(input: CommitInput, report: AttemptReport): readonly QualityMessage[] {
  const read = new Map(report.invocations[0]?.inputs.map((file) => [file.lfn, file]) ?? [])
  return (report.notes ?? []).map(({ lfn, level, text }) => {
    const file = read.get(lfn)
    const about = file === undefined ? {} : { fileId: fileIdOf(input, lfn, file.sha256) }
    return {
      level,
      text,
      ...about,
      jobId: input.plan.name(report.job),
      attempt: report.attempt,
      author: 'skyloom',
    }
  })
}

/** A file that the run made, or one that contains it, is known by its logical name, another one by its content. */
function fileIdOf({ runId, made, outer = [] }: CommitInput, lfn: string, sha256: string): string {
  const maker = [{ runId, made }, ...outer].find((run) => run.made.get(lfn) === sha256)
  return maker === undefined ? sourceFileId(lfn, sha256) : productFileId(maker.runId, lfn)
}

function invocationRow(jobId: string, report: AttemptReport, invocation: Invocation): InvocationRow {
  const { environment, pid, container } = invocation
  return {
    jobId,
    attempt: report.attempt,
    task: invocation.task,
    taskId: invocation.taskId,
    transformation: invocation.transformation,
    executable: invocation.executable,
    programVersion: invocation.programVersion,
    programSha256: invocation.programSha256,
    arguments: invocation.arguments,
    workDirectory: invocation.workDirectory,
    site: invocation.site,
    host: invocation.host,
    platform: invocation.platform,
    startMs: invocation.startMs,
    durationMs: invocation.durationMs,
    cpuMs: invocation.cpuMs,
    maxRssBytes: invocation.maxRssBytes,
    readBytes: invocation.readBytes,
    writtenBytes: invocation.writtenBytes,
    exitCode: invocation.exitCode,
    signal: invocation.signal,
    data: {
      ...(pid === undefined ? {} : { pid }),
      ...(environment.length === 0 ? {} : { environment }),
      ...(container === undefined ? {} : { container: { ...container } }),
    },
  }
}

function jobChanges({ machine, plan, events }: CommitInput): readonly JobChange[] {
  const details = new Map<number, { readonly reason: string | null; readonly isReused: boolean }>()
  let changedMs = 0
  for (const event of events) {
    changedMs = event.time
    if (event.type === 'attempt-ended') {
      const reason = event.reused === undefined ? (event.failure?.message ?? null) : `reused ${event.reused}`
      details.set(event.job, { reason, isReused: event.reused !== undefined })
    } else if ('reason' in event && 'job' in event) {
      details.set(event.job, { reason: event.reason, isReused: false })
    }
  }
  return [...new Set(machine.takeMoved())].map((job) => {
    const state = machine.state(job)
    const detail = details.get(job)
    return {
      jobId: plan.name(job),
      state: detail?.isReused === true && state === 'succeeded' ? 'skipped' : STORED_STATES[state],
      changedMs,
      attemptCount: machine.attempts(job),
      ...(detail === undefined ? {} : { reason: detail.reason }),
    }
  })
}

function runChange(events: readonly RunEvent[]): RunChange | undefined {
  let change: RunChange | undefined
  for (const event of events) {
    switch (event.type) {
      case 'run-opened':
        change = {
          ...change,
          state: 'running',
          startedMs: event.time,
          endedMs: null,
          exitCode: null,
          reason: null,
        }
        break
      case 'run-paused':
        change = { ...change, state: 'paused', reason: event.reason }
        break
      case 'run-canceled':
        change = { ...change, reason: event.reason }
        break
      case 'run-ended': {
        const state = event.status === 'canceled' ? 'cancelled' : event.status
        change = { ...change, state, endedMs: event.time, exitCode: event.status === 'succeeded' ? 0 : 1 }
        break
      }
      default:
    }
  }
  return change
}
