import { isArrayColumn, isNullAt, valuesPerRow } from '../model/access.ts'
import { float32Text, float64Text } from '../number-text.ts'
import type { WriteField } from './write-field.ts'
import { escapeXml } from './xml-text.ts'

/** The rows as TR elements, one line each, in TABLEDATA. */
export function tabledataText(fields: readonly WriteField[], rowCount: number): string {
  const lines = ['<TABLEDATA>']
  for (let row = 0; row < rowCount; row++) {
    let line = '<TR>'
    for (const field of fields) line += `<TD>${cellText(field, row)}</TD>`
    lines.push(`${line}</TR>`)
  }
  lines.push('</TABLEDATA>')
  return lines.join('\n')
}

function cellText(field: WriteField, row: number): string {
  const { column } = field
  if (isNullAt(column, row)) return ''
  if (!isArrayColumn(column)) return elementText(field, row)
  const [start, end] = cellRange(field, row)
  const texts: string[] = []
  for (let entry = start; entry < end; entry++) {
    const text = elementText(field, entry)
    texts.push(column.type === 'string' ? text.padEnd(field.textWidth) : text)
  }
  return texts.join(column.type === 'string' ? '' : ' ')
}

/** First entry of `values` of a cell and the one after its last. */
export function cellRange(field: WriteField, row: number): readonly [number, number] {
  const { column } = field
  if (column.offsets === undefined) {
    const perRow = valuesPerRow(column)
    return [row * perRow, (row + 1) * perRow]
  }
  const parts = column.type === 'complex64' || column.type === 'complex128' ? 2 : 1
  return [(column.offsets[row] ?? 0) * parts, (column.offsets[row + 1] ?? 0) * parts]
}

function elementText(field: WriteField, entry: number): string {
  const { column } = field
  const value = column.values[entry]
  if (typeof value === 'string') return escapeXml(value, column.name)
  if (column.type === 'boolean') return value === 1 ? 'T' : 'F'
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return column.type === 'float32' || column.type === 'complex64' ? float32Text(value) : float64Text(value)
}
