import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll } from 'vitest'

/** A PostgreSQL server of the test: a folder and a socket of its own, no network. */
export interface PostgresServer {
  /** Makes an empty database. @returns its URL */
  database(): string
  /** Stops at once, as a crash would. */
  kill(): Promise<void>
}

/** Account for the server when the tests run as root, which PostgreSQL refuses. */
const NOBODY = 65_534
const START_MS = 30_000
const PRIVATE = { stdio: 'pipe', encoding: 'utf8' } as const

/** True when tests over PostgreSQL must be skipped because it is missing; never under `CI=true`. */
export const skipPostgres: boolean = binaries() === undefined && process.env['CI'] !== 'true'

function binaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(root, version, 'bin')), '/usr/bin', '/usr/local/bin']
  return folders.find((folder) => existsSync(join(folder, 'initdb')))
}

/** Starts a server that ends with the tests of the file. */
export async function postgresServer(): Promise<PostgresServer> {
  const folder = binaries()
  if (folder === undefined) throw new Error('PostgreSQL is missing: install the package postgresql')
  const root = mkdtempSync(join(tmpdir(), 'skyloom-pg-'))
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (account.uid !== undefined) chownSync(root, NOBODY, NOBODY)
  const data = join(root, 'data')
  const options = {
    ...PRIVATE,
    ...account,
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root, LC_ALL: 'C' },
  }
  execFileSync(
    join(folder, 'initdb'),
    ['-D', data, '-U', 'skyloom', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  )
  const server = spawn(
    join(folder, 'postgres'),
    [
      '-D',
      data,
      '-k',
      root,
      '-c',
      'listen_addresses=',
      '-c',
      'shared_buffers=32MB',
      '-c',
      'max_connections=60',
    ],
    { ...options, stdio: 'ignore' },
  )
  const psql = (database: string, statement: string): void => {
    execFileSync(
      join(folder, 'psql'),
      ['-q', '-X', '-h', root, '-U', 'skyloom', '-d', database, '-c', statement],
      options,
    )
  }
  const kill = async (): Promise<void> => {
    await ended(server, 'SIGQUIT')
  }
  afterAll(async () => {
    await kill()
    await rm(root, { recursive: true, force: true })
  })
  const endMs = Date.now() + START_MS
  for (;;) {
    try {
      psql('postgres', 'SELECT 1')
      break
    } catch (error) {
      if (Date.now() > endMs || server.exitCode !== null) throw error
      await delay(50)
    }
  }
  let count = 0
  return {
    kill,
    database: () => {
      const name = `registry_${++count}`
      psql('postgres', `CREATE DATABASE ${name}`)
      return `postgres://skyloom@localhost/${name}?host=${encodeURIComponent(root)}`
    },
  }
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const end = once(server, 'exit')
  server.kill(signal)
  await end
}
