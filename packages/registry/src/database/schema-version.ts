import type { RegistryDialect } from '../registry.ts'
import type { SqlConnection } from './engine.ts'

/** Version of the tables that this program reads and writes: the number of its migrations. */
export const REGISTRY_VERSION = 2

/** Name of the table that holds the version; one row for each migration. */
export const VERSION_TABLE = 'registry_version'

/** Version of the tables behind a connection; 0 for a database without a registry. */
export async function schemaVersion(connection: SqlConnection, dialect: RegistryDialect): Promise<number> {
  const { rows } = await connection.query(
    dialect === 'sqlite'
      ? `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '${VERSION_TABLE}'`
      : // Not by to_regclass: that looks into a cache, which may not know what another process has just made.
        `SELECT tablename FROM pg_catalog.pg_tables
         WHERE tablename = '${VERSION_TABLE}' AND schemaname = ANY (current_schemas(false))`,
    [],
  )
  if (rows.length === 0) return 0
  const answer = await connection.query(`SELECT max(version) AS version FROM ${VERSION_TABLE}`, [])
  return Number(answer.rows[0]?.['version'] ?? 0)
}
