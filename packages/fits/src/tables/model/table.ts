/** How the values of a column are kept, by type: flat over all rows, elements of array cells side by side. */
export interface ColumnValues {
  /** 0 or 1 */
  readonly boolean: Uint8Array
  /** 0 or 1, one element for each bit */
  readonly bit: Uint8Array
  readonly int8: Int8Array
  readonly uint8: Uint8Array
  readonly int16: Int16Array
  readonly uint16: Uint16Array
  readonly int32: Int32Array
  readonly uint32: Uint32Array
  readonly int64: BigInt64Array
  readonly uint64: BigUint64Array
  readonly float32: Float32Array
  readonly float64: Float64Array
  /** real and imaginary part alternate */
  readonly complex64: Float32Array
  /** real and imaginary part alternate */
  readonly complex128: Float64Array
  readonly string: readonly string[]
}

/** Type of the elements of a column. */
export type ColumnType = keyof ColumnValues

/** Values of any column. */
export type AnyColumnValues = ColumnValues[ColumnType]

/** What a column says about its values besides the values. */
export interface ColumnInfo {
  readonly name: string
  /** as written in the source; not interpreted */
  readonly unit?: string | undefined
  readonly description?: string | undefined
  /** Text that stands for "no value" in text formats; blank when absent. */
  readonly nullText?: string | undefined
  /**
   * Shape of one cell, slowest axis first as in numpy; absent for scalar cells. With `offsets` the first (slowest)
   * axis is the variable one and its entry is ignored.
   */
  readonly cellShape?: readonly number[] | undefined
  /** Longest text of a string column where its source declares one; not enforced. */
  readonly textWidth?: number | undefined
  /** Further attributes by the name the source gives them: `ucd`, `utype`, `TDISP` ... */
  readonly attributes?: ReadonlyMap<string, string> | undefined
}

/**
 * A column with values of one type. Plain data: copy with the spread operator to change a name or unit.
 *
 * Element `k` of row `i` is `values[i * n + k]` where `n` is the product of `cellShape` (1 for scalars, and twice
 * that for complex types); with `offsets` the elements of row `i` are `offsets[i]` up to, not including,
 * `offsets[i + 1]`, counted in elements (pairs for complex types).
 */
export interface TypedColumn<T extends ColumnType> extends ColumnInfo {
  readonly type: T
  readonly values: ColumnValues[T]
  /** 1 where a row has no value; absent when every row has one. What `values` holds there means nothing. */
  readonly nulls?: Uint8Array | undefined
  /** Row starts of variable-length cells, one more than there are rows. */
  readonly offsets?: Float64Array | undefined
}

/** A column of any type; `type` tells which. */
export type Column = { [T in ColumnType]: TypedColumn<T> }[ColumnType]

/** One keyword or comment of a table, kept in the order of the source. */
export type TableNote = TableKeyword | TableComment

/** A named value of a whole table: `\datatype = fitshdr`, PARAM, a header card. */
export interface TableKeyword {
  readonly kind: 'keyword'
  readonly name: string
  readonly value: string | number | bigint | boolean
  readonly comment?: string | undefined
}

/** Free text of a whole table. */
export interface TableComment {
  readonly kind: 'comment'
  readonly text: string
}

/** Columns of equal length with notes: the one model behind FITS, IPAC, VOTable and CSV tables. */
export interface Table {
  /** EXTNAME, VOTable's name */
  readonly name?: string | undefined
  /** path, URL or other origin, for messages */
  readonly source?: string | undefined
  readonly rowCount: number
  readonly columns: readonly Column[]
  /** keywords and comments in order */
  readonly notes: readonly TableNote[]
}

/** One value of a row; null means no value. Array cells are typed arrays, complex numbers pairs. */
export type Cell = number | bigint | string | boolean | null | CellArray

/** The elements of an array cell. */
export type CellArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly string[]
