import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@skyloom/base'
import { type Compilable, Kysely, type RawBuilder } from 'kysely'
import type { RegistryDialect } from '../registry.ts'
import type { AccessMode, BulkStatement, SqlConnection, SqlEngine, SqlValue } from './engine.ts'
import { dialectParts } from './kysely-dialect.ts'
import type { Tables } from './tables.ts'

/** What work inside a transaction may do. */
export class Session {
  readonly dialect: RegistryDialect
  /** Builds statements; it runs none. */
  readonly sql: Kysely<Tables>
  readonly #connection: SqlConnection

  constructor(dialect: RegistryDialect, builder: Kysely<Tables>, connection: SqlConnection) {
    this.dialect = dialect
    this.sql = builder
    this.#connection = connection
  }

  /** Rows of a built query. */
  async rows<Row>(query: Compilable<Row>): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile()
    // The builder knows the type of its rows; values are texts, numbers and null only.
    const answer = await this.#connection.query(sql, parameters as readonly SqlValue[])
    return answer.rows as readonly Row[]
  }

  /** The first row. */
  async row<Row>(query: Compilable<Row>): Promise<Row | undefined> {
    return (await this.rows(query))[0]
  }

  /** Runs a built statement. @returns rows changed */
  async change(query: Compilable): Promise<number> {
    const { sql, parameters } = query.compile()
    return (await this.#connection.query(sql, parameters as readonly SqlValue[])).changes
  }

  /** Runs a statement of the tag `sql`, whose values are bound. @returns its rows */
  async run<Row>(statement: RawBuilder<Row>): Promise<readonly Row[]> {
    return await this.rows({ compile: () => statement.compile(this.sql) })
  }

  /** Runs a prepared statement for many rows. @returns rows changed */
  async bulk(statement: BulkStatement, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    return rows.length === 0 ? 0 : await this.#connection.bulk(statement, rows)
  }
}

/** Longest pause before a transaction that was ended for a deadlock is begun again. */
const MAX_PAUSE_MS = 320

/** The codes of PostgreSQL for a deadlock and for a serialization failure: nothing was written, and trying again helps. */
function isDeadlock(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === '40P01' || cause.code === '40001')
}

/** The database of a registry: transactions, one function each. */
export class Database {
  readonly engine: SqlEngine
  readonly clock: Clock
  readonly #builder: Kysely<Tables>

  constructor(engine: SqlEngine, clock: Clock) {
    this.engine = engine
    this.clock = clock
    this.#builder = new Kysely<Tables>({ dialect: dialectParts(engine.dialect) })
  }

  /** One transaction that sees one state of the database and changes nothing. */
  async read<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return await this.#transaction('read', work)
  }

  /**
   * One transaction: durable when this returns, or nothing of it is there. PostgreSQL ends one of two that wait for each other; that one is
   * begun again, up to seven times, so `work` must have no effect outside the transaction.
   */
  async write<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    for (let pauseMs = 5; ; pauseMs *= 2) {
      try {
        return await this.#transaction('write', work)
      } catch (error) {
        if (!isDeadlock(error) || pauseMs > MAX_PAUSE_MS) throw error
      }
      await delay(pauseMs * (0.5 + Math.random()))
    }
  }

  async #transaction<Result>(mode: AccessMode, work: (session: Session) => Promise<Result>): Promise<Result> {
    const connection = await this.engine.begin(mode)
    let result: Result
    try {
      result = await work(new Session(this.engine.dialect, this.#builder, connection))
    } catch (error) {
      await this.engine.end(connection, 'rollback')
      throw error
    }
    await this.engine.end(connection, 'commit')
    return result
  }
}
