import type { Session } from '../database/database.ts'
import { jsonText } from '../database/json-text.ts'
import { RegistryError } from '../errors.ts'
import { fileKeys } from '../files/file-keys.ts'
import { INSERT_USED, SET_MAKERS } from '../files/file-statements.ts'
import type { GeneratedRow } from '../files/records.ts'
import { writeFiles, writeMessages } from '../files/write-files.ts'
import type { JobChange, RunChange, RunEvent } from './records.ts'
import {
  attemptValues,
  CHANGE_JOBS,
  edgeValues,
  eventValues,
  INSERT_EDGES,
  INSERT_EVENTS,
  invocationValues,
  jobChangeValues,
  jobValues,
  PUT_ATTEMPTS,
  PUT_INVOCATIONS,
  PUT_JOBS,
  SET_LAST_SEQ,
} from './run-statements.ts'
import type { RunCommit } from './run-store.ts'

/** A run whose token was checked inside the transaction; nobody else can write it before the transaction ends. */
export interface HeldRun {
  readonly key: number
  readonly id: string
  readonly lastSeq: number
}

/** Writes the rows of a commit. */
export async function commitRun(
  session: Session,
  run: HeldRun,
  changes: RunCommit,
  nowMs: number,
): Promise<void> {
  const events = changes.events ?? []
  const lastSeq = checkSequence(run, events)
  await writeFiles(session, changes, nowMs)
  const jobs = lastOf(changes.jobs ?? [], ({ jobId }) => jobId)
  await session.bulk(
    PUT_JOBS,
    jobs.map((job) => jobValues(run.key, job)),
  )
  await changeJobs(session, run, changes.jobChanges ?? [])
  await session.bulk(
    INSERT_EDGES,
    (changes.edges ?? []).map((edge) => edgeValues(run.key, edge)),
  )
  const attempts = lastOf(changes.attempts ?? [], ({ jobId, attempt }) => `${attempt} ${jobId}`)
  await session.bulk(
    PUT_ATTEMPTS,
    attempts.map((row) => attemptValues(run.key, row)),
  )
  const invocations = lastOf(
    changes.invocations ?? [],
    ({ jobId, attempt, task }) => `${attempt} ${task} ${jobId}`,
  )
  await session.bulk(
    PUT_INVOCATIONS,
    invocations.map((row) => invocationValues(run.key, row)),
  )
  await setMakers(session, run, changes.generated ?? [])
  await session.bulk(
    INSERT_USED,
    (changes.used ?? []).map(({ jobId, attempt, task = 1, fileId }) => [
      run.key,
      jobId,
      attempt,
      task,
      fileId,
    ]),
  )
  if (changes.messages !== undefined) await writeMessages(session, changes.messages, nowMs, run.key)
  await session.bulk(
    INSERT_EVENTS,
    events.map((event) => eventValues(run.key, event)),
  )
  await changeRun(session, run, changes.run ?? {}, lastSeq)
}

/** Events must go on where the last ones ended. @returns the new last sequence number */
function checkSequence(run: HeldRun, events: readonly RunEvent[]): number {
  let last = run.lastSeq
  for (const { seq } of events) {
    if (seq !== last + 1) {
      throw new RegistryError('REGISTRY_CONFLICT', 'events must follow each other without gaps', {
        where: [`run ${run.id}`],
        found: `event ${seq}`,
        allowed: `event ${last + 1}`,
      })
    }
    last = seq
  }
  return last
}

/** The last row of each key. */
function lastOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  if (rows.length < 2) return rows
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  return byKey.size === rows.length ? rows : [...byKey.values()]
}

async function changeJobs(session: Session, run: HeldRun, changes: readonly JobChange[]): Promise<void> {
  const merged = new Map<string, JobChange>()
  for (const change of changes) {
    const before = merged.get(change.jobId)
    const { attemptCount = before?.attemptCount, reason = before?.reason } = change
    merged.set(change.jobId, before === undefined ? change : { ...change, attemptCount, reason })
  }
  const rows = [...merged.values()].map((change) => jobChangeValues(run.key, change))
  const changed = await session.bulk(CHANGE_JOBS, rows)
  if (changed === rows.length) return
  throw new RegistryError('REGISTRY_NOT_FOUND', 'a change names a job that the run does not have', {
    where: [`run ${run.id}`],
    found: `${changed} of ${rows.length} jobs`,
  })
}

async function setMakers(session: Session, run: HeldRun, rows: readonly GeneratedRow[]): Promise<void> {
  const makers = lastOf(rows, ({ fileId }) => fileId)
  const set = await session.bulk(
    SET_MAKERS,
    makers.map(({ fileId, jobId, attempt, task = 1 }) => [fileId, run.key, jobId, attempt, task]),
  )
  if (set === makers.length) return
  const keys = await fileKeys(
    session,
    makers.map(({ fileId }) => fileId),
  )
  const rowsNow = await session.rows(
    session.sql
      .selectFrom('file')
      .leftJoin('run', 'run.key', 'file.run_key')
      .select(['file.id', 'file.run_key', 'run.id as run_id', 'job_id', 'attempt'])
      .where('file.key', 'in', [...keys.values()].slice(0, 5000)),
  )
  const asked = new Map(makers.map((row) => [row.fileId, row]))
  const other = rowsNow.find((row) => row.run_key !== run.key || row.job_id !== asked.get(row.id)?.jobId)
  throw new RegistryError('REGISTRY_CONFLICT', 'a file has another maker', {
    where: [`run ${run.id}`, other?.id ?? makers[0]?.fileId ?? ''],
    found: `job ${asked.get(other?.id ?? '')?.jobId ?? ''}`,
    allowed: `job ${other?.job_id ?? ''} of run ${other?.run_id ?? ''}`,
  })
}

async function changeRun(session: Session, run: HeldRun, change: RunChange, lastSeq: number): Promise<void> {
  // What every commit does has a statement that is built once.
  if (lastSeq !== run.lastSeq) await session.bulk(SET_LAST_SEQ, [[run.key, lastSeq]])
  const set = {
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.startedMs === undefined ? {} : { started_ms: change.startedMs }),
    ...(change.endedMs === undefined ? {} : { ended_ms: change.endedMs }),
    ...(change.exitCode === undefined ? {} : { exit_code: change.exitCode }),
    ...(change.reason === undefined ? {} : { reason: change.reason }),
    ...(change.data === undefined ? {} : { data: jsonText(change.data) }),
  }
  if (Object.keys(set).length === 0) return
  await session.change(session.sql.updateTable('run').set(set).where('key', '=', run.key))
}
