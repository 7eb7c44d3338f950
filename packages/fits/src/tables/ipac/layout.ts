import { TableError, type TableLocation } from '../errors.ts'
import { isArrayColumn } from '../model/access.ts'
import type { Column } from '../model/table.ts'

/** How one column is printed. */
export interface IpacColumnFormat {
  /** column of the table; the first of several names that is there */
  readonly name: string | readonly string[]
  /** printf format with text around it: ` %13.7f`; `*` as width is the longest value of the column */
  readonly format: string
  /** Exact text between the bars of the name line; a function of the width that `*` took. Default: the name. */
  readonly header?: BarText
  /** exact text between the bars of the type line */
  readonly typeText?: BarText
  /** smallest width for `*` */
  readonly minWidth?: number
  /** Left out when the table has no such column; otherwise that is an error. */
  readonly isOptional?: boolean
}

/** Text between two bars, or a function that makes it for the width that `*` took. */
export type BarText = string | ((width: number) => string)

/** Layout of an IPAC table. */
export interface IpacTableFormat {
  /** Columns in order; without it all columns in their natural widths. */
  readonly columns?: readonly IpacColumnFormat[]
  /** Bar lines: default all that have something to say; names only; names and types; none. */
  readonly barLines?: 'all' | 'names' | 'names-types' | 'none'
  /** Blanks at the end of records so that all lines are as long as the name line. */
  readonly padRecords?: boolean
  /** Leave the keyword and comment lines out. */
  readonly omitNotes?: boolean
}

/** A column ready to be put on lines: bar texts of equal length and one text for each record. */
export interface Block {
  readonly header: string
  readonly typeText: string
  readonly unitText: string
  readonly nullText: string
  readonly cells: readonly string[]
}

/** Throws `TABLE_UNWRITABLE` for what the format cannot express. */
export function unwritable(
  what: string,
  found: string,
  allowed: string,
  location: TableLocation = {},
): TableError {
  return new TableError('TABLE_UNWRITABLE', location, `${what} cannot be written to an IPAC table`, {
    found,
    allowed,
  })
}

/** Array cells have no place in an IPAC table. */
export function checkScalar(column: Column): void {
  if (!isArrayColumn(column)) return
  throw unwritable(
    `the array column ${column.name}`,
    column.type,
    'columns with one value in each cell; VOTable and FITS keep arrays',
  )
}

/** A name that fits between bars and survives that blanks are dropped. */
export function checkName(name: string): void {
  if (name === '' || /[\s|]/.test(name))
    throw unwritable('the column name', name, 'a name without blanks and bars')
}

/** Text without line breaks. */
export function checkedText(text: string, column: Column, row: number): string {
  if (/[\r\n]/.test(text)) {
    throw unwritable('a value with a line break', text, 'text on one line', {
      column: column.name,
      row: row + 1,
    })
  }
  return text
}
