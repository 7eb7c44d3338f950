import type { ColumnType } from '../tables/model/table.ts'

/** Letters of the types in TFORMn of binary tables (FITS Standard 4.0, section 7.3.1, table 18), descriptors aside. */
export type ElementCode = 'L' | 'X' | 'B' | 'I' | 'J' | 'K' | 'A' | 'E' | 'D' | 'C' | 'M'

/** TFORMn of a binary table taken apart. */
export interface BinaryFormat {
  readonly element: ElementCode
  /** elements in each row; for descriptors 0 or 1 descriptors */
  readonly repeat: number
  /** `P` or `Q` for variable-length arrays: their elements are in the heap */
  readonly descriptor: 'P' | 'Q' | undefined
  /** characters of each text where a format such as `60A12` or `60A:SSTR12/32` says so */
  readonly textWidth: number | undefined
  /** bytes in the row */
  readonly byteWidth: number
}

/** Bytes of one element; bits are packed. */
export const CODE_BYTES: Readonly<Record<ElementCode, number>> = {
  L: 1,
  X: 1,
  B: 1,
  I: 2,
  J: 4,
  K: 8,
  A: 1,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
}

const FORMAT = /^(\d{0,15})([LXBIJKAEDCMPQ])(.*)$/
const DESCRIPTOR_REST = /^([LXBIJKAEDCM])/
const SUBSTRING = /^(?::SSTR)?(\d{1,9})/

/** Takes `20A`, `3E`, `1PJ(12)` apart; undefined when it is not understood. */
export function parseBinaryFormat(text: string): BinaryFormat | undefined {
  const match = FORMAT.exec(text.trim().toUpperCase())
  const letter = match?.[2]
  if (match === null || letter === undefined) return undefined
  const repeat = match[1] === '' ? 1 : Number(match[1])
  const rest = match[3] ?? ''
  if (letter === 'P' || letter === 'Q') {
    const element = DESCRIPTOR_REST.exec(rest)?.[1]
    if (!isElementCode(element) || repeat > 1) return undefined
    const byteWidth = repeat * (letter === 'P' ? 8 : 16)
    return { element, repeat, descriptor: letter, textWidth: undefined, byteWidth }
  }
  if (!isElementCode(letter)) return undefined
  const substring = letter === 'A' ? SUBSTRING.exec(rest)?.[1] : undefined
  return {
    element: letter,
    repeat,
    descriptor: undefined,
    textWidth: substring === undefined ? undefined : Number(substring),
    byteWidth: elementBytes(letter, repeat),
  }
}

function isElementCode(letter: string | undefined): letter is ElementCode {
  return letter !== undefined && Object.hasOwn(CODE_BYTES, letter)
}

/** Bytes that a count of elements takes in a row or in the heap. */
export function elementBytes(code: ElementCode, count: number): number {
  return code === 'X' ? Math.ceil(count / 8) : CODE_BYTES[code] * count
}

/** Takes TDIMn apart: lengths of the axes, fastest first; undefined when it is not understood. */
export function parseTdim(text: string): readonly number[] | undefined {
  const match = /^\s*\(\s*(\d{1,15}(?:\s*,\s*\d{1,15})*)\s*\)\s*$/.exec(text)
  return match?.[1]?.split(',').map(Number)
}

/** A type that TZERO makes of an integer type. */
export interface ShiftedType {
  readonly tzero: bigint
  readonly type: ColumnType
}

/** TZERO of the unsigned types, and of signed bytes (FITS Standard 4.0, section 7.3.2, table 19). */
export const SHIFTS: ReadonlyMap<ElementCode, ShiftedType> = new Map<ElementCode, ShiftedType>([
  ['B', { tzero: -128n, type: 'int8' }],
  ['I', { tzero: 2n ** 15n, type: 'uint16' }],
  ['J', { tzero: 2n ** 31n, type: 'uint32' }],
  ['K', { tzero: 2n ** 63n, type: 'uint64' }],
])
