import type { Selectable } from 'kysely'
import { jsonValue } from '../database/json-text.ts'
import type { AttemptTable, EventTable, InvocationTable, JobTable, RunTable } from '../database/tables.ts'
import type {
  AttemptRow,
  AttemptState,
  InvocationRow,
  JobRow,
  JobState,
  RunEvent,
  RunRow,
  RunState,
  Stored,
} from './records.ts'

/** A run as read; `parent_id` is the text id of its parent. */
export function runFromRow(row: Selectable<RunTable> & { readonly parent_id: string | null }): RunRow {
  return {
    id: row.id,
    label: row.label,
    // States are written by `commit` from typed rows only; the same holds below.
    state: row.state as RunState,
    user: row.user_name,
    host: row.host,
    directory: row.directory,
    parentRunId: row.parent_id,
    createdMs: row.created_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    exitCode: row.exit_code,
    reason: row.reason,
    lastSeq: row.last_seq,
    lease:
      row.lease_owner === null
        ? null
        : { owner: row.lease_owner, token: row.lease_token, expiresMs: row.lease_expires_ms ?? 0 },
    data: jsonValue(row.data),
  }
}

/** A job as read. */
export function jobFromRow(row: Selectable<JobTable>): Stored<JobRow> {
  return {
    jobId: row.job_id,
    kind: row.kind,
    transformation: row.transformation,
    state: row.state as JobState,
    site: row.site,
    attemptCount: row.attempt_count,
    maxRetries: row.max_retries,
    priority: row.priority,
    category: row.category,
    taskCount: row.task_count,
    changedMs: row.changed_ms,
    reason: row.reason,
    data: jsonValue(row.data),
  }
}

/** An attempt as read. */
export function attemptFromRow(row: Selectable<AttemptTable>): Stored<AttemptRow> {
  return {
    jobId: row.job_id,
    attempt: row.attempt,
    state: row.state as AttemptState,
    executor: row.executor,
    externalId: row.external_id,
    site: row.site,
    host: row.host,
    submittedMs: row.submitted_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    exitCode: row.exit_code,
    signal: row.signal,
    reason: row.reason,
    workDirectory: row.work_directory,
    cores: row.cores,
    recipeSha256: row.recipe_sha256,
    stdoutFile: row.stdout_file,
    stderrFile: row.stderr_file,
    stdout: row.stdout,
    stderr: row.stderr,
    data: jsonValue(row.data),
  }
}

/** An invocation as read. */
export function invocationFromRow(row: Selectable<InvocationTable>): Stored<InvocationRow> {
  return {
    jobId: row.job_id,
    attempt: row.attempt,
    task: row.task,
    taskId: row.task_id,
    transformation: row.transformation,
    executable: row.executable,
    programVersion: row.program_version,
    programSha256: row.program_sha256,
    // Written by `commit` as a list of texts.
    arguments: jsonValue(row.arguments) as readonly string[],
    workDirectory: row.work_directory,
    site: row.site,
    host: row.host,
    ip: row.ip,
    platform: row.platform,
    startMs: row.start_ms,
    durationMs: row.duration_ms,
    cpuMs: row.cpu_ms,
    maxRssBytes: row.max_rss_bytes,
    readBytes: row.read_bytes,
    writtenBytes: row.written_bytes,
    exitCode: row.exit_code,
    signal: row.signal,
    data: jsonValue(row.data),
  }
}

/** An event as read. */
export function eventFromRow(row: Selectable<EventTable>): RunEvent {
  return {
    seq: row.seq,
    timeMs: row.time_ms,
    type: row.type,
    ...(row.job_id === null ? {} : { jobId: row.job_id }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    ...(row.data === null ? {} : { data: jsonValue(row.data) }),
  }
}
