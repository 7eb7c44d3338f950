import type { CompiledQuery } from 'kysely'
import type { Session } from '../database/database.ts'
import { RegistryError } from '../errors.ts'
import type { RegistryDialect } from '../registry.ts'
import type { HeldRun } from './commit-run.ts'
import type { LeaseAnswer } from './run-store.ts'

interface LeaseRow {
  readonly key: number
  readonly last_seq: number
  readonly lease_owner: string | null
  readonly lease_token: number
  readonly lease_expires_ms: number | null
}

/** Looks for a run and locks its row. Every commit does it, so that it is built once for each kind of database. */
const lockQueries = new Map<RegistryDialect, CompiledQuery<LeaseRow>>()

function lockQuery({ dialect, sql }: Session): CompiledQuery<LeaseRow> {
  const known = lockQueries.get(dialect)
  if (known !== undefined) return known
  const query = sql
    .selectFrom('run')
    .select(['key', 'last_seq', 'lease_owner', 'lease_token', 'lease_expires_ms'])
    .where('id', '=', '')
  // A writing transaction of SQLite has the whole file for itself.
  const compiled = (dialect === 'postgres' ? query.forUpdate() : query).compile()
  lockQueries.set(dialect, compiled)
  return compiled
}

/** The row of a run with its lease, locked until the transaction ends. */
async function lockedRun(session: Session, runId: string): Promise<LeaseRow> {
  const query = { ...lockQuery(session), parameters: [runId] }
  const row = await session.row<LeaseRow>({ compile: () => query })
  if (row === undefined) throw unknownRun(runId)
  return row
}

/** The error for a run that is not registered. */
export function unknownRun(runId: string): RegistryError {
  return new RegistryError('REGISTRY_NOT_FOUND', 'no such run is registered', {
    found: runId,
    remedy: 'skyloom run list shows those that are',
  })
}

/** Takes the lease if it is free, expired or the owner's. */
export async function takeLease(
  session: Session,
  runId: string,
  owner: string,
  ttlMs: number,
  nowMs: number,
): Promise<LeaseAnswer> {
  const row = await lockedRun(session, runId)
  const expiresMs = row.lease_expires_ms ?? 0
  if (row.lease_owner !== null && row.lease_owner !== owner && expiresMs > nowMs)
    return { isHeld: true, owner: row.lease_owner, expiresMs }
  const lease = {
    lease_owner: owner,
    lease_token: row.lease_token + 1,
    lease_expires_ms: nowMs + ttlMs,
  }
  await session.change(session.sql.updateTable('run').set(lease).where('key', '=', row.key))
  return { isHeld: false, token: lease.lease_token, expiresMs: lease.lease_expires_ms }
}

/**
 * The run, if the token is the last that was given. An expired lease that nobody took still counts: then nobody else can have written, and
 * a machine that slept just goes on.
 *
 * @throws {RegistryError} `REGISTRY_STALE_TOKEN`
 */
export async function heldRun(session: Session, runId: string, token: number): Promise<HeldRun> {
  const row = await lockedRun(session, runId)
  if (row.lease_owner === null || row.lease_token !== token) {
    throw new RegistryError('REGISTRY_STALE_TOKEN', 'the right to write this run was lost', {
      where: [`run ${runId}`],
      found: `token ${token}`,
      allowed:
        row.lease_owner === null ? 'none, nobody holds it' : `token ${row.lease_token} of ${row.lease_owner}`,
      remedy: 'stop; another engine goes on with the run',
    })
  }
  return { key: row.key, id: runId, lastSeq: row.last_seq }
}

/** Moves the end of a lease. @returns the new end */
export async function extendLease(
  session: Session,
  runId: string,
  token: number,
  ttlMs: number,
  nowMs: number,
): Promise<number> {
  const { key } = await heldRun(session, runId, token)
  const expiresMs = nowMs + ttlMs
  await session.change(
    session.sql.updateTable('run').set({ lease_expires_ms: expiresMs }).where('key', '=', key),
  )
  return expiresMs
}

/** Gives a lease back; a stale token changes nothing. */
export async function dropLease(session: Session, runId: string, token: number): Promise<void> {
  await session.change(
    session.sql
      .updateTable('run')
      .set({ lease_owner: null, lease_expires_ms: null })
      .where('id', '=', runId)
      .where('lease_token', '=', token),
  )
}
