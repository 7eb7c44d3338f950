import { RegistryError, type RegistryErrorCode } from '../errors.ts'

/** What SQLSTATE codes (PostgreSQL manual, appendix A) and system codes mean here; a code that begins so counts. */
const MEANINGS: readonly (readonly [RegExp, RegistryErrorCode, string, string | undefined])[] = [
  [/^2350[23]/, 'REGISTRY_NOT_FOUND', 'a row names something that is not registered', undefined],
  [/^23|^21000/, 'REGISTRY_CONFLICT', 'a row contradicts what is registered', undefined],
  [/^22/, 'REGISTRY_BAD_VALUE', 'a value cannot be stored', undefined],
  [/^53100/, 'REGISTRY_DISK_FULL', 'the disk of the server is full', 'free space; nothing was lost'],
  [/^53300/, 'REGISTRY_BUSY', 'the server has no free connection', 'try again'],
  [/^40|^55P03/, 'REGISTRY_BUSY', 'another process writes the same rows', 'try again'],
  [/^25006|^42501/, 'REGISTRY_READ_ONLY', 'the registry cannot be written', 'ask for the rights to write'],
  [/^28/, 'REGISTRY_UNREACHABLE', 'the server refuses this user', 'check user name and password'],
  [/^3D000/, 'REGISTRY_UNREACHABLE', 'there is no such database', 'make it with createdb'],
  [/^08|^57P|^E[A-Z]+$/, 'REGISTRY_UNREACHABLE', 'the server cannot be reached', 'check that it runs'],
  [/^XX00[12]/, 'REGISTRY_DAMAGED', 'the database is damaged', 'restore a backup'],
]

/** The registry's error for one of the PostgreSQL driver. */
export function postgresError(error: unknown, location: string, table?: string): RegistryError {
  if (error instanceof RegistryError) return error
  const text = error instanceof Error ? error.message : String(error)
  const detail = fieldOf(error, 'detail')
  const code = fieldOf(error, 'code')
  const where = table === undefined ? [location] : [location, `table ${table}`]
  const found = detail === '' ? text : `${text}: ${detail}`
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))
  if (meaning !== undefined) {
    const [, known, problem, remedy] = meaning
    return new RegistryError(known, problem, {
      where,
      found,
      cause: error,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  if (code === '' && /connect|terminated|timeout/i.test(text))
    return new RegistryError('REGISTRY_UNREACHABLE', 'the server cannot be reached', {
      where,
      found,
      remedy: 'check that it runs',
      cause: error,
    })
  return new RegistryError('REGISTRY_SQL_FAILED', 'PostgreSQL reports an error', {
    where,
    found: code === '' ? found : `${code}: ${found}`,
    cause: error,
  })
}

/** A text that the driver's errors carry beside their message. */
function fieldOf(error: unknown, name: 'code' | 'detail'): string {
  if (typeof error !== 'object' || error === null || !(name in error)) return ''
  const value = (error as Record<typeof name, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
