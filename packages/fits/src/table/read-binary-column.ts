import type { Hdu } from '../hdu/hdu.ts'
import { assembleColumn, emptyValues } from '../tables/model/build.ts'
import type { AnyColumnValues, Column } from '../tables/model/table.ts'
import { CODE_BYTES } from './binary-format.ts'
import { columnInfo } from './column-meta.ts'
import {
  decodeBits,
  decodeElements,
  decodeText,
  decodeTexts,
  isNullElement,
  isNullRun,
} from './decode-elements.ts'
import type { BinaryColumn } from './fits-column.ts'
import { HeapArrays } from './heap-arrays.ts'
import { allocateFor } from './memory.ts'
import type { ColumnReader, RowRange } from './read-table.ts'
import type { FitsTableLayout } from './table-layout.ts'

/** Reads one column of a binary table, variable-length arrays included. */
export class BinaryColumnReader implements ColumnReader {
  readonly #column: BinaryColumn
  /** undefined while the arrays in the heap are not read */
  #values: AnyColumnValues | string[]
  readonly #nulls: Uint8Array
  readonly #heap: HeapArrays | undefined
  #offsets: Float64Array | undefined
  readonly #hdu: Hdu
  readonly #rowCount: number
  /** elements of a cell in the row */
  readonly #cellElements: number

  constructor(hdu: Hdu, layout: FitsTableLayout, column: BinaryColumn, rows: RowRange) {
    this.#hdu = hdu
    this.#column = column
    this.#rowCount = rows.count
    this.#cellElements = (column.cellShape ?? []).reduce((product, size) => product * size, 1)
    const isInHeap = column.parsed.descriptor !== undefined
    this.#heap = isInHeap ? new HeapArrays(hdu, layout, column, rows) : undefined
    this.#nulls = allocateFor(hdu, column.name, () => new Uint8Array(rows.count))
    const count = isInHeap ? 0 : rows.count * this.#cellElements
    this.#values = allocateFor(hdu, column.name, () => emptyValues(column.type, count))
  }

  addRows(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    if (this.#heap !== undefined) {
      this.#heap.addRows(view, rowIndex, count, rowBytes)
      return
    }
    const { byteOffset, parsed } = this.#column
    const code = parsed.element
    if (code === 'A') this.#addTexts(view, rowIndex, count, rowBytes)
    else if (code === 'X') this.#addBits(view, rowIndex, count, rowBytes)
    else if (this.#column.cellShape === undefined) {
      this.#addRun(rowIndex, { view, start: byteOffset, count, stride: rowBytes })
      this.#markScalarNulls(view, rowIndex, count, rowBytes)
    } else this.#addArrays(view, rowIndex, count, rowBytes)
  }

  /** Decodes a run of elements to element `at` of the values. */
  #addRun(at: number, run: { view: DataView; start: number; count: number; stride: number }): void {
    const values = this.#values
    const { parsed, scaling, type } = this.#column
    const parts = type === 'complex64' || type === 'complex128' ? 2 : 1
    decodeElements(values, at * parts, run, parsed.element, scaling)
  }

  #addTexts(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const values = this.#values
    if (!Array.isArray(values)) return
    const { byteOffset, textWidth = 0 } = this.#column
    const perCell = this.#cellElements
    const cellBytes = textWidth * perCell
    const bytes = new Uint8Array(count * cellBytes)
    for (let row = 0; row < count; row++) {
      const start = view.byteOffset + row * rowBytes + byteOffset
      bytes.set(new Uint8Array(view.buffer, start, cellBytes), row * cellBytes)
    }
    const texts = decodeTexts(bytes, textWidth, count * perCell)
    for (let row = 0; row < count; row++) {
      let isNull = textWidth > 0 && perCell > 0
      for (let k = 0; k < perCell; k++) {
        const text = texts[row * perCell + k]
        isNull &&= text === undefined
        values[(rowIndex + row) * perCell + k] = text ?? ''
      }
      if (isNull) this.#nulls[rowIndex + row] = 1
    }
  }

  #addBits(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const values = this.#values
    if (!(values instanceof Uint8Array)) return
    const perCell = this.#cellElements
    for (let row = 0; row < count; row++) {
      decodeBits(values, (rowIndex + row) * perCell, view, row * rowBytes + this.#column.byteOffset, perCell)
    }
  }

  #addArrays(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const { byteOffset, parsed } = this.#column
    const stride = CODE_BYTES[parsed.element]
    for (let row = 0; row < count; row++) {
      const run = { view, start: row * rowBytes + byteOffset, count: this.#cellElements, stride }
      this.#addRun((rowIndex + row) * this.#cellElements, run)
      if (this.#isNullArray(run, rowIndex + row)) this.#nulls[rowIndex + row] = 1
    }
  }

  #markScalarNulls(view: DataView, rowIndex: number, count: number, rowBytes: number): void {
    const { byteOffset, parsed, nullValue } = this.#column
    const values = this.#values
    for (let row = 0; row < count; row++) {
      const at = row * rowBytes + byteOffset
      const index = rowIndex + row
      if (parsed.element === 'L') {
        if (view.getUint8(at) === 0) this.#nulls[index] = 1
      } else if (nullValue !== undefined) {
        if (!isNullElement(view, at, parsed.element, nullValue)) continue
        this.#nulls[index] = 1
        if (values instanceof Float64Array) values[index] = Number.NaN
      } else if (values instanceof Float64Array || values instanceof Float32Array) {
        if (!this.#isComplex() && Number.isNaN(values[index])) this.#nulls[index] = 1
      } else return
    }
  }

  #isComplex(): boolean {
    return this.#column.type === 'complex64' || this.#column.type === 'complex128'
  }

  /** Whether all elements of an array have no value; those of scaled integers become NaN on the way. */
  #isNullArray(
    run: { view: DataView; start: number; count: number; stride: number },
    index: number,
  ): boolean {
    const { parsed, nullValue } = this.#column
    const values = this.#values
    if (run.count === 0) return false
    if (parsed.element === 'L') return isNullRun(run, 'L', 0n)
    if (nullValue !== undefined) {
      const at = index * this.#cellElements
      if (values instanceof Float64Array) blankElements(values, at, run, this.#column, nullValue)
      return isNullRun(run, parsed.element, nullValue)
    }
    if (!(values instanceof Float64Array || values instanceof Float32Array)) return false
    const parts = this.#isComplex() ? 2 : 1
    const start = index * this.#cellElements * parts
    return values.subarray(start, start + run.count * parts).every(Number.isNaN)
  }

  async readHeap(signal: AbortSignal | undefined): Promise<void> {
    const heap = this.#heap
    if (heap === undefined) return
    const { element } = this.#column.parsed
    const stride = CODE_BYTES[element]
    this.#offsets = heap.checkedOffsets()
    const total = element === 'A' ? this.#rowCount : (this.#offsets.at(-1) ?? 0)
    this.#values = allocateFor(this.#hdu, this.#column.name, () => emptyValues(this.#column.type, total))
    await heap.readArrays(signal, (row, view, start, count) => {
      const values = this.#values
      const at = this.#offsets?.[row] ?? 0
      if (element === 'X') {
        if (values instanceof Uint8Array) decodeBits(values, at, view, start, count)
      } else if (element === 'A') {
        const bytes = new Uint8Array(view.buffer, view.byteOffset + start, count)
        if (Array.isArray(values)) values[row] = decodeText(bytes) ?? ''
      } else {
        const run = { view, start, count, stride }
        this.#addRun(at, run)
        const { nullValue } = this.#column
        if (values instanceof Float64Array && nullValue !== undefined) {
          blankElements(values, at, run, this.#column, nullValue)
        }
      }
    })
  }

  finish(): Column {
    const isText = this.#column.parsed.element === 'A'
    return assembleColumn(this.#column.type, this.#values, {
      ...columnInfo(this.#column, this.#nulls),
      ...(this.#offsets === undefined || isText ? {} : { offsets: this.#offsets }),
    })
  }
}

/** Scaled integers that are the null value become NaN. */
function blankElements(
  values: Float64Array,
  at: number,
  run: { readonly view: DataView; readonly start: number; readonly count: number; readonly stride: number },
  column: BinaryColumn,
  nullValue: bigint,
): void {
  for (let k = 0; k < run.count; k++) {
    if (isNullElement(run.view, run.start + k * run.stride, column.parsed.element, nullValue))
      values[at + k] = Number.NaN
  }
}
