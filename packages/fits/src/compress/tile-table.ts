import { readExactly } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { hduLocation } from '../image/region.ts'
import { CODE_BYTES } from '../table/binary-format.ts'
import type { BinaryColumn } from '../table/fits-column.ts'
import { fitsTableLayout } from '../table/table-layout.ts'
import { readDescriptor } from './descriptor.ts'

/** Where the bytes of a tile come from. */
export type TileStore = 'compressed' | 'gzip' | 'raw'

/** One row of the table: a tile's bytes and how to read them. */
export interface TileRecord {
  /** Number of the tile from 0, NAXIS1 fastest. */
  readonly tile: number
  readonly store: TileStore
  /** Offset of the bytes in the file. */
  readonly offset: number
  readonly sizeBytes: number
  /** Undefined when the image was not quantized. */
  readonly scale: number | undefined
  readonly zero: number
  /** Integer that stands for NaN. */
  readonly blank: number | undefined
  /** Mask of pixels without value, if there is one. */
  readonly mask: { readonly offset: number; readonly sizeBytes: number } | undefined
}

/** The table of tiles of an image. */
export interface TileTable {
  readonly rowBytes: number
  /** Offset of the first row in the file. */
  readonly offset: number
  /** Offset of the heap in the file, and of its end. */
  readonly heapOffset: number
  readonly heapEnd: number
  readonly data: BinaryColumn | undefined
  readonly gzipData: BinaryColumn | undefined
  readonly rawData: BinaryColumn | undefined
  readonly mask: BinaryColumn | undefined
  readonly scale: BinaryColumn | undefined
  readonly zero: BinaryColumn | undefined
  readonly blank: BinaryColumn | undefined
  /** Values of keywords that stand for columns. */
  readonly fixedScale: number | undefined
  readonly fixedZero: number
  readonly fixedBlank: number | undefined
}

/**
 * Finds the columns of a compressed image.
 *
 * Source: FITS Standard 4.0, sections 10.1.3, 10.2 and 7.3.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION`, `FITS_BAD_VALUE`
 */
export function readTileTable(hdu: Hdu): TileTable {
  const { header } = hdu
  const layout = fitsTableLayout(hdu)
  const columns = layout.columns.filter((column) => column.kind === 'binary')
  const find = (name: string): BinaryColumn | undefined =>
    columns.find((column) => column.name.toUpperCase() === name)
  const array = (name: string): BinaryColumn | undefined => variableColumn(hdu, find(name))
  const table: TileTable = {
    rowBytes: layout.rowBytes,
    offset: hdu.dataOffset,
    heapOffset: hdu.dataOffset + layout.heapOffset,
    heapEnd: hdu.dataOffset + layout.heapOffset + layout.heapBytes,
    data: array('COMPRESSED_DATA'),
    gzipData: array('GZIP_COMPRESSED_DATA'),
    rawData: array('UNCOMPRESSED_DATA'),
    mask: array('NULL_PIXEL_MASK'),
    scale: numberColumn(hdu, find('ZSCALE')),
    zero: numberColumn(hdu, find('ZZERO')),
    blank: numberColumn(hdu, find('ZBLANK')),
    fixedScale: header.number('ZSCALE', undefined),
    fixedZero: header.number('ZZERO', 0),
    fixedBlank: header.number('ZBLANK', undefined),
  }
  if (table.data !== undefined || table.gzipData !== undefined || table.rawData !== undefined) return table
  throw new FitsError('FITS_BAD_COMPRESSION', hduLocation(hdu), 'the table has no column with tiles', {
    found: columns.map((column) => column.name).join(', '),
    allowed: 'COMPRESSED_DATA, GZIP_COMPRESSED_DATA, UNCOMPRESSED_DATA',
  })
}

function variableColumn(hdu: Hdu, column: BinaryColumn | undefined): BinaryColumn | undefined {
  if (column === undefined || column.parsed.descriptor !== undefined || column.parsed.repeat === 0)
    return column
  throw wrongColumn(hdu, column, 'a variable-length array (1P or 1Q)')
}

function numberColumn(hdu: Hdu, column: BinaryColumn | undefined): BinaryColumn | undefined {
  if (column === undefined) return undefined
  const { descriptor, repeat, element } = column.parsed
  if (descriptor === undefined && repeat === 1 && 'BIJKED'.includes(element)) return column
  throw wrongColumn(hdu, column, 'one number (B, I, J, K, E or D)')
}

function wrongColumn(hdu: Hdu, column: BinaryColumn, allowed: string): FitsError {
  const keyword = `TFORM${column.index}`
  const { header } = hdu
  return new FitsError('FITS_BAD_COMPRESSION', header.locate(keyword), `${column.name} has another type`, {
    found: header.string(keyword),
    allowed,
  })
}

/** Rows further apart than this are read in pieces; below it reading on costs less than another request. */
const MAX_ROW_GAP_BYTES = 32 * 1024
/** Most bytes of rows that are read at once. */
const MAX_ROWS_BYTES = 4 * 1024 * 1024

/**
 * Reads the rows of some tiles, and only these (and small gaps between).
 *
 * @param tiles numbers in ascending order
 * @throws FitsError `FITS_BAD_COMPRESSION` for tiles whose bytes are not in the heap, `FITS_TRUNCATED`
 */
export async function readTileRecords(
  hdu: Hdu,
  table: TileTable,
  tiles: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly TileRecord[]> {
  const records: TileRecord[] = []
  for (let start = 0; start < tiles.length; ) {
    const first = tiles[start] ?? 0
    let end = start + 1
    while (end < tiles.length && joins(tiles[end - 1] ?? 0, tiles[end] ?? 0, first, table.rowBytes)) end++
    const last = tiles[end - 1] ?? first
    const offset = table.offset + first * table.rowBytes
    const length = (last - first + 1) * table.rowBytes
    checkInFile(hdu, offset, length)
    const bytes = await readExactly(hdu.source, offset, length, signal)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const tile of tiles.slice(start, end)) {
      records.push(readRecord(hdu, table, view, (tile - first) * table.rowBytes, tile))
    }
    start = end
  }
  return records
}

function joins(previous: number, next: number, first: number, bytesPerRow: number): boolean {
  return (
    (next - previous - 1) * bytesPerRow <= MAX_ROW_GAP_BYTES &&
    (next - first + 1) * bytesPerRow <= MAX_ROWS_BYTES
  )
}

function readRecord(hdu: Hdu, table: TileTable, view: DataView, row: number, tile: number): TileRecord {
  let store: TileStore = 'compressed'
  let place = readArray(hdu, table, view, row, table.data, tile)
  if (place === undefined) {
    store = 'gzip'
    place = readArray(hdu, table, view, row, table.gzipData, tile)
  }
  if (place === undefined) {
    store = 'raw'
    place = readArray(hdu, table, view, row, table.rawData, tile)
  }
  if (place === undefined) {
    throw new FitsError('FITS_BAD_TILE', tileLocation(hdu, table, tile), `tile ${tile + 1} holds nothing`, {
      remedy: 'the file was not written to its end; make it again',
    })
  }
  const blank = numberAt(view, row, table.blank) ?? table.fixedBlank
  return {
    tile,
    store,
    offset: place.offset,
    sizeBytes: place.sizeBytes,
    scale: numberAt(view, row, table.scale) ?? table.fixedScale,
    zero: numberAt(view, row, table.zero) ?? table.fixedZero,
    blank: blank === undefined || Number.isNaN(blank) ? undefined : blank,
    mask: readArray(hdu, table, view, row, table.mask, tile),
  }
}

/** Place and size of an array in the file; undefined when it is empty. */
function readArray(
  hdu: Hdu,
  table: TileTable,
  view: DataView,
  row: number,
  column: BinaryColumn | undefined,
  tile: number,
): { readonly offset: number; readonly sizeBytes: number } | undefined {
  const kind = column?.parsed.descriptor
  if (column === undefined || kind === undefined || column.parsed.repeat === 0) return undefined
  const descriptor = readDescriptor(view, row + column.byteOffset, kind)
  if (descriptor.count === 0) return undefined
  const sizeBytes = descriptor.count * CODE_BYTES[column.parsed.element]
  const offset = table.heapOffset + descriptor.offset
  if (offset + sizeBytes > table.heapEnd) {
    const location = tileLocation(hdu, table, tile)
    throw new FitsError('FITS_BAD_COMPRESSION', location, `tile ${tile + 1} is not in the heap`, {
      found: `bytes ${descriptor.offset} to ${descriptor.offset + sizeBytes}`,
      allowed: `0 to ${table.heapEnd - table.heapOffset}`,
      remedy: 'the file is damaged; fetch it again',
    })
  }
  checkInFile(hdu, offset, sizeBytes)
  return { offset, sizeBytes }
}

function checkInFile(hdu: Hdu, offset: number, sizeBytes: number): void {
  if (offset + sizeBytes <= hdu.source.sizeBytes) return
  const location = { ...hduLocation(hdu), byteOffset: hdu.source.sizeBytes }
  throw new FitsError('FITS_TRUNCATED', location, 'the file ends inside the compressed image', {
    found: `${hdu.source.sizeBytes} bytes`,
    allowed: `at least ${offset + sizeBytes} bytes`,
    remedy: 'fetch the file again',
  })
}

/** Place of a tile's row, for messages. */
export function tileLocation(
  hdu: Hdu,
  table: TileTable,
  tile: number,
): { readonly file: string; readonly hdu: number; readonly byteOffset: number } {
  return { file: hdu.source.name, hdu: hdu.index, byteOffset: table.offset + tile * table.rowBytes }
}

function numberAt(view: DataView, row: number, column: BinaryColumn | undefined): number | undefined {
  if (column === undefined) return undefined
  const at = row + column.byteOffset
  switch (column.parsed.element) {
    case 'B':
      return view.getUint8(at)
    case 'I':
      return view.getInt16(at)
    case 'J':
      return view.getInt32(at)
    case 'K':
      return Number(view.getBigInt64(at))
    case 'E':
      return view.getFloat32(at)
    default:
      return view.getFloat64(at)
  }
}
