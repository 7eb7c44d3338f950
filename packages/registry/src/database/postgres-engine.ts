import type { Pool, PoolClient } from 'pg'
import { RegistryError } from '../errors.ts'
import type { AccessMode, BulkStatement, SqlAnswer, SqlConnection, SqlEngine, SqlValue } from './engine.ts'
import { postgresError } from './postgres-error.ts'

/** How a PostgreSQL database is opened. */
export interface PostgresOptions {
  /** How long a statement waits for locks of others. */
  readonly busyTimeoutMs: number
}

/** Connections of one process at most. */
const MAX_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 10_000
/** Type numbers of PostgreSQL's `int8` and `numeric`, which the driver gives as text. */
const INT8 = 20
const NUMERIC = 1700
/** Rows of one bulk statement; bounds the memory of both sides. */
const BULK_ROWS = 5000

/**
 * PostgreSQL by URL. Transactions run side by side on connections of their own; commits follow the server's `synchronous_commit`,
 * which is on unless somebody turned it off.
 */
export async function postgresEngine(url: string, options: PostgresOptions): Promise<SqlEngine> {
  const { default: pg } = await import('pg')
  const location = withoutPassword(url)
  const types = new pg.TypeOverrides()
  types.setTypeParser(INT8, wholeNumber)
  types.setTypeParser(NUMERIC, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'skyloom',
    lock_timeout: options.busyTimeoutMs,
    types,
  })
  // A connection that breaks while nobody uses it is replaced when the next one is asked for.
  pool.on('error', () => undefined)
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    await pool.end()
    throw postgresError(error, location)
  }
  return new PostgresEngine(pool, location)
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  if (url.password !== '') url.password = '***'
  if (url.searchParams.has('password')) url.searchParams.set('password', '***')
  return url.href
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RegistryError('REGISTRY_DAMAGED', 'a whole number is too large', {
    found: text,
    allowed: 'up to 2^53 - 1',
  })
}

class PostgresEngine implements SqlEngine {
  readonly dialect = 'postgres'
  readonly location: string
  readonly #pool: Pool

  constructor(pool: Pool, location: string) {
    this.#pool = pool
    this.location = location
  }

  async begin(mode: AccessMode): Promise<SqlConnection> {
    if (this.#pool.ended)
      throw new RegistryError('REGISTRY_CLOSED', 'the registry is closed', { where: [this.location] })
    try {
      const client = await this.#pool.connect()
      try {
        await client.query(mode === 'write' ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      } catch (error) {
        client.release(true)
        throw error
      }
      return new PostgresConnection(client, this.location)
    } catch (error) {
      throw postgresError(error, this.location)
    }
  }

  async end(connection: SqlConnection, outcome: 'commit' | 'rollback'): Promise<void> {
    if (!(connection instanceof PostgresConnection)) return
    const { client } = connection
    try {
      await client.query(outcome === 'commit' ? 'COMMIT' : 'ROLLBACK')
      client.release()
    } catch (error) {
      client.release(true)
      // A broken connection has been rolled back by the server.
      if (outcome === 'commit') throw postgresError(error, this.location)
    }
  }

  backup(): Promise<number> {
    return Promise.reject(
      new RegistryError('REGISTRY_BAD_OPTION', 'a PostgreSQL registry is not copied by this command', {
        where: [this.location],
        remedy: 'use pg_dump, which makes a consistent copy of a database in use',
      }),
    )
  }

  async sizeBytes(): Promise<number> {
    try {
      const { rows } = await this.#pool.query<{ size: number }>(
        'SELECT pg_database_size(current_database()) AS size',
      )
      return rows[0]?.size ?? 0
    } catch (error) {
      throw postgresError(error, this.location)
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end()
  }
}

class PostgresConnection implements SqlConnection {
  readonly client: PoolClient
  readonly #location: string

  constructor(client: PoolClient, location: string) {
    this.client = client
    this.#location = location
  }

  async query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer> {
    try {
      const { rows, rowCount } = await this.client.query<Record<string, unknown>>(text, [...values])
      return { rows, changes: rowCount ?? 0 }
    } catch (error) {
      throw postgresError(error, this.#location)
    }
  }

  async bulk(statement: BulkStatement, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    let changes = 0
    for (let at = 0; at < rows.length; at += BULK_ROWS) {
      const part = rows.slice(at, at + BULK_ROWS)
      const columns = (part[0] ?? []).map((_, col) => part.map((row) => row[col] ?? null))
      try {
        const { rowCount } = await this.client.query({
          text: statement.postgres,
          values: columns,
        })
        changes += rowCount ?? 0
      } catch (error) {
        throw postgresError(error, this.#location, statement.table)
      }
    }
    return changes
  }
}
