import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Session } from '../database/database.ts'
import { jsonValue } from '../database/json-text.ts'
import { RegistryError } from '../errors.ts'
import { inPieces } from '../files/file-keys.ts'
import type { SkyPlace } from '../files/records.ts'
import { SKY_ORDER, type SkyRange } from '../files/sky-cell.ts'
import { conditionSql } from './condition-sql.ts'
import { type FileSearch, MAX_REGION_RANGES, type SkyRegion } from './file-search.ts'

/** Levels that a file must not have for each answer. */
const WORSE = {
  warning: ['error'],
  info: ['error', 'warning'],
  none: ['error', 'warning', 'info'],
} as const

/** Keys of the files that a search finds, ascending. */
export async function findKeys(session: Session, search: FileSearch): Promise<readonly number[]> {
  const tests: RawBuilder<SqlBool>[] = []
  if (search.near !== undefined) {
    const keys = await keysInRegion(session, search.near)
    if (keys.length === 0) return []
    tests.push(sql`f.key in ${listTable(session, keys)}`)
  }
  if (search.type !== undefined) tests.push(sql`f.type = ${search.type}`)
  if (search.runId !== undefined) tests.push(sql`r.id = ${search.runId}`)
  if (search.tag !== undefined) tests.push(sql`f.key in (select file_key from tag where tag = ${search.tag})`)
  if (search.worst !== undefined) {
    const levels = sql.join([...WORSE[search.worst]])
    tests.push(
      sql`not exists (select 1 from quality_message as q where q.file_key = f.key and q.level in (${levels}))`,
    )
  }
  if (search.where !== undefined) tests.push(sql`(${await conditionSql(session, search.where)})`)
  const where = tests.length === 0 ? sql`` : sql`where ${sql.join(tests, sql` and `)}`
  const limit = search.limit === undefined ? sql`` : sql`limit ${search.limit}`
  const query = sql<{ key: number }>`
    select f.key from file as f left join run as r on r.key = f.run_key ${where} order by f.key ${limit}`
  const rows = await session.run(query)
  return rows.map(({ key }) => key)
}

/** Keys as a table of one value. */
function listTable(session: Session, keys: readonly number[]): RawBuilder<unknown> {
  const text = JSON.stringify(keys)
  return session.dialect === 'sqlite'
    ? sql`(select value from json_each(${text}))`
    : sql`(select value::bigint from json_array_elements_text(${text}::json))`
}

/** Files that overlap a region: by the index, then exactly. */
async function keysInRegion(session: Session, region: SkyRegion): Promise<readonly number[]> {
  const { ranges, accepts } = region
  if (ranges.length > MAX_REGION_RANGES) {
    throw new RegistryError('REGISTRY_BAD_OPTION', 'the region has too many ranges of cells', {
      found: String(ranges.length),
      allowed: String(MAX_REGION_RANGES),
      remedy: 'use coarser cells',
    })
  }
  const inside = await pairsQuery(session, ranges, sql`c.first between q.low and q.high`)
  const around = await pairsQuery(session, cellsAround(ranges), sql`c.first = q.low and c.last = q.high`)
  const keys = [...new Set([...inside, ...around])]
  return accepts === undefined ? keys : await accepted(session, keys, accepts)
}

/** Coarser cells that hold the first cell of a range without beginning there; others begin inside the range. */
function cellsAround(ranges: readonly SkyRange[]): readonly SkyRange[] {
  const cells = new Map<string, SkyRange>()
  for (const { first } of ranges) {
    for (let order = 0; order <= SKY_ORDER; order++) {
      const count = 4 ** (SKY_ORDER - order)
      const start = Math.floor(first / count) * count
      if (start < first) cells.set(`${order} ${start}`, { first: start, last: start + count - 1 })
    }
  }
  return [...cells.values()]
}

async function pairsQuery(
  session: Session,
  pairs: readonly SkyRange[],
  on: RawBuilder<SqlBool>,
): Promise<readonly number[]> {
  if (pairs.length === 0) return []
  const text = JSON.stringify(pairs.map(({ first, last }) => [first, last]))
  // `cross join` keeps SQLite from turning the order round: the pairs are few, the cells are many.
  const source =
    session.dialect === 'sqlite'
      ? sql`(select value ->> 0 as low, value ->> 1 as high from json_each(${text})) as q cross join sky_cell as c`
      : sql`(select (value ->> 0)::bigint as low, (value ->> 1)::bigint as high from json_array_elements(${text}::json)) as q cross join sky_cell as c`
  const query = sql<{ file_key: number }>`select distinct c.file_key from ${source} where ${on}`
  const rows = await session.run(query)
  return rows.map(({ file_key: key }) => key)
}

async function accepted(
  session: Session,
  keys: readonly number[],
  accepts: NonNullable<SkyRegion['accepts']>,
): Promise<readonly number[]> {
  const taken: number[] = []
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql.selectFrom('file_sky').selectAll().where('file_key', 'in', piece),
    )
    for (const row of rows) if (accepts(skyFromRow(row))) taken.push(row.file_key)
  }
  return taken
}

/** A place on the sky as read. */
export function skyFromRow(row: {
  readonly centre_lon_deg: number
  readonly centre_lat_deg: number
  readonly radius_deg: number
  readonly outline: string | null
}): Omit<SkyPlace, 'cells'> {
  return {
    centreLonDeg: row.centre_lon_deg,
    centreLatDeg: row.centre_lat_deg,
    radiusDeg: row.radius_deg,
    // Written as a list of pairs.
    ...(row.outline === null
      ? {}
      : { outline: jsonValue(row.outline) as unknown as NonNullable<SkyPlace['outline']> }),
  }
}
