import { type ErrorDetail, SkyloomError, shorten } from '@skyloom/base'

/** Every code of {@link TableError} with its meaning. */
export const TABLE_ERRORS = {
  TABLE_NOT_A_TABLE: 'nothing in the input starts a table of this format',
  TABLE_BAD_SYNTAX: 'the layout of the table breaks the rules of its format',
  TABLE_BAD_VALUE: 'a value is not of the type of its column',
  TABLE_UNSUPPORTED: 'the table uses a type, encoding or feature that is not supported',
  TABLE_TOO_LARGE: 'the table asks for more memory, depth or columns than the limits allow',
  TABLE_TRUNCATED: 'the bytes end before the table does',
  TABLE_NO_COLUMN: 'a column that was asked for is not in the table',
  TABLE_NO_ROW: 'a row index is out of range',
  TABLE_BAD_CELL: 'columns or rows do not fit together, or a column cannot hold a cell',
  TABLE_UNWRITABLE: 'the output format cannot express a name or value',
} as const

/** Stable code of a {@link TableError}. */
export type TableErrorCode = keyof typeof TABLE_ERRORS

/** Where in a table something was found. Numbers are as a person counts them, from 1. */
export interface TableLocation {
  /** path, URL or other name of the table */
  readonly source?: string | undefined
  /** line of a text */
  readonly line?: number | undefined
  /** character in its line */
  readonly character?: number | undefined
  /** name of a column */
  readonly column?: string | undefined
  readonly row?: number | undefined
}

/** Errors of IPAC, VOTable and CSV tables and of the `Table` model. */
export class TableError extends SkyloomError {
  override readonly name = 'TableError'
  declare readonly code: TableErrorCode
  readonly location: TableLocation

  constructor(
    code: TableErrorCode,
    location: TableLocation,
    problem: string,
    detail: Omit<ErrorDetail, 'where'> = {},
  ) {
    super(code, problem, { ...detail, where: formatTableLocation(location) })
    this.location = location
  }
}

/** Parts of a place, outermost first: `['images.tbl', 'line 4', 'character 17', 'column ra']`. */
export function formatTableLocation(location: TableLocation): string[] {
  const { source, line, character, column, row } = location
  const where: string[] = []
  if (source !== undefined) where.push(source)
  if (line !== undefined) where.push(`line ${line}`)
  if (character !== undefined) where.push(`character ${character}`)
  if (column !== undefined) where.push(`column ${shorten(column, 40)}`)
  if (row !== undefined) where.push(`row ${row}`)
  return where
}

/** Something odd in a table that could be read nevertheless. A value, never thrown. */
export interface TableWarning {
  readonly code: TableWarningCode
  readonly location: TableLocation
  /** place and facts, for people */
  readonly message: string
}

/** Stable code of a {@link TableWarning}. */
export type TableWarningCode =
  | 'TABLE_DUPLICATE_COLUMN' // two columns have one name
  | 'TABLE_UNNAMED_COLUMN' // a column without name gets one
  | 'TABLE_UNKNOWN_TYPE' // a type word that the format does not define; read as text
  | 'TABLE_HEADER_MISMATCH' // header lines with different counts of columns
  | 'TABLE_TEXT_OUTSIDE' // text beyond the last column, or before the first
  | 'TABLE_NOT_UTF8' // read as Latin-1
  | 'TABLE_VALUE_REPLACED' // a value that its column cannot hold, read as no value
  | 'TABLE_WRONG_NAMESPACE' // a VOTable without namespace, or with another
  | 'TABLE_UNKNOWN_ELEMENT' // skipped
  | 'TABLE_UNKNOWN_ATTRIBUTE' // skipped
  | 'TABLE_ROW_LENGTH' // a row with fewer or more cells than columns
  | 'TABLE_ROW_COUNT' // another count of rows than promised
