import { readExactly, throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { elementBytes } from './binary-format.ts'
import type { BinaryColumn } from './fits-column.ts'
import { allocateFor, checkMemory, VALUE_BYTES } from './memory.ts'
import type { RowRange } from './read-table.ts'
import type { FitsTableLayout } from './table-layout.ts'

/** Called for each array that is not empty, in the order of the heap. */
export type UseArray = (row: number, view: DataView, start: number, count: number) => void

/** Arrays that are nearer to each other than this are read at once. */
const MAX_GAP_BYTES = 4096
/** Bytes of the heap that are read at once, unless one array has more. */
const SPAN_BYTES = 4 * 1024 * 1024

/** The descriptors of a column of variable-length arrays, and the arrays themselves (FITS Standard 4.0, section 7.3.5). */
export class HeapArrays {
  readonly #hdu: Hdu
  readonly #layout: FitsTableLayout
  readonly #column: BinaryColumn
  readonly #rows: RowRange
  /** elements of each array */
  readonly #counts: Float64Array
  /** first byte of each array in the heap */
  readonly #starts: Float64Array

  constructor(hdu: Hdu, layout: FitsTableLayout, column: BinaryColumn, rows: RowRange) {
    this.#hdu = hdu
    this.#layout = layout
    this.#column = column
    this.#rows = rows
    this.#counts = allocateFor(hdu, column.name, () => new Float64Array(rows.count))
    this.#starts = allocateFor(hdu, column.name, () => new Float64Array(rows.count))
  }

  /** Takes descriptors from rows. */
  addRows(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const { parsed, byteOffset } = this.#column
    if (parsed.repeat === 0) return
    for (let row = 0; row < count; row++) {
      const at = row * rowBytes + byteOffset
      const isWide = parsed.descriptor === 'Q'
      this.#counts[rowIndex + row] = isWide ? Number(view.getBigInt64(at)) : view.getInt32(at)
      this.#starts[rowIndex + row] = isWide ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    }
  }

  /**
   * Checks every descriptor and gives the row starts of the arrays when they are put one after the other.
   *
   * @throws FitsError `FITS_BAD_DESCRIPTOR`, `FITS_TRUNCATED`, `FITS_TOO_LARGE`
   */
  checkedOffsets(): Float64Array {
    const { heapBytes, heapOffset } = this.#layout
    const inFile = this.#hdu.source.sizeBytes - this.#hdu.dataOffset - heapOffset
    const offsets = allocateFor(this.#hdu, this.#column.name, () => new Float64Array(this.#rows.count + 1))
    const step = (this.#column.cellShape ?? []).slice(1).reduce((product, size) => product * size, 1)
    let total = 0
    for (let row = 0; row < this.#rows.count; row++) {
      const count = this.#counts[row] ?? 0
      const start = this.#starts[row] ?? 0
      if (count !== 0) {
        const end = start + elementBytes(this.#column.parsed.element, Math.abs(count))
        if (count < 0 || start < 0 || end > heapBytes)
          throw this.#badDescriptor(row, `bytes 0 to ${heapBytes} of the heap`)
        if (end > inFile) throw this.#truncated(row, end)
        if (step > 1 && count % step !== 0)
          throw this.#badDescriptor(row, `a multiple of ${step} elements, as TDIM says`)
      }
      total += count
      offsets[row + 1] = total
    }
    checkMemory(this.#hdu, total * VALUE_BYTES[this.#column.type], heapBytes, this.#column.name)
    return offsets
  }

  #place(row: number): ConstructorParameters<typeof FitsError>[1] {
    const fileRow = this.#rows.first + row
    return {
      file: this.#hdu.source.name,
      hdu: this.#hdu.index,
      column: this.#column.name,
      row: fileRow + 1,
      byteOffset: this.#hdu.dataOffset + fileRow * this.#layout.rowBytes + this.#column.byteOffset,
    }
  }

  #badDescriptor(row: number, allowed: string): FitsError {
    return new FitsError(
      'FITS_BAD_DESCRIPTOR',
      this.#place(row),
      'the descriptor of the array cannot be right',
      {
        found: `${this.#counts[row] ?? 0} elements from byte ${this.#starts[row] ?? 0} on`,
        allowed,
        remedy: 'the table is damaged; fetch the file again, or read other rows',
      },
    )
  }

  #truncated(row: number, end: number): FitsError {
    return new FitsError('FITS_TRUNCATED', this.#place(row), 'the file ends inside the heap', {
      found: `${this.#hdu.source.sizeBytes} bytes`,
      allowed: `at least ${this.#hdu.dataOffset + this.#layout.heapOffset + end} bytes`,
      remedy: 'fetch the file again',
    })
  }

  /** Reads all arrays with as few reads as make sense. Call {@link checkedOffsets} before. */
  async readArrays(signal: AbortSignal | undefined, use: UseArray): Promise<void> {
    const order = this.#rowsByPlace()
    for (let first = 0; first < order.length; ) {
      throwIfAborted(signal)
      const start = this.#starts[order[first] ?? 0] ?? 0
      let end = start
      let next = first
      for (; next < order.length; next++) {
        const row = order[next] ?? 0
        const from = this.#starts[row] ?? 0
        const to = Math.max(end, from + this.#bytesOf(row))
        if (next > first && (from > end + MAX_GAP_BYTES || to - start > SPAN_BYTES)) break
        end = to
      }
      await this.#readSpan(order.slice(first, next), start, end, signal, use)
      first = next
    }
  }

  async #readSpan(
    rows: readonly number[],
    start: number,
    end: number,
    signal: AbortSignal | undefined,
    use: UseArray,
  ): Promise<void> {
    const offset = this.#hdu.dataOffset + this.#layout.heapOffset + start
    const bytes = await readExactly(this.#hdu.source, offset, end - start, signal)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (const row of rows) use(row, view, (this.#starts[row] ?? 0) - start, this.#counts[row] ?? 0)
  }

  #bytesOf(row: number): number {
    return elementBytes(this.#column.parsed.element, this.#counts[row] ?? 0)
  }

  /** Rows with arrays, in the order of their place in the heap. */
  #rowsByPlace(): number[] {
    const rows: number[] = []
    for (let row = 0; row < this.#rows.count; row++) if ((this.#counts[row] ?? 0) > 0) rows.push(row)
    return rows.sort((a, b) => (this.#starts[a] ?? 0) - (this.#starts[b] ?? 0))
  }
}
