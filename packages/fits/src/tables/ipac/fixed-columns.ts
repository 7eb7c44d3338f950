import { TableError } from '../errors.ts'
import { isNullAt, tableColumn } from '../model/access.ts'
import type { Column, Table } from '../model/table.ts'
import {
  type BarText,
  type Block,
  checkedText,
  checkName,
  checkScalar,
  type IpacColumnFormat,
  type IpacTableFormat,
} from './layout.ts'
import { ipacTypeOf, naturalText } from './natural-columns.ts'
import { type PrintfFormat, padToWidth, parsePrintf, printfDigits } from './printf.ts'

/** Columns as their printf formats give them, every value between its bars. */
export function fixedBlocks(
  table: Table,
  formats: readonly IpacColumnFormat[],
  format: IpacTableFormat,
): Block[] {
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
  if (format.header === undefined && barLines !== 'none') checkName(column.name)
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
      throw new TableError(
        'TABLE_UNSUPPORTED',
        { column: draft.column.name },
        'only the last column may have a format without width',
        {
          remedy: 'give the format a width, or * for the longest value',
        },
      )
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
