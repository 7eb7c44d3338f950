import { type BulkColumn, bulkInsert, bulkUpdate } from '../database/bulk-statement.ts'
import type { BulkStatement, SqlValue } from '../database/engine.ts'
import { jsonText } from '../database/json-text.ts'
import { capturedText } from './captured-text.ts'
import type { AttemptRow, InvocationRow, JobChange, JobEdge, JobRow, RunEvent } from './records.ts'

const text = (name: string): BulkColumn => ({ name, type: 'text' })
const whole = (name: string): BulkColumn => ({ name, type: 'whole' })
const real = (name: string): BulkColumn => ({ name, type: 'real' })

/** Appends events. */
export const INSERT_EVENTS: BulkStatement = bulkInsert('event', [
  whole('run_key'),
  whole('seq'),
  real('time_ms'),
  text('type'),
  text('job_id'),
  whole('attempt'),
  text('data'),
])

/** The values of {@link INSERT_EVENTS}. */
export function eventValues(runKey: number, event: RunEvent): readonly SqlValue[] {
  return [
    runKey,
    event.seq,
    event.timeMs,
    event.type,
    event.jobId ?? null,
    event.attempt ?? null,
    event.data === undefined ? null : jsonText(event.data),
  ]
}

/** Writes jobs whole. */
export const PUT_JOBS: BulkStatement = bulkInsert(
  'job',
  [
    whole('run_key'),
    text('job_id'),
    text('kind'),
    text('transformation'),
    text('state'),
    text('site'),
    whole('attempt_count'),
    whole('max_retries'),
    whole('priority'),
    text('category'),
    whole('task_count'),
    real('changed_ms'),
    text('reason'),
    text('data'),
  ],
  { do: 'replace', key: ['run_key', 'job_id'] },
)

/** The values of {@link PUT_JOBS}. */
export function jobValues(runKey: number, job: JobRow): readonly SqlValue[] {
  return [
    runKey,
    job.jobId,
    job.kind,
    job.transformation,
    job.state,
    job.site ?? null,
    job.attemptCount,
    job.maxRetries,
    job.priority,
    job.category ?? null,
    job.taskCount,
    job.changedMs,
    job.reason ?? null,
    jsonText(job.data),
  ]
}

/** Changes the state of jobs. */
export const CHANGE_JOBS: BulkStatement = bulkUpdate(
  'job',
  [
    whole('run_key'),
    text('job_id'),
    text('state'),
    real('changed_ms'),
    whole('attempt_count'),
    text('reason'),
    whole('keeps_reason'),
  ],
  2,
  'state = v.state, changed_ms = v.changed_ms, attempt_count = coalesce(v.attempt_count, t.attempt_count), ' +
    'reason = CASE WHEN v.keeps_reason = 1 THEN t.reason ELSE v.reason END',
)

/** Sets the number of the last event of a run; its values are the run's key and the number. */
export const SET_LAST_SEQ: BulkStatement = bulkUpdate(
  'run',
  [whole('key'), whole('last_seq')],
  1,
  'last_seq = v.last_seq',
)

/** The values of {@link CHANGE_JOBS}. */
export function jobChangeValues(runKey: number, change: JobChange): readonly SqlValue[] {
  return [
    runKey,
    change.jobId,
    change.state,
    change.changedMs,
    change.attemptCount ?? null,
    change.reason ?? null,
    change.reason === undefined ? 1 : 0,
  ]
}

/** Adds edges. */
export const INSERT_EDGES: BulkStatement = bulkInsert(
  'job_edge',
  [whole('run_key'), text('parent'), text('child')],
  { do: 'nothing' },
)

/** The values of {@link INSERT_EDGES}. */
export function edgeValues(runKey: number, { parent, child }: JobEdge): readonly SqlValue[] {
  return [runKey, parent, child]
}

/** Writes attempts whole. */
export const PUT_ATTEMPTS: BulkStatement = bulkInsert(
  'attempt',
  [
    whole('run_key'),
    text('job_id'),
    whole('attempt'),
    text('state'),
    text('executor'),
    text('external_id'),
    text('site'),
    text('host'),
    real('submitted_ms'),
    real('started_ms'),
    real('ended_ms'),
    whole('exit_code'),
    text('signal'),
    text('reason'),
    text('work_directory'),
    whole('cores'),
    text('recipe_sha256'),
    text('stdout_file'),
    text('stderr_file'),
    text('stdout'),
    text('stderr'),
    text('data'),
  ],
  { do: 'replace', key: ['run_key', 'job_id', 'attempt'] },
)

/** The values of {@link PUT_ATTEMPTS}. */
export function attemptValues(runKey: number, row: AttemptRow): readonly SqlValue[] {
  return [
    runKey,
    row.jobId,
    row.attempt,
    row.state,
    row.executor,
    row.externalId ?? null,
    row.site ?? null,
    row.host ?? null,
    row.submittedMs ?? null,
    row.startedMs ?? null,
    row.endedMs ?? null,
    row.exitCode ?? null,
    row.signal ?? null,
    row.reason ?? null,
    row.workDirectory ?? null,
    row.cores ?? 1,
    row.recipeSha256 ?? null,
    row.stdoutFile ?? null,
    row.stderrFile ?? null,
    capturedText(row.stdout),
    capturedText(row.stderr),
    jsonText(row.data),
  ]
}

/** Writes invocations whole. */
export const PUT_INVOCATIONS: BulkStatement = bulkInsert(
  'invocation',
  [
    whole('run_key'),
    text('job_id'),
    whole('attempt'),
    whole('task'),
    text('task_id'),
    text('transformation'),
    text('executable'),
    text('program_version'),
    text('program_sha256'),
    text('arguments'),
    text('work_directory'),
    text('site'),
    text('host'),
    text('ip'),
    text('platform'),
    real('start_ms'),
    real('duration_ms'),
    real('cpu_ms'),
    whole('max_rss_bytes'),
    whole('read_bytes'),
    whole('written_bytes'),
    whole('exit_code'),
    text('signal'),
    text('data'),
  ],
  { do: 'replace', key: ['run_key', 'job_id', 'attempt', 'task'] },
)

/** The values of {@link PUT_INVOCATIONS}. */
export function invocationValues(runKey: number, row: InvocationRow): readonly SqlValue[] {
  return [
    runKey,
    row.jobId,
    row.attempt,
    row.task,
    row.taskId ?? null,
    row.transformation,
    row.executable,
    row.programVersion ?? null,
    row.programSha256 ?? null,
    jsonText(row.arguments),
    row.workDirectory ?? null,
    row.site ?? null,
    row.host ?? null,
    row.ip ?? null,
    row.platform ?? null,
    row.startMs,
    row.durationMs,
    row.cpuMs ?? null,
    row.maxRssBytes ?? null,
    row.readBytes ?? null,
    row.writtenBytes ?? null,
    row.exitCode,
    row.signal ?? null,
    jsonText(row.data),
  ]
}
