import { statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '@skyloom/base'
import type BetterSqlite from 'better-sqlite3'
import { RegistryError } from '../errors.ts'
import type { AccessMode, BulkStatement, SqlAnswer, SqlConnection, SqlEngine, SqlValue } from './engine.ts'
import { FairLock } from './fair-lock.ts'
import { sqliteError } from './sqlite-error.ts'

/** How a SQLite file is opened. */
export interface SqliteOptions {
  /** Default true. */
  readonly create: boolean
  readonly busyTimeoutMs: number
  /** `delete` leaves one file without a log beside it, for exports. Default `wal`. */
  readonly journal?: 'wal' | 'delete'
}

/** Longest wait inside SQLite; beyond it the wait goes on outside, where other work can run. */
const SHORT_WAIT_MS = 20
/** A write-ahead log is cut back to this size after a checkpoint. */
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024
/** Pages of one step of a backup, between which other work can run. */
const BACKUP_PAGES = 2000
/** Pages that SQLite keeps; behind them the system keeps the file. More was no faster at a run of 100,000 jobs, and is each engine's. */
const CACHE_KIB = 16 * 1024
/** Prepared statements that are kept; the registry has about a hundred and searches add more. */
const MAX_STATEMENTS = 300

/** Name of a registry in memory. */
export const SQLITE_MEMORY = ':memory:'

/**
 * SQLite in a file (or `:memory:`) by better-sqlite3: write-ahead log, every commit synced. Statements block the thread; transactions
 * of this process come one after another, writers of other processes are waited for.
 */
export async function sqliteEngine(path: string, options: SqliteOptions): Promise<SqlEngine> {
  const { default: Database } = await import('better-sqlite3')
  try {
    const database = new Database(path, { fileMustExist: !options.create, timeout: options.busyTimeoutMs })
    return prepareFile(database, path, options)
  } catch (error) {
    throw sqliteError(error, path)
  }
}

function prepareFile(database: BetterSqlite.Database, path: string, options: SqliteOptions): SqlEngine {
  try {
    if (
      path !== SQLITE_MEMORY &&
      options.journal !== 'delete' &&
      database.pragma('journal_mode', { simple: true }) !== 'wal'
    )
      database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`)
    database.pragma(`cache_size = -${CACHE_KIB}`)
    database.pragma('temp_store = MEMORY')
    // As in PostgreSQL.
    database.pragma('case_sensitive_like = ON')
    database.pragma(`busy_timeout = ${SHORT_WAIT_MS}`)
    return new SqliteEngine(database, path, options.busyTimeoutMs)
  } catch (error) {
    database.close()
    throw error
  }
}

class SqliteEngine implements SqlEngine {
  readonly dialect = 'sqlite'
  readonly location: string
  readonly #database: BetterSqlite.Database
  readonly #busyTimeoutMs: number
  readonly #lock = new FairLock()
  readonly #connection: SqliteConnection
  #release: (() => void) | undefined

  constructor(database: BetterSqlite.Database, path: string, busyTimeoutMs: number) {
    this.#database = database
    this.location = path
    this.#busyTimeoutMs = busyTimeoutMs
    this.#connection = new SqliteConnection(database, path)
  }

  async begin(mode: AccessMode): Promise<SqlConnection> {
    const release = await this.#lock.take()
    try {
      await this.#start(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
    } catch (error) {
      release()
      throw error
    }
    this.#release = release
    return this.#connection
  }

  /** Waits outside SQLite, so that this thread can do other work meanwhile. */
  async #start(statement: string): Promise<void> {
    const endMs = systemClock.monotonicMs() + this.#busyTimeoutMs
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, 100)) {
      if (!this.#database.open)
        throw new RegistryError('REGISTRY_CLOSED', 'the registry is closed', { where: [this.location] })
      try {
        this.#connection.run(statement)
        return
      } catch (error) {
        const known = sqliteError(error, this.location)
        if (known.code !== 'REGISTRY_BUSY' || systemClock.monotonicMs() > endMs) throw known
      }
      await delay(pauseMs)
    }
  }

  async end(_connection: SqlConnection, outcome: 'commit' | 'rollback'): Promise<void> {
    const release = this.#release
    try {
      if (outcome === 'commit') await this.#commit()
      // SQLite itself rolls back after some errors, a full disk for one.
      else if (this.#database.inTransaction) this.#connection.run('ROLLBACK')
    } catch (error) {
      throw sqliteError(error, this.location)
    } finally {
      if (this.#database.inTransaction) this.#connection.run('ROLLBACK')
      this.#release = undefined
      release?.()
    }
  }

  async #commit(): Promise<void> {
    await this.#start('COMMIT')
  }

  async backup(path: string): Promise<number> {
    try {
      await this.#database.backup(path, { progress: () => BACKUP_PAGES })
      return statSync(path).size
    } catch (error) {
      throw sqliteError(error, path)
    }
  }

  async sizeBytes(): Promise<number> {
    const connection = await this.begin('read')
    try {
      const { rows } = await connection.query(
        'SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()',
        [],
      )
      return Number(rows[0]?.['size'])
    } finally {
      await this.end(connection, 'rollback')
    }
  }

  async close(): Promise<void> {
    const release = await this.#lock.take()
    try {
      this.#database.close()
    } finally {
      release()
    }
  }
}

class SqliteConnection implements SqlConnection {
  readonly #database: BetterSqlite.Database
  readonly #path: string
  readonly #statements = new Map<string, BetterSqlite.Statement>()

  constructor(database: BetterSqlite.Database, path: string) {
    this.#database = database
    this.#path = path
  }

  /** A statement without values. */
  run(text: string): void {
    this.#prepare(text).run()
  }

  async query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer> {
    try {
      const statement = this.#prepare(text)
      if (statement.reader) {
        // The driver gives objects of column names.
        const rows = statement.all(...values) as readonly Readonly<Record<string, unknown>>[]
        return await Promise.resolve({ rows, changes: 0 })
      }
      return await Promise.resolve({ rows: [], changes: statement.run(...values).changes })
    } catch (error) {
      throw sqliteError(error, this.#path)
    }
  }

  async bulk(bulk: BulkStatement, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    try {
      const statement = this.#prepare(bulk.sqlite)
      let changes = 0
      for (const row of rows) changes += statement.run(row).changes
      return await Promise.resolve(changes)
    } catch (error) {
      throw sqliteError(error, this.#path, bulk.table)
    }
  }

  #prepare(text: string): BetterSqlite.Statement {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    const statement = this.#database.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }
}
