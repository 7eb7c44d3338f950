import { TableError, type TableLocation } from '../errors.ts'
import { commentNote, keywordNote } from '../model/build.ts'
import type { ColumnType, TableNote } from '../model/table.ts'
import type { WarningList } from '../warnings.ts'
import type { LineScanner } from './line-scanner.ts'
import type { IpacReadOptions } from './read.ts'

/** A column as the bar lines describe it. */
export interface IpacHeadColumn {
  readonly name: string
  /** undefined: to be inferred from the values */
  readonly type: ColumnType | undefined
  readonly unit: string | undefined
  readonly nullText: string | undefined
  /** first character of a value, from 0 */
  readonly start: number
  /** one after the last character */
  readonly end: number
}

/** Everything before the first record. */
export interface IpacHead {
  readonly columns: readonly IpacHeadColumn[]
  readonly notes: readonly TableNote[]
  /** the lines as they stand */
  readonly lines: readonly string[]
  /** line of the names, from 1 */
  readonly nameLine: number
}

const MAX_COLUMNS = 10_000
/** Names, types, units, null values. */
const MAX_BAR_LINES = 4
/** Lines before the names. */
const MAX_NOTES = 1_000_000

/** Takes the keyword, comment and bar lines; the scanner stands at the first record then. */
export function readIpacHead(
  scanner: LineScanner,
  source: string | undefined,
  options: IpacReadOptions,
  warnings: WarningList,
): IpacHead {
  const notes: TableNote[] = []
  const lines: string[] = []
  for (let line = scanner.peek(); line !== undefined; line = scanner.peek()) {
    if (line.startsWith('\\')) notes.push(parseNote(line))
    else if (line.trim() !== '') break
    lines.push(line)
    scanner.take()
    if (lines.length > MAX_NOTES) throw tooManyNotes({ source, line: lines.length })
  }
  const nameLine = scanner.line
  if (options.fixedColumns !== undefined) return { columns: fixedHead(options), notes, lines, nameLine }
  const barLines = takeBarLines(scanner, source)
  const columns = headColumns(barLines, nameLine, source, options, warnings)
  return { columns, notes, lines: [...lines, ...barLines], nameLine }
}

function tooManyNotes(location: TableLocation): TableError {
  return new TableError('TABLE_TOO_LARGE', location, 'too many lines come before the column names', {
    allowed: `up to ${MAX_NOTES}`,
  })
}

function fixedHead(options: IpacReadOptions): IpacHeadColumn[] {
  return (options.fixedColumns ?? []).map((column) => ({
    name: column.name,
    type: options.types?.get(column.name) ?? column.type,
    unit: undefined,
    nullText: undefined,
    start: column.start,
    end: column.end ?? Number.POSITIVE_INFINITY,
  }))
}

const TYPED_KEYWORD = /^(?:char|c|int|i|long|l|float|f|real|r|double|d|date)\s+([^\s=]+)$/i

function parseNote(line: string): TableNote {
  const text = line.slice(1).trimEnd()
  const equals = text.indexOf('=')
  // A blank after the backslash marks a comment, also one that holds an equals sign.
  if (equals < 1 || /^\s/.test(text)) return commentNote(text.replace(/^ /, ''))
  const key = text.slice(0, equals).trim()
  return keywordNote(TYPED_KEYWORD.exec(key)?.[1] ?? key, unquote(text.slice(equals + 1).trim()))
}

function unquote(text: string): string {
  const quote = text[0]
  const isQuoted = text.length > 1 && (quote === "'" || quote === '"') && text.endsWith(quote)
  return isQuoted ? text.slice(1, -1) : text
}

function takeBarLines(scanner: LineScanner, source: string | undefined): string[] {
  const barLines: string[] = []
  for (let line = scanner.peek(); line?.trimStart().startsWith('|') === true; line = scanner.peek()) {
    if (barLines.length === MAX_BAR_LINES) {
      const location = { source, line: scanner.line, character: 1 }
      throw new TableError('TABLE_BAD_SYNTAX', location, 'the table has too many bar lines', {
        found: line,
        allowed: `up to ${MAX_BAR_LINES}: names, types, units, null values`,
      })
    }
    barLines.push(line)
    scanner.take()
  }
  if (barLines.length > 0) return barLines
  const problem = 'the first line of the table proper does not hold column names between bars'
  throw new TableError('TABLE_NOT_A_TABLE', { source, line: scanner.line, character: 1 }, problem, {
    found: scanner.peek() ?? 'the end of the input',
    allowed: 'a line such as | cntr | fname |, after lines that are blank or start with \\',
  })
}

function headColumns(
  barLines: readonly string[],
  nameLine: number,
  source: string | undefined,
  options: IpacReadOptions,
  warnings: WarningList,
): IpacHeadColumn[] {
  const maxColumns = options.maxColumns ?? MAX_COLUMNS
  const cells = barLines.map((line) => splitBars(line, maxColumns))
  const names = cells[0] ?? []
  if (names.length > maxColumns) {
    throw new TableError('TABLE_TOO_LARGE', { source, line: nameLine }, 'the table has too many columns', {
      found: `more than ${maxColumns}`,
      allowed: `up to ${maxColumns}`,
    })
  }
  cells.forEach((texts, index) => {
    if (texts.length === names.length) return
    const message = `${texts.length} cells under ${names.length} column names`
    warnings.add('TABLE_HEADER_MISMATCH', { source, line: nameLine + index }, message)
  })
  const seen = new Set<string>()
  return names.map((cell, index) => {
    const column = cell.text.replace(/\s+/g, '')
    if (column === '') throw emptyName({ source, line: nameLine, character: cell.start + 1 })
    if (seen.has(column))
      warnings.add(
        'TABLE_DUPLICATE_COLUMN',
        { source, line: nameLine, column },
        'a second column of this name',
      )
    seen.add(column)
    const typeText = cells[1]?.[index]?.text.trim()
    const isLast = index === names.length - 1
    return {
      name: column,
      type:
        options.types?.get(column) ?? knownType(typeText, { source, line: nameLine + 1, column }, warnings),
      unit: emptyToUndefined(cells[2]?.[index]?.text.trim()),
      nullText: cells[3]?.[index]?.text.trim(),
      start: cell.start,
      end: isLast ? lastEnd(barLines[0] ?? '', options) : cell.end,
    }
  })
}

function lastEnd(nameLine: string, options: IpacReadOptions): number {
  return options.extendLastColumn === true ? Number.POSITIVE_INFINITY : nameLine.length
}

function emptyToUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

interface BarCell {
  readonly text: string
  readonly start: number
  /** one after the position of the right bar */
  readonly end: number
}

function splitBars(line: string, maxColumns: number): BarCell[] {
  const cells: BarCell[] = []
  let left = line.indexOf('|')
  while (left >= 0 && cells.length <= maxColumns) {
    const right = line.indexOf('|', left + 1)
    if (right < 0) {
      const rest = line.slice(left + 1)
      if (rest.trim() !== '') cells.push({ text: rest, start: left + 1, end: line.length })
      break
    }
    cells.push({ text: line.slice(left + 1, right), start: left + 1, end: right + 1 })
    left = right
  }
  return cells
}

function emptyName(place: TableLocation): TableError {
  return new TableError('TABLE_BAD_SYNTAX', place, 'a column has no name', {
    found: 'blanks between two bars',
    allowed: 'a name',
  })
}

const IPAC_TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ['i', 'int32'],
  ['int', 'int32'],
  ['integer', 'int32'],
  ['l', 'int64'],
  ['long', 'int64'],
  ['f', 'float64'],
  ['float', 'float64'],
  ['r', 'float64'],
  ['real', 'float64'],
  ['d', 'float64'],
  ['double', 'float64'],
  ['c', 'string'],
  ['char', 'string'],
  ['date', 'string'],
])

function knownType(
  typeText: string | undefined,
  place: TableLocation,
  warnings: WarningList,
): ColumnType | undefined {
  if (typeText === undefined || typeText === '') return undefined
  const type = IPAC_TYPES.get(typeText.toLowerCase())
  if (type === undefined) {
    const known = 'int long float real double char date'
    warnings.add(
      'TABLE_UNKNOWN_TYPE',
      place,
      `the type of the column is unknown, known are ${known}; read as text`,
      typeText,
    )
  }
  return type ?? 'string'
}
