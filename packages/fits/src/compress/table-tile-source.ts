import { type ByteSource, readExactly, throwIfAborted } from '@skyloom/base'
import { codecKernels, codecStatus } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import type { InflateTile } from '../gzip/inflate-tile.ts'
import { CODE_BYTES } from '../table/binary-format.ts'
import { TABLE_RICE_BLOCK } from './column-encoder.ts'
import {
  type ColumnMethod,
  type CompressedColumn,
  type CompressedTable,
  MAX_TABLE_RATIO,
} from './compressed-table-layout.ts'
import { type ArrayDescriptor, readDescriptor } from './descriptor.ts'

/** A variable-length array: where it is in the heap of the plain table, and where its packed bytes are. */
interface PackedArray {
  readonly offset: number
  readonly sizeBytes: number
  readonly packedOffset: number
  readonly packedBytes: number
  readonly column: CompressedColumn
}

/** Bytes of packed streams that are read at once, if they are next to each other. */
const SPAN_BYTES = 4 * 1024 * 1024
const MAX_GAP_BYTES = 4096
/** Largest tile that is unpacked. */
const MAX_TILE_BYTES = 2 ** 30

/**
 * The bytes of the table in a compressed table, unpacked on demand. The last tile is kept, so that reading row after row
 * unpacks each tile once.
 */
export class TableTileSource implements ByteSource {
  readonly name: string
  readonly sizeBytes: number
  readonly #table: CompressedTable
  readonly #inflate: InflateTile
  #tile: { readonly index: number; readonly bytes: Promise<Uint8Array> } | undefined
  #arrays: Promise<readonly PackedArray[]> | undefined

  constructor(table: CompressedTable, inflate: InflateTile) {
    this.name = table.hdu.source.name
    this.sizeBytes = table.plain.dataBytes
    this.#table = table
    this.#inflate = inflate
  }

  async readInto(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<number> {
    const end = Math.min(this.sizeBytes, offset + target.length)
    const { rowBytes, tileRows, rowCount, heapOffset } = this.#table
    const mainBytes = rowBytes * rowCount
    target.subarray(0, Math.max(0, end - offset)).fill(0)
    for (let at = offset; at < Math.min(end, mainBytes); ) {
      throwIfAborted(signal)
      const index = Math.floor(at / (tileRows * rowBytes))
      const start = index * tileRows * rowBytes
      const bytes = await this.#tileBytes(index, signal)
      const part = bytes.subarray(at - start, Math.min(end, mainBytes) - start)
      target.set(part, at - offset)
      at += part.length
    }
    if (end > heapOffset) {
      const from = Math.max(offset, heapOffset)
      await this.#readHeap(target.subarray(from - offset, end - offset), from - heapOffset, signal)
    }
    return Math.max(0, end - offset)
  }

  /** Closes nothing: the file belongs to whoever opened it. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  #tileBytes(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.#tile?.index !== index) {
      const bytes = this.#unpackTile(index, signal)
      this.#tile = { index, bytes }
      // A failure is not kept: the next read tries again.
      bytes.catch(() => {
        if (this.#tile?.bytes === bytes) this.#tile = undefined
      })
    }
    return this.#tile.bytes
  }

  async #unpackTile(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { columns, rowBytes } = this.#table
    const rows = this.#rowsOf(index)
    const cells = await this.#cells(index, signal)
    this.#checkPlausible(index, rows, cells)
    const out = new Uint8Array(rows * rowBytes)
    for (const [position, column] of columns.entries()) {
      const { byteOffset, byteWidth } = column.plain
      if (byteWidth === 0) continue
      const packed = await this.#packedBytes(index, column, cells[position], signal)
      const bytes = this.#unpackColumn(index, column, packed, rows)
      for (let row = 0; row < rows; row++) {
        out.set(bytes.subarray(row * byteWidth, (row + 1) * byteWidth), row * rowBytes + byteOffset)
      }
    }
    return out
  }

  #rowsOf(index: number): number {
    const { tileRows, rowCount } = this.#table
    return Math.min(tileRows, rowCount - index * tileRows)
  }

  /** The descriptors of the packed columns of a tile. */
  async #cells(index: number, signal: AbortSignal | undefined): Promise<readonly ArrayDescriptor[]> {
    const { hdu, columns, packedRowBytes } = this.#table
    const offset = hdu.dataOffset + index * packedRowBytes
    const bytes = await readExactly(hdu.source, offset, packedRowBytes, signal)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return columns.map(({ packed }) =>
      readDescriptor(view, packed.byteOffset, packed.parsed.descriptor ?? 'P'),
    )
  }

  /** Nothing is allocated that the packed bytes cannot become. */
  #checkPlausible(index: number, rows: number, cells: readonly ArrayDescriptor[]): void {
    const { columns, rowBytes } = this.#table
    const wrong = columns.find(
      ({ plain }, position) => rows * plain.byteWidth > (cells[position]?.count ?? 0) * MAX_TABLE_RATIO,
    )
    const sizeBytes = rows * rowBytes
    if (wrong !== undefined) {
      throw this.#badTile(index, wrong, `it is too short for ${rows * wrong.plain.byteWidth} bytes`)
    }
    if (sizeBytes > MAX_TILE_BYTES) {
      throw new FitsError('FITS_TOO_LARGE', this.#location(index), 'a tile of the table is too large', {
        found: `${sizeBytes} bytes`,
        allowed: `${MAX_TILE_BYTES} bytes`,
        remedy: 'compress the table again with a smaller ZTILELEN',
      })
    }
  }

  async #packedBytes(
    index: number,
    column: CompressedColumn,
    cell: ArrayDescriptor | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { hdu, packedHeapOffset, packedHeapEnd } = this.#table
    const { count, offset } = cell ?? { count: 0, offset: 0 }
    const start = packedHeapOffset + offset
    if (start + count > packedHeapEnd) throw this.#badTile(index, column, 'it is not in the heap')
    return await readExactly(hdu.source, start, count, signal)
  }

  /** The bytes of a column in a tile, row after row. */
  #unpackColumn(index: number, column: CompressedColumn, packed: Uint8Array, rows: number): Uint8Array {
    const { plain, method } = column
    const sizeBytes = rows * plain.byteWidth
    if (plain.parsed.descriptor === undefined) {
      return this.#unpack(index, column, method, packed, sizeBytes, shuffledBytes(column))
    }
    // Descriptors of the plain table, then those of the packed arrays (section 10.3.6).
    const both = this.#unpack(index, column, 'GZIP_1', packed, sizeBytes + rows * PACKED_DESCRIPTOR_BYTES, 1)
    return both.subarray(0, sizeBytes)
  }

  #unpack(
    index: number,
    column: CompressedColumn,
    method: ColumnMethod,
    packed: Uint8Array,
    sizeBytes: number,
    size: number,
  ): Uint8Array {
    if (method === 'RICE_1') return this.#unpackRice(index, column, packed, sizeBytes, size)
    const bytes = method === 'NOCOMPRESS' ? packed : this.#inflate(packed, sizeBytes)
    if (bytes === undefined) throw this.#badTile(index, column, 'its gzip stream is damaged or too long')
    if (bytes.length !== sizeBytes) {
      throw this.#badTile(index, column, `it has ${bytes.length} bytes instead of ${sizeBytes}`)
    }
    if (method !== 'GZIP_2' || size === 1) return bytes
    const kernels = codecKernels()
    const room = Math.ceil(sizeBytes / 16) * 16
    const source = kernels.reserve(2 * room)
    kernels.u8(source, sizeBytes).set(bytes)
    kernels.unshuffle(source, source + room, sizeBytes / size, size)
    return kernels.u8(source + room, sizeBytes).slice()
  }

  #unpackRice(
    index: number,
    column: CompressedColumn,
    packed: Uint8Array,
    sizeBytes: number,
    size: number,
  ): Uint8Array {
    if (!'BIJ'.includes(column.plain.parsed.element)) {
      throw this.#badTile(index, column, `RICE_1 cannot hold type ${column.plain.parsed.element}`)
    }
    const kernels = codecKernels()
    const count = sizeBytes / size
    const packedRoom = Math.ceil((packed.length + 8) / 16) * 16
    const room = Math.ceil(count / 4) * 16
    const source = kernels.reserve(packedRoom + 2 * room)
    const integers = source + packedRoom
    kernels.u8(source, packed.length).set(packed)
    const word = codecStatus(
      kernels.riceDecode(source, packed.length, integers, count, TABLE_RICE_BLOCK, size),
    )
    if (word !== 'ok') throw this.#badTile(index, column, `its RICE_1 stream is ${word}`)
    kernels.storeIntegers(integers, integers + room, count, size)
    return kernels.u8(integers + room, sizeBytes).slice()
  }

  // ---- variable-length arrays

  async #readHeap(target: Uint8Array, offset: number, signal: AbortSignal | undefined): Promise<void> {
    if (target.length === 0) return
    this.#arrays ??= this.#findArrays(signal)
    const arrays = await this.#arrays.catch((error: unknown) => {
      this.#arrays = undefined
      throw error
    })
    const end = offset + target.length
    const wanted = arrays.filter((array) => array.offset < end && array.offset + array.sizeBytes > offset)
    for (let first = 0; first < wanted.length; ) {
      throwIfAborted(signal)
      const next = spanEnd(wanted, first)
      const members = wanted.slice(first, next)
      const start = members[0]?.packedOffset ?? 0
      const last = members.reduce((most, each) => Math.max(most, each.packedOffset + each.packedBytes), start)
      const span = await readExactly(this.#table.hdu.source, start, last - start, signal)
      for (const array of members) {
        const packed = span.subarray(
          array.packedOffset - start,
          array.packedOffset - start + array.packedBytes,
        )
        const plain = this.#unpackArray(array, packed)
        const from = Math.max(offset, array.offset)
        const to = Math.min(end, array.offset + array.sizeBytes)
        target.set(plain.subarray(from - array.offset, to - array.offset), from - offset)
      }
      first = next
    }
  }

  #unpackArray(array: PackedArray, packed: Uint8Array): Uint8Array {
    // Arrays that would not become smaller are stored as they are.
    if (array.packedBytes === array.sizeBytes) return packed
    const { column } = array
    return this.#unpack(0, column, column.method, packed, array.sizeBytes, shuffledBytes(column))
  }

  /** All variable-length arrays, in the order of their packed bytes. */
  async #findArrays(signal: AbortSignal | undefined): Promise<readonly PackedArray[]> {
    const { columns, rowCount, tileRows } = this.#table
    const arrays: PackedArray[] = []
    for (let index = 0; index * tileRows < rowCount; index++) {
      throwIfAborted(signal)
      const rows = this.#rowsOf(index)
      const cells = await this.#cells(index, signal)
      this.#checkPlausible(index, rows, cells)
      for (const [position, column] of columns.entries()) {
        if (column.plain.parsed.descriptor === undefined) continue
        const packed = await this.#packedBytes(index, column, cells[position], signal)
        const sizeBytes = rows * (column.plain.byteWidth + PACKED_DESCRIPTOR_BYTES)
        const both = this.#unpack(index, column, 'GZIP_1', packed, sizeBytes, 1)
        this.#addArrays(arrays, index, column, both, rows)
      }
    }
    return arrays.sort((a, b) => a.packedOffset - b.packedOffset)
  }

  #addArrays(
    arrays: PackedArray[],
    index: number,
    column: CompressedColumn,
    descriptors: Uint8Array,
    rows: number,
  ): void {
    const { heapBytes, packedHeapOffset, packedHeapEnd } = this.#table
    const { parsed, byteWidth } = column.plain
    const view = new DataView(descriptors.buffer, descriptors.byteOffset, descriptors.length)
    for (let row = 0; row < rows; row++) {
      const plain = readDescriptor(view, row * byteWidth, parsed.descriptor ?? 'P')
      if (plain.count === 0) continue
      const packed = readDescriptor(view, rows * byteWidth + row * PACKED_DESCRIPTOR_BYTES, 'Q')
      const sizeBytes =
        parsed.element === 'X' ? Math.ceil(plain.count / 8) : plain.count * CODE_BYTES[parsed.element]
      const packedOffset = packedHeapOffset + packed.offset
      const isFine =
        plain.offset + sizeBytes <= heapBytes &&
        packedOffset + packed.count <= packedHeapEnd &&
        sizeBytes <= packed.count * MAX_TABLE_RATIO
      if (!isFine) throw this.#badTile(index, column, `the array of its row ${row + 1} is not in the heap`)
      arrays.push({ offset: plain.offset, sizeBytes, packedOffset, packedBytes: packed.count, column })
    }
  }

  #location(index: number): ConstructorParameters<typeof FitsError>[1] {
    const { hdu, packedRowBytes } = this.#table
    return { file: this.name, hdu: hdu.index, byteOffset: hdu.dataOffset + index * packedRowBytes }
  }

  #badTile(index: number, column: CompressedColumn, problem: string): FitsError {
    const location = { ...this.#location(index), column: column.plain.name }
    return new FitsError('FITS_BAD_TILE', location, `tile ${index + 1} cannot be decoded: ${problem}`, {
      remedy: 'fetch the file again; other columns and rows may be readable',
    })
  }
}

/** Descriptors of packed arrays are always of 64 bits. */
const PACKED_DESCRIPTOR_BYTES = 16

/**
 * Bytes of the elements that GZIP_2 shuffles and RICE_1 counts. Complex numbers are not shuffled: the one program that writes
 * compressed tables, fpack, says GZIP_2 for them and leaves them in order.
 */
function shuffledBytes(column: CompressedColumn): number {
  const { element } = column.plain.parsed
  return element === 'C' || element === 'M' ? 1 : CODE_BYTES[element]
}

/** Index behind the arrays that are read together with the first. */
function spanEnd(arrays: readonly PackedArray[], first: number): number {
  const start = arrays[first]?.packedOffset ?? 0
  let end = start
  for (let next = first; next < arrays.length; next++) {
    const array = arrays[next]
    if (array === undefined) return next
    const arrayEnd = array.packedOffset + array.packedBytes
    if (next > first && (array.packedOffset > end + MAX_GAP_BYTES || arrayEnd - start > SPAN_BYTES))
      return next
    end = Math.max(end, arrayEnd)
  }
  return arrays.length
}
