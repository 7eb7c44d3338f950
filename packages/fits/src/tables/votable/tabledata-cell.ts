import type { ColumnBuilder } from '../model/column-builder.ts'
import { parseReal, parseWhole } from '../number-text.ts'
import { isTextDatatype, type VoDatatype } from './datatype.ts'
import type { VoField } from './field.ts'

/**
 * Adds the text of a TD to its column.
 *
 * @returns undefined when it was added, else what would have been allowed; the cell is open then and must be ended
 *   as one without value
 */
export function addTextCell(builder: ColumnBuilder, field: VoField, text: string): string | undefined {
  if (text === '') {
    builder.endNullCell()
    return undefined
  }
  if (isTextDatatype(field.datatype)) {
    addStrings(builder, field, text)
    return undefined
  }
  const trimmed = text.trim()
  if (isNullCell(field, trimmed)) {
    builder.endNullCell()
    return undefined
  }
  if (field.layout.shape === undefined && !isComplex(field.datatype)) {
    const value = parseElement(field.datatype, trimmed)
    if (value === undefined || !builder.push(value)) return allowedText(field.datatype)
    // NaN is how VOTable writes "no value" in floating-point columns.
    if (Number.isNaN(value)) builder.endMarkedCell()
    else builder.endCell()
    return undefined
  }
  return addElements(builder, field, trimmed)
}

function isNullCell(field: VoField, text: string): boolean {
  if (text === '') return true
  const { nullText, datatype } = field
  if (datatype === 'boolean' && field.layout.shape === undefined)
    return text === '?' || text.toLowerCase() === 'null'
  if (nullText === undefined || field.layout.shape !== undefined) return false
  if (text === nullText) return true
  const isNumber = datatype !== 'bit' && datatype !== 'boolean' && !isComplex(datatype)
  return isNumber && parseElement(datatype, text) === parseElement(datatype, nullText.trim())
}

function isComplex(datatype: VoDatatype): boolean {
  return datatype === 'floatComplex' || datatype === 'doubleComplex'
}

/** A cell of text: one string, or strings of fixed width side by side. */
function addStrings(builder: ColumnBuilder, field: VoField, text: string): void {
  const { shape, textWidth, fixedCount, isVariable } = field.layout
  if (shape === undefined) {
    builder.push(text)
  } else {
    const width = Math.max(1, textWidth ?? 1)
    const count = isVariable
      ? Math.ceil(text.length / width / Math.max(1, fixedCount)) * fixedCount
      : fixedCount
    for (let k = 0; k < count; k++) builder.push(text.slice(k * width, (k + 1) * width).trimEnd())
  }
  builder.endCell()
}

function addElements(builder: ColumnBuilder, field: VoField, text: string): string | undefined {
  const { datatype, layout } = field
  // Elements are parted by blanks; bits may stand without, and commas are found in the wild.
  const word = datatype === 'bit' ? /[^\s,]/g : /[^\s,]+/g
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const value = parseElement(datatype, match[0])
    if (value === undefined || !builder.push(value)) return `elements, ${allowedText(datatype)} each`
  }
  const unit = layout.fixedCount * (isComplex(datatype) ? 2 : 1)
  const count = builder.openEntries
  const fits = layout.isVariable ? unit > 0 && count % unit === 0 : count === unit
  if (!fits) {
    const multiple = layout.isVariable && unit !== 1 ? `a multiple of ${unit}` : `${unit}`
    return `${multiple} elements, ${allowedText(datatype)} each`
  }
  builder.endCell()
  return undefined
}

/** The value of one element, or undefined. */
export function parseElement(datatype: VoDatatype, text: string): number | bigint | boolean | undefined {
  switch (datatype) {
    case 'float':
    case 'double':
    case 'floatComplex':
    case 'doubleComplex':
      return parseReal(text)
    case 'boolean':
      return parseTruth(text)
    case 'bit':
      return text === '1' ? true : text === '0' ? false : undefined
    default:
      return parseInteger(datatype, text)
  }
}

function parseTruth(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (word === 't' || word === 'true' || word === '1') return true
  return word === 'f' || word === 'false' || word === '0' ? false : undefined
}

/** Bits of the whole-number datatypes, for hexadecimal values, which are bit patterns. */
const INTEGER_BITS: ReadonlyMap<VoDatatype, number> = new Map([
  ['unsignedByte', 8],
  ['short', 16],
  ['int', 32],
  ['long', 64],
])

function parseInteger(datatype: VoDatatype, text: string): number | bigint | undefined {
  if (!/^0x/i.test(text)) return parseWhole(text)
  const bits = INTEGER_BITS.get(datatype) ?? 64
  if (!/^0x[0-9a-f]+$/i.test(text) || text.length > 2 + bits / 4) return undefined
  const pattern = BigInt(text)
  return datatype === 'unsignedByte' ? pattern : BigInt.asIntN(bits, pattern)
}

function allowedText(datatype: VoDatatype): string {
  switch (datatype) {
    case 'boolean':
      return 'true, false, T, F, 1, 0 or ?'
    case 'bit':
      return '0 or 1'
    case 'unsignedByte':
      return 'a whole number from 0 to 255'
    case 'short':
      return 'a whole number from -32768 to 32767'
    case 'int':
      return 'a whole number from -2147483648 to 2147483647'
    case 'long':
      return 'a whole number of 64 bits'
    default:
      return 'a number, NaN or Inf'
  }
}
