import type { Session } from '../database/database.ts'
import { inPieces } from '../files/file-keys.ts'

/** Recipes that are told of one logical name, newest first. */
const MOST_RECIPES = 50

/** Recipes of the successful attempts that made a file of each logical name, newest first; names that nothing made are left out. */
export async function knownRecipes(
  session: Session,
  lfns: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = new Map<string, string[]>()
  for (const piece of inPieces([...new Set(lfns)])) {
    const rows = await session.rows(
      session.sql
        .selectFrom('file')
        .innerJoin('attempt', (join) =>
          join
            .onRef('attempt.run_key', '=', 'file.run_key')
            .onRef('attempt.job_id', '=', 'file.job_id')
            .onRef('attempt.attempt', '=', 'file.attempt'),
        )
        .select(['lfn', 'recipe_sha256'])
        .where('lfn', 'in', piece)
        .where('attempt.state', '=', 'succeeded')
        .where('recipe_sha256', 'is not', null)
        .orderBy('attempt.ended_ms', 'desc'),
    )
    for (const { lfn, recipe_sha256: recipe } of rows) {
      const recipes = known.get(lfn) ?? []
      if (recipe === null || recipes.length >= MOST_RECIPES || recipes.includes(recipe)) continue
      recipes.push(recipe)
      known.set(lfn, recipes)
    }
  }
  return known
}
