import { FitsError, type FitsLocation } from '../errors.ts'
import { isNullAt } from '../tables/model/access.ts'
import type { Column, ColumnType } from '../tables/model/table.ts'
import { parseWhole } from '../tables/number-text.ts'
import { CODE_BYTES, type ElementCode, elementBytes } from './binary-format.ts'

/** How a column is stored in a binary table. */
export interface ColumnPlan {
  readonly name: string
  readonly type: ColumnType
  readonly code: ElementCode
  /** elements of a cell in the row; characters for text */
  readonly repeat: number
  /** for arrays in the heap */
  readonly descriptor: 'P' | 'Q' | undefined
  /** added to stored integers */
  readonly tzero: bigint
  /** the value, before `tzero` is taken off, that means no value */
  readonly nullValue: bigint | undefined
  /** characters of one text */
  readonly textWidth: number
  /** lengths of the axes of a cell, fastest first */
  readonly tdim: readonly number[] | undefined
  /** bytes in the row */
  readonly byteWidth: number
}

/** Choices for the columns of a table that is written. */
export interface PlanOptions {
  /** Characters for columns of text by name; default the longest text. */
  readonly textWidths?: ReadonlyMap<string, number>
  /** Descriptors of variable-length arrays; `Q` for heaps beyond 2 GiB. */
  readonly descriptor?: 'P' | 'Q'
}

const CODES: Readonly<Record<ColumnType, readonly [code: ElementCode, tzero: bigint]>> = {
  boolean: ['L', 0n],
  bit: ['X', 0n],
  uint8: ['B', 0n],
  int8: ['B', -128n],
  int16: ['I', 0n],
  uint16: ['I', 2n ** 15n],
  int32: ['J', 0n],
  uint32: ['J', 2n ** 31n],
  int64: ['K', 0n],
  uint64: ['K', 2n ** 63n],
  float32: ['E', 0n],
  float64: ['D', 0n],
  complex64: ['C', 0n],
  complex128: ['M', 0n],
  string: ['A', 0n],
}

const INTEGER_RANGES: ReadonlyMap<ColumnType, readonly [bigint, bigint]> = new Map([
  ['int8', [-128n, 127n]],
  ['uint8', [0n, 255n]],
  ['int16', [-(2n ** 15n), 2n ** 15n - 1n]],
  ['uint16', [0n, 2n ** 16n - 1n]],
  ['int32', [-(2n ** 31n), 2n ** 31n - 1n]],
  ['uint32', [0n, 2n ** 32n - 1n]],
  ['int64', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['uint64', [0n, 2n ** 64n - 1n]],
] as const)

/**
 * How a column is stored.
 *
 * @throws FitsError `FITS_UNWRITABLE_COLUMN`
 */
export function planColumn(column: Column, options: PlanOptions, file: FitsLocation): ColumnPlan {
  const [code, tzero] = CODES[column.type]
  const location = { ...file, column: column.name }
  const isVariable = column.offsets !== undefined
  if (isVariable && column.type === 'string') {
    throw new FitsError(
      'FITS_UNWRITABLE_COLUMN',
      location,
      'arrays of texts of variable length have no place in a FITS table',
      {
        remedy: 'write VOTable, or give every cell the same count of texts',
      },
    )
  }
  const shape = isVariable ? (column.cellShape ?? []).slice(1) : (column.cellShape ?? [])
  const elements = shape.reduce((product, size) => product * size, 1)
  const textWidth = column.type === 'string' ? chooseWidth(column, options) : 0
  const repeat = column.type === 'string' ? elements * textWidth : elements
  const descriptor = isVariable ? (options.descriptor ?? 'P') : undefined
  return {
    name: column.name,
    type: column.type,
    code,
    repeat: isVariable ? 1 : repeat,
    descriptor,
    tzero,
    nullValue: chooseNull(column, location),
    textWidth,
    tdim: chooseTdim(column, shape, textWidth),
    byteWidth: descriptor === undefined ? elementBytes(code, repeat) : descriptor === 'P' ? 8 : 16,
  }
}

function chooseWidth(column: Column, options: PlanOptions): number {
  const given = options.textWidths?.get(column.name)
  if (given !== undefined) return given
  return column.type === 'string' ? column.values.reduce((width, text) => Math.max(width, text.length), 1) : 0
}

function chooseTdim(
  column: Column,
  shape: readonly number[],
  textWidth: number,
): readonly number[] | undefined {
  if (column.offsets !== undefined) return undefined
  if (column.type === 'string') return shape.length > 0 ? [textWidth, ...shape.toReversed()] : undefined
  return shape.length > 1 ? shape.toReversed() : undefined
}

/** The number that means no value: the column's own, or the first of its type that no row has. */
function chooseNull(column: Column, location: FitsLocation): bigint | undefined {
  const range = INTEGER_RANGES.get(column.type)
  if (range === undefined) {
    if (column.type === 'bit' && column.nulls?.includes(1) === true) throw noNull(location, 'bits are 0 or 1')
    return undefined
  }
  const isFree = (value: bigint): boolean => !hasValue(column, value)
  const own = column.nullText === undefined ? undefined : parseWhole(column.nullText.trim())
  if (own !== undefined && BigInt(own) >= range[0] && BigInt(own) <= range[1] && isFree(BigInt(own)))
    return BigInt(own)
  if (column.nulls?.includes(1) !== true || column.offsets !== undefined) return undefined
  for (let value = range[0]; value <= range[1]; value++) if (isFree(value)) return value
  throw noNull(location, `every ${column.type} is in use`)
}

function hasValue(column: Column, value: bigint): boolean {
  const isScalar = column.cellShape === undefined && column.offsets === undefined
  for (let entry = 0; entry < column.values.length; entry++) {
    const found = column.values[entry]
    if (typeof found === 'string' || found === undefined || (isScalar && isNullAt(column, entry))) continue
    if (BigInt(found) === value) return true
  }
  return false
}

function noNull(location: FitsLocation, found: string): FitsError {
  return new FitsError(
    'FITS_UNWRITABLE_COLUMN',
    location,
    'nothing is left to mean "no value" in this column',
    {
      found,
      remedy: 'convert the column to a larger type',
    },
  )
}

/** TFORMn of a plan. @param longest elements of the longest array in the heap */
export function planFormat(plan: ColumnPlan, longest: number = 0): string {
  return plan.descriptor === undefined
    ? `${plan.repeat}${plan.code}`
    : `1${plan.descriptor}${plan.code}(${longest})`
}

/** Bytes of one element of a plan. */
export function planElementBytes(plan: ColumnPlan): number {
  return CODE_BYTES[plan.code]
}
