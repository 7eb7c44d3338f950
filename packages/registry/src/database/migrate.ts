import { type DatabaseConnection, type Driver, DummyDriver, Kysely } from 'kysely'
import type { SqlConnection, SqlEngine, SqlValue } from './engine.ts'
import { dialectParts } from './kysely-dialect.ts'
import { MIGRATIONS } from './migrations/migrations.ts'
import { schemaVersion, VERSION_TABLE } from './schema-version.ts'

/** Number of the advisory lock that migrations of one PostgreSQL database share; any constant does. */
const MIGRATION_LOCK = 7_305_481

/**
 * Brings the tables to a version (default: the newest), all steps in one transaction: after a crash the registry is as before. Processes
 * that do so at the same time wait for each other.
 *
 * @returns version before and after
 */
export async function migrate(
  engine: SqlEngine,
  nowMs: number,
  target: number = MIGRATIONS.length,
): Promise<{ readonly from: number; readonly to: number }> {
  const connection = await engine.begin('write')
  try {
    if (engine.dialect === 'postgres')
      await connection.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    const from = await schemaVersion(connection, engine.dialect)
    if (from === 0)
      await connection.query(
        `CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (version integer PRIMARY KEY, migrated_ms double precision NOT NULL)`,
        [],
      )
    const db = new Kysely<unknown>({
      dialect: dialectParts(engine.dialect, () => connectionDriver(connection)),
    })
    for (const [index, migration] of MIGRATIONS.entries()) {
      const version = index + 1
      if (version <= from || version > target) continue
      await migration.up(db)
      const mark = engine.dialect === 'sqlite' ? '?, ?' : '$1, $2'
      await connection.query(`INSERT INTO ${VERSION_TABLE} VALUES (${mark})`, [version, nowMs])
    }
    await engine.end(connection, 'commit')
    return { from, to: Math.max(from, target) }
  } catch (error) {
    await engine.end(connection, 'rollback')
    throw error
  }
}

/** Lets the builder run its statements on the connection of our transaction. */
function connectionDriver(connection: SqlConnection): Driver {
  const one: DatabaseConnection = {
    async executeQuery({ sql, parameters }) {
      // Statements of migrations have no values.
      const { rows } = await connection.query(sql, parameters as readonly SqlValue[])
      return { rows: rows as never[] }
    },
    streamQuery() {
      throw new Error('migrations do not stream')
    },
  }
  return Object.assign(new DummyDriver(), { acquireConnection: () => Promise.resolve(one) })
}
