import { FitsError, type FitsLocation, type FitsWarning } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { hduLocation } from '../image/region.ts'
import { asciiColumn } from './ascii-column.ts'
import { binaryColumn } from './binary-column.ts'
import type { AsciiColumn, BinaryColumn, FitsColumn } from './fits-column.ts'

/** What the header of a table says about its data. */
export interface FitsTableLayout {
  readonly rowCount: number
  readonly rowBytes: number
  readonly columns: readonly FitsColumn[]
  /** offset of the heap from the first byte of the data */
  readonly heapOffset: number
  /** bytes of the heap, gap before it not counted */
  readonly heapBytes: number
  readonly warnings: readonly FitsWarning[]
}

/** Largest TFIELDS (FITS Standard 4.0, sections 7.2.1 and 7.3.1). */
const MAX_COLUMNS = 999

/**
 * Columns of a binary or ASCII table, from its header alone. The table around a tile-compressed image is one, too.
 *
 * @throws FitsError `FITS_NOT_A_TABLE`, `FITS_BAD_TABLE`, `FITS_BAD_VALUE`, `FITS_MISSING_KEYWORD`, `FITS_WRONG_TYPE`
 */
export function fitsTableLayout(hdu: Hdu): FitsTableLayout {
  const isAscii = hdu.type === 'table'
  if (!isAscii && hdu.type !== 'bintable' && hdu.type !== 'compressed-image') {
    throw new FitsError('FITS_NOT_A_TABLE', hduLocation(hdu), 'the HDU holds no table', {
      found: hdu.type,
      allowed: 'bintable, table',
    })
  }
  const { header } = hdu
  expectInteger(hdu, 'BITPIX', 8)
  expectInteger(hdu, 'NAXIS', 2)
  expectInteger(hdu, 'GCOUNT', 1, 1)
  const rowBytes = header.integer('NAXIS1')
  const rowCount = header.integer('NAXIS2')
  const count = header.integer('TFIELDS')
  if (count < 0 || count > MAX_COLUMNS) {
    throw new FitsError('FITS_BAD_VALUE', header.locate('TFIELDS'), 'the value is out of range', {
      found: String(count),
      allowed: `0 to ${MAX_COLUMNS}`,
    })
  }
  const warnings: FitsWarning[] = []
  const columns = isAscii ? asciiColumns(hdu, count, rowBytes) : binaryColumns(hdu, count, rowBytes, warnings)
  warnDuplicates(hdu, columns, warnings)
  return { rowCount, rowBytes, columns, warnings, ...heapPlace(hdu, columns, rowBytes * rowCount) }
}

function expectInteger(hdu: Hdu, keyword: string, allowed: number, fallback?: number): void {
  const { header } = hdu
  const found = fallback === undefined ? header.integer(keyword) : header.integer(keyword, fallback)
  if (found === allowed) return
  throw new FitsError('FITS_BAD_TABLE', header.locate(keyword), 'a table cannot have this value', {
    found: String(found),
    allowed: String(allowed),
  })
}

function binaryColumns(hdu: Hdu, count: number, rowBytes: number, warnings: FitsWarning[]): BinaryColumn[] {
  const columns: BinaryColumn[] = []
  let byteOffset = 0
  for (let index = 1; index <= count; index++) {
    const column = binaryColumn(hdu.header, index, byteOffset, warnings)
    byteOffset += column.byteWidth
    if (byteOffset > rowBytes) throw tooWide(hdu, column, byteOffset, rowBytes)
    columns.push(column)
  }
  if (byteOffset < rowBytes) {
    const message = `the columns fill ${byteOffset} of the ${rowBytes} bytes of a row`
    warnings.push({ code: 'FITS_ROW_GAP', location: hdu.header.locate('NAXIS1'), message })
  }
  return columns
}

function asciiColumns(hdu: Hdu, count: number, rowBytes: number): AsciiColumn[] {
  const columns: AsciiColumn[] = []
  for (let index = 1; index <= count; index++) {
    const column = asciiColumn(hdu.header, index)
    const end = column.byteOffset + column.byteWidth
    if (end > rowBytes) throw tooWide(hdu, column, end, rowBytes)
    columns.push(column)
  }
  return columns
}

function tooWide(hdu: Hdu, column: FitsColumn, end: number, rowBytes: number): FitsError {
  const location: FitsLocation = { ...hdu.header.locate(`TFORM${column.index}`), column: column.name }
  return new FitsError('FITS_BAD_TABLE', location, 'the column does not fit into the rows', {
    found: `${column.format}, up to byte ${end} of a row`,
    allowed: `up to NAXIS1 = ${rowBytes}`,
  })
}

function warnDuplicates(hdu: Hdu, columns: readonly FitsColumn[], warnings: FitsWarning[]): void {
  const seen = new Set<string>()
  for (const column of columns) {
    const key = column.name.toUpperCase()
    if (seen.has(key)) {
      const location = { ...hdu.header.locate(`TTYPE${column.index}`), column: column.index }
      const message = `a second column is called ${column.name}`
      warnings.push({ code: 'FITS_DUPLICATE_COLUMN', location, message })
    }
    seen.add(key)
  }
}

function heapPlace(
  hdu: Hdu,
  columns: readonly FitsColumn[],
  mainBytes: number,
): { readonly heapOffset: number; readonly heapBytes: number } {
  const { header } = hdu
  const hasHeap = columns.some((column) => column.kind === 'binary' && column.parsed.descriptor !== undefined)
  const heapOffset = hasHeap ? header.integer('THEAP', mainBytes) : mainBytes
  const dataBytes = mainBytes + hdu.pcount
  if (heapOffset < mainBytes || heapOffset > dataBytes) {
    throw new FitsError('FITS_BAD_TABLE', header.locate('THEAP'), 'the heap is not where it can be', {
      found: String(heapOffset),
      allowed: `${mainBytes} to ${dataBytes}`,
    })
  }
  return { heapOffset, heapBytes: dataBytes - heapOffset }
}
