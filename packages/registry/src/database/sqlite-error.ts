import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { RegistryError, type RegistryErrorCode } from '../errors.ts'

/** What a result code of SQLite means here; the longest name that fits counts. */
const MEANINGS: readonly (readonly [string, RegistryErrorCode, string, string | undefined])[] = [
  [
    'SQLITE_CONSTRAINT_FOREIGNKEY',
    'REGISTRY_NOT_FOUND',
    'a row names something that is not registered',
    undefined,
  ],
  [
    'SQLITE_CONSTRAINT_NOTNULL',
    'REGISTRY_NOT_FOUND',
    'a row names something that is not registered',
    undefined,
  ],
  ['SQLITE_CONSTRAINT', 'REGISTRY_CONFLICT', 'a row contradicts what is registered', undefined],
  ['SQLITE_FULL', 'REGISTRY_DISK_FULL', 'the disk of the registry is full', 'free space; nothing was lost'],
  ['SQLITE_BUSY', 'REGISTRY_BUSY', 'another process writes for too long', 'try again'],
  ['SQLITE_LOCKED', 'REGISTRY_BUSY', 'another connection holds a table', 'try again'],
  [
    'SQLITE_READONLY',
    'REGISTRY_READ_ONLY',
    'the registry cannot be written',
    'check file, folder and permissions',
  ],
  [
    'SQLITE_CANTOPEN',
    'REGISTRY_UNREACHABLE',
    'the registry cannot be opened',
    'check path, folder and permissions',
  ],
  ['SQLITE_PERM', 'REGISTRY_READ_ONLY', 'the registry may not be used', 'check permissions'],
  ['SQLITE_NOTADB', 'REGISTRY_DAMAGED', 'this is no SQLite file', 'name another file'],
  ['SQLITE_CORRUPT', 'REGISTRY_DAMAGED', 'the file of the registry is damaged', 'restore a backup'],
  ['SQLITE_TOOBIG', 'REGISTRY_BAD_VALUE', 'a value is too large', undefined],
  ['SQLITE_MISMATCH', 'REGISTRY_BAD_VALUE', 'a value is of the wrong type', undefined],
]

/** What is free where a file is, in words; nothing where that cannot be known. */
function roomFor(path: string): string {
  const folder = dirname(path)
  try {
    const { bavail, bsize } = statfsSync(folder)
    return `; ${bavail * bsize} bytes are free in ${folder}`
  } catch {
    return ''
  }
}

/** The registry's error for one of SQLite. */
export function sqliteError(error: unknown, path: string, table?: string): RegistryError {
  if (error instanceof RegistryError) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const where = table === undefined ? [path] : [path, `table ${table}`]
  const meaning = MEANINGS.find(([name]) => code.startsWith(name))
  if (meaning !== undefined) {
    const [, known, problem, remedy] = meaning
    const room = known === 'REGISTRY_DISK_FULL' ? roomFor(path) : ''
    return new RegistryError(known, problem, {
      where,
      found: `${text}${room}`,
      cause: error,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  if (/connection is not open/.test(text))
    return new RegistryError('REGISTRY_CLOSED', 'the registry is closed', { where, cause: error })
  if (/directory does not exist/.test(text))
    return new RegistryError('REGISTRY_UNREACHABLE', 'the folder of the registry does not exist', {
      where,
      remedy: 'make it, or name another',
      cause: error,
    })
  return new RegistryError('REGISTRY_SQL_FAILED', 'SQLite reports an error', {
    where,
    found: code === '' ? text : `${code}: ${text}`,
    cause: error,
  })
}
