import { decodeText } from '../decode.ts'
import { TableError, type TableLocation, type TableWarning } from '../errors.ts'
import { assembleColumn, makeTable } from '../model/build.ts'
import type { Column, ColumnType, Table, TableNote } from '../model/table.ts'
import { inferType, valuesFromTexts } from '../text-values.ts'
import { type WarningList, warningList } from '../warnings.ts'
import { type CsvRecord, csvRecords } from './records.ts'

/** How a CSV table is read. */
export interface CsvReadOptions {
  /** shown in messages: a path or URL */
  readonly name?: string
  /** one character; default comma */
  readonly delimiter?: string
  /** Whether the first record holds column names; default true. Otherwise they are called column1, column2 ... */
  readonly hasHeader?: boolean
  /** Types of columns by name. */
  readonly types?: ReadonlyMap<string, ColumnType>
  /** Whether types are inferred for columns that `types` does not name; default true, otherwise they are text. */
  readonly inferTypes?: boolean
  /** Texts, besides an empty field without quotes, that stand for no value. */
  readonly nullTexts?: readonly string[]
  /** Lines before the header that start with this text are comments; default none, as in RFC 4180. */
  readonly commentMark?: string
  /** What becomes of a value that is not of its column's type; default `error`. */
  readonly onBadValue?: 'error' | 'null'
  /** Most columns allowed; default 10,000. */
  readonly maxColumns?: number
}

/** A table with what was noticed while reading it. */
export interface CsvReading {
  readonly table: Table
  readonly warnings: readonly TableWarning[]
}

const MAX_COLUMNS = 10_000

/**
 * Reads comma-separated values (RFC 4180). An empty field is no value, a quoted empty field is empty text. Inferred
 * types: truth values from true and false, int32, int64, float64, else text; text with leading zeros stays text.
 *
 * @throws TableError `TABLE_NOT_A_TABLE` for an empty input; `TABLE_BAD_SYNTAX` for quotes out of place and records with
 *   too few or too many fields; `TABLE_BAD_VALUE`; `TABLE_TOO_LARGE`
 */
export function readCsvTable(input: string | Uint8Array, options: CsvReadOptions = {}): CsvReading {
  const source = options.name
  const warnings = warningList()
  const delimiter = checkedDelimiter(options.delimiter ?? ',')
  const { text, notes, skippedLines } = splitComments(
    decodeText(input, source, warnings),
    options.commentMark,
  )
  const records = csvRecords(text, delimiter, source, options.maxColumns ?? MAX_COLUMNS)
  const first = records.next()
  if (first.done === true) {
    throw new TableError('TABLE_NOT_A_TABLE', { source }, 'the input is empty', {
      allowed: 'a record with column names, then records with values',
    })
  }
  const hasHeader = options.hasHeader !== false
  const names = columnNames(first.value, hasHeader, options, warnings)
  const grid = names.map((): string[] => [])
  const quoted = names.map((): Uint8Array => new Uint8Array(0))
  const lines: number[] = []
  const store = (record: CsvRecord): void => storeRecord(record, grid, quoted, lines, skippedLines, source)
  if (!hasHeader) store(first.value)
  for (const record of records) store(record)
  const columns = names.map((name, index) => {
    const place = { source, lines, quoted: quoted[index] ?? new Uint8Array(0) }
    return csvColumn(name, grid[index] ?? [], place, options, warnings)
  })
  const table = makeTable(columns, { source, notes, rowCount: lines.length })
  return { table, warnings: warnings.list() }
}

function checkedDelimiter(delimiter: string): string {
  if (delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter
  throw new TableError('TABLE_UNSUPPORTED', {}, 'the delimiter cannot part fields', {
    found: delimiter,
    allowed: 'one character that is no quote and no line break',
  })
}

function splitComments(
  text: string,
  mark: string | undefined,
): { text: string; notes: TableNote[]; skippedLines: number } {
  const notes: TableNote[] = []
  let at = 0
  if (mark !== undefined && mark !== '') {
    while (text.startsWith(mark, at)) {
      const end = text.indexOf('\n', at)
      const stop = end < 0 ? text.length : end
      notes.push({ kind: 'comment', text: text.slice(at + mark.length, stop).trim() })
      at = Math.min(text.length, stop + 1)
      if (end < 0) break
    }
  }
  return { text: text.slice(at), notes, skippedLines: notes.length }
}

function columnNames(
  record: CsvRecord,
  hasHeader: boolean,
  options: CsvReadOptions,
  warnings: WarningList,
): string[] {
  const source = options.name
  const seen = new Set<string>()
  return record.fields.map((field, index) => {
    const given = hasHeader ? field.text.trim() : ''
    const name = given === '' ? `column${index + 1}` : given
    const location = { source, line: record.line, column: name }
    if (hasHeader && given === '') warnings.add('TABLE_UNNAMED_COLUMN', location, 'the column has no name')
    if (seen.has(name)) warnings.add('TABLE_DUPLICATE_COLUMN', location, 'a second column of this name')
    seen.add(name)
    return name
  })
}

function storeRecord(
  record: CsvRecord,
  grid: readonly string[][],
  quoted: Uint8Array[],
  lines: number[],
  skippedLines: number,
  source: string | undefined,
): void {
  const { fields } = record
  const isBlank = fields.length === 1 && fields[0]?.text === '' && !fields[0].isQuoted
  if (isBlank && grid.length !== 1) return
  const line = record.line + skippedLines
  if (fields.length !== grid.length) {
    throw new TableError('TABLE_BAD_SYNTAX', { source, line }, 'the record does not fit the header', {
      found: `${fields.length} fields`,
      allowed: `${grid.length}`,
    })
  }
  fields.forEach((field, index) => {
    grid[index]?.push(field.text)
    if (field.isQuoted && field.text === '') quoted[index] = markRow(quoted[index], lines.length)
  })
  lines.push(line)
}

/** Marks a row in a growing list of marks; few columns hold quoted empty fields. */
function markRow(marks: Uint8Array | undefined, row: number): Uint8Array {
  let grown = marks ?? new Uint8Array(0)
  if (row >= grown.length) {
    grown = new Uint8Array(Math.max(64, 2 * row))
    grown.set(marks ?? [])
  }
  grown[row] = 1
  return grown
}

interface CsvPlace {
  readonly source: string | undefined
  /** line of each record */
  readonly lines: readonly number[]
  /** 1 for rows whose field is quoted and empty */
  readonly quoted: Uint8Array
}

function csvColumn(
  name: string,
  texts: string[],
  place: CsvPlace,
  options: CsvReadOptions,
  warnings: WarningList,
): Column {
  const nullTexts = new Set(options.nullTexts)
  const isNull = (text: string, row: number): boolean =>
    nullTexts.has(text) || (text === '' && place.quoted[row] !== 1)
  const inferred = (): ColumnType =>
    options.inferTypes === false ? 'string' : inferType(texts, isNull, true)
  const type = options.types?.get(name) ?? inferred()
  const onBadValue = (text: string, row: number, allowed: string): void => {
    const location = { source: place.source, line: place.lines[row] ?? 0, column: name }
    if (options.onBadValue !== 'null') throw badValue(location, text, allowed)
    warnings.add('TABLE_VALUE_REPLACED', location, `the value is not ${allowed}; read as no value`, text)
  }
  const made = valuesFromTexts(type, texts, { isNull, onBadValue })
  return assembleColumn(made.type, made.values, {
    name,
    ...(made.nulls === undefined ? {} : { nulls: made.nulls }),
  })
}

function badValue(location: TableLocation, found: string, allowed: string): TableError {
  return new TableError('TABLE_BAD_VALUE', location, 'the value is not of the type of its column', {
    found,
    allowed: `${allowed}, or an empty field`,
    remedy: "correct the value or read with onBadValue: 'null'",
  })
}
