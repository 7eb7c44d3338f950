import { TableError } from '../errors.ts'
import { isArrayColumn, isNullAt, tableLocation } from '../model/access.ts'
import type { Column, Table } from '../model/table.ts'
import { float32Text, float64Text } from '../number-text.ts'

/** How a CSV table is written. */
export interface CsvWriteOptions {
  /** one character; default comma */
  readonly delimiter?: string
  /** default CR LF, as in RFC 4180 */
  readonly lineEnd?: '\r\n' | '\n'
  /** Whether the first record holds the column names; default true. */
  readonly hasHeader?: boolean
}

/**
 * The table as comma-separated values (RFC 4180). Numbers are written in the shortest form that reads back equal,
 * truth values as true and false, no value as an empty field, empty text as a quoted empty field. Units, keywords and comments have
 * no place in the format and are left out.
 *
 * @throws TableError `TABLE_UNWRITABLE` for array columns and tables without columns
 */
export function writeCsvTable(table: Table, options: CsvWriteOptions = {}): string {
  const delimiter = options.delimiter ?? ','
  const lineEnd = options.lineEnd ?? '\r\n'
  const first = table.columns[0]
  if (first === undefined) throw unwritable(table, 'a table without columns', undefined)
  for (const column of table.columns) {
    if (isArrayColumn(column)) throw unwritable(table, 'an array column', column)
  }
  const lines: string[] = []
  if (options.hasHeader !== false) {
    lines.push(table.columns.map((column) => quoteIfNeeded(column.name, delimiter)).join(delimiter))
  }
  for (let row = 0; row < table.rowCount; row++) {
    lines.push(table.columns.map((column) => fieldText(column, row, delimiter)).join(delimiter))
  }
  return lines.map((line) => line + lineEnd).join('')
}

function unwritable(table: Table, what: string, column: Column | undefined): TableError {
  const location = { ...tableLocation(table), column: column?.name }
  return new TableError('TABLE_UNWRITABLE', location, `${what} cannot be written as CSV`, {
    ...(column === undefined ? {} : { found: column.type }),
    remedy: 'write VOTable or FITS, which keep arrays',
  })
}

function fieldText(column: Column, row: number, delimiter: string): string {
  if (isNullAt(column, row)) return ''
  const value = column.values[row]
  if (typeof value === 'string') return value === '' ? '""' : quoteIfNeeded(value, delimiter)
  if (column.type === 'boolean' || column.type === 'bit') return value === 1 ? 'true' : 'false'
  if (typeof value !== 'number') return String(value)
  return column.type === 'float32' ? float32Text(value) : float64Text(value)
}

function quoteIfNeeded(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
