import type { BulkStatement } from './engine.ts'
import type { Tables } from './tables.ts'

/** A column of a bulk statement. */
export interface BulkColumn {
  readonly name: string
  /** Type of the value that is bound. */
  readonly type: 'text' | 'whole' | 'real'
  /** The value is a file id; what is stored is the file's key. An unknown id gives NULL. */
  readonly isFileId?: boolean
}

/** What happens when a row of the same key is there. */
export type OnConflict =
  | { readonly do: 'fail' }
  | { readonly do: 'nothing' }
  /** All other columns get the new values. */
  | { readonly do: 'replace'; readonly key: readonly string[] }
  | { readonly do: 'update'; readonly key: readonly string[]; readonly set: string; readonly where?: string }

const POSTGRES_TYPES = { text: 'text', whole: 'bigint', real: 'double precision' } as const

/** A prepared insert of many rows, in the spelling of both databases. Names are the program's own, never foreign text. */
export function bulkInsert(
  table: keyof Tables,
  columns: readonly BulkColumn[],
  conflict: OnConflict = { do: 'fail' },
): BulkStatement {
  const names = columns.map(({ name }) => name)
  const into = `INSERT INTO ${table} (${names.join(', ')})`
  const tail = conflictText(names, conflict)
  const marks = columns.map(({ isFileId }) => (isFileId === true ? fileKey('?') : '?'))
  return {
    table,
    sqlite: `${into} VALUES (${marks.join(', ')})${tail}`,
    postgres: `${into} SELECT ${columns
      .map(({ name, isFileId }) => (isFileId === true ? fileKey(`v.${name}`) : `v.${name}`))
      .join(', ')} FROM ${unnest(columns)}${tail}`,
  }
}

/**
 * A prepared update of many rows by key: `set` and `where` name the new values as `v.COLUMN`.
 *
 * @param columns the key first, as many as `keyCount`
 */
export function bulkUpdate(
  table: keyof Tables,
  columns: readonly BulkColumn[],
  keyCount: number,
  set: string,
  where?: string,
): BulkStatement {
  const keys = columns.slice(0, keyCount).map(({ name }) => name)
  const same = keys.map((name) => `t.${name} = v.${name}`).join(' AND ')
  const on = where === undefined ? same : `${same} AND (${where})`
  return {
    table,
    sqlite:
      `UPDATE ${table} AS t SET ${set} FROM (SELECT ` +
      `${columns.map(({ name }) => `? AS ${name}`).join(', ')}) AS v WHERE ${on}`,
    postgres: `UPDATE ${table} AS t SET ${set} FROM ${unnest(columns)} WHERE ${on}`,
  }
}

/** A prepared removal of many rows by key. */
export function bulkDelete(table: keyof Tables, columns: readonly BulkColumn[]): BulkStatement {
  const condition = (value: (name: string) => string): string =>
    columns
      .map(({ name, isFileId }) => `${name} = ${isFileId === true ? fileKey(value(name)) : value(name)}`)
      .join(' AND ')
  return {
    table,
    sqlite: `DELETE FROM ${table} WHERE ${condition(() => '?')}`,
    postgres: `DELETE FROM ${table} AS t USING ${unnest(columns)} WHERE ${columns
      .map(({ name, isFileId }) => `t.${name} = ${isFileId === true ? fileKey(`v.${name}`) : `v.${name}`}`)
      .join(' AND ')}`,
  }
}

function fileKey(value: string): string {
  return `(SELECT f.key FROM file AS f WHERE f.id = ${value})`
}

function unnest(columns: readonly BulkColumn[]): string {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${POSTGRES_TYPES[type]}[]`)
  return `unnest(${arrays.join(', ')}) AS v(${columns.map(({ name }) => name).join(', ')})`
}

function conflictText(names: readonly string[], conflict: OnConflict): string {
  switch (conflict.do) {
    case 'fail':
      return ''
    case 'nothing':
      return ' ON CONFLICT DO NOTHING'
    case 'replace': {
      const others = names.filter((name) => !conflict.key.includes(name))
      const set = others.map((name) => `${name} = excluded.${name}`).join(', ')
      return ` ON CONFLICT (${conflict.key.join(', ')}) DO UPDATE SET ${set}`
    }
    case 'update':
      return (
        ` ON CONFLICT (${conflict.key.join(', ')}) DO UPDATE SET ${conflict.set}` +
        (conflict.where === undefined ? '' : ` WHERE ${conflict.where}`)
      )
  }
}
