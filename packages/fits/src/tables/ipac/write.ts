import { TableError } from '../errors.ts'
import { tableLocation } from '../model/access.ts'
import type { Table, TableNote } from '../model/table.ts'
import { float64Text } from '../number-text.ts'
import { fixedBlocks } from './fixed-columns.ts'
import { type Block, type IpacTableFormat, unwritable } from './layout.ts'
import { naturalBlock } from './natural-columns.ts'

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
    throw new TableError(
      'TABLE_UNWRITABLE',
      tableLocation(table),
      'an IPAC table needs at least one column',
      {},
    )
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
