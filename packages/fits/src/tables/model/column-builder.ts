import type { MemoryBudget } from '../budget.ts'
import { assembleColumn, emptyValues, storeScalar } from './build.ts'
import type { AnyColumnValues, Column, ColumnInfo, ColumnType } from './table.ts'

/** Entries that a builder has room for at first. */
const FIRST_CAPACITY = 64
/** Memory of one text besides its characters. */
const TEXT_BYTES = 16

/**
 * Collects a column cell by cell when the count of rows is not known before: `push` the entries of a cell, then
 * `endCell`. A class because its buffers grow in place.
 */
export class ColumnBuilder {
  readonly type: ColumnType
  /** entries of `values` for a cell; undefined: cells have any length */
  readonly cellEntries: number | undefined
  readonly #budget: MemoryBudget
  #values: AnyColumnValues | string[]
  #entryCount = 0
  #nulls = new Uint8Array(FIRST_CAPACITY)
  #nullCount = 0
  #rowCount = 0
  readonly #starts: number[] = [0]

  constructor(type: ColumnType, cellEntries: number | undefined, budget: MemoryBudget) {
    this.type = type
    this.cellEntries = cellEntries
    this.#budget = budget
    this.#values = type === 'string' ? [] : emptyValues(type, FIRST_CAPACITY)
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Entries pushed for the cell that is not ended yet. */
  get openEntries(): number {
    return this.#entryCount - this.#rowStart()
  }

  /** Adds one entry; false when the type cannot hold it. Complex numbers take two entries. */
  push(value: number | bigint | string | boolean): boolean {
    if (Array.isArray(this.#values)) {
      if (typeof value !== 'string') return false
      this.#budget.take(TEXT_BYTES + 2 * value.length)
      this.#values.push(value)
    } else {
      this.reserve(1)
      if (this.#values instanceof Float64Array || this.#values instanceof Float32Array) {
        this.#values[this.#entryCount] = Number(value)
      } else if (!storeScalar(this.type, this.#values, this.#entryCount, value)) return false
    }
    this.#entryCount++
    return true
  }

  /** Makes room for further entries, so that a promised count is refused before anything is read. */
  reserve(count: number): void {
    const needed = this.#entryCount + count
    if (!('buffer' in this.#values) || needed <= this.#values.length) return
    const parts = this.type === 'complex64' || this.type === 'complex128' ? 2 : 1
    const capacity = Math.ceil(Math.max(needed, 2 * this.#values.length) / parts) * parts
    this.#budget.take((capacity - this.#values.length) * this.#values.BYTES_PER_ELEMENT)
    const larger = emptyValues(this.type, capacity / parts)
    copyInto(larger, this.#values)
    this.#values = larger
  }

  /** Ends a cell whose entries were pushed. */
  endCell(): void {
    this.#endRow(0)
  }

  /** Takes back what was pushed for the current cell and makes it a cell without value. */
  endNullCell(): void {
    this.#entryCount = this.#rowStart()
    const count = this.cellEntries ?? 0
    if (Array.isArray(this.#values)) {
      this.#values.length = this.#entryCount
      this.#budget.take(TEXT_BYTES * count)
      for (let k = 0; k < count; k++) this.#values.push('')
    } else {
      this.reserve(count)
      if (this.#values instanceof Float64Array || this.#values instanceof Float32Array) {
        this.#values.fill(Number.NaN, this.#entryCount, this.#entryCount + count)
      }
    }
    this.#entryCount += count
    this.#endRow(1)
  }

  /** Ends a cell whose entries were pushed and marks it as without value. */
  endMarkedCell(): void {
    this.#endRow(1)
  }

  /** The column so far. */
  finish(info: ColumnInfo): Column {
    const values = Array.isArray(this.#values) ? this.#values : this.#values.slice(0, this.#entryCount)
    const parts = this.type === 'complex64' || this.type === 'complex128' ? 2 : 1
    return assembleColumn(this.type, values, {
      ...info,
      ...(this.#nullCount > 0 ? { nulls: this.#nulls.slice(0, this.#rowCount) } : {}),
      ...(this.cellEntries === undefined
        ? { offsets: Float64Array.from(this.#starts, (entry) => entry / parts) }
        : {}),
    })
  }

  #rowStart(): number {
    return this.cellEntries === undefined ? (this.#starts.at(-1) ?? 0) : this.#rowCount * this.cellEntries
  }

  #endRow(isNull: 0 | 1): void {
    if (this.#rowCount >= this.#nulls.length) {
      this.#budget.take(this.#nulls.length)
      const larger = new Uint8Array(2 * this.#nulls.length)
      larger.set(this.#nulls)
      this.#nulls = larger
    }
    this.#nulls[this.#rowCount] = isNull
    this.#nullCount += isNull
    this.#rowCount++
    if (this.cellEntries === undefined) this.#starts.push(this.#entryCount)
  }
}

function copyInto(target: AnyColumnValues | string[], source: AnyColumnValues): void {
  // Both are of one type; the loose view is confined to this adapter.
  ;(target as { set(values: AnyColumnValues): void }).set(source)
}
