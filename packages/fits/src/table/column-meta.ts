import type { ColumnInfo } from '../tables/model/table.ts'
import { SHIFTS } from './binary-format.ts'
import type { BinaryColumn, FitsColumn } from './fits-column.ts'

/** What the keywords of a column become in the `Table` model. */
export function columnInfo(
  column: FitsColumn,
  nulls: Uint8Array,
): ColumnInfo & { readonly nulls?: Uint8Array } {
  const nullText = column.kind === 'ascii' ? column.nullText : binaryNullText(column)
  const textWidth = column.kind === 'ascii' ? column.parsed.width : column.textWidth
  return {
    name: column.name,
    ...(column.unit === undefined ? {} : { unit: column.unit }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...(nullText === undefined ? {} : { nullText }),
    ...(column.cellShape === undefined ? {} : { cellShape: column.cellShape }),
    ...(column.type === 'string' && textWidth !== undefined ? { textWidth } : {}),
    ...(column.display === undefined ? {} : { attributes: new Map([['TDISP', column.display]]) }),
    ...(nulls.includes(1) ? { nulls } : {}),
  }
}

/** TNULLn as the value it would be; undefined where values are scaled to real numbers. */
function binaryNullText(column: BinaryColumn): string | undefined {
  const { nullValue, scaling, parsed } = column
  if (nullValue === undefined || scaling.kind === 'linear') return undefined
  const shift = scaling.kind === 'shift' ? (SHIFTS.get(parsed.element)?.tzero ?? 0n) : 0n
  return String(nullValue + shift)
}
