import { FitsError, type FitsLocation } from '../errors.ts'
import type { Header } from '../header/header.ts'
import { latin1Bytes } from '../header/latin1.ts'
import { isArrayColumn, isNullAt } from '../tables/model/access.ts'
import type { Column, Table } from '../tables/model/table.ts'
import { float32Text } from '../tables/number-text.ts'
import { addMeta, addNotes, mandatoryCards } from './table-header.ts'

/** A column as texts of one width. */
interface TextColumn {
  readonly column: Column
  readonly format: string
  readonly nullText: string | undefined
  readonly texts: readonly string[]
  readonly width: number
}

/** Header and rows of an ASCII table; one blank between the columns. @throws FitsError `FITS_UNWRITABLE_COLUMN` */
export function asciiTable(
  table: Table,
  location: FitsLocation,
): { readonly header: Header; readonly bytes: Uint8Array } {
  const columns = table.columns.map((column) => textColumn(column, table.rowCount, location))
  const rowBytes = columns.reduce((sum, column) => sum + column.width + 1, 0)
  const header = mandatoryCards('TABLE', Math.max(0, rowBytes - 1), table.rowCount, columns.length)
  let start = 1
  columns.forEach(({ column, format, nullText, width }, index) => {
    const number = index + 1
    header.append(`TTYPE${number}`, column.name)
    header.append(`TBCOL${number}`, start)
    header.append(`TFORM${number}`, format)
    if (column.unit !== undefined && column.unit !== '') header.append(`TUNIT${number}`, column.unit)
    if (nullText !== undefined) header.append(`TNULL${number}`, nullText)
    addMeta(header, column, number)
    start += width + 1
  })
  addNotes(header, table, true)
  const lines: string[] = []
  for (let row = 0; row < table.rowCount; row++) {
    lines.push(columns.map(({ texts }) => texts[row] ?? '').join(' '))
  }
  return { header, bytes: latin1Bytes(lines.join('')) }
}

const NULL_TEXT = 'NULL'

function textColumn(column: Column, rowCount: number, place: FitsLocation): TextColumn {
  const location = { ...place, column: column.name }
  const kind = numberKind(column, location)
  const nullText = chooseNullText(column, rowCount, location)
  const texts: string[] = []
  for (let row = 0; row < rowCount; row++)
    texts.push(fieldText(column, row, nullText, { ...location, row: row + 1 }))
  const width = texts.reduce(
    (widest, text) => Math.max(widest, text.length),
    Math.max(1, nullText?.length ?? 0),
  )
  // Null texts start in the first character of their field, as the keyword has them.
  const padded = texts.map((text) =>
    kind === 'A' || text === nullText ? text.padEnd(width) : text.padStart(width),
  )
  const decimals = texts.reduce((most, text) => Math.max(most, /\.(\d+)/.exec(text)?.[1]?.length ?? 0), 0)
  const format = kind === 'A' || kind === 'I' ? `${kind}${width}` : `${kind}${width}.${decimals}`
  return { column, format, nullText, texts: padded, width }
}

function numberKind(column: Column, location: FitsLocation): 'A' | 'I' | 'E' | 'D' {
  if (!isArrayColumn(column)) {
    if (column.type === 'string') return 'A'
    if (column.type === 'float32') return 'E'
    if (column.type === 'float64') return 'D'
    if (column.type.startsWith('int') || column.type.startsWith('uint')) return 'I'
  }
  throw unwritable(
    location,
    'ASCII tables have no columns of this type',
    `${column.type}${isArrayColumn(column) ? ' array' : ''}`,
    'text, integers and real numbers, one in each cell; binary tables have more',
  )
}

function chooseNullText(column: Column, rowCount: number, location: FitsLocation): string | undefined {
  let hasNull = false
  for (let row = 0; row < rowCount && !hasNull; row++) hasNull = isMissing(column, row)
  if (!hasNull && column.nullText === undefined) return undefined
  const text = column.nullText ?? NULL_TEXT
  if (
    column.type === 'string' &&
    column.values.some((value, row) => value.trimEnd() === text && !isNullAt(column, row))
  ) {
    throw unwritable(
      location,
      'a value is the text that means "no value" in its column',
      text,
      'another nullText',
    )
  }
  return text
}

/** NaN cannot be written; it has no value either. */
function isMissing(column: Column, row: number): boolean {
  return isNullAt(column, row) || Number.isNaN(column.values[row])
}

function fieldText(
  column: Column,
  row: number,
  nullText: string | undefined,
  location: FitsLocation,
): string {
  if (isMissing(column, row)) return nullText ?? ''
  const value = column.values[row]
  if (typeof value === 'string') {
    if (!/^[ -~]*$/.test(value))
      throw unwritable(
        location,
        'the text holds a character that FITS does not have',
        value,
        'ASCII from blank to ~',
      )
    return value
  }
  if (typeof value !== 'number' || (column.type !== 'float32' && column.type !== 'float64'))
    return String(value)
  if (!Number.isFinite(value))
    throw unwritable(location, 'ASCII tables have no infinite numbers', String(value), 'finite numbers')
  return realText(column.type === 'float32' ? Number(float32Text(value)) : value)
}

/** Shortest form that reads back equal, with decimal point and exponent. */
function realText(value: number): string {
  const [mantissa = '0', exponent = '+0'] = value.toExponential().split('e')
  const sign = exponent.startsWith('-') ? '-' : '+'
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0')
  return `${Object.is(value, -0) ? '-' : ''}${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${sign}${digits}`
}

function unwritable(location: FitsLocation, problem: string, found: string, allowed: string): FitsError {
  return new FitsError('FITS_UNWRITABLE_COLUMN', location, problem, { found, allowed })
}
