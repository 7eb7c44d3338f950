import { join } from 'node:path'
import { beforeAll } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { type OpenRegistryOptions, openRegistry, type Registry, type RegistryDialect } from '../src/index.ts'
import { type PostgresServer, postgresServer, skipPostgres } from './postgres-server.ts'

/** The kinds of database over which a suite runs. */
export const DIALECTS: readonly RegistryDialect[] = skipPostgres ? ['sqlite'] : ['sqlite', 'postgres']

/** Makes fresh registries of both kinds for the tests of a file. */
export interface Databases {
  /** URL of a database without a registry. */
  readonly url: (dialect: RegistryDialect) => string
  readonly open: (dialect: RegistryDialect, options?: OpenRegistryOptions) => Promise<Registry>
}

/** Fresh databases; the PostgreSQL server runs as long as the file's tests. */
export function databases(): Databases {
  const folder = keptFolder()
  let server: PostgresServer | undefined
  let count = 0
  beforeAll(async () => {
    if (!skipPostgres) server = await postgresServer()
  })
  const url = (dialect: RegistryDialect): string => {
    if (dialect === 'sqlite') return join(folder, `registry-${++count}.db`)
    if (server === undefined) throw new Error('the PostgreSQL server does not run')
    return server.database()
  }
  return { url, open: async (dialect, options) => await openRegistry(url(dialect), options) }
}
