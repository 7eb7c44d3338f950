import type { RegistryDialect } from '../registry.ts'

/** What can be bound to a statement. */
export type SqlValue = string | number | null

/** An answer of the database. */
export interface SqlAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** Rows that a statement without answer changed. */
  readonly changes: number
}

/** One statement that is run for many rows. */
export interface BulkStatement {
  /** For one row, with `?` for each column. */
  readonly sqlite: string
  /** For all rows, with one array for each column. */
  readonly postgres: string
  /** For messages. */
  readonly table: string
}

/** How a transaction may be used. */
export type AccessMode = 'read' | 'write'

/** A connection inside a transaction. */
export interface SqlConnection {
  query(text: string, values: readonly SqlValue[]): Promise<SqlAnswer>
  /** Runs a statement for every row. @returns rows changed */
  bulk(statement: BulkStatement, rows: readonly (readonly SqlValue[])[]): Promise<number>
}

/**
 * The port to a database: five methods, one file for each kind.
 *
 * **Errors** are `RegistryError`s with the code that fits.
 */
export interface SqlEngine {
  readonly dialect: RegistryDialect
  /** Path, or URL without its password. */
  readonly location: string
  /** Begins a transaction. Writers wait for each other. */
  begin(mode: AccessMode): Promise<SqlConnection>
  /** Ends a transaction: durable when this returns, or as if it had never been. */
  end(connection: SqlConnection, outcome: 'commit' | 'rollback'): Promise<void>
  /** A consistent copy of the database in use. @returns bytes */
  backup(path: string): Promise<number>
  sizeBytes(): Promise<number>
  close(): Promise<void>
}
