import { FitsError, type FitsLocation } from '../errors.ts'
import type { FitsWriter } from '../hdu/fits-writer.ts'
import type { HduWriter } from '../hdu/hdu-writer.ts'
import { isNullAt } from '../tables/model/access.ts'
import type { Column, Table } from '../tables/model/table.ts'
import { elementBytes } from './binary-format.ts'
import { type ColumnPlan, type PlanOptions, planColumn, planFormat } from './column-plan.ts'
import { cellEntries, encodeCell } from './encode-cell.ts'
import { type EncodedRows, encodePlainColumn } from './encode-column.ts'
import { bintableHeader } from './table-header.ts'

/** Bytes of rows that are encoded at once. */
const BLOCK_BYTES = 512 * 1024
const MAX_P = 2 ** 31 - 1

/**
 * Writes a binary table in pieces of rows; see {@link beginFitsTable}. A class because it keeps a place in an open file
 * and the heap, which stands behind the rows and is kept in memory until then.
 */
export class FitsTableWriter {
  readonly #hdu: HduWriter
  readonly #plans: readonly ColumnPlan[]
  readonly #location: FitsLocation
  readonly #heap: Uint8Array[] = []
  readonly #longest: number[]
  #heapBytes = 0
  #rowCount = 0

  constructor(hdu: HduWriter, plans: readonly ColumnPlan[], location: FitsLocation) {
    this.#hdu = hdu
    this.#plans = plans
    this.#location = location
    this.#longest = plans.map(() => 0)
  }

  /**
   * Writes the rows of a table whose columns are those that the table was begun with.
   *
   * @throws FitsError `FITS_WRITE_ORDER` for other columns, `FITS_UNWRITABLE_COLUMN`
   */
  async writeRows(table: Table): Promise<void> {
    this.#checkColumns(table)
    const rowBytes = this.#plans.reduce((sum, plan) => sum + plan.byteWidth, 0)
    const rowsAtOnce = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, rowBytes)))
    for (let first = 0; first < table.rowCount; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, table.rowCount - first)
      const bytes = new Uint8Array(count * rowBytes)
      const view = new DataView(bytes.buffer)
      this.#encodeRows(view, rowBytes, table, first, count)
      await this.#hdu.write(bytes)
    }
    this.#rowCount += table.rowCount
  }

  #checkColumns(table: Table): void {
    const found = table.columns.map((column) => `${column.name} ${column.type}`).join(', ')
    const allowed = this.#plans.map((plan) => `${plan.name} ${plan.type}`).join(', ')
    if (found === allowed) return
    throw new FitsError('FITS_WRITE_ORDER', this.#location, 'the rows have other columns than the table', {
      found,
      allowed,
    })
  }

  #encodeRows(view: DataView, rowBytes: number, table: Table, first: number, count: number): void {
    let at = 0
    this.#plans.forEach((plan, index) => {
      const column = table.columns[index]
      if (column === undefined) return
      const rows = { view, at, rowBytes, first, count }
      if (plan.descriptor !== undefined) this.#encodeArrays(rows, column, plan, index)
      else if (!encodePlainColumn(rows, column, plan)) {
        for (let row = 0; row < count; row++)
          encodeCell(view, at + row * rowBytes, column, plan, first + row, this.#location)
      }
      at += plan.byteWidth
    })
  }

  #encodeArrays(rows: EncodedRows, column: Column, plan: ColumnPlan, index: number): void {
    for (let row = 0; row < rows.count; row++) {
      this.#encodeArray(rows.view, rows.at + row * rows.rowBytes, column, plan, index, rows.first + row)
    }
  }

  /** Puts an array into the heap and its descriptor into the row. A cell without value is an empty array. */
  #encodeArray(
    view: DataView,
    at: number,
    column: Column,
    plan: ColumnPlan,
    index: number,
    row: number,
  ): void {
    const { start, end } = cellEntries(column, row)
    const count = isNullAt(column, row) ? 0 : end - start
    const bytes = new Uint8Array(elementBytes(plan.code, count))
    if (count > 0) encodeCell(new DataView(bytes.buffer), 0, column, plan, row, this.#location)
    const isWide = plan.descriptor === 'Q'
    if (!isWide && this.#heapBytes + bytes.length > MAX_P) {
      throw new FitsError(
        'FITS_UNWRITABLE_COLUMN',
        { ...this.#location, column: column.name },
        'the heap is too large for descriptors of 32 bits',
        {
          allowed: `${MAX_P} bytes`,
          remedy: "write with descriptor: 'Q'",
        },
      )
    }
    if (isWide) {
      view.setBigInt64(at, BigInt(count))
      view.setBigInt64(at + 8, BigInt(this.#heapBytes))
    } else {
      view.setInt32(at, count)
      view.setInt32(at + 4, this.#heapBytes)
    }
    this.#longest[index] = Math.max(this.#longest[index] ?? 0, count)
    this.#heap.push(bytes)
    this.#heapBytes += bytes.length
  }

  /** Writes the heap and completes the header. */
  async end(): Promise<void> {
    for (const bytes of this.#heap) await this.#hdu.write(bytes)
    const { header } = this.#hdu
    header.set('NAXIS2', this.#rowCount)
    header.set('PCOUNT', this.#heapBytes)
    this.#plans.forEach((plan, index) => {
      if (plan.descriptor !== undefined)
        header.set(`TFORM${index + 1}`, planFormat(plan, this.#longest[index]))
    })
    await this.#hdu.end()
  }
}

/** How a table is written. */
export interface BeginFitsTableOptions extends PlanOptions {
  /** EXTNAME; default the name of the table. */
  readonly name?: string
}

/**
 * Begins a binary table, to be written in pieces.
 *
 * @param template a table with the columns of all pieces; its rows are not written. Give `textWidths` when later texts may be
 *   longer, and `nullText` to integer columns that may lack values later
 * @throws FitsError `FITS_UNWRITABLE_COLUMN`
 */
export async function beginFitsTable(
  writer: FitsWriter,
  template: Table,
  options: BeginFitsTableOptions = {},
): Promise<FitsTableWriter> {
  const location: FitsLocation = { hdu: Math.max(1, writer.hduCount) }
  const named = options.name === undefined ? template : { ...template, name: options.name }
  const plans = named.columns.map((column) => planColumn(column, options, location))
  const hdu = await writer.beginHdu(bintableHeader(named, plans, true))
  return new FitsTableWriter(hdu, plans, location)
}
