import type { Session } from '../database/database.ts'
import type { RunTimeRow } from './run-store.ts'

/** Newest runs that are looked at, so that a long history costs no more than a short one. */
const MAX_RUNS = 50

/**
 * Mean run times of the programs that succeeded in the newest runs, by transformation and arguments.
 *
 * @param label of the runs; default: all
 */
export async function runTimes(
  session: Session,
  transformations: readonly string[],
  label: string | undefined,
): Promise<readonly RunTimeRow[]> {
  let newest = session.sql
    .selectFrom('run')
    .select('key')
    .orderBy('created_ms', 'desc')
    .orderBy('key', 'desc')
    .limit(MAX_RUNS)
  if (label !== undefined) newest = newest.where('label', '=', label)
  const runs = await session.rows(newest)
  if (runs.length === 0 || transformations.length === 0) return []
  const rows = await session.rows(
    session.sql
      .selectFrom('invocation')
      .select(['transformation', 'arguments'])
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number>('duration_ms').as('total_ms')])
      .where(
        'run_key',
        'in',
        runs.map(({ key }) => key),
      )
      .where('transformation', 'in', [...new Set(transformations)])
      .where('task', '>', 0)
      .where('exit_code', '=', 0)
      .where('signal', 'is', null)
      .groupBy(['transformation', 'arguments'])
      .orderBy('transformation')
      .orderBy('arguments'),
  )
  return rows.map(({ transformation, arguments: words, count, total_ms: total }) => ({
    transformation,
    // Written by `commit` from lists of texts only.
    arguments: JSON.parse(words) as readonly string[],
    count,
    meanMs: total / count,
  }))
}
