import type { Migration } from 'kysely'
import { runsAndFiles } from './0001-runs-and-files.ts'
import { skyAndQuality } from './0002-sky-and-quality.ts'

/** All migrations in order: forward only, never changed once released. The version of a registry is how many it has seen. */
export const MIGRATIONS: readonly Migration[] = [runsAndFiles, skyAndQuality]
