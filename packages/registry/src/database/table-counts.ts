import type { Session } from './database.ts'
import { TABLE_NAMES } from './tables.ts'

/** Rows of each table. */
export async function tableCounts(session: Session): Promise<Readonly<Record<string, number>>> {
  const counts: [string, number][] = []
  for (const table of TABLE_NAMES) {
    const row = await session.row(
      session.sql.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('rows')),
    )
    counts.push([table, row?.rows ?? 0])
  }
  return Object.fromEntries(counts)
}
