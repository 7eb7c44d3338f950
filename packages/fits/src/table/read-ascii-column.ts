import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { latin1Text } from '../header/latin1.ts'
import { assembleColumn, emptyValues, storeScalar } from '../tables/model/build.ts'
import type { AnyColumnValues, Column } from '../tables/model/table.ts'
import { parseAsciiNumber } from './ascii-format.ts'
import { columnInfo } from './column-meta.ts'
import type { AsciiColumn } from './fits-column.ts'
import { allocateFor } from './memory.ts'
import type { ColumnReader, RowRange } from './read-table.ts'
import type { FitsTableLayout } from './table-layout.ts'

/** Reads one column of an ASCII table. */
export class AsciiColumnReader implements ColumnReader {
  readonly #hdu: Hdu
  readonly #layout: FitsTableLayout
  readonly #column: AsciiColumn
  readonly #rows: RowRange
  readonly #values: AnyColumnValues | string[]
  readonly #nulls: Uint8Array

  constructor(hdu: Hdu, layout: FitsTableLayout, column: AsciiColumn, rows: RowRange) {
    this.#hdu = hdu
    this.#layout = layout
    this.#column = column
    this.#rows = rows
    this.#values = allocateFor(hdu, column.name, () => emptyValues(column.type, rows.count))
    this.#nulls = allocateFor(hdu, column.name, () => new Uint8Array(rows.count))
  }

  addRows(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const { byteOffset, byteWidth } = this.#column
    for (let row = 0; row < count; row++) {
      const at = view.byteOffset + row * rowBytes + byteOffset
      this.#addField(latin1Text(new Uint8Array(view.buffer, at, byteWidth)), rowIndex + row)
    }
  }

  #addField(field: string, index: number): void {
    const { nullText, scaling, type, parsed } = this.#column
    const values = this.#values
    const isNull = field.trimEnd() === nullText || (type !== 'string' && field.trim() === nullText?.trim())
    if (nullText !== undefined && isNull) {
      this.#nulls[index] = 1
      if (values instanceof Float64Array) values[index] = Number.NaN
      return
    }
    if (type === 'string') {
      storeScalar(type, values, index, field.trimEnd())
      return
    }
    const number = parseAsciiNumber(field, parsed)
    const value =
      number !== undefined && scaling.kind === 'linear'
        ? scaling.tzero + scaling.tscal * Number(number)
        : number
    if (value === undefined || !storeScalar(type, values, index, value)) throw this.#badField(field, index)
  }

  #badField(field: string, index: number): FitsError {
    const row = this.#rows.first + index
    const location = {
      file: this.#hdu.source.name,
      hdu: this.#hdu.index,
      column: this.#column.name,
      row: row + 1,
      byteOffset: this.#hdu.dataOffset + row * this.#layout.rowBytes + this.#column.byteOffset,
    }
    return new FitsError('FITS_BAD_FIELD', location, 'the field does not hold what its format says', {
      found: field,
      allowed: `a number as ${this.#column.format}${this.#column.nullText === undefined ? '' : `, or ${this.#column.nullText}`}`,
    })
  }

  async readHeap(): Promise<void> {
    // ASCII tables have no heap.
  }

  finish(): Column {
    return assembleColumn(this.#column.type, this.#values, columnInfo(this.#column, this.#nulls))
  }
}
