import type { ColumnType } from '../tables/model/table.ts'
import type { AsciiFormat } from './ascii-format.ts'
import type { BinaryFormat } from './binary-format.ts'

/** How stored numbers become values. */
export type ColumnScaling =
  | { readonly kind: 'none' }
  /** TZERO only shifts between signed and unsigned integers */
  | { readonly kind: 'shift' }
  /** `tzero + tscal * stored`, computed in float64 */
  | { readonly kind: 'linear'; readonly tscal: number; readonly tzero: number }

/** What the columns of both kinds of tables say. */
export interface FitsColumnBase {
  /** from 1 */
  readonly index: number
  /** TTYPEn, or `col` and the number */
  readonly name: string
  /** TFORMn as written */
  readonly format: string
  readonly unit: string | undefined
  /** TDISPn, as written */
  readonly display: string | undefined
  /** TCOMMn, as some programs write it */
  readonly description: string | undefined
  /** first byte in the row, from 0 */
  readonly byteOffset: number
  /** bytes in the row */
  readonly byteWidth: number
  /** type of the values as they are read */
  readonly type: ColumnType
  /** Shape of a cell, slowest axis first; undefined for scalars. The first axis of a variable-length array is open, as 0. */
  readonly cellShape: readonly number[] | undefined
  readonly scaling: ColumnScaling
}

/** A column of a binary table. */
export interface BinaryColumn extends FitsColumnBase {
  readonly kind: 'binary'
  readonly parsed: BinaryFormat
  /** characters of each text of a column of text; undefined in the heap, where each has its own length */
  readonly textWidth: number | undefined
  /** TNULLn, before scaling */
  readonly nullValue: bigint | undefined
}

/** A column of an ASCII table. */
export interface AsciiColumn extends FitsColumnBase {
  readonly kind: 'ascii'
  readonly parsed: AsciiFormat
  /** TNULLn without trailing blanks */
  readonly nullText: string | undefined
}

/** A column of a FITS table. */
export type FitsColumn = BinaryColumn | AsciiColumn
