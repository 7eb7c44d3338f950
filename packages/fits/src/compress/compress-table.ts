import { readExactly, throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import type { DeflateTile } from '../gzip/deflate-tile.ts'
import { portableDeflateTile } from '../gzip/deflate-tile.ts'
import type { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { HduWriter } from '../hdu/hdu-writer.ts'
import { Header } from '../header/header.ts'
import { hduLocation } from '../image/region.ts'
import { CODE_BYTES } from '../table/binary-format.ts'
import type { BinaryColumn } from '../table/fits-column.ts'
import { type FitsTableLayout, fitsTableLayout } from '../table/table-layout.ts'
import { encodeColumn } from './column-encoder.ts'
import type { ColumnMethod } from './compressed-table-layout.ts'
import { readDescriptor } from './descriptor.ts'

/** How a table is compressed. */
export interface CompressTableOptions {
  /** Rows of a tile; default as many as make about 4 MiB. */
  readonly tileRows?: number
  /**
   * Methods of single columns, by name. Default: RICE_1 for int32, GZIP_2 for other numbers of more than one byte, GZIP_1
   * for everything else.
   */
  readonly methods?: ReadonlyMap<string, ColumnMethod>
  /** How gzip streams are made; default: on any platform. */
  readonly deflateTile?: DeflateTile | undefined
  readonly signal?: AbortSignal | undefined
}

const TILE_BYTES = 4 * 1024 * 1024
/** Descriptors of packed columns and arrays, 64 bits each number. */
const DESCRIPTOR_BYTES = 16

/**
 * Writes a binary table as a compressed one, tile by tile; the table comes back byte by byte, except for unused bytes in its heap.
 *
 * Source: FITS Standard 4.0, section 10.3.
 *
 * @throws FitsError `FITS_NOT_A_TABLE` for other HDUs, `FITS_BAD_COMPRESSION` for methods that cannot hold a column,
 *   `FITS_BAD_DESCRIPTOR`, `FITS_TRUNCATED`
 */
export async function compressTable(
  writer: FitsWriter,
  hdu: Hdu,
  options: CompressTableOptions = {},
): Promise<void> {
  if (hdu.type !== 'bintable') {
    throw new FitsError('FITS_NOT_A_TABLE', hduLocation(hdu), 'only binary tables can be compressed', {
      found: hdu.type,
      allowed: 'bintable',
    })
  }
  const layout = fitsTableLayout(hdu)
  const columns = layout.columns.filter((column) => column.kind === 'binary')
  const methods = columns.map((column) => chosenMethod(hdu, column, options.methods))
  const tileRows = chosenTileRows(hdu, layout, options.tileRows)
  const tileCount = Math.ceil(layout.rowCount / tileRows)
  const header = packedHeader(hdu, columns, methods, tileRows, tileCount)
  const out = await writer.beginHdu(header)
  await new TableCompressor(out, hdu, layout, columns, methods, tileRows, options).run()
}

function chosenMethod(
  hdu: Hdu,
  column: BinaryColumn,
  methods: ReadonlyMap<string, ColumnMethod> | undefined,
): ColumnMethod {
  const { element } = column.parsed
  const method = methods?.get(column.name)
  if (method === 'RICE_1' && !'BIJ'.includes(element)) {
    const location = { ...hduLocation(hdu), column: column.name }
    throw new FitsError('FITS_BAD_COMPRESSION', location, `RICE_1 cannot hold a column of type ${element}`, {
      allowed: 'GZIP_1, GZIP_2, NOCOMPRESS',
    })
  }
  // Section 10.3.5: only bytes of numbers can be shuffled.
  const isShuffled = 'IJKED'.includes(element)
  if (method !== undefined) return method === 'GZIP_2' && !isShuffled ? 'GZIP_1' : method
  if (element === 'J') return 'RICE_1'
  return isShuffled ? 'GZIP_2' : 'GZIP_1'
}

function chosenTileRows(hdu: Hdu, layout: FitsTableLayout, wanted: number | undefined): number {
  const tileRows = wanted ?? Math.floor(TILE_BYTES / Math.max(1, layout.rowBytes))
  if (wanted === undefined || (Number.isSafeInteger(wanted) && wanted >= 1)) {
    return Math.max(1, Math.min(tileRows, layout.rowCount))
  }
  throw new FitsError('FITS_BAD_COMPRESSION', hduLocation(hdu), 'tiles cannot have so many rows', {
    found: String(wanted),
    allowed: '1 or more',
  })
}

/** The header with the keywords of the compression; lengths are filled in at the end. */
function packedHeader(
  hdu: Hdu,
  columns: readonly BinaryColumn[],
  methods: readonly ColumnMethod[],
  tileRows: number,
  tileCount: number,
): Header {
  const result = new Header(hdu.header.origin)
  for (const card of hdu.header) {
    if (!['CHECKSUM', 'DATASUM', 'THEAP'].includes(card.keyword)) result.appendRaw(card.raw)
  }
  const { header } = hdu
  result.set('NAXIS1', columns.length * DESCRIPTOR_BYTES)
  result.set('NAXIS2', tileCount)
  result.set('PCOUNT', 0)
  result.set('ZTABLE', true, 'this is a compressed table')
  result.set('ZTILELEN', tileRows, 'rows of a tile')
  result.set('ZNAXIS1', header.integer('NAXIS1'), 'bytes of a row')
  result.set('ZNAXIS2', header.integer('NAXIS2'), 'number of rows')
  result.set('ZPCOUNT', hdu.pcount, 'bytes of the heap')
  if (header.has('THEAP')) result.set('ZTHEAP', header.integer('THEAP'), 'offset of the heap')
  columns.forEach((column, position) => {
    result.set(`TFORM${column.index}`, '1QB(0)')
    result.set(`ZFORM${column.index}`, column.format, '')
    result.set(`ZCTYP${column.index}`, methods[position], '')
  })
  return result
}

/** Compresses one table. A class because it keeps its place in the heap. */
class TableCompressor {
  readonly #out: HduWriter
  readonly #hdu: Hdu
  readonly #layout: FitsTableLayout
  readonly #columns: readonly BinaryColumn[]
  readonly #methods: readonly ColumnMethod[]
  readonly #tileRows: number
  readonly #deflate: DeflateTile
  readonly #signal: AbortSignal | undefined
  readonly #rows: DataView
  readonly #longest: number[]
  #heapBytes = 0

  constructor(
    out: HduWriter,
    hdu: Hdu,
    layout: FitsTableLayout,
    columns: readonly BinaryColumn[],
    methods: readonly ColumnMethod[],
    tileRows: number,
    options: CompressTableOptions,
  ) {
    this.#out = out
    this.#hdu = hdu
    this.#layout = layout
    this.#columns = columns
    this.#methods = methods
    this.#tileRows = tileRows
    this.#deflate = options.deflateTile ?? portableDeflateTile
    this.#signal = options.signal
    const tileCount = Math.ceil(layout.rowCount / tileRows)
    this.#rows = new DataView(new ArrayBuffer(tileCount * columns.length * DESCRIPTOR_BYTES))
    this.#longest = columns.map(() => 0)
  }

  async run(): Promise<void> {
    await this.#out.write(new Uint8Array(this.#rows.byteLength))
    const { rowCount, rowBytes } = this.#layout
    for (let first = 0, tile = 0; first < rowCount; first += this.#tileRows, tile++) {
      throwIfAborted(this.#signal)
      const count = Math.min(this.#tileRows, rowCount - first)
      const offset = this.#hdu.dataOffset + first * rowBytes
      const rows = await readExactly(this.#hdu.source, offset, count * rowBytes, this.#signal)
      for (const [position, column] of this.#columns.entries()) {
        const packed = await this.#packColumn(column, this.#methods[position] ?? 'GZIP_1', rows, count, first)
        await this.#putColumn(tile, position, packed)
      }
    }
    await this.#out.fillIn(new Uint8Array(this.#rows.buffer), 0)
    const { header } = this.#out
    header.set('PCOUNT', this.#heapBytes)
    this.#columns.forEach((column, position) =>
      header.set(`TFORM${column.index}`, `1QB(${this.#longest[position] ?? 0})`),
    )
    await this.#out.end()
  }

  async #packColumn(
    column: BinaryColumn,
    method: ColumnMethod,
    rows: Uint8Array,
    count: number,
    firstRow: number,
  ): Promise<Uint8Array> {
    const { byteOffset, byteWidth, parsed } = column
    const { rowBytes } = this.#layout
    const bytes = new Uint8Array(count * byteWidth)
    for (let row = 0; row < count; row++) {
      const from = row * rowBytes + byteOffset
      bytes.set(rows.subarray(from, from + byteWidth), row * byteWidth)
    }
    if (bytes.length === 0) return bytes
    if (parsed.descriptor === undefined) return encodeColumn(bytes, parsed.element, method, this.#deflate)
    return await this.#packArrays(column, method, bytes, count, firstRow)
  }

  /** Packs the variable-length arrays of a column; gives their old and new descriptors, packed. */
  async #packArrays(
    column: BinaryColumn,
    method: ColumnMethod,
    descriptors: Uint8Array,
    count: number,
    firstRow: number,
  ): Promise<Uint8Array> {
    const { byteWidth, parsed } = column
    const both = new Uint8Array(descriptors.length + count * DESCRIPTOR_BYTES)
    both.set(descriptors)
    const view = new DataView(both.buffer)
    for (let row = 0; row < count; row++) {
      const { count: elements, offset } = readDescriptor(view, row * byteWidth, parsed.descriptor ?? 'P')
      const sizeBytes =
        parsed.element === 'X' ? Math.ceil(elements / 8) : elements * CODE_BYTES[parsed.element]
      const at = descriptors.length + row * DESCRIPTOR_BYTES
      view.setBigUint64(at + 8, BigInt(this.#heapBytes))
      if (sizeBytes === 0) continue
      const plain = await this.#readArray(column, firstRow + row, offset, sizeBytes)
      const packed = encodeColumn(plain, parsed.element, method, this.#deflate)
      // A reader takes an array of unchanged length for one that was not packed.
      const stored = packed.length < plain.length ? packed : plain
      view.setBigUint64(at, BigInt(stored.length))
      await this.#putHeap(stored)
    }
    return this.#deflate(both)
  }

  async #readArray(
    column: BinaryColumn,
    row: number,
    offset: number,
    sizeBytes: number,
  ): Promise<Uint8Array> {
    const { heapOffset, heapBytes } = this.#layout
    if (offset + sizeBytes <= heapBytes) {
      const start = this.#hdu.dataOffset + heapOffset + offset
      return await readExactly(this.#hdu.source, start, sizeBytes, this.#signal)
    }
    const location = { ...hduLocation(this.#hdu), column: column.name, row: row + 1 }
    throw new FitsError('FITS_BAD_DESCRIPTOR', location, 'the array is not in the heap', {
      found: `bytes ${offset} to ${offset + sizeBytes}`,
      allowed: `0 to ${heapBytes}`,
    })
  }

  async #putColumn(tile: number, position: number, packed: Uint8Array): Promise<void> {
    const at = (tile * this.#columns.length + position) * DESCRIPTOR_BYTES
    this.#rows.setBigUint64(at, BigInt(packed.length))
    this.#rows.setBigUint64(at + 8, BigInt(this.#heapBytes))
    this.#longest[position] = Math.max(this.#longest[position] ?? 0, packed.length)
    await this.#putHeap(packed)
  }

  async #putHeap(bytes: Uint8Array): Promise<void> {
    this.#heapBytes += bytes.length
    await this.#out.write(bytes)
  }
}
