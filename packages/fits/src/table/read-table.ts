import { readExactly, throwIfAborted } from '@skyloom/base'
import { isCompressedTable } from '../compress/compressed-table-layout.ts'
import { uncompressedTable } from '../compress/uncompressed-table.ts'
import { FitsError, type FitsWarning } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { hduLocation } from '../image/region.ts'
import { makeTable } from '../tables/model/build.ts'
import type { Table } from '../tables/model/table.ts'
import type { FitsColumn } from './fits-column.ts'
import { checkTableMemory } from './memory.ts'
import { tableNotes } from './notes.ts'
import { AsciiColumnReader } from './read-ascii-column.ts'
import { BinaryColumnReader } from './read-binary-column.ts'
import { type FitsTableLayout, fitsTableLayout } from './table-layout.ts'

/** What part of a table is read. */
export interface ReadFitsTableOptions {
  /** Names (any case) or numbers from 1, in the order wanted; default all. */
  readonly columns?: readonly (string | number)[]
  /** First row, from 0; default 0. */
  readonly firstRow?: number
  /** Default: up to the last. */
  readonly rowCount?: number
  /** Read a compressed table (ZTABLE) as it is stored instead of the table in it. */
  readonly asStored?: boolean
  readonly signal?: AbortSignal | undefined
}

/** A table, or a part of it, with what was odd in its header. */
export interface FitsTableReading {
  readonly table: Table
  readonly warnings: readonly FitsWarning[]
}

/** Bytes of rows that are read at once. */
const BLOCK_BYTES = 1024 * 1024
/** Rows with at least so many bytes that no wanted column needs are read in pieces. */
const MIN_GAP_BYTES = 16 * 1024

/**
 * Reads a binary or ASCII table, or some of its columns and rows, and only their bytes. Compressed tables are unpacked
 * tile by tile.
 *
 * Types: L boolean, X bit, B uint8, I int16, J int32, K int64, E float32, D float64, C and M complex, A text; with the unsigned
 * conventions of TZERO int8, uint16, uint32, uint64; with other scales float64 (complex128). ASCII tables: A text, Iw int32
 * up to nine characters and int64 beyond, F E D float64. Cells without value (null): TNULL, NaN, logical 0, text that starts with a
 * zero byte (empty text of many writers); an array cell when all its elements are so. Keywords that do not describe the table become its notes.
 *
 * @throws FitsError `FITS_NOT_A_TABLE`, `FITS_BAD_TABLE`, `FITS_NO_SUCH_COLUMN`, `FITS_BAD_ROWS`, `FITS_TRUNCATED`, `FITS_TOO_LARGE`,
 *   `FITS_BAD_DESCRIPTOR`, `FITS_BAD_FIELD`; sizes and descriptors are checked against the file before memory is allocated
 */
export async function readFitsTable(
  given: Hdu,
  options: ReadFitsTableOptions = {},
): Promise<FitsTableReading> {
  const hdu = options.asStored !== true && isCompressedTable(given) ? uncompressedTable(given) : given
  const layout = fitsTableLayout(hdu)
  const columns = chooseColumns(hdu, layout, options.columns)
  const rows = chooseRows(hdu, layout, options)
  checkRowsInFile(hdu, layout, rows)
  checkTableMemory(hdu, columns, layout, rows.count)
  const readers = columns.map((column) => columnReader(hdu, layout, column, rows))
  await readRows(hdu, layout, columns, rows, readers, options.signal)
  for (const reader of readers) await reader.readHeap(options.signal)
  const table = makeTable(
    readers.map((reader) => reader.finish()),
    {
      name: hdu.name === '' ? undefined : hdu.name,
      source: hdu.source.name,
      notes: tableNotes(hdu.header),
      rowCount: rows.count,
    },
  )
  return { table, warnings: layout.warnings }
}

/** Rows in a table, from 0. */
export interface RowRange {
  readonly first: number
  readonly count: number
}

/** Takes the bytes of rows and turns those of one column into values. */
export interface ColumnReader {
  /** @param rowIndex index of the first row, from the first that is read */
  addRows(view: DataView, rowIndex: number, count: number, rowBytes: number): void
  /** Reads the variable-length arrays, if there are any. */
  readHeap(signal: AbortSignal | undefined): Promise<void>
  finish(): Table['columns'][number]
}

function columnReader(hdu: Hdu, layout: FitsTableLayout, column: FitsColumn, rows: RowRange): ColumnReader {
  return column.kind === 'ascii'
    ? new AsciiColumnReader(hdu, layout, column, rows)
    : new BinaryColumnReader(hdu, layout, column, rows)
}

function chooseColumns(
  hdu: Hdu,
  layout: FitsTableLayout,
  wanted: readonly (string | number)[] | undefined,
): readonly FitsColumn[] {
  if (wanted === undefined) return layout.columns
  return wanted.map((selector) => {
    const column =
      typeof selector === 'number'
        ? layout.columns[selector - 1]
        : (layout.columns.find((each) => each.name === selector) ??
          layout.columns.find((each) => each.name.toUpperCase() === selector.toUpperCase()))
    if (column !== undefined) return column
    throw new FitsError('FITS_NO_SUCH_COLUMN', hduLocation(hdu), 'the table has no such column', {
      found: String(selector),
      allowed: layout.columns.map((each) => each.name).join(' '),
    })
  })
}

function chooseRows(hdu: Hdu, layout: FitsTableLayout, options: ReadFitsTableOptions): RowRange {
  const first = options.firstRow ?? 0
  const count = options.rowCount ?? Math.max(0, layout.rowCount - first)
  const isRange = Number.isSafeInteger(first) && Number.isSafeInteger(count) && first >= 0 && count >= 0
  if (isRange && first + count <= layout.rowCount) return { first, count }
  throw new FitsError('FITS_BAD_ROWS', hduLocation(hdu), 'there are no such rows', {
    found: `${count} from ${first} on`,
    allowed: `${layout.rowCount} rows, from 0`,
  })
}

function checkRowsInFile(hdu: Hdu, layout: FitsTableLayout, rows: RowRange): void {
  const end = hdu.dataOffset + (rows.first + rows.count) * layout.rowBytes
  if (rows.count === 0 || end <= hdu.source.sizeBytes) return
  const location = { ...hduLocation(hdu), byteOffset: hdu.source.sizeBytes }
  const held = Math.max(0, Math.floor((hdu.source.sizeBytes - hdu.dataOffset) / Math.max(1, layout.rowBytes)))
  throw new FitsError('FITS_TRUNCATED', location, 'the file ends inside the rows of the table', {
    found: `${held} whole rows`,
    allowed: `${rows.first + rows.count} rows`,
    remedy: 'fetch the file again, or read the rows that are there',
  })
}

async function readRows(
  hdu: Hdu,
  layout: FitsTableLayout,
  columns: readonly FitsColumn[],
  rows: RowRange,
  readers: readonly ColumnReader[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { rowBytes } = layout
  const firstByte = columns.reduce((first, column) => Math.min(first, column.byteOffset), rowBytes)
  const lastByte = columns.reduce((last, column) => Math.max(last, column.byteOffset + column.byteWidth), 0)
  if (rowBytes === 0 || lastByte <= firstByte) return
  const isSparse = rowBytes - (lastByte - firstByte) >= MIN_GAP_BYTES
  const rowsAtOnce = isSparse ? 1 : Math.max(1, Math.floor(BLOCK_BYTES / rowBytes))
  for (let done = 0; done < rows.count; done += rowsAtOnce) {
    throwIfAborted(signal)
    const count = Math.min(rowsAtOnce, rows.count - done)
    const offset = hdu.dataOffset + (rows.first + done) * rowBytes + firstByte
    const length = (count - 1) * rowBytes + (lastByte - firstByte)
    const bytes = await readExactly(hdu.source, offset, length, signal)
    // Columns count their bytes from the start of the row: the view begins there, if only in thought.
    const view = shiftedView(bytes, firstByte)
    for (const reader of readers) reader.addRows(view, done, count, rowBytes)
  }
}

/** A view whose offset `firstByte` is the first of the bytes. */
function shiftedView(bytes: Uint8Array, firstByte: number): DataView {
  if (firstByte === 0) return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const padded = new Uint8Array(firstByte + bytes.length)
  padded.set(bytes, firstByte)
  return new DataView(padded.buffer)
}
