import { decodeText } from '../decode.ts'
import { TableError, type TableWarning } from '../errors.ts'
import { makeTable } from '../model/build.ts'
import type { ColumnType, Table } from '../model/table.ts'
import { type WarningList, warningList } from '../warnings.ts'
import { readIpacColumn } from './column.ts'
import { type IpacHead, readIpacHead } from './head.ts'
import { LineScanner } from './line-scanner.ts'

/** One column of a table without bar lines: where its values stand. */
export interface IpacFixedColumn {
  readonly name: string
  /** first character, counted from 0 */
  readonly start: number
  /** one after the last character; absent: to the end of the line */
  readonly end?: number
  readonly type: ColumnType
}

/** How an IPAC table is read. */
export interface IpacReadOptions {
  /** Shown in messages: a path or URL. */
  readonly name?: string
  /** Types of columns by name; they take the place of the type line. */
  readonly types?: ReadonlyMap<string, ColumnType>
  /**
   * What becomes of a value that is not of its column's type: `error` (default) or `null`, which gives no value
   * and a warning. C programs of the field read such values as 0.
   */
  readonly onBadValue?: 'error' | 'null'
  /**
   * The last column ends where the line with the names ends; what stands beyond is cut with a warning. With
   * true it is read to the end of each record.
   */
  readonly extendLastColumn?: boolean
  /** Layout of a table that has no bar lines, such as Montage's projection statistics. */
  readonly fixedColumns?: readonly IpacFixedColumn[]
  /** Most columns allowed; default 10,000. */
  readonly maxColumns?: number
}

/** A table with what was noticed while reading it. */
export interface IpacReading {
  readonly table: Table
  readonly warnings: readonly TableWarning[]
  /** The lines as they stand, for programs that sort or select records without changing them. */
  readonly lines: {
    /** keyword, comment and bar lines */
    readonly head: readonly string[]
    /** one for each row of the table */
    readonly records: readonly string[]
  }
}

/** Cells that are allowed for any input, and for each character of it: a record may end before its last columns. */
const FREE_CELLS = 4_000_000
const CELLS_PER_CHAR = 1

/**
 * Reads an IPAC ASCII table: `\key = value` lines, one to four bar lines (names, types, units, null values),
 * records with the values under the bars.
 *
 * Rules: blanks within names are dropped, names are case-sensitive. A value is what stands from one position after
 * its left bar up to and including the position under its right bar, without leading and trailing blanks. Blank
 * cells and cells equal to the column's null text are null; so is `null` in columns of numbers. Types: `int` gives
 * int32 (int64 when a value needs it), `long` int64, `float`, `real` and `double` float64, `char` and `date` text.
 * Without a type line the type is inferred from the values; text that looks like a number with leading zeros stays
 * text. Empty lines are skipped; a line of blanks is a row without values. Positions are characters, after decoding UTF-8.
 *
 * @throws TableError `TABLE_NOT_A_TABLE`, `TABLE_BAD_SYNTAX`, `TABLE_BAD_VALUE`, `TABLE_TOO_LARGE`, each with line and column
 *
 * Source: IPAC table format 2008; Montage's reader for what it does with deviations.
 */
export function readIpacTable(input: string | Uint8Array, options: IpacReadOptions = {}): IpacReading {
  const source = options.name
  const warnings = warningList()
  const text = decodeText(input, source, warnings)
  const scanner = new LineScanner(text)
  const head = readIpacHead(scanner, source, options, warnings)
  const { records, lineNumbers } = collectRecords(scanner)
  checkCellCount(source, head.columns.length, records.length, text.length)
  warnStrayText(records, lineNumbers, head, source, warnings)
  const context = { source, records, lineNumbers, warnings, onBadValue: options.onBadValue ?? 'error' }
  const columns = head.columns.map((column) => readIpacColumn(column, context))
  const table = makeTable(columns, { source, notes: head.notes, rowCount: records.length })
  return { table, warnings: warnings.list(), lines: { head: head.lines, records } }
}

function collectRecords(scanner: LineScanner): { records: string[]; lineNumbers: number[] } {
  const records: string[] = []
  const lineNumbers: number[] = []
  for (let number = scanner.line, line = scanner.take(); line !== undefined; line = scanner.take()) {
    if (line !== '') {
      records.push(line)
      lineNumbers.push(number)
    }
    number++
  }
  return { records, lineNumbers }
}

function checkCellCount(
  source: string | undefined,
  columnCount: number,
  recordCount: number,
  charCount: number,
): void {
  const cells = columnCount * recordCount
  const allowed = Math.max(FREE_CELLS, CELLS_PER_CHAR * charCount)
  if (cells <= allowed) return
  throw new TableError('TABLE_TOO_LARGE', { source }, 'the table has far more cells than text', {
    found: `${columnCount} columns and ${recordCount} records in ${charCount} characters`,
    allowed: `up to ${allowed} cells`,
  })
}

function warnStrayText(
  records: readonly string[],
  lineNumbers: readonly number[],
  head: IpacHead,
  source: string | undefined,
  warnings: WarningList,
): void {
  const last = head.columns.at(-1)
  if (last === undefined) return
  const first = head.columns[0]?.start ?? 0
  records.forEach((record, row) => {
    const line = lineNumbers[row] ?? 0
    if (record.length > last.end && record.slice(last.end).trim() !== '') {
      const found = record.slice(last.end).trim()
      warnings.add(
        'TABLE_TEXT_OUTSIDE',
        { source, line, character: last.end + 1, column: last.name },
        'text past the last bar is cut',
        found,
      )
    }
    if (first > 0 && record.slice(0, first).trim() !== '') {
      warnings.add(
        'TABLE_TEXT_OUTSIDE',
        { source, line, character: 1 },
        'text before the first column is skipped',
      )
    }
  })
}
