import type { ColumnType } from '../model/table.ts'

/** The datatypes of VOTable 1.5, section 6. */
export type VoDatatype =
  | 'boolean'
  | 'bit'
  | 'unsignedByte'
  | 'short'
  | 'int'
  | 'long'
  | 'char'
  | 'unicodeChar'
  | 'float'
  | 'double'
  | 'floatComplex'
  | 'doubleComplex'

/** Types of the columns that hold the values of a datatype. */
export const COLUMN_TYPES: Readonly<Record<VoDatatype, ColumnType>> = {
  boolean: 'boolean',
  bit: 'bit',
  unsignedByte: 'uint8',
  short: 'int16',
  int: 'int32',
  long: 'int64',
  char: 'string',
  unicodeChar: 'string',
  float: 'float32',
  double: 'float64',
  floatComplex: 'complex64',
  doubleComplex: 'complex128',
}

/** Bytes of one element in the binary serializations; bits are packed. */
export const ELEMENT_BYTES: Readonly<Record<VoDatatype, number>> = {
  boolean: 1,
  bit: 1,
  unsignedByte: 1,
  short: 2,
  int: 4,
  long: 8,
  char: 1,
  unicodeChar: 2,
  float: 4,
  double: 8,
  floatComplex: 8,
  doubleComplex: 16,
}

/** Names that are found in the wild for datatypes, in lower case. */
const SLOPPY_DATATYPES: ReadonlyMap<string, VoDatatype> = new Map([
  ['string', 'char'],
  ['text', 'char'],
  ['integer', 'int'],
  ['unsignedshort', 'int'],
  ['unsignedint', 'long'],
  ['bool', 'boolean'],
  ['real', 'float'],
])

/** The datatype a word stands for; `isExact` false for words that the standard does not know. */
export function parseDatatype(word: string): { datatype: VoDatatype; isExact: boolean } | undefined {
  if (Object.hasOwn(COLUMN_TYPES, word)) {
    // hasOwn has just shown that the word is a key.
    return { datatype: word as VoDatatype, isExact: true }
  }
  const lower = word.toLowerCase()
  const known = Object.keys(COLUMN_TYPES).find((name) => name.toLowerCase() === lower)
  // A key of COLUMN_TYPES by construction.
  const datatype = known === undefined ? SLOPPY_DATATYPES.get(lower) : (known as VoDatatype)
  return datatype === undefined ? undefined : { datatype, isExact: false }
}

/** The attribute arraysize taken apart. */
export interface ArraySize {
  /** fixed axes, fastest first */
  readonly fixed: readonly number[]
  /** whether one more, slowest, axis has any length */
  readonly isVariable: boolean
  /** whether the attribute was there at all */
  readonly isGiven: boolean
}

/** Most elements that a fixed shape may have. */
const MAX_CELL_ELEMENTS = 2 ** 30

/** Takes `10`, `*`, `10*`, `3x4`, `3x4x*` apart; undefined when it cannot be understood or is absurdly large. */
export function parseArraySize(text: string | undefined): ArraySize | undefined {
  const compact = text?.replace(/\s+/g, '') ?? ''
  if (compact === '') return { fixed: [], isVariable: false, isGiven: false }
  const parts = compact.toLowerCase().split('x')
  const last = parts.at(-1) ?? ''
  const isVariable = last.endsWith('*')
  const fixedTexts = isVariable ? parts.slice(0, -1) : parts
  if (isVariable && !/^\d*\*$/.test(last)) return undefined
  if (!fixedTexts.every((part) => /^\d{1,10}$/.test(part))) return undefined
  const fixed = fixedTexts.map(Number)
  if (fixed.reduce((product, size) => product * size, 1) > MAX_CELL_ELEMENTS) return undefined
  return { fixed, isVariable, isGiven: true }
}

/** True for the two kinds of text. */
export function isTextDatatype(datatype: VoDatatype): boolean {
  return datatype === 'char' || datatype === 'unicodeChar'
}

/** What a cell of a field holds, in terms of the `Table` model. */
export interface CellLayout {
  /** characters of one string of a text field; undefined: the whole cell is one string of any length */
  readonly textWidth: number | undefined
  /** shape of a cell, slowest axis first; undefined for scalars. With `isVariable` the first axis is the open one */
  readonly shape: readonly number[] | undefined
  readonly isVariable: boolean
  /** elements of one step of the open axis, or of the whole cell without one */
  readonly fixedCount: number
}

/** Layout of the cells of a field. `arraysize="1"` counts as a scalar, as widely practised. */
export function cellLayout(datatype: VoDatatype, size: ArraySize): CellLayout {
  const { isVariable } = size
  let { fixed } = size
  let textWidth: number | undefined
  if (isTextDatatype(datatype)) {
    if (fixed.length === 0 && isVariable)
      return { textWidth: undefined, shape: undefined, isVariable: false, fixedCount: 1 }
    textWidth = fixed[0] ?? 1
    fixed = fixed.slice(1)
  } else if (fixed.length === 1 && fixed[0] === 1 && !isVariable) fixed = []
  const fixedCount = fixed.reduce((product, axis) => product * axis, 1)
  const slowestFirst = [...fixed].reverse()
  const shape = isVariable ? [0, ...slowestFirst] : slowestFirst.length > 0 ? slowestFirst : undefined
  return { textWidth, shape, isVariable, fixedCount }
}
