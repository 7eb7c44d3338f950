import { rename, rm } from 'node:fs/promises'
import type { Database } from '../database/database.ts'
import type { BulkStatement, SqlValue } from '../database/engine.ts'
import { collect } from '../database/pages.ts'
import { sqliteEngine } from '../database/sqlite-engine.ts'
import { inPieces } from '../files/file-keys.ts'
import type { RunRow } from '../runs/records.ts'
import type { RunStore } from '../runs/run-store.ts'
import { addRun, StampedeRows, type StampedeRun, type StampedeUse } from './stampede-rows.ts'
import { STAMPEDE_INDICES, STAMPEDE_TABLES, STAMPEDE_VERSION } from './stampede-schema.ts'

const MAX_RUNS = 100_000
/** `VARCHAR(245)` of Pegasus; SQLite does not cut, other databases of its tools would. */
const MAX_META_CHARS = 245

/**
 * Writes a run with its sub-workflows as the database that Pegasus' monitoring writes. It appears under its name when it is complete.
 *
 * @returns rows of each table
 */
export async function exportStampede(
  database: Database,
  runs: RunStore,
  runId: string,
  path: string,
): Promise<Readonly<Record<string, number>>> {
  const rows = new StampedeRows()
  rows.add(
    'dbversion',
    1,
    STAMPEDE_VERSION,
    String(STAMPEDE_VERSION),
    Math.floor(database.clock.nowMs() / 1000),
  )
  const family = await familyOf(runs, await runs.get(runId))
  const sources: StampedeRun[] = []
  for (const run of family) sources.push(await readRun(database, runs, run))
  const lfns = await addReplicas(database, rows, sources)
  const numbers = new Map(family.map((run, index) => [run.id, index + 1]))
  for (const source of sources) {
    const { run } = source
    const wfId = numbers.get(run.id) ?? 1
    const parentId = run.id === runId ? null : (numbers.get(run.parentRunId ?? '') ?? null)
    addRun(rows, source, { wfId, parentId, rootId: 1 }, lfns)
  }
  const temporary = `${path}.partial`
  await rm(temporary, { force: true })
  try {
    await writeTables(temporary, rows)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return Object.fromEntries([...rows.tables].map(([name, list]) => [name, list.length]))
}

/** A run, then its children, then theirs. */
async function familyOf(runs: RunStore, root: RunRow): Promise<readonly RunRow[]> {
  const family = [root]
  for (let at = 0; at < family.length; at++) {
    const children = await runs.list({ parentRunId: family[at]?.id, limit: MAX_RUNS })
    family.push(...children.toReversed())
  }
  return family
}

async function readRun(database: Database, runs: RunStore, run: RunRow): Promise<StampedeRun> {
  const opened = await runs.lastEvents(run.id, { type: 'run-opened', limit: MAX_RUNS })
  const ended = await runs.lastEvents(run.id, { type: 'run-ended', limit: MAX_RUNS })
  return {
    run,
    jobs: await collect(runs.jobs(run.id)),
    edges: await collect(runs.edges(run.id)),
    attempts: await collect(runs.attempts(run.id)),
    invocations: await collect(runs.invocations(run.id)),
    events: [...opened, ...ended].sort((a, b) => a.seq - b.seq),
    uses: await usesOf(database, run.id),
  }
}

async function usesOf(database: Database, runId: string): Promise<readonly StampedeUse[]> {
  return await database.read(async (session) => {
    const inputs = await session.rows(
      session.sql
        .selectFrom('used')
        .innerJoin('run', 'run.key', 'used.run_key')
        .innerJoin('file', 'file.key', 'used.file_key')
        .select(['used.job_id as jobId', 'used.attempt', 'used.task', 'lfn'])
        .where('run.id', '=', runId),
    )
    const outputs = await session.rows(
      session.sql
        .selectFrom('file')
        .innerJoin('run', 'run.key', 'file.run_key')
        .select(['job_id as jobId', 'attempt', 'task', 'lfn'])
        .where('run.id', '=', runId),
    )
    return [
      ...inputs.map((row): StampedeUse => ({ ...row, direction: 'input' })),
      ...outputs.map(
        ({ jobId, attempt, task, lfn }): StampedeUse => ({
          jobId: jobId ?? '',
          attempt: attempt ?? 1,
          task: task ?? 1,
          lfn,
          direction: 'output',
        }),
      ),
    ]
  })
}

/** Adds the replica catalog of all files that the runs used. @returns numbers of logical names */
async function addReplicas(
  database: Database,
  rows: StampedeRows,
  sources: readonly StampedeRun[],
): Promise<ReadonlyMap<string, number>> {
  const lfns = new Map<string, number>()
  for (const { lfn } of sources.flatMap(({ uses }) => uses)) {
    if (!lfns.has(lfn)) lfns.set(lfn, rows.add('rc_lfn', rows.next('rc_lfn'), lfn))
  }
  await database.read(async (session) => {
    for (const piece of inPieces([...lfns.keys()])) {
      const replicas = await session.rows(
        session.sql
          .selectFrom('replica')
          .innerJoin('file', 'file.key', 'replica.file_key')
          .select(['lfn', 'pfn', 'site'])
          .distinct()
          .where('lfn', 'in', piece),
      )
      for (const { lfn, pfn, site } of replicas)
        rows.add('rc_pfn', rows.next('rc_pfn'), lfns.get(lfn) ?? 0, pfn, site)
      const metadata = await session.rows(
        session.sql
          .selectFrom('metadata')
          .innerJoin('file', 'file.key', 'metadata.file_key')
          .select(['lfn', 'name', 'number_value', 'text_value'])
          .where('lfn', 'in', piece)
          .orderBy('file.key'),
      )
      const values = new Map(
        metadata.map(({ lfn, name, number_value: number, text_value: text }) => [
          JSON.stringify([lfn, name]),
          [lfns.get(lfn) ?? 0, name, (text ?? String(number)).slice(0, MAX_META_CHARS)] as const,
        ]),
      )
      for (const value of values.values()) rows.add('rc_meta', ...value)
    }
  })
  return lfns
}

async function writeTables(path: string, rows: StampedeRows): Promise<void> {
  const engine = await sqliteEngine(path, { create: true, busyTimeoutMs: 1000, journal: 'delete' })
  try {
    const connection = await engine.begin('write')
    try {
      for (const { create } of STAMPEDE_TABLES) await connection.query(create, [])
      for (const { name } of STAMPEDE_TABLES) {
        const values = rows.tables.get(name)
        if (values !== undefined) await connection.bulk(insertInto(name, values[0] ?? []), values)
      }
      for (const index of STAMPEDE_INDICES) await connection.query(index, [])
      await engine.end(connection, 'commit')
    } catch (error) {
      await engine.end(connection, 'rollback')
      throw error
    }
  } finally {
    await engine.close()
  }
}

function insertInto(table: string, values: readonly SqlValue[]): BulkStatement {
  const text = `INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`
  return { table, sqlite: text, postgres: '' }
}
