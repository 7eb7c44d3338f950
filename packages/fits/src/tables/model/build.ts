import { TableError } from '../errors.ts'
import { columnRowCount, findColumn, isArrayColumn, tableLocation } from './access.ts'
import type {
  AnyColumnValues,
  Column,
  ColumnInfo,
  ColumnType,
  ColumnValues,
  Table,
  TableNote,
  TypedColumn,
} from './table.ts'

/** What a table is made of besides its columns. */
export interface TableOptions {
  readonly name?: string | undefined
  readonly source?: string | undefined
  readonly notes?: readonly TableNote[]
  /** Needed only when no column tells it. */
  readonly rowCount?: number
}

/**
 * A column from its values.
 *
 * @param values kept, not copied
 * @param info   `nulls`, `offsets` and everything a column says besides its values
 */
export function makeColumn<T extends ColumnType>(
  name: string,
  type: T,
  values: ColumnValues[T],
  info: Omit<ColumnInfo, 'name'> & Pick<TypedColumn<T>, 'nulls' | 'offsets'> = {},
): TypedColumn<T> {
  return { ...info, name, type, values }
}

/**
 * A table from columns.
 *
 * @throws TableError `TABLE_BAD_CELL` when the columns differ in length
 */
export function makeTable(columns: readonly Column[], options: TableOptions = {}): Table {
  const counts = columns.map(columnRowCount).filter((count) => count !== Number.MAX_SAFE_INTEGER)
  const rowCount = options.rowCount ?? counts[0] ?? 0
  for (const column of columns) {
    const count = columnRowCount(column)
    if (count !== rowCount && count !== Number.MAX_SAFE_INTEGER) {
      throw new TableError(
        'TABLE_BAD_CELL',
        { ...tableLocation(options), column: column.name },
        'the columns of a table have equal length',
        {
          found: `${count} rows`,
          allowed: `${rowCount} rows`,
        },
      )
    }
  }
  return { name: options.name, source: options.source, rowCount, columns, notes: options.notes ?? [] }
}

/** A keyword for `notes`. */
export function keywordNote(
  name: string,
  value: string | number | bigint | boolean,
  comment?: string,
): TableNote {
  return { kind: 'keyword', name, value, ...(comment === undefined ? {} : { comment }) }
}

/** A comment for `notes`. */
export function commentNote(text: string): TableNote {
  return { kind: 'comment', text }
}

/** What {@link tableFromRows} needs to know of a column. */
export interface ColumnSpec extends Omit<ColumnInfo, 'cellShape'> {
  readonly type: ColumnType
}

/** One scalar value given to {@link tableFromRows}; undefined and null mean no value. */
export type CellInput = number | bigint | string | boolean | null | undefined

/** A row in column order, or by column name. */
export type RowInput = readonly CellInput[] | Readonly<Record<string, CellInput>>

/**
 * A table of scalar columns from rows.
 *
 * ```ts
 * const fits = tableFromRows(
 *   [{ name: 'plus', type: 'int32' }, { name: 'a', type: 'float64' }],
 *   [{ plus: 0, a: 1.5e-3 }, { plus: 1, a: null }],
 * )
 * ```
 *
 * @throws TableError `TABLE_BAD_CELL` when a row has more cells than there are columns, names a column that
 *   does not exist, or holds what its column cannot (a fraction in an integer column, a number out of range)
 */
export function tableFromRows(
  specs: readonly ColumnSpec[],
  rows: Iterable<RowInput>,
  options: Omit<TableOptions, 'rowCount'> = {},
): Table {
  const names = new Set(specs.map((spec) => spec.name))
  const cells: CellInput[][] = specs.map(() => [])
  let rowCount = 0
  for (const row of rows) {
    rowCount++
    if (isCellList(row)) {
      if (row.length > specs.length) throw tooManyCells(rowCount, row.length, specs.length)
      specs.forEach((_, index) => cells[index]?.push(row[index]))
    } else {
      for (const key of Object.keys(row)) if (!names.has(key)) throw strangeKey(rowCount, key, specs)
      specs.forEach((spec, index) =>
        cells[index]?.push(Object.hasOwn(row, spec.name) ? row[spec.name] : null),
      )
    }
  }
  const columns = specs.map((spec, index) => columnFromCells(spec, cells[index] ?? []))
  return makeTable(columns, { ...options, rowCount })
}

function isCellList(row: RowInput): row is readonly CellInput[] {
  return Array.isArray(row)
}

function tooManyCells(row: number, found: number, allowed: number): TableError {
  return new TableError('TABLE_BAD_CELL', { row }, 'the row has more cells than the table has columns', {
    found: String(found),
    allowed: String(allowed),
  })
}

function strangeKey(row: number, key: string, specs: readonly ColumnSpec[]): TableError {
  return new TableError('TABLE_BAD_CELL', { row }, 'the row names a column that the table does not have', {
    found: key,
    allowed: specs.map((spec) => spec.name).join(' '),
  })
}

/**
 * A scalar column from single cells.
 *
 * @throws TableError `TABLE_BAD_CELL`
 */
export function columnFromCells(spec: ColumnSpec, cells: readonly CellInput[]): Column {
  const { type, ...info } = spec
  const nulls = new Uint8Array(cells.length)
  let nullCount = 0
  const values = emptyValues(type, cells.length)
  cells.forEach((cell, row) => {
    if (cell === null || cell === undefined) {
      nulls[row] = 1
      nullCount++
    } else if (!storeScalar(type, values, row, cell)) {
      throw new TableError(
        'TABLE_BAD_CELL',
        { column: spec.name, row: row + 1 },
        `a ${type} column cannot hold the value`,
        {
          found: typeof cell === 'string' ? `text "${cell}"` : String(cell),
          allowed: ALLOWED[type],
        },
      )
    }
  })
  return assembleColumn(type, values, { ...info, ...(nullCount > 0 ? { nulls } : {}) })
}

const ALLOWED: Readonly<Record<ColumnType, string>> = {
  boolean: 'true or false',
  bit: 'true or false',
  int8: 'whole numbers from -128 to 127',
  uint8: 'whole numbers from 0 to 255',
  int16: 'whole numbers from -32768 to 32767',
  uint16: 'whole numbers from 0 to 65535',
  int32: 'whole numbers from -2147483648 to 2147483647',
  uint32: 'whole numbers from 0 to 4294967295',
  int64: 'whole numbers of 64 bits',
  uint64: 'whole numbers of 64 bits, 0 or more',
  float32: 'numbers',
  float64: 'numbers',
  complex64: 'pairs of numbers; build the column with makeColumn',
  complex128: 'pairs of numbers; build the column with makeColumn',
  string: 'text',
}

/** Fresh values for `count` elements: typed arrays filled with 0, or empty strings. */
export function emptyValues(type: ColumnType, count: number): AnyColumnValues | string[] {
  switch (type) {
    case 'boolean':
    case 'bit':
    case 'uint8':
      return new Uint8Array(count)
    case 'int8':
      return new Int8Array(count)
    case 'int16':
      return new Int16Array(count)
    case 'uint16':
      return new Uint16Array(count)
    case 'int32':
      return new Int32Array(count)
    case 'uint32':
      return new Uint32Array(count)
    case 'int64':
      return new BigInt64Array(count)
    case 'uint64':
      return new BigUint64Array(count)
    case 'float32':
      return new Float32Array(count)
    case 'float64':
      return new Float64Array(count)
    case 'complex64':
      return new Float32Array(2 * count)
    case 'complex128':
      return new Float64Array(2 * count)
    case 'string':
      return new Array<string>(count).fill('')
  }
}

/**
 * Joins a type, values made by {@link emptyValues} for that type, and the rest to a column. The one place
 * where the link between type and values is asserted instead of proven.
 */
export function assembleColumn(
  type: ColumnType,
  values: AnyColumnValues | string[],
  info: ColumnInfo & { readonly nulls?: Uint8Array | undefined; readonly offsets?: Float64Array | undefined },
): Column {
  return { ...info, type, values } as Column
}

/** Puts a scalar into values of a type; false when the type cannot hold it. */
export function storeScalar(
  type: ColumnType,
  values: AnyColumnValues | string[],
  index: number,
  cell: number | bigint | string | boolean,
): boolean {
  if (type === 'complex64' || type === 'complex128') return false
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    return storeBigint(values, index, cell)
  if (values instanceof Float64Array || values instanceof Float32Array) {
    if (typeof cell !== 'number' && typeof cell !== 'bigint') return false
    values[index] = Number(cell)
    return true
  }
  if (Array.isArray(values)) {
    if (typeof cell !== 'string') return false
    values[index] = cell
    return true
  }
  if (type === 'boolean' || type === 'bit') return storeTruth(values, index, cell)
  if ('buffer' in values) return storeInteger(values, index, cell)
  return false
}

function storeTruth(
  values: AnyColumnValues,
  index: number,
  cell: number | bigint | string | boolean,
): boolean {
  if (!(values instanceof Uint8Array)) return false
  if (cell !== true && cell !== false && cell !== 0 && cell !== 1) return false
  values[index] = Number(cell)
  return true
}

function storeInteger(
  values: Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array,
  index: number,
  cell: number | bigint | string | boolean,
): boolean {
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return false
  const number = Number(cell)
  values[index] = number
  return values[index] === number
}

function storeBigint(
  values: BigInt64Array | BigUint64Array,
  index: number,
  cell: number | bigint | string | boolean,
): boolean {
  if (typeof cell === 'number' && !Number.isSafeInteger(cell)) return false
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return false
  const whole = BigInt(cell)
  values[index] = whole
  return values[index] === whole
}

/** The table with these columns only, in this order. @throws TableError `TABLE_NO_COLUMN` */
export function selectColumns(table: Table, names: readonly string[]): Table {
  const columns = names.map((name) => {
    const column = findColumn(table, name)
    if (column !== undefined) return column
    throw new TableError('TABLE_NO_COLUMN', tableLocation(table), `the table has no column ${name}`, {
      found: table.columns.map((each) => each.name).join(' '),
    })
  })
  return { ...table, columns }
}

/** The table with these rows only, in this order; a row may occur more than once. @throws TableError `TABLE_NO_ROW` */
export function selectRows(table: Table, rows: readonly number[]): Table {
  for (const row of rows) {
    if (Number.isInteger(row) && row >= 0 && row < table.rowCount) continue
    throw new TableError('TABLE_NO_ROW', tableLocation(table), 'there is no such row', {
      found: String(row),
      allowed: table.rowCount === 0 ? 'nothing, the table is empty' : `0 to ${table.rowCount - 1}`,
    })
  }
  return { ...table, rowCount: rows.length, columns: table.columns.map((column) => pickRows(column, rows)) }
}

function pickRows(column: Column, rows: readonly number[]): Column {
  const nulls =
    column.nulls === undefined ? undefined : Uint8Array.from(rows, (row) => column.nulls?.[row] ?? 0)
  const parts = column.type === 'complex64' || column.type === 'complex128' ? 2 : 1
  const shape = column.cellShape ?? []
  const fixed = shape.reduce((product, size) => product * size, 1)
  const { offsets } = column
  const startOf = (row: number): number => (offsets === undefined ? row * fixed : (offsets[row] ?? 0))
  const endOf = (row: number): number => (offsets === undefined ? (row + 1) * fixed : (offsets[row + 1] ?? 0))
  const total = rows.reduce((sum, row) => sum + endOf(row) - startOf(row), 0)
  const values = emptyValues(column.type, total)
  const picked = new Float64Array(rows.length + 1)
  let at = 0
  rows.forEach((row, index) => {
    for (let from = startOf(row) * parts; from < endOf(row) * parts; from++)
      copyValue(values, at++, column.values, from)
    picked[index + 1] = at / parts
  })
  return assembleColumn(column.type, values, {
    ...column,
    ...(nulls === undefined ? {} : { nulls }),
    ...(isArrayColumn(column) && offsets !== undefined ? { offsets: picked } : {}),
  })
}

function copyValue(
  target: AnyColumnValues | string[],
  at: number,
  source: AnyColumnValues,
  from: number,
): void {
  // Both sides are of one column type; the loose view is confined to this line.
  ;(target as unknown[])[at] = (source as readonly unknown[])[from]
}
