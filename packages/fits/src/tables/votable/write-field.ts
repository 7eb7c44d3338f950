import { TableError } from '../errors.ts'
import { isArrayColumn, isNullAt } from '../model/access.ts'
import type { Column, ColumnType, Table } from '../model/table.ts'
import { parseWhole } from '../number-text.ts'
import { isTextDatatype, type VoDatatype } from './datatype.ts'
import type { VoSerialization } from './document.ts'

/** A column with what its FIELD says. */
export interface WriteField {
  readonly column: Column
  readonly datatype: VoDatatype
  readonly arraysize: string | undefined
  /** characters of each string of an array of text */
  readonly textWidth: number
  /** whole number that stands for no value */
  readonly nullValue: number | bigint | undefined
}

const DATATYPES: Readonly<Record<ColumnType, VoDatatype>> = {
  boolean: 'boolean',
  bit: 'bit',
  int8: 'short',
  uint8: 'unsignedByte',
  int16: 'short',
  uint16: 'int',
  int32: 'int',
  uint32: 'long',
  int64: 'long',
  uint64: 'long',
  float32: 'float',
  float64: 'double',
  complex64: 'floatComplex',
  complex128: 'doubleComplex',
  string: 'char',
}

const MAX_INT64 = 2n ** 63n - 1n

/**
 * How a column is written.
 *
 * @throws TableError `TABLE_UNWRITABLE` for uint64 beyond int64, and for nulls that BINARY has no way to tell
 */
export function writeField(table: Table, column: Column, serialization: VoSerialization): WriteField {
  if (column.type === 'uint64' && column.values.some((value) => value > MAX_INT64)) {
    throw unwritable(
      table,
      column,
      'VOTable has no whole numbers beyond 2^63 - 1',
      'convert the column to text or float64',
    )
  }
  const isWide = column.type === 'string' && column.values.some((text) => !isAscii(text))
  const datatype = isWide ? 'unicodeChar' : DATATYPES[column.type]
  const textWidth = column.type === 'string' ? longest(column.values) : 0
  return {
    column,
    datatype,
    arraysize: arraySize(column, textWidth),
    textWidth,
    nullValue: nullValue(table, column, datatype, serialization),
  }
}

function isAscii(text: string): boolean {
  for (let k = 0; k < text.length; k++) if (text.charCodeAt(k) > 126 || text.charCodeAt(k) === 0) return false
  return true
}

function longest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 1)
}

function arraySize(column: Column, textWidth: number): string | undefined {
  const isText = column.type === 'string'
  const { cellShape, offsets } = column
  if (cellShape === undefined && offsets === undefined) return isText ? '*' : undefined
  const inner = offsets === undefined ? (cellShape ?? []) : (cellShape ?? []).slice(1)
  const sizes = [...inner].reverse().map(String)
  if (isText) sizes.unshift(String(textWidth))
  if (offsets !== undefined) sizes.push('*')
  return sizes.join('x')
}

function unwritable(table: Table, column: Column, problem: string, remedy: string): TableError {
  const location = { source: table.source ?? table.name, column: column.name }
  return new TableError('TABLE_UNWRITABLE', location, problem, { remedy })
}

const INTEGER_RANGES: ReadonlyMap<VoDatatype, readonly [bigint, bigint]> = new Map([
  ['unsignedByte', [0n, 255n]],
  ['short', [-32768n, 32767n]],
  ['int', [-(2n ** 31n), 2n ** 31n - 1n]],
  ['long', [-(2n ** 63n), MAX_INT64]],
] as const)

/** The value that stands for null: the column's own, or in BINARY one that no row has. */
function nullValue(
  table: Table,
  column: Column,
  datatype: VoDatatype,
  serialization: VoSerialization,
): number | bigint | undefined {
  const hasNulls = column.nulls?.includes(1) === true
  const range = INTEGER_RANGES.get(datatype)
  if (range === undefined || isArrayColumn(column)) {
    if (hasNulls && serialization === 'binary') checkBinaryNull(table, column, datatype)
    return undefined
  }
  const used = (value: bigint): boolean => hasValue(column, value)
  const own = column.nullText === undefined ? undefined : parseWhole(column.nullText.trim())
  if (own !== undefined && BigInt(own) >= range[0] && BigInt(own) <= range[1] && !used(BigInt(own)))
    return own
  if (!hasNulls || serialization !== 'binary') return undefined
  for (let value = range[0]; value <= range[1]; value++) if (!used(value)) return value
  throw unwritable(
    table,
    column,
    'every value of the type is in use and none is left to mean null',
    'write BINARY2 or TABLEDATA',
  )
}

function hasValue(column: Column, value: bigint): boolean {
  for (let row = 0; row < column.values.length; row++) {
    const found = column.values[row]
    if (!isNullAt(column, row) && typeof found !== 'string' && found !== undefined && BigInt(found) === value)
      return true
  }
  return false
}

/** Text is null when empty, float arrays when NaN, open arrays when empty, truth values by `?`. */
function checkBinaryNull(table: Table, column: Column, datatype: VoDatatype): void {
  const isFloat = column.type === 'float32' || column.type === 'float64' || column.type.startsWith('complex')
  const isScalarTruth = datatype === 'boolean' && !isArrayColumn(column)
  if (isTextDatatype(datatype) || isFloat || isScalarTruth || column.offsets !== undefined) return
  throw unwritable(
    table,
    column,
    'BINARY cannot tell which cells have no value',
    'write BINARY2 or TABLEDATA',
  )
}
