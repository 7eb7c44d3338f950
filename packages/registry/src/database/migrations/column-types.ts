import {
  type ColumnDataType,
  type CreateTableBuilder,
  type Kysely,
  type RawBuilder,
  SqliteAdapter,
  sql,
} from 'kysely'

type ColumnType = ColumnDataType | RawBuilder<unknown>

/** Column types and kinds of tables, as the database at hand spells them. */
export interface ColumnTypes {
  /** Compared byte by byte in both databases, whatever the language of the server. */
  readonly text: ColumnType
  readonly whole: ColumnType
  /** Float64; also for times in milliseconds, which are exact up to the year 287396. */
  readonly real: ColumnType
  /** Whole numbers of bytes up to 2^53. */
  readonly bytes: ColumnType
  /** A table that numbers its rows; numbers are never used again. */
  readonly numbered: <Name extends string>(
    table: CreateTableBuilder<Name>,
    key: string,
  ) => CreateTableBuilder<Name, string>
  /** A table that is stored in the order of its key. */
  readonly keyed: <Name extends string>(
    table: CreateTableBuilder<Name>,
    key: readonly string[],
  ) => CreateTableBuilder<Name, string>
}

/** The column types for a migration. */
export function columnTypes(db: Kysely<unknown>): ColumnTypes {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter
  return {
    text: isSqlite ? 'text' : sql`text collate "C"`,
    whole: isSqlite ? 'integer' : 'bigint',
    real: isSqlite ? 'real' : 'double precision',
    bytes: isSqlite ? 'integer' : 'bigint',
    numbered: (table, key) =>
      isSqlite
        ? table.addColumn(key, 'integer', (column) => column.primaryKey().autoIncrement())
        : table.addColumn(key, 'bigint', (column) => column.primaryKey().generatedByDefaultAsIdentity()),
    keyed: (table, key) => {
      const made = table.addPrimaryKeyConstraint(`${key.join('_')}_pk`, key as never)
      return isSqlite ? made.modifyEnd(sql`without rowid`) : made
    },
  }
}
