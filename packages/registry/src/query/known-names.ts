import { sql } from 'kysely'
import type { Session } from '../database/database.ts'
import { timeMs } from '../files/metadata-value.ts'
import { type Condition, type Literal, namesOf } from './condition.ts'
import { FILE_FIELDS } from './file-fields.ts'
import { queryError } from './query-error.ts'

/** Names that a message shows. */
const MAX_SHOWN = 30

/** Names of the metadata that some file has, sorted. Looks at one row for each name, not at all rows. */
export async function metadataNames(session: Session): Promise<readonly string[]> {
  // Walks the index from name to name.
  const query = sql<{ name: string }>`
    with recursive names(name) as (
      select min(name) from metadata
      union all
      select (select min(m.name) from metadata as m where m.name > names.name) from names where names.name is not null
    )
    select name from names where name is not null`
  const rows = await session.run(query)
  return rows.map(({ name }) => name)
}

/**
 * Holds the names of a condition against what files have: a misspelled name would otherwise find nothing, silently.
 *
 * @throws {RegistryError} `REGISTRY_BAD_QUERY`
 */
export async function checkNames(session: Session, condition: Condition): Promise<void> {
  const asked = namesOf(condition).filter(({ name }) => !FILE_FIELDS.has(name))
  if (asked.length === 0) return
  const known = new Set(await metadataNames(session))
  for (const { name, at } of asked) {
    if (known.has(name)) continue
    const all = [...FILE_FIELDS.keys(), ...known]
    const shown = all.slice(0, MAX_SHOWN).join(', ')
    throw queryError(at, 'no file has metadata of this name', {
      found: name,
      allowed: all.length > MAX_SHOWN ? `${shown}, and ${all.length - MAX_SHOWN} more` : shown,
    })
  }
  for (const { name, at, values } of comparisonsOf(condition)) {
    if (FILE_FIELDS.has(name)) continue
    for (const value of values) await checkKind(session, name, at, value)
  }
}

async function checkKind(
  session: Session,
  name: string,
  at: { readonly line: number; readonly column: number },
  value: Literal,
): Promise<void> {
  const isText = value.type === 'text' && timeMs(value.value) === undefined
  const column = isText ? 'text_value' : 'number_value'
  const row = await session.row(
    session.sql
      .selectFrom('metadata')
      .select('kind')
      .where('name', '=', name)
      .where(column, 'is not', null)
      .limit(1),
  )
  if (row !== undefined) return
  throw queryError(at, `${name} is never ${isText ? 'a text' : 'a number or time'}`, {
    found: String(value.value),
    allowed: isText ? 'a number without quotes' : 'a quoted text',
  })
}

function comparisonsOf(condition: Condition): readonly {
  readonly name: string
  readonly at: { readonly line: number; readonly column: number }
  readonly values: readonly Literal[]
}[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.parts.flatMap(comparisonsOf)
    case 'not':
      return comparisonsOf(condition.part)
    case 'compare':
      return [{ ...condition.name, values: [condition.value] }]
    case 'between':
      return [{ ...condition.name, values: [condition.low, condition.high] }]
    case 'in':
      return [{ ...condition.name, values: condition.values }]
    case 'like':
      return [{ ...condition.name, values: [{ type: 'text', value: condition.pattern }] }]
    case 'missing':
      return []
  }
}
