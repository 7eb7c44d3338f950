import { shorten } from '@skyloom/base'
import type { Session } from '../database/database.ts'
import { RegistryError } from '../errors.ts'

/** Texts of one query at most; below the limits of both databases. */
const MAX_VALUES = 5000

/** A list in pieces that one query can take. */
export function* inPieces<Value>(values: readonly Value[]): Generator<readonly Value[], void, undefined> {
  for (let at = 0; at < values.length; at += MAX_VALUES) yield values.slice(at, at + MAX_VALUES)
}

/**
 * Keys of files by id.
 *
 * @throws {RegistryError} `REGISTRY_NOT_FOUND` naming the first that is not registered
 */
export async function fileKeys(
  session: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const keys = new Map<string, number>()
  for (const piece of inPieces([...new Set(ids)])) {
    const rows = await session.rows(
      session.sql.selectFrom('file').select(['id', 'key']).where('id', 'in', piece),
    )
    for (const { id, key } of rows) keys.set(id, key)
  }
  const missing = ids.find((id) => !keys.has(id))
  if (missing !== undefined) {
    throw new RegistryError('REGISTRY_NOT_FOUND', 'no such file is registered', { found: shorten(missing) })
  }
  return keys
}
