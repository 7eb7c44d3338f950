import { TableError } from '../errors.ts'
import { isArrayColumn, isNullAt, tableColumn } from '../model/access.ts'
import type { Column, Table, TableNote } from '../model/table.ts'
import { float32Text, float64Text } from './number-text.ts'
import { type PrintfFormat, padToWidth, parsePrintf, printfDigits } from './printf.ts'

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

/**
 * The table as IPAC text, lines ended with a newline.
 *
 * With `columns` every record is made of the printf formats, as C programs write it; a value that is wider than its
 * format widens the whole column and its bars, so that nothing is cut or shifted. Without `columns` each column is
 * as wide as its longest text and numbers are written in the shortest form that reads back equal.
 *
 * Null cells hold the column's `nullText`; where that is absent, blanks (with `columns`) or `null` with a fourth
 * bar line. Text is written without change; blanks at its ends are lost when it is read back, and so is the difference between
 * empty text and no value, which the format does not know.
 *
 * @throws TableError `TABLE_UNWRITABLE` for array columns, line breaks in values, bars in names, and text that
 *   equals the null text; `TABLE_NO_COLUMN`; `TABLE_UNSUPPORTED` for a format that is not understood
 */
export function writeIpacTable(table: Table, format: IpacTableFormat = {}): string {
  const blocks =
    format.columns === undefined
      ? table.columns.map((column) => naturalBlock(column))
      : fixedBlocks(table, format.columns, format)
  if (blocks.length === 0) {
    throw new TableError('TABLE_UNWRITABLE', 'an IPAC table needs at least one column', {
      where: table.name === undefined ? [] : [table.name],
    })
  }
  const lines = format.omitNotes === true ? [] : table.notes.map((note) => noteLine(note))
  const barLines = headLines(blocks, format)
  lines.push(...barLines)
  const width = barLines[0]?.length ?? 0
  for (let row = 0; row < table.rowCount; row++) {
    let record = ''
    for (const block of blocks) record += block.cells[row] ?? ''
    lines.push(format.padRecords === true ? record.padEnd(width) : record)
  }
  return `${lines.join('\n')}\n`
}

/** A column ready to be put on lines: bar texts of equal length and one text for each record. */
interface Block {
  readonly header: string
  readonly typeText: string
  readonly unitText: string
  readonly nullText: string
  readonly cells: readonly string[]
}

function headLines(blocks: readonly Block[], format: IpacTableFormat): string[] {
  const line = (pick: (block: Block) => string): string =>
    `|${blocks.map((block) => pick(block).padEnd(block.header.length)).join('|')}|`
  const hasNull = blocks.some((block) => block.nullText.trim() !== '')
  const hasUnit = blocks.some((block) => block.unitText.trim() !== '')
  if (format.barLines === 'none') return []
  const lines = [line((block) => block.header)]
  if (format.barLines !== 'names') lines.push(line((block) => block.typeText))
  if (format.barLines === undefined || format.barLines === 'all') {
    if (hasUnit || hasNull) lines.push(line((block) => block.unitText))
    if (hasNull) lines.push(line((block) => block.nullText))
  }
  return lines
}

function noteLine(note: TableNote): string {
  const text =
    note.kind === 'comment' ? `\\ ${note.text}` : `\\${keyText(note.name)} = ${valueText(note.value)}`
  if (/[\r\n]/.test(text))
    throw unwritable('a keyword or comment with a line break', text, 'text on one line')
  return note.kind === 'comment' ? text.trimEnd() : text
}

function keyText(name: string): string {
  if (name === '' || /[\s=]/.test(name))
    throw unwritable('a keyword name', name, 'a name without blanks and =')
  return name
}

function valueText(value: string | number | bigint | boolean): string {
  const text = typeof value === 'number' ? float64Text(value) : String(value)
  const isAmbiguous = text !== text.trim() || /^(['"]).*\1$/.test(text)
  return isAmbiguous ? `${text.includes("'") ? '"' : "'"}${text}${text.includes("'") ? '"' : "'"}` : text
}

function unwritable(what: string, found: string, allowed: string, where: readonly string[] = []): TableError {
  return new TableError('TABLE_UNWRITABLE', `${what} cannot be written to an IPAC table`, {
    where,
    found,
    allowed,
  })
}

function checkScalar(column: Column): void {
  if (!isArrayColumn(column)) return
  throw unwritable(
    `the array column ${column.name}`,
    column.type,
    'columns with one value in each cell; VOTable and FITS keep arrays',
  )
}

function checkedText(text: string, column: Column, row: number): string {
  if (/[\r\n]/.test(text)) {
    throw unwritable('a value with a line break', text, 'text on one line', [
      `column ${column.name}`,
      `row ${row + 1}`,
    ])
  }
  return text
}

// ---- natural widths

function naturalBlock(column: Column): Block {
  checkScalar(column)
  const name = column.name
  if (name === '' || /[\s|]/.test(name))
    throw unwritable('the column name', name, 'a name without blanks and bars')
  const nullText = naturalNullText(column)
  const texts = naturalTexts(column, nullText)
  const shownNull = column.nulls?.includes(1) === true || column.nullText !== undefined ? nullText : ''
  const typeText = ipacTypeOf(column)
  const unitText = column.unit ?? ''
  if (/[|\r\n]/.test(unitText))
    throw unwritable(`the unit of column ${name}`, unitText, 'text without bars and line breaks')
  if (/[|\r\n]/.test(shownNull))
    throw unwritable(`the null text of column ${name}`, shownNull, 'text without bars and line breaks')
  const width = texts.reduce(
    (widest, text) => Math.max(widest, text.length),
    Math.max(name.length, typeText.length, unitText.length, shownNull.length),
  )
  const isText = column.type === 'string'
  const place = (text: string): string => (isText ? text.padEnd(width) : text.padStart(width))
  return {
    header: place(name),
    typeText: place(typeText),
    unitText: place(unitText),
    nullText: place(shownNull),
    cells: texts.map((text) => ` ${place(text)}`),
  }
}

/** The column's own null text, or `null` unless a value reads so. */
function naturalNullText(column: Column): string {
  if (column.nullText !== undefined) return column.nullText
  return column.type === 'string' && column.values.includes('null') ? '' : 'null'
}

function naturalTexts(column: Column, nullText: string): string[] {
  const texts: string[] = []
  const rowCount = column.nulls?.length ?? column.values.length
  for (let row = 0; row < rowCount; row++) {
    if (isNullAt(column, row)) {
      texts.push(nullText)
      continue
    }
    const text = checkedText(naturalText(column, row), column, row)
    if (text === nullText && text !== '' && column.nullText !== undefined) {
      const where = [`column ${column.name}`, `row ${row + 1}`]
      throw unwritable(
        'a value that equals the null text of its column',
        text,
        'another null text for the column',
        where,
      )
    }
    texts.push(text)
  }
  return texts
}

function naturalText(column: Column, row: number): string {
  const value = column.values[row]
  if (column.type === 'boolean' || column.type === 'bit') return value === 1 ? 'true' : 'false'
  if (typeof value !== 'number') return String(value)
  return column.type === 'float32' ? float32Text(value) : float64Text(value)
}

function ipacTypeOf(column: Column): string {
  switch (column.type) {
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
      return 'int'
    case 'uint32':
    case 'int64':
    case 'uint64':
      return 'long'
    case 'float32':
      return 'float'
    case 'float64':
      return 'double'
    default:
      return 'char'
  }
}

// ---- printf formats

function fixedBlocks(table: Table, formats: readonly IpacColumnFormat[], format: IpacTableFormat): Block[] {
  const drafts = formats.flatMap((column) => {
    const names = typeof column.name === 'string' ? [column.name] : column.name
    if (column.isOptional === true && !table.columns.some((each) => names.includes(each.name))) return []
    return [fixedDraft(tableColumn(table, ...names), column, table.rowCount, format.barLines ?? 'all')]
  })
  return alignDrafts(drafts)
}

interface Draft {
  readonly header: string
  readonly typeText: string
  readonly unitText: string
  readonly nullText: string
  readonly cells: readonly string[]
  /** width of every record's part; undefined when the format has no width */
  readonly nominalWidth: number | undefined
  readonly column: Column
}

function fixedDraft(
  column: Column,
  format: IpacColumnFormat,
  rowCount: number,
  barLines: NonNullable<IpacTableFormat['barLines']>,
): Draft {
  checkScalar(column)
  const printf = parsePrintf(format.format)
  const digits: string[] = []
  for (let row = 0; row < rowCount; row++) digits.push(fixedDigits(printf, column, row))
  const longest = digits.reduce((widest, text) => Math.max(widest, text.length), format.minWidth ?? 0)
  const width = printf.width === 'longest' ? longest : printf.width
  const hasWidth = printf.width !== 0
  const actual = hasWidth ? Math.max(width, longest) : 0
  const cells = digits.map((text) => printf.before + padToWidth(printf, text, actual) + printf.after)
  const shownWidth = printf.width === 'longest' ? longest : width
  const extra = hasWidth && printf.width !== 'longest' ? actual - width : 0
  const header = barText(format.header ?? column.name, shownWidth)
  const typeText = barText(format.typeText ?? ipacTypeOf(column), shownWidth)
  const unitText = barLines === 'all' ? (column.unit ?? '') : ''
  const nullText = barLines === 'all' ? (column.nullText ?? '') : ''
  const barWidth = Math.max(header.length + extra, typeText.length, unitText.length, nullText.length)
  return {
    header: header.padEnd(barWidth),
    typeText,
    unitText,
    nullText,
    cells,
    nominalWidth: hasWidth ? printf.before.length + actual + printf.after.length : undefined,
    column,
  }
}

function barText(text: BarText, width: number): string {
  return typeof text === 'string' ? text : text(width)
}

function fixedDigits(printf: PrintfFormat, column: Column, row: number): string {
  if (isNullAt(column, row)) return column.nullText ?? ''
  const value = column.values[row]
  if (value === undefined) return ''
  if (column.type === 'boolean' || column.type === 'bit') return value === 1 ? 'true' : 'false'
  if (typeof value === 'string')
    return checkedText(printf.conversion === 's' ? printfDigits(printf, value) : value, column, row)
  if (printf.conversion === 's') return naturalText(column, row)
  return printfDigits(printf, value)
}

/**
 * Keeps every value between its bars: bars that are too near are widened, records that are too far left are moved
 * right. Formats that fit already, as those of the original programs do, are not touched.
 */
function alignDrafts(drafts: readonly Draft[]): Block[] {
  let leftBar = 0
  let recordEnd = 0
  return drafts.map((draft, index) => {
    if (draft.nominalWidth === undefined && index < drafts.length - 1) {
      throw new TableError('TABLE_UNSUPPORTED', 'only the last column may have a format without width', {
        where: [`column ${draft.column.name}`],
        remedy: 'give the format a width, or * for the longest value',
      })
    }
    const [first, last] = extent(draft.cells)
    const shift = Math.max(0, leftBar + 1 - (recordEnd + first))
    // A value may stand under its right bar but not beyond.
    const beyond = recordEnd + shift + last - (leftBar + draft.header.length + 1)
    const width = draft.header.length + Math.max(0, beyond)
    recordEnd += shift + (draft.nominalWidth ?? 0)
    leftBar += width + 1
    return {
      header: draft.header.padEnd(width),
      typeText: draft.typeText,
      unitText: draft.unitText,
      nullText: draft.nullText,
      cells: shift === 0 ? draft.cells : draft.cells.map((cell) => ' '.repeat(shift) + cell),
    }
  })
}

/** Smallest first and largest last position that is not blank in any of the texts. */
function extent(texts: readonly string[]): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const text of texts) {
    const end = text.trimEnd().length
    if (end === 0) continue
    first = Math.min(first, text.length - text.trimStart().length)
    last = Math.max(last, end - 1)
  }
  return [first, last]
}
