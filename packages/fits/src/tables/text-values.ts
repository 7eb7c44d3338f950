import { emptyValues, storeScalar } from './model/build.ts'
import type { AnyColumnValues, ColumnType } from './model/table.ts'
import { parseReal, parseWhole } from './number-text.ts'

/** Values made from texts, with 1 in `nulls` where a text stands for no value. */
export interface TextValues {
  readonly type: ColumnType
  readonly values: AnyColumnValues | string[]
  /** absent when every row has a value */
  readonly nulls: Uint8Array | undefined
}

/** How the texts of a column are turned into values. */
export interface TextValueRules {
  /** whether the text of a row stands for no value */
  isNull(text: string, row: number): boolean
  /** Called for a text that is not of the type: throws, or returns to have the row read as no value. */
  onBadValue(text: string, row: number, allowed: string): void
}

/** What the texts of a type look like, for messages. */
const ALLOWED: Readonly<Record<ColumnType, string>> = {
  boolean: 'true or false',
  bit: '0 or 1',
  int8: 'a whole number from -128 to 127',
  uint8: 'a whole number from 0 to 255',
  int16: 'a whole number from -32768 to 32767',
  uint16: 'a whole number from 0 to 65535',
  int32: 'a whole number from -2147483648 to 2147483647',
  uint32: 'a whole number from 0 to 4294967295',
  int64: 'a whole number of 64 bits',
  uint64: 'a whole number of 64 bits, 0 or more',
  float32: 'a number',
  float64: 'a number',
  complex64: 'nothing: complex columns are not read from text',
  complex128: 'nothing: complex columns are not read from text',
  string: 'text',
}

/** The value that a text stands for in a scalar column of a type, or undefined. */
export function parseScalar(type: ColumnType, text: string): number | bigint | string | boolean | undefined {
  switch (type) {
    case 'string':
      return text
    case 'float32':
    case 'float64':
      return parseReal(text)
    case 'boolean':
    case 'bit':
      return parseTruth(text)
    default:
      return parseWhole(text)
  }
}

function parseTruth(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (word === 'true' || word === 't' || word === '1') return true
  if (word === 'false' || word === 'f' || word === '0') return false
  return undefined
}

/**
 * The texts of a column as values of a type. A column of int32 that holds larger whole numbers becomes int64 when
 * `canWiden` says so.
 *
 * @param texts kept as the values of a column of text
 */
export function valuesFromTexts(
  type: ColumnType,
  texts: string[],
  rules: TextValueRules,
  canWiden: boolean = false,
): TextValues {
  const values = type === 'string' ? texts : emptyValues(type, texts.length)
  const nulls = new Uint8Array(texts.length)
  let nullCount = 0
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row] ?? ''
    if (rules.isNull(text, row)) {
      nulls[row] = 1
      nullCount++
      if (values instanceof Float64Array || values instanceof Float32Array) values[row] = Number.NaN
      continue
    }
    if (type === 'string') continue
    const value = parseScalar(type, text)
    if (value !== undefined && storeScalar(type, values, row, value)) continue
    if (canWiden && type === 'int32' && value !== undefined) return valuesFromTexts('int64', texts, rules)
    rules.onBadValue(text, row, ALLOWED[type])
    nulls[row] = 1
    nullCount++
    if (values instanceof Float64Array || values instanceof Float32Array) values[row] = Number.NaN
  }
  return { type, values, nulls: nullCount > 0 ? nulls : undefined }
}

/**
 * The narrowest of int32, int64, float64 and text that keeps every value. Text with leading zeros stays text.
 *
 * @param hasBooleans also infer truth values from true and false
 */
export function inferType(
  texts: readonly string[],
  isNull: TextValueRules['isNull'],
  hasBooleans: boolean = false,
): ColumnType {
  let type: 'int32' | 'int64' | 'float64' | 'boolean' | undefined
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row] ?? ''
    if (isNull(text, row)) continue
    const found = typeOfText(text, hasBooleans)
    if (found === undefined) return 'string'
    if (type === undefined || type === found) type = found
    else if (type === 'boolean' || found === 'boolean') return 'string'
    else type = type === 'float64' || found === 'float64' ? 'float64' : 'int64'
  }
  return type ?? 'string'
}

function typeOfText(
  text: string,
  hasBooleans: boolean,
): 'int32' | 'int64' | 'float64' | 'boolean' | undefined {
  if (hasBooleans && /^(?:true|false)$/i.test(text)) return 'boolean'
  if (/^[+-]?0\d/.test(text)) return undefined
  if (/^[+-]?\d+$/.test(text)) {
    const whole = parseWhole(text)
    if (typeof whole === 'number') return whole === (whole | 0) ? 'int32' : 'int64'
    if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return 'int64'
    return undefined
  }
  return parseReal(text) === undefined ? undefined : 'float64'
}
