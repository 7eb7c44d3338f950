import type { Session } from '../database/database.ts'

/** Takes files out of the registry with all that is known about them. Nothing may use them or come from them. */
export async function forgetFiles(session: Session, keys: readonly number[]): Promise<void> {
  const { sql } = session
  for (const table of ['metadata', 'sky_cell', 'file_sky', 'tag', 'quality_message', 'replica'] as const)
    await session.change(sql.deleteFrom(table).where('file_key', 'in', keys))
  await session.change(sql.deleteFrom('derived').where('child_key', 'in', keys))
  await session.change(sql.deleteFrom('file').where('key', 'in', keys))
}
