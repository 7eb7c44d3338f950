import type { Database, Session } from '../database/database.ts'
import { jsonText } from '../database/json-text.ts'
import { PAGE_ROWS, pages } from '../database/pages.ts'
import { RegistryError } from '../errors.ts'
import { messageFromRow } from '../files/file-rows.ts'
import type { QualityMessage } from '../files/records.ts'
import { commitRun } from './commit-run.ts'
import { findResults } from './find-results.ts'
import { knownRecipes } from './known-recipes.ts'
import { dropLease, extendLease, heldRun, takeLease, unknownRun } from './lease.ts'
import type {
  AttemptRow,
  InvocationRow,
  JobCount,
  JobEdge,
  JobRow,
  JobState,
  NewRun,
  RunEvent,
  RunRow,
  Stored,
} from './records.ts'
import { removeRun } from './remove-run.ts'
import { attemptFromRow, eventFromRow, invocationFromRow, jobFromRow, runFromRow } from './run-rows.ts'
import type {
  JobFilter,
  KnownResult,
  LeaseAnswer,
  RunCommit,
  RunFilter,
  RunStore,
  RunTimeRow,
} from './run-store.ts'
import { runTimes } from './run-times.ts'

const DEFAULT_RUNS = 100
const DEFAULT_EVENTS = 100
const DEFAULT_RESULTS = 10
const MAX_ID_CHARS = 255

/** Runs in a database. */
export class SqlRunStore implements RunStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async create(run: NewRun): Promise<RunRow> {
    if (run.id === '' || run.id.length > MAX_ID_CHARS || run.id.includes('\0')) {
      throw new RegistryError('REGISTRY_BAD_VALUE', 'this is no id of a run', {
        found: run.id,
        allowed: `1 to ${MAX_ID_CHARS} characters`,
      })
    }
    return await this.#database.write(async (session) => {
      const known = await findRun(session, run.id)
      if (known !== undefined) {
        throw new RegistryError('REGISTRY_EXISTS', 'a run of this id is registered already', {
          found: run.id,
        })
      }
      const parentKey = run.parentRunId === undefined ? null : await runKey(session, run.parentRunId)
      const row = {
        id: run.id,
        label: run.label,
        state: 'created',
        user_name: run.user,
        host: run.host,
        directory: run.directory,
        parent_key: parentKey,
        created_ms: run.createdMs ?? this.#database.clock.nowMs(),
        last_seq: 0,
        lease_token: 0,
        data: jsonText(run.data),
      }
      await session.change(session.sql.insertInto('run').values(row))
      return await oneRun(session, run.id)
    })
  }

  async get(runId: string): Promise<RunRow> {
    return await this.#database.read(async (session) => await oneRun(session, runId))
  }

  async list(filter: RunFilter = {}): Promise<readonly RunRow[]> {
    return await this.#database.read(async (session) => {
      let query = runQuery(session)
      if (filter.states !== undefined) query = query.where('run.state', 'in', filter.states)
      else query = query.where('run.state', '!=', 'removed')
      if (filter.label !== undefined) query = query.where('run.label', '=', filter.label)
      if (filter.parentRunId !== undefined) query = query.where('parent.id', '=', filter.parentRunId)
      const rows = await session.rows(
        query
          .orderBy('run.created_ms', 'desc')
          .orderBy('run.key', 'desc')
          .limit(filter.limit ?? DEFAULT_RUNS),
      )
      return rows.map(runFromRow)
    })
  }

  async acquireLease(runId: string, owner: string, ttlMs: number): Promise<LeaseAnswer> {
    const nowMs = this.#database.clock.nowMs()
    return await this.#database.write((session) => takeLease(session, runId, owner, ttlMs, nowMs))
  }

  async renewLease(runId: string, token: number, ttlMs: number): Promise<number> {
    const nowMs = this.#database.clock.nowMs()
    return await this.#database.write((session) => extendLease(session, runId, token, ttlMs, nowMs))
  }

  async releaseLease(runId: string, token: number): Promise<void> {
    await this.#database.write((session) => dropLease(session, runId, token))
  }

  async commit(runId: string, token: number, changes: RunCommit): Promise<void> {
    const nowMs = this.#database.clock.nowMs()
    await this.#database.write(async (session) => {
      const run = await heldRun(session, runId, token)
      await commitRun(session, run, changes, nowMs)
    })
  }

  async *events(runId: string, afterSeq = 0): AsyncGenerator<RunEvent, void, undefined> {
    const key = await this.#key(runId)
    yield* pages<RunEvent>(async (after) =>
      this.#database.read(async (session) => {
        const rows = await session.rows(
          session.sql
            .selectFrom('event')
            .selectAll()
            .where('run_key', '=', key)
            .where('seq', '>', after?.seq ?? afterSeq)
            .orderBy('seq')
            .limit(PAGE_ROWS),
        )
        return rows.map(eventFromRow)
      }),
    )
  }

  async lastEvents(
    runId: string,
    filter: { readonly jobId?: string; readonly type?: string; readonly limit?: number },
  ): Promise<readonly RunEvent[]> {
    return await this.#database.read(async (session) => {
      const key = await runKey(session, runId)
      let query = session.sql.selectFrom('event').selectAll().where('run_key', '=', key)
      if (filter.jobId !== undefined) query = query.where('job_id', '=', filter.jobId)
      if (filter.type !== undefined) query = query.where('type', '=', filter.type)
      const rows = await session.rows(query.orderBy('seq', 'desc').limit(filter.limit ?? DEFAULT_EVENTS))
      return rows.map(eventFromRow)
    })
  }

  async job(runId: string, jobId: string): Promise<Stored<JobRow>> {
    return await this.#database.read(async (session) => {
      const key = await runKey(session, runId)
      const row = await session.row(
        session.sql.selectFrom('job').selectAll().where('run_key', '=', key).where('job_id', '=', jobId),
      )
      if (row === undefined) {
        throw new RegistryError('REGISTRY_NOT_FOUND', 'the run has no such job', {
          where: [`run ${runId}`],
          found: jobId,
        })
      }
      return jobFromRow(row)
    })
  }

  async *jobs(runId: string, filter: JobFilter = {}): AsyncGenerator<Stored<JobRow>, void, undefined> {
    const key = await this.#key(runId)
    yield* pages<Stored<JobRow>>(async (after) =>
      this.#database.read(async (session) => {
        let query = session.sql.selectFrom('job').selectAll().where('run_key', '=', key)
        if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
        if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
        if (filter.transformation !== undefined)
          query = query.where('transformation', '=', filter.transformation)
        if (filter.jobIds !== undefined) query = query.where('job_id', 'in', filter.jobIds)
        if (after !== undefined) query = query.where('job_id', '>', after.jobId)
        const rows = await session.rows(query.orderBy('job_id').limit(PAGE_ROWS))
        return rows.map(jobFromRow)
      }),
    )
  }

  async *edges(runId: string): AsyncGenerator<JobEdge, void, undefined> {
    const key = await this.#key(runId)
    yield* pages<JobEdge>(async (after) =>
      this.#database.read(async (session) => {
        let query = session.sql.selectFrom('job_edge').select(['parent', 'child']).where('run_key', '=', key)
        if (after !== undefined)
          query = query.where((where) =>
            where(where.refTuple('parent', 'child'), '>', where.tuple(after.parent, after.child)),
          )
        return await session.rows(query.orderBy('parent').orderBy('child').limit(PAGE_ROWS))
      }),
    )
  }

  async neighbours(
    runId: string,
    jobId: string,
  ): Promise<{ readonly parents: readonly string[]; readonly children: readonly string[] }> {
    return await this.#database.read(async (session) => {
      const key = await runKey(session, runId)
      const edges = session.sql.selectFrom('job_edge').where('run_key', '=', key)
      const parents = await session.rows(edges.select('parent').where('child', '=', jobId).orderBy('parent'))
      const children = await session.rows(edges.select('child').where('parent', '=', jobId).orderBy('child'))
      return { parents: parents.map(({ parent }) => parent), children: children.map(({ child }) => child) }
    })
  }

  async *attempts(runId: string, jobId?: string): AsyncGenerator<Stored<AttemptRow>, void, undefined> {
    const key = await this.#key(runId)
    yield* pages<Stored<AttemptRow>>(async (after) =>
      this.#database.read(async (session) => {
        let query = session.sql.selectFrom('attempt').selectAll().where('run_key', '=', key)
        if (jobId !== undefined) query = query.where('job_id', '=', jobId)
        if (after !== undefined)
          query = query.where((where) =>
            where(where.refTuple('job_id', 'attempt'), '>', where.tuple(after.jobId, after.attempt)),
          )
        const rows = await session.rows(query.orderBy('job_id').orderBy('attempt').limit(PAGE_ROWS))
        return rows.map(attemptFromRow)
      }),
    )
  }

  async *invocations(runId: string, jobId?: string): AsyncGenerator<Stored<InvocationRow>, void, undefined> {
    const key = await this.#key(runId)
    yield* pages<Stored<InvocationRow>>(async (after) =>
      this.#database.read(async (session) => {
        let query = session.sql.selectFrom('invocation').selectAll().where('run_key', '=', key)
        if (jobId !== undefined) query = query.where('job_id', '=', jobId)
        if (after !== undefined)
          query = query.where((where) =>
            where(
              where.refTuple('job_id', 'attempt', 'task'),
              '>',
              where.tuple(after.jobId, after.attempt, after.task),
            ),
          )
        const rows = await session.rows(
          query.orderBy('job_id').orderBy('attempt').orderBy('task').limit(PAGE_ROWS),
        )
        return rows.map(invocationFromRow)
      }),
    )
  }

  async counts(runId: string): Promise<readonly JobCount[]> {
    return await this.#database.read(async (session) => {
      const key = await runKey(session, runId)
      const rows = await session.rows(
        session.sql
          .selectFrom('job')
          .select(['kind', 'transformation', 'state'])
          .select(({ fn }) => fn.countAll<number>().as('jobs'))
          .where('run_key', '=', key)
          .groupBy(['kind', 'transformation', 'state'])
          .orderBy('kind')
          .orderBy('transformation')
          .orderBy('state'),
      )
      // States are written by `commit` from typed rows only.
      return rows.map((row) => ({ ...row, state: row.state as JobState }))
    })
  }

  async findResults(recipeSha256: string, limit: number = DEFAULT_RESULTS): Promise<readonly KnownResult[]> {
    return await this.#database.read((session) => findResults(session, recipeSha256, limit))
  }

  async knownRecipes(lfns: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return await this.#database.read((session) => knownRecipes(session, lfns))
  }

  async runTimes(transformations: readonly string[], label?: string): Promise<readonly RunTimeRow[]> {
    return await this.#database.read((session) => runTimes(session, transformations, label))
  }

  async messages(
    runId: string,
    jobId?: string,
  ): Promise<readonly (QualityMessage & { readonly timeMs: number })[]> {
    return await this.#database.read(async (session) => {
      const key = await runKey(session, runId)
      let query = session.sql
        .selectFrom('quality_message')
        .leftJoin('file', 'file.key', 'quality_message.file_key')
        .selectAll('quality_message')
        .select('file.id as file_id')
        .where('quality_message.run_key', '=', key)
      if (jobId !== undefined) query = query.where('quality_message.job_id', '=', jobId)
      const rows = await session.rows(query.orderBy('quality_message.key'))
      return rows.map(messageFromRow)
    })
  }

  async remove(runId: string): Promise<void> {
    const nowMs = this.#database.clock.nowMs()
    await this.#database.write((session) => removeRun(session, runId, nowMs))
  }

  async #key(runId: string): Promise<number> {
    return await this.#database.read((session) => runKey(session, runId))
  }
}

function runQuery(session: Session) {
  return session.sql
    .selectFrom('run')
    .leftJoin('run as parent', 'parent.key', 'run.parent_key')
    .selectAll('run')
    .select('parent.id as parent_id')
}

async function findRun(session: Session, runId: string): Promise<RunRow | undefined> {
  const row = await session.row(runQuery(session).where('run.id', '=', runId))
  return row === undefined ? undefined : runFromRow(row)
}

async function oneRun(session: Session, runId: string): Promise<RunRow> {
  const run = await findRun(session, runId)
  if (run === undefined) throw unknownRun(runId)
  return run
}

async function runKey(session: Session, runId: string): Promise<number> {
  const row = await session.row(session.sql.selectFrom('run').select('key').where('id', '=', runId))
  if (row === undefined) throw unknownRun(runId)
  return row.key
}
