import { FitsError, type FitsLocation } from '../errors.ts'
import { isNullAt } from '../tables/model/access.ts'
import type { Column } from '../tables/model/table.ts'
import { type ColumnPlan, planElementBytes } from './column-plan.ts'

/** Entries of a column's values that make one cell. */
export interface CellEntries {
  readonly start: number
  readonly end: number
}

/** The entries of a cell; complex numbers count once. */
export function cellEntries(column: Column, row: number): CellEntries {
  if (column.offsets !== undefined)
    return { start: column.offsets[row] ?? 0, end: column.offsets[row + 1] ?? 0 }
  const count = (column.cellShape ?? []).reduce((product, size) => product * size, 1)
  return { start: row * count, end: (row + 1) * count }
}

/**
 * Puts a cell into bytes from `at` on.
 *
 * @throws FitsError `FITS_UNWRITABLE_COLUMN` for text beyond its width or beyond ASCII, and for values that mean "no value"
 */
export function encodeCell(
  view: DataView,
  at: number,
  column: Column,
  plan: ColumnPlan,
  row: number,
  place: FitsLocation,
): void {
  const { start, end } = cellEntries(column, row)
  const isNull = isNullAt(column, row)
  if (plan.code === 'A') encodeTexts(view, at, column, plan, row, place)
  else if (plan.code === 'X') encodeBits(view, at, column, start, end)
  else {
    const bytes = planElementBytes(plan)
    for (let entry = start; entry < end; entry++) {
      encodeElement(view, at + (entry - start) * bytes, column, plan, entry, isNull, place)
    }
  }
}

function encodeBits(view: DataView, at: number, column: Column, start: number, end: number): void {
  for (let entry = start; entry < end; entry++) {
    const bit = entry - start
    const byteAt = at + (bit >> 3)
    if (column.values[entry] === 1) view.setUint8(byteAt, view.getUint8(byteAt) | (0x80 >> (bit & 7)))
  }
}

function encodeTexts(
  view: DataView,
  at: number,
  column: Column,
  plan: ColumnPlan,
  row: number,
  place: FitsLocation,
): void {
  const { start, end } = cellEntries(column, row)
  if (isNullAt(column, row)) return
  // One text ends with zero bytes, which readers take off; in arrays the standard wants blanks.
  const filler = column.cellShape === undefined ? 0 : 32
  const width = plan.textWidth
  for (let entry = start; entry < end; entry++) {
    const value = column.values[entry]
    const text = typeof value === 'string' ? value : ''
    const from = at + (entry - start) * width
    if (text.length > width)
      throw badText(column, row, place, 'the text is longer than its column', text, `${width} characters`)
    for (let k = 0; k < text.length; k++) {
      const code = text.charCodeAt(k)
      if (code < 32 || code > 126) {
        throw badText(
          column,
          row,
          place,
          'the text holds a character that FITS does not have',
          text,
          'ASCII from blank to ~',
        )
      }
      view.setUint8(from + k, code)
    }
    for (let k = text.length; k < width; k++) view.setUint8(from + k, filler)
  }
}

function badText(
  column: Column,
  row: number,
  place: FitsLocation,
  problem: string,
  found: string,
  allowed: string,
): FitsError {
  return unwritable({ ...place, column: column.name, row: row + 1 }, problem, found, allowed)
}

function encodeElement(
  view: DataView,
  at: number,
  column: Column,
  plan: ColumnPlan,
  entry: number,
  isNull: boolean,
  place: FitsLocation,
): void {
  switch (plan.code) {
    case 'L':
      view.setUint8(at, isNull ? 0 : column.values[entry] === 1 ? 84 : 70)
      break
    case 'E':
      view.setFloat32(at, isNull ? Number.NaN : Number(column.values[entry]))
      break
    case 'D':
      view.setFloat64(at, isNull ? Number.NaN : Number(column.values[entry]))
      break
    case 'C':
      view.setFloat32(at, isNull ? Number.NaN : Number(column.values[2 * entry]))
      view.setFloat32(at + 4, isNull ? Number.NaN : Number(column.values[2 * entry + 1]))
      break
    case 'M':
      view.setFloat64(at, isNull ? Number.NaN : Number(column.values[2 * entry]))
      view.setFloat64(at + 8, isNull ? Number.NaN : Number(column.values[2 * entry + 1]))
      break
    default:
      encodeInteger(view, at, column, plan, entry, isNull, place)
  }
}

function encodeInteger(
  view: DataView,
  at: number,
  column: Column,
  plan: ColumnPlan,
  entry: number,
  isNull: boolean,
  place: FitsLocation,
): void {
  const found = column.values[entry]
  const isMissing = isNull || typeof found === 'string' || found === undefined
  if (isMissing && plan.nullValue === undefined) {
    throw unwritable(
      { ...place, column: column.name },
      'a row has no value but the column has nothing to tell so',
      'null',
      'a column with nullText',
    )
  }
  if (plan.code === 'K' || typeof found === 'bigint') {
    const value = isMissing ? (plan.nullValue ?? 0n) : BigInt(found)
    if (!isMissing && value === plan.nullValue) throw collides(column, place, String(value))
    view.setBigInt64(at, value - plan.tzero)
    return
  }
  const value = isMissing ? Number(plan.nullValue) : found
  if (!isMissing && plan.nullValue !== undefined && value === Number(plan.nullValue)) {
    throw collides(column, place, String(value))
  }
  const stored = value - Number(plan.tzero)
  if (plan.code === 'B') view.setUint8(at, stored)
  else if (plan.code === 'I') view.setInt16(at, stored)
  else view.setInt32(at, stored)
}

function collides(column: Column, place: FitsLocation, found: string): FitsError {
  const location = { ...place, column: column.name }
  return unwritable(
    location,
    'a value is the one that means "no value" in its column',
    found,
    'another nullText',
  )
}

function unwritable(location: FitsLocation, problem: string, found: string, allowed: string): FitsError {
  return new FitsError('FITS_UNWRITABLE_COLUMN', location, problem, { found, allowed })
}
