import type { Clock } from '@skyloom/base'
import type { FileStore } from './files/file-store.ts'
import type { RunStore } from './runs/run-store.ts'

/** Kind of database behind a registry. */
export type RegistryDialect = 'sqlite' | 'postgres'

/** How a registry is opened. */
export interface OpenRegistryOptions {
  /** Default true: a registry that does not exist is made. */
  readonly create?: boolean
  /** What to do with a registry of an older version: bring it up to date after a copy is made (default), or refuse. */
  readonly older?: 'migrate' | 'refuse'
  /** How long a writer waits for other processes before `REGISTRY_BUSY`. Default 30 seconds. */
  readonly busyTimeoutMs?: number
  readonly clock?: Clock
}

/** An open registry. Many may be open at once, in one process and in several. */
export interface Registry {
  readonly dialect: RegistryDialect
  /** Where it is: a path, or a URL without its password. */
  readonly location: string
  /** Version of the tables. */
  readonly version: number
  readonly runs: RunStore
  readonly files: FileStore
  /** Writes a consistent copy of a registry in use; SQLite only, PostgreSQL has `pg_dump`. @returns bytes written */
  backup(path: string): Promise<number>
  /**
   * Writes a run with its sub-workflows as a database of Pegasus' monitoring (stampede), for the tools that read those.
   *
   * @returns rows of each table
   */
  exportStampede(runId: string, path: string): Promise<Readonly<Record<string, number>>>
  /** Rows of each table and bytes in all. */
  stats(): Promise<RegistryStats>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Size of a registry. */
export interface RegistryStats {
  readonly sizeBytes: number
  readonly rows: Readonly<Record<string, number>>
}
