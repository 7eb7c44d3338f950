import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { Header } from '../header/header.ts'
import { hduLocation } from '../image/region.ts'
import type { BinaryColumn } from '../table/fits-column.ts'
import { fitsTableLayout } from '../table/table-layout.ts'

/** Methods for the columns of a compressed table: the values of `ZCTYPn`. */
export type ColumnMethod = 'RICE_1' | 'GZIP_1' | 'GZIP_2' | 'NOCOMPRESS'

const METHODS: readonly ColumnMethod[] = ['RICE_1', 'GZIP_1', 'GZIP_2', 'NOCOMPRESS']

/** One column of a compressed table. */
export interface CompressedColumn {
  readonly method: ColumnMethod
  /** The column that holds the compressed bytes. */
  readonly packed: BinaryColumn
  /** The column of the table that was compressed. */
  readonly plain: BinaryColumn
}

/** What the header of a compressed table says. */
export interface CompressedTable {
  /** The compressed table as it is in the file. */
  readonly hdu: Hdu
  /** The table in it, but for its bytes. */
  readonly plain: Hdu
  readonly columns: readonly CompressedColumn[]
  readonly rowCount: number
  readonly rowBytes: number
  /** Rows of a tile; the last one may have fewer. */
  readonly tileRows: number
  /** Heap of the table in it: offset from its first byte, and size. */
  readonly heapOffset: number
  readonly heapBytes: number
  /** Bytes of a row in the file, offset of the first, and of the heap and its end. */
  readonly packedRowBytes: number
  readonly packedHeapOffset: number
  readonly packedHeapEnd: number
}

/** Whether an HDU holds a compressed table. */
export function isCompressedTable(hdu: Hdu): boolean {
  return hdu.type === 'bintable' && hdu.header.card('ZTABLE')?.value === true
}

/**
 * Reads the keywords of a compressed table.
 *
 * Source: FITS Standard 4.0, section 10.3.1.
 *
 * @throws FitsError `FITS_NOT_A_TABLE` for other HDUs, `FITS_BAD_COMPRESSION`, `FITS_UNKNOWN_COMPRESSION`, and those of its keywords
 */
export function readCompressedTable(hdu: Hdu): CompressedTable {
  const { header } = hdu
  if (!isCompressedTable(hdu)) {
    throw new FitsError('FITS_NOT_A_TABLE', hduLocation(hdu), 'the HDU holds no compressed table', {
      found: hdu.type,
      allowed: 'a binary table with ZTABLE = T',
    })
  }
  const packed = fitsTableLayout(hdu)
  const rowBytes = count(header, 'ZNAXIS1')
  const rowCount = count(header, 'ZNAXIS2')
  const tileRows = header.integer('ZTILELEN', rowCount)
  const tileCount = Math.ceil(rowCount / Math.max(1, tileRows))
  if ((tileRows < 1 && rowCount > 0) || tileCount > packed.rowCount) {
    throw new FitsError('FITS_BAD_COMPRESSION', header.locate('ZTILELEN'), 'tiles are missing', {
      found: `${packed.rowCount} rows for ${rowCount} rows in tiles of ${tileRows}`,
      allowed: `one row for each of ${tileCount} tiles`,
    })
  }
  const heapBytes = count(header, 'ZPCOUNT')
  const plain: Hdu = {
    ...hdu,
    header: plainHeader(header),
    pcount: heapBytes,
    shape: [rowCount, rowBytes],
    headerOffset: 0,
    dataOffset: 0,
    dataBytes: rowCount * rowBytes + heapBytes,
  }
  const layout = fitsTableLayout(plain)
  checkPlausible(plain, Math.min(hdu.source.sizeBytes - hdu.dataOffset, hdu.dataBytes), header)
  return {
    hdu,
    plain,
    rowCount,
    rowBytes,
    tileRows,
    columns: packed.columns.map((column, index) => compressedColumn(hdu, column, layout.columns[index])),
    heapOffset: layout.heapOffset,
    heapBytes: layout.heapBytes,
    packedRowBytes: packed.rowBytes,
    packedHeapOffset: hdu.dataOffset + packed.heapOffset,
    packedHeapEnd: hdu.dataOffset + packed.heapOffset + packed.heapBytes,
  }
}

/** Bytes that one packed byte can become: the limit of deflate. */
export const MAX_TABLE_RATIO = 1032

/** Readers allocate by the size of the plain table, so it must be one that the packed bytes can become. */
function checkPlausible(plain: Hdu, packedBytes: number, header: Header): void {
  if (plain.dataBytes <= packedBytes * MAX_TABLE_RATIO) return
  throw new FitsError('FITS_BAD_COMPRESSION', header.locate('ZNAXIS2'), 'the table cannot be so large', {
    found: `${plain.dataBytes} bytes out of ${packedBytes}`,
    allowed: `up to ${MAX_TABLE_RATIO} times as many`,
    remedy: 'the file is damaged; fetch it again',
  })
}

function count(header: Header, keyword: string): number {
  const found = header.integer(keyword)
  if (found >= 0) return found
  throw new FitsError('FITS_BAD_VALUE', header.locate(keyword), 'the value is out of range', {
    found: String(found),
    allowed: '0 or more',
  })
}

function compressedColumn(
  hdu: Hdu,
  packed: BinaryColumn | { readonly kind: 'ascii'; readonly index: number },
  plain: { readonly kind: string } | undefined,
): CompressedColumn {
  const { header } = hdu
  const keyword = `TFORM${packed.index}`
  const isArray =
    packed.kind === 'binary' && packed.parsed.descriptor !== undefined && packed.parsed.element === 'B'
  if (!isArray || packed.parsed.repeat !== 1 || plain?.kind !== 'binary') {
    throw new FitsError(
      'FITS_BAD_COMPRESSION',
      header.locate(keyword),
      'a compressed column has another type',
      {
        found: header.string(keyword),
        allowed: '1PB or 1QB',
      },
    )
  }
  return { method: readMethod(header, `ZCTYP${packed.index}`), packed, plain: plain as BinaryColumn }
}

function readMethod(header: Header, keyword: string): ColumnMethod {
  // Section 10.3.1: GZIP_2 where nothing is said.
  const name = header.string(keyword, 'GZIP_2').trim().toUpperCase()
  const method = METHODS.find((known) => known === name)
  if (method !== undefined) return method
  throw new FitsError('FITS_UNKNOWN_COMPRESSION', header.locate(keyword), 'no such method of compression', {
    found: name,
    allowed: METHODS.join(', '),
    remedy: 'unpack the file with the program that wrote it',
  })
}

/** Keywords of the compression; CHECKSUM and DATASUM are those of the compressed bytes. */
const OF_THE_COMPRESSION =
  /^(?:Z(?:TABLE|TILELEN|NAXIS\d*|PCOUNT|THEAP|FORM\d+|CTYP\d+|HECKSUM|DATASUM)|CHECKSUM|DATASUM|THEAP)$/

/** The header of the table before compression, its cards in their order. */
function plainHeader(header: Header): Header {
  const result = new Header(header.origin)
  for (const card of header) if (!OF_THE_COMPRESSION.test(card.keyword)) result.appendRaw(card.raw)
  result.set('NAXIS1', header.integer('ZNAXIS1'))
  result.set('NAXIS2', header.integer('ZNAXIS2'))
  result.set('PCOUNT', header.integer('ZPCOUNT', 0))
  const fields = header.integer('TFIELDS')
  for (let index = 1; index <= fields; index++) result.set(`TFORM${index}`, header.string(`ZFORM${index}`))
  if (header.has('ZTHEAP')) result.insertAfter('TFIELDS', 'THEAP', header.integer('ZTHEAP'))
  return result
}
