import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@skyloom/base'
import { Database } from './database/database.ts'
import type { SqlEngine } from './database/engine.ts'
import { postgresEngine } from './database/postgres-engine.ts'
import { REGISTRY_VERSION, schemaVersion } from './database/schema-version.ts'
import { SQLITE_MEMORY, sqliteEngine } from './database/sqlite-engine.ts'
import { tableCounts } from './database/table-counts.ts'
import { RegistryError } from './errors.ts'
import { SqlFileStore } from './files/sql-file-store.ts'
import type { OpenRegistryOptions, Registry } from './registry.ts'
import { SqlRunStore } from './runs/sql-run-store.ts'

const DEFAULT_BUSY_MS = 30_000

/**
 * Opens a registry.
 *
 * @param url path of a SQLite file, `sqlite:PATH`, `sqlite::memory:`, or `postgres://USER@HOST/DATABASE`
 * @throws {RegistryError} `REGISTRY_UNREACHABLE`, `REGISTRY_DAMAGED`, `REGISTRY_NEWER_VERSION`, `REGISTRY_OLDER_VERSION`,
 * `REGISTRY_NOT_FOUND` without `create`, `REGISTRY_BAD_OPTION` for other URLs
 */
export async function openRegistry(url: string, options: OpenRegistryOptions = {}): Promise<Registry> {
  const { create = true, older = 'migrate', busyTimeoutMs = DEFAULT_BUSY_MS, clock = systemClock } = options
  const engine = await openEngine(url, create, busyTimeoutMs)
  try {
    await bringUpToDate(engine, create, older, clock.nowMs())
  } catch (error) {
    await engine.close()
    throw error
  }
  const database = new Database(engine, clock)
  const runs = new SqlRunStore(database)
  return {
    dialect: engine.dialect,
    location: engine.location,
    version: REGISTRY_VERSION,
    runs,
    files: new SqlFileStore(database),
    backup: async (path) => await engine.backup(path),
    exportStampede: async (runId, path) => {
      const { exportStampede } = await import('./stampede/export-stampede.ts')
      return await exportStampede(database, runs, runId, path)
    },
    stats: async () => ({
      sizeBytes: await engine.sizeBytes(),
      rows: await database.read(tableCounts),
    }),
    close: async () => await engine.close(),
    [Symbol.asyncDispose]: async () => await engine.close(),
  }
}

/** The registry that commands use: `SKYLOOM_REGISTRY`, else a file in the user's data folder. */
export function defaultRegistryUrl(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['SKYLOOM_REGISTRY']
  if (named !== undefined && named !== '') return named
  const data = environment['XDG_DATA_HOME']
  const folder = data !== undefined && data !== '' ? data : join(homedir(), '.local/share')
  return join(folder, 'skyloom', 'registry.db')
}

async function openEngine(url: string, create: boolean, busyTimeoutMs: number): Promise<SqlEngine> {
  if (/^postgres(ql)?:/.test(url)) return await postgresEngine(url, { busyTimeoutMs })
  const path = sqlitePath(url)
  if (path === SQLITE_MEMORY) return await sqliteEngine(path, { create, busyTimeoutMs })
  if (!create && !existsSync(path)) throw noRegistry(path)
  if (create) await mkdir(dirname(path), { recursive: true })
  return await sqliteEngine(path, { create, busyTimeoutMs })
}

function sqlitePath(url: string): string {
  const rest = /^sqlite:(?!\/\/)(.*)$/s.exec(url)?.[1]
  if (rest !== undefined) return rest === SQLITE_MEMORY ? rest : resolve(rest)
  if (url.startsWith('file:')) return fileURLToPath(url)
  if (url === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    throw new RegistryError('REGISTRY_BAD_OPTION', 'this is no place of a registry', {
      found: url,
      allowed: 'a path, sqlite:PATH, sqlite::memory:, postgres://USER@HOST/DATABASE',
    })
  }
  return resolve(url)
}

function noRegistry(location: string): RegistryError {
  return new RegistryError('REGISTRY_NOT_FOUND', 'there is no registry', {
    where: [location],
    remedy: 'name another with --registry, or make it with skyloom registry add',
  })
}

async function bringUpToDate(
  engine: SqlEngine,
  create: boolean,
  older: 'migrate' | 'refuse',
  nowMs: number,
): Promise<void> {
  const version = await versionOf(engine)
  if (version === REGISTRY_VERSION) return
  const where = [engine.location]
  if (version > REGISTRY_VERSION) {
    throw new RegistryError('REGISTRY_NEWER_VERSION', 'the registry was written by a newer Skyloom', {
      where,
      found: `version ${version}`,
      allowed: `up to ${REGISTRY_VERSION}`,
      remedy: 'use that version; nothing was changed',
    })
  }
  if (version === 0 && !create) throw noRegistry(engine.location)
  if (version > 0 && older === 'refuse') {
    throw new RegistryError('REGISTRY_OLDER_VERSION', 'the registry was written by an older Skyloom', {
      where,
      found: `version ${version}`,
      allowed: String(REGISTRY_VERSION),
      remedy: 'skyloom registry migrate brings it up to date',
    })
  }
  if (version > 0 && engine.dialect === 'sqlite' && engine.location !== SQLITE_MEMORY)
    await engine.backup(`${engine.location}.version-${version}-${Math.floor(nowMs)}`)
  const { migrate } = await import('./database/migrate.ts')
  await migrate(engine, nowMs)
}

async function versionOf(engine: SqlEngine): Promise<number> {
  const connection = await engine.begin('read')
  try {
    return await schemaVersion(connection, engine.dialect)
  } finally {
    await engine.end(connection, 'rollback')
  }
}
