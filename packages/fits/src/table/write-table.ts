import type { FitsWriter } from '../hdu/fits-writer.ts'
import type { Table } from '../tables/model/table.ts'
import { asciiTable } from './ascii-writer.ts'
import { type BeginFitsTableOptions, beginFitsTable } from './table-writer.ts'

/** How a table is written. */
export interface WriteFitsTableOptions extends BeginFitsTableOptions {
  /** `bintable` (default) keeps every type; `table` is text, without arrays, truth values and complex numbers. */
  readonly type?: 'bintable' | 'table'
}

/** ASCII tables are filled up with blanks (FITS Standard 4.0, section 7.2.3). */
const BLANK = 32

/**
 * Writes a table as an extension of a file; before the first HDU an empty primary HDU is put.
 *
 * Binary tables: unsigned integers and signed bytes by TZERO, text as wide as the longest, variable-length arrays in the heap.
 * Cells without value become TNULL (the column's `nullText` if no row has that number, else the lowest free number), NaN, logical
 * 0, empty variable-length arrays; empty text counts as no value. ASCII tables: numbers in the shortest form that reads back equal,
 * `NULL` for no value. The notes of the table become cards.
 *
 * @throws FitsError `FITS_UNWRITABLE_COLUMN`, and those of {@link FitsWriter}
 */
export async function writeFitsTable(
  writer: FitsWriter,
  table: Table,
  options: WriteFitsTableOptions = {},
): Promise<void> {
  if (options.type === 'table') {
    const named = options.name === undefined ? table : { ...table, name: options.name }
    const { header, bytes } = asciiTable(named, { hdu: Math.max(1, writer.hduCount) })
    const hdu = await writer.beginHdu(header, { fillByte: BLANK })
    await hdu.write(bytes)
    await hdu.end()
    return
  }
  const tableWriter = await beginFitsTable(writer, table, options)
  await tableWriter.writeRows(table)
  await tableWriter.end()
}
