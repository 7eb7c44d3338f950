import { sql } from 'kysely'
import type { Session } from '../database/database.ts'
import { RegistryError } from '../errors.ts'
import { forgetFiles } from '../files/forget-files.ts'
import { unknownRun } from './lease.ts'

const FILES_AT_ONCE = 5000

/**
 * Removes a run. What its remaining files come from stays: their invocations, what those used, and the row of the run in the state `removed`.
 */
export async function removeRun(session: Session, runId: string, nowMs: number): Promise<void> {
  const { sql: query } = session
  const run = await session.row(
    query.selectFrom('run').select(['key', 'lease_owner', 'lease_expires_ms']).where('id', '=', runId),
  )
  if (run === undefined) throw unknownRun(runId)
  if (run.lease_owner !== null && (run.lease_expires_ms ?? 0) > nowMs) {
    throw new RegistryError('REGISTRY_HELD', 'the run is being executed', {
      where: [`run ${runId}`],
      found: run.lease_owner,
      remedy: 'cancel it first',
    })
  }
  const { key } = run
  for (const table of ['event', 'job_edge', 'attempt', 'job', 'quality_message'] as const)
    await session.change(query.deleteFrom(table).where('run_key', '=', key))
  await forgetUnneeded(session, key)
  const made = await session.row(query.selectFrom('file').select('key').where('run_key', '=', key).limit(1))
  const child = await session.row(
    query.selectFrom('run').select('key').where('parent_key', '=', key).limit(1),
  )
  if (made === undefined && child === undefined) {
    for (const table of ['used', 'invocation'] as const)
      await session.change(query.deleteFrom(table).where('run_key', '=', key))
    await session.change(query.deleteFrom('run').where('key', '=', key))
    return
  }
  await session.change(
    query
      .updateTable('run')
      .set({ state: 'removed', lease_owner: null, lease_expires_ms: null })
      .where('key', '=', key),
  )
}

/** Forgets files of the run without copies, tags and users, from the last to the first, with the steps that made only such. */
async function forgetUnneeded(session: Session, runKey: number): Promise<void> {
  for (;;) {
    // What a step used matters only while a file comes from it.
    for (const table of ['used', 'invocation'] as const) {
      await session.run(sql`
        delete from ${sql.table(table)} where run_key = ${runKey} and not exists (
          select 1 from file as f where f.run_key = ${runKey} and f.job_id = ${sql.ref(`${table}.job_id`)}
          and f.attempt = ${sql.ref(`${table}.attempt`)} and f.task = ${sql.ref(`${table}.task`)})`)
    }
    const rows = await session.run<{ key: number }>(sql`
      select f.key from file as f where f.run_key = ${runKey}
      and not exists (select 1 from replica where file_key = f.key)
      and not exists (select 1 from tag where file_key = f.key)
      and not exists (select 1 from derived where parent_key = f.key)
      and not exists (select 1 from used where file_key = f.key)
      limit ${FILES_AT_ONCE}`)
    if (rows.length === 0) return
    await forgetFiles(
      session,
      rows.map(({ key }) => key),
    )
  }
}
