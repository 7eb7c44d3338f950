import { TableError, type TableLocation } from '../errors.ts'
import { parseReal } from '../number-text.ts'
import type { Cell, CellArray, Column, Table } from './table.ts'

/** The source of a table, or its name, for messages. */
export function tableLocation(table: Pick<Table, 'source' | 'name'>): TableLocation {
  return { source: table.source ?? table.name }
}

/** The first column with this name (exact case), or undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}

/**
 * The first column that has one of these names, tried in order: `tableColumn(images, 'fname', 'file')`.
 *
 * @throws TableError `TABLE_NO_COLUMN`
 */
export function tableColumn(table: Table, ...names: readonly string[]): Column {
  for (const name of names) {
    const column = findColumn(table, name)
    if (column !== undefined) return column
  }
  throw new TableError(
    'TABLE_NO_COLUMN',
    tableLocation(table),
    `the table has no column ${names.join(' or ')}`,
    {
      found: table.columns.map((column) => column.name).join(' '),
    },
  )
}

/** Whether row `row` of the column has no value. */
export function isNullAt(column: Column, row: number): boolean {
  return column.nulls !== undefined && column.nulls[row] === 1
}

/**
 * One cell: a number (bigint for 64-bit integers), text, truth value, typed array, or null.
 * Array cells are views, not copies.
 *
 * @throws TableError `TABLE_NO_ROW`
 */
export function cellAt(column: Column, row: number): Cell {
  const length = columnRowCount(column)
  if (!Number.isInteger(row) || row < 0 || row >= length) throw noRow(column.name, row, length)
  if (isNullAt(column, row)) return null
  if (isArrayColumn(column)) return arrayCell(column, row)
  const value = column.values[row]
  if (value === undefined) throw noRow(column.name, row, length)
  return column.type === 'boolean' || column.type === 'bit' ? value === 1 : value
}

function noRow(name: string, row: number, length: number): TableError {
  return new TableError('TABLE_NO_ROW', { column: name }, 'there is no such row', {
    found: String(row),
    allowed: length === 0 ? 'nothing, the table is empty' : `0 to ${length - 1}`,
  })
}

/** True when cells are arrays: a shape, variable length, or pairs of a complex type. */
export function isArrayColumn(column: Column): boolean {
  return column.cellShape !== undefined || column.offsets !== undefined || isComplex(column)
}

function isComplex(column: Column): boolean {
  return column.type === 'complex64' || column.type === 'complex128'
}

/** Count of entries of `values` for one row of a column without `offsets`. */
export function valuesPerRow(column: Column): number {
  const elements = (column.cellShape ?? []).reduce((product, size) => product * size, 1)
  return isComplex(column) ? 2 * elements : elements
}

/** Count of rows of a column; a column of cells without elements fits any count. */
export function columnRowCount(column: Column): number {
  if (column.offsets !== undefined) return Math.max(0, column.offsets.length - 1)
  if (column.nulls !== undefined) return column.nulls.length
  const perRow = valuesPerRow(column)
  return perRow === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(column.values.length / perRow)
}

function arrayCell(column: Column, row: number): CellArray {
  const { offsets, values } = column
  let start: number
  let end: number
  if (offsets === undefined) {
    const perRow = valuesPerRow(column)
    start = row * perRow
    end = start + perRow
  } else {
    const parts = isComplex(column) ? 2 : 1
    start = (offsets[row] ?? 0) * parts
    end = (offsets[row + 1] ?? 0) * parts
  }
  return 'subarray' in values ? values.subarray(start, end) : values.slice(start, end)
}

/** One row by column name; where a name occurs twice the first column counts. */
export function tableRow(table: Table, row: number): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>()
  for (const column of table.columns) {
    if (!cells.has(column.name)) cells.set(column.name, cellAt(column, row))
  }
  return cells
}

/** All rows in order, each made when it is asked for. */
export function* tableRows(table: Table): Generator<ReadonlyMap<string, Cell>, void, undefined> {
  for (let row = 0; row < table.rowCount; row++) yield tableRow(table, row)
}

/** Value of the first keyword with this name (exact case), or undefined. */
export function tableKeyword(table: Table, name: string): string | number | bigint | boolean | undefined {
  for (const note of table.notes) if (note.kind === 'keyword' && note.name === name) return note.value
  return undefined
}

/**
 * A scalar column as float64, NaN where there is no value. Text is read as a number.
 *
 * @param names tried in order
 * @throws TableError `TABLE_NO_COLUMN`; `TABLE_BAD_VALUE` for text that is no number and for arrays
 */
export function numberColumn(table: Table, ...names: readonly string[]): Float64Array {
  const column = tableColumn(table, ...names)
  if (isArrayColumn(column)) throw notScalar(table, column)
  const numbers = new Float64Array(table.rowCount)
  for (let row = 0; row < table.rowCount; row++) {
    if (isNullAt(column, row)) {
      numbers[row] = Number.NaN
      continue
    }
    const value = column.values[row]
    const number = typeof value === 'string' ? textAsNumber(value) : Number(value)
    if (number === undefined) throw notNumeric(table, column, row, String(value))
    numbers[row] = number
  }
  return numbers
}

function textAsNumber(text: string): number | undefined {
  const trimmed = text.trim()
  return trimmed === '' ? Number.NaN : parseReal(trimmed)
}

function notNumeric(table: Table, column: Column, row: number, found: string): TableError {
  return new TableError(
    'TABLE_BAD_VALUE',
    { ...tableLocation(table), column: column.name, row: row + 1 },
    'the value is not a number',
    {
      found,
      allowed: 'a number or no value',
    },
  )
}

function notScalar(table: Table, column: Column): TableError {
  return new TableError(
    'TABLE_BAD_VALUE',
    { ...tableLocation(table), column: column.name },
    'the cells of the column are arrays',
    {
      allowed: 'one value in each cell',
      remedy: 'read its cells with cellAt',
    },
  )
}

/**
 * A scalar column as text, empty where there is no value; numbers in their shortest form.
 *
 * @param names tried in order
 * @throws TableError `TABLE_NO_COLUMN`; `TABLE_BAD_VALUE` for arrays
 */
export function textColumn(table: Table, ...names: readonly string[]): string[] {
  const column = tableColumn(table, ...names)
  if (isArrayColumn(column)) throw notScalar(table, column)
  const texts: string[] = []
  for (let row = 0; row < table.rowCount; row++) {
    const cell = cellAt(column, row)
    texts.push(cell === null ? '' : String(cell))
  }
  return texts
}
