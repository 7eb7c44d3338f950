import { memorySink, memorySource } from '@skyloom/base'
import { type CompressTableOptions, compressTable } from '../src/compress/compress-table.ts'
import { FitsFile } from '../src/hdu/fits-file.ts'
import { FitsWriter } from '../src/hdu/fits-writer.ts'
import type { Hdu } from '../src/hdu/hdu.ts'
import { writeFitsTable } from '../src/table/write-table.ts'
import { makeColumn, makeTable, type Table } from '../src/tables/index.ts'

/** A FITS file with the table, and one with the table compressed. */
export async function packedTable(
  table: Table,
  options: CompressTableOptions = {},
): Promise<{ readonly plain: Uint8Array; readonly packed: Uint8Array }> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  await writeFitsTable(writer, table)
  await writer.commit()
  const plain = sink.bytes()
  const packedSink = memorySink()
  const packedWriter = new FitsWriter(packedSink)
  await compressTable(packedWriter, await tableHdu(plain), options)
  await packedWriter.commit()
  return { plain, packed: packedSink.bytes() }
}

/** HDU 1 of a file in memory. */
export async function tableHdu(bytes: Uint8Array): Promise<Hdu> {
  return await new FitsFile(memorySource(bytes, 'test.fits')).hdu(1)
}

/** Numbers, text and variable-length arrays in so many rows. */
export function catalog(rowCount: number): Table {
  const lengths = Array.from({ length: rowCount }, (_, row) => (row * 7) % 23)
  const offsets = new Float64Array(rowCount + 1)
  lengths.forEach((length, row) => (offsets[row + 1] = offsets[row]! + length))
  const total = offsets[rowCount] ?? 0
  return makeTable([
    makeColumn(
      'id',
      'int32',
      Int32Array.from({ length: rowCount }, (_, row) => row * 3 - 50),
    ),
    makeColumn(
      'ra',
      'float64',
      Float64Array.from({ length: rowCount }, (_, row) => (row * 37.7) % 360),
    ),
    makeColumn(
      'mag',
      'float32',
      Float32Array.from({ length: rowCount }, (_, row) => 15 + Math.sin(row)),
    ),
    makeColumn(
      'flag',
      'int16',
      Int16Array.from({ length: rowCount }, (_, row) => row % 5),
    ),
    makeColumn(
      'name',
      'string',
      Array.from({ length: rowCount }, (_, row) => `star ${row % 17}`),
    ),
    makeColumn(
      'times',
      'int32',
      Int32Array.from({ length: total }, (_, i) => i * 11),
      { cellShape: [0], offsets },
    ),
    makeColumn(
      'flux',
      'float32',
      Float32Array.from({ length: total }, (_, i) => Math.cos(i)),
      {
        cellShape: [0],
        offsets,
      },
    ),
  ])
}
