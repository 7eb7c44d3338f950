import { isNullAt } from '../model/access.ts'
import type { Column } from '../model/table.ts'
import { float32Text, float64Text } from '../number-text.ts'
import { type Block, checkedText, checkName, checkScalar, unwritable } from './layout.ts'

/** A column as wide as its longest text. */
export function naturalBlock(column: Column): Block {
  checkScalar(column)
  const name = column.name
  checkName(name)
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
  const isText = typeText === 'char'
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
      const where = { column: column.name, row: row + 1 }
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

/** A value in its shortest form. */
export function naturalText(column: Column, row: number): string {
  const value = column.values[row]
  if (column.type === 'boolean' || column.type === 'bit') return value === 1 ? 'true' : 'false'
  if (typeof value !== 'number') return String(value)
  return column.type === 'float32' ? float32Text(value) : float64Text(value)
}

const MAX_INT64 = 2n ** 63n - 1n

/** Word of the type line for a column. */
export function ipacTypeOf(column: Column): string {
  switch (column.type) {
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
      return 'int'
    case 'uint32':
    case 'int64':
      return 'long'
    case 'uint64':
      return column.values.some((value) => value > MAX_INT64) ? 'char' : 'long'
    case 'float32':
      return 'float'
    case 'float64':
      return 'double'
    default:
      return 'char'
  }
}
