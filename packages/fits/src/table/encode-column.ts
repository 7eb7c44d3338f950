import type { Column } from '../tables/model/table.ts'
import type { ColumnPlan } from './column-plan.ts'

/** Rows that are encoded: `count` of them, the first being row `first` of the table; the column starts at `at`. */
export interface EncodedRows {
  readonly view: DataView
  readonly at: number
  readonly rowBytes: number
  readonly first: number
  readonly count: number
}

/**
 * Encodes a scalar column of numbers without nulls; false when it is another, which `encodeCell` does cell by cell,
 * in several times the time.
 */
export function encodePlainColumn(rows: EncodedRows, column: Column, plan: ColumnPlan): boolean {
  const isPlain = column.nulls === undefined && plan.nullValue === undefined && plan.tzero === 0n
  if (!isPlain || column.cellShape !== undefined) return false
  const { view, at, rowBytes, first, count } = rows
  const end = first + count
  const { values } = column
  let to = at
  switch (column.type) {
    case 'uint8':
      for (let row = first; row < end; row++, to += rowBytes) view.setUint8(to, Number(values[row]))
      return true
    case 'int16':
      for (let row = first; row < end; row++, to += rowBytes) view.setInt16(to, Number(values[row]))
      return true
    case 'int32':
      for (let row = first; row < end; row++, to += rowBytes) view.setInt32(to, Number(values[row]))
      return true
    case 'int64':
      for (let row = first; row < end; row++, to += rowBytes) view.setBigInt64(to, column.values[row] ?? 0n)
      return true
    case 'float32':
      for (let row = first; row < end; row++, to += rowBytes) view.setFloat32(to, Number(values[row]))
      return true
    case 'float64':
      for (let row = first; row < end; row++, to += rowBytes) view.setFloat64(to, Number(values[row]))
      return true
    default:
      return false
  }
}
