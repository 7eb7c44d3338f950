import { TableError, type TableLocation } from '../errors.ts'
import type { ColumnBuilder } from '../model/column-builder.ts'
import { ELEMENT_BYTES, isTextDatatype } from './datatype.ts'
import type { VoField } from './field.ts'
import { parseElement } from './tabledata-cell.ts'

/** A binary stream with what is needed to read it. */
export interface BinaryStream {
  readonly bytes: Uint8Array
  readonly fields: readonly VoField[]
  /** BINARY2: each row starts with a bit for every field, 1 for no value */
  readonly hasNullFlags: boolean
  readonly place: TableLocation
  /** Fresh builders, one for each field. */
  makeBuilders(): ColumnBuilder[]
}

/**
 * The rows of a BINARY or BINARY2 stream (VOTable 1.5, sections 5.3 and 5.4).
 *
 * The count in front of an array with several axes, the last open (`3x*`), is read as a count of elements, as the
 * standard and STIL have it; when the stream does not end with a row then, as a count of whole steps of the open axis, as astropy
 * writes it.
 *
 * @throws TableError `TABLE_TRUNCATED` when the stream ends within a row, `TABLE_BAD_VALUE`, `TABLE_TOO_LARGE`
 */
export function readBinaryRows(stream: BinaryStream): ColumnBuilder[] {
  const isAmbiguous = stream.fields.some((field) => field.layout.isVariable && stepSize(field) > 1)
  if (!isAmbiguous) return readRows(stream, false)
  try {
    return readRows(stream, false)
  } catch (cause) {
    try {
      return readRows(stream, true)
    } catch {
      // Neither reading fits: the first is the standard's, so its error is the one to report.
      throw cause
    }
  }
}

/** Elements of one step of the open axis; characters for text. */
function stepSize(field: VoField): number {
  return field.layout.fixedCount * (isTextDatatype(field.datatype) ? (field.layout.textWidth ?? 1) : 1)
}

function readRows(stream: BinaryStream, countsSteps: boolean): ColumnBuilder[] {
  const builders = stream.makeBuilders()
  const reader = new RowReader(stream, countsSteps)
  const { fields, bytes } = stream
  while (reader.at < bytes.length) {
    const rowStart = reader.at
    const flags = stream.hasNullFlags ? reader.takeBytes(Math.ceil(fields.length / 8), undefined) : undefined
    fields.forEach((field, index) => {
      const builder = builders[index]
      if (builder === undefined) return
      const isNull = flags !== undefined && ((flags[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
      reader.readCell(field, builder, isNull)
    })
    reader.row++
    if (reader.at === rowStart) break
  }
  return builders
}

/** A position in a stream that moves from cell to cell. */
class RowReader {
  at = 0
  row = 0
  readonly #stream: BinaryStream
  readonly #view: DataView
  readonly #countsSteps: boolean
  readonly #nullValues: ReadonlyMap<VoField, number | bigint | boolean>

  constructor(stream: BinaryStream, countsSteps: boolean) {
    const { bytes } = stream
    this.#stream = stream
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#countsSteps = countsSteps
    this.#nullValues = nullValues(stream.fields)
  }

  /** The next bytes, as a view. */
  takeBytes(count: number, field: VoField | undefined): Uint8Array {
    const { bytes, place } = this.#stream
    if (count > bytes.length - this.at) {
      const location = { ...place, column: field?.name, row: this.row + 1 }
      throw new TableError('TABLE_TRUNCATED', location, 'the binary stream ends within a row', {
        found: `${bytes.length - this.at} bytes from byte ${this.at} on`,
        allowed: `${count} bytes`,
      })
    }
    this.at += count
    return bytes.subarray(this.at - count, this.at)
  }

  readCell(field: VoField, builder: ColumnBuilder, isNull: boolean): void {
    const { isVariable, fixedCount } = field.layout
    const isOneString = isTextDatatype(field.datatype) && field.layout.shape === undefined
    const isOpenString = isOneString && field.layout.textWidth === undefined
    if (isTextDatatype(field.datatype)) {
      const width = isOpenString ? 1 : Math.max(1, field.layout.textWidth ?? 1)
      const count = isOpenString || isVariable ? this.#takeCount(field) : fixedCount * width
      this.#readStrings(field, builder, count, isNull)
      return
    }
    const count = isVariable ? this.#takeCount(field) : fixedCount
    if (field.datatype === 'bit') this.#readBits(field, builder, count)
    else if (this.#readElements(field, builder, count) && !isNull) {
      builder.endNullCell()
      return
    }
    if (isNull) builder.endNullCell()
    else builder.endCell()
  }

  /** The count of elements in front of an open array. */
  #takeCount(field: VoField): number {
    const at = this.at
    this.takeBytes(4, field)
    const count = this.#view.getInt32(at)
    const elements = this.#countsSteps ? count * stepSize(field) : count
    if (count < 0 || elements > 2 ** 31 || elements % Math.max(1, stepSize(field)) !== 0) {
      const location = { ...this.#stream.place, column: field.name, row: this.row + 1 }
      throw new TableError('TABLE_BAD_VALUE', location, 'the count of an array cannot be right', {
        found: `${count} at byte ${at} of the stream`,
        allowed: stepSize(field) > 1 ? `a multiple of ${stepSize(field)}` : '0 or more',
      })
    }
    return elements
  }

  #readStrings(field: VoField, builder: ColumnBuilder, charCount: number, isNull: boolean): void {
    const bytes = this.takeBytes(charCount * ELEMENT_BYTES[field.datatype], field)
    const isWide = field.datatype === 'unicodeChar'
    const { shape, textWidth } = field.layout
    if (shape === undefined) {
      const text = decodeChars(bytes, isWide)
      if (isNull || (text === '' && !this.#stream.hasNullFlags)) builder.endNullCell()
      else {
        builder.push(text)
        builder.endCell()
      }
      return
    }
    const widthBytes = Math.max(1, textWidth ?? 1) * ELEMENT_BYTES[field.datatype]
    for (let from = 0; from < bytes.length; from += widthBytes) {
      builder.push(decodeChars(bytes.subarray(from, from + widthBytes), isWide).trimEnd())
    }
    if (isNull) builder.endNullCell()
    else builder.endCell()
  }

  #readBits(field: VoField, builder: ColumnBuilder, count: number): void {
    const bytes = this.takeBytes(Math.ceil(count / 8), field)
    if (field.layout.shape === undefined) {
      // The first bit is the highest; astropy 5 sets another one, and no bit of the byte has another meaning.
      builder.push(bytes[0] !== 0)
      return
    }
    builder.reserve(count)
    for (let k = 0; k < count; k++) builder.push(((bytes[k >> 3] ?? 0) & (0x80 >> (k & 7))) !== 0)
  }

  /** Pushes elements; true when a scalar is the null value of its field. */
  #readElements(field: VoField, builder: ColumnBuilder, count: number): boolean {
    const step = ELEMENT_BYTES[field.datatype]
    let at = this.at
    this.takeBytes(count * step, field)
    builder.reserve(count)
    let last: number | bigint | boolean | undefined
    for (let k = 0; k < count; k++, at += step) last = this.#pushElement(field, builder, at)
    if (field.layout.shape !== undefined) return false
    return last === undefined || Number.isNaN(last) || last === this.#nullValues.get(field)
  }

  #pushElement(field: VoField, builder: ColumnBuilder, at: number): number | bigint | boolean | undefined {
    const view = this.#view
    let value: number | bigint | boolean | undefined
    switch (field.datatype) {
      case 'boolean':
        value = truthOf(view.getUint8(at))
        break
      case 'unsignedByte':
        value = view.getUint8(at)
        break
      case 'short':
        value = view.getInt16(at)
        break
      case 'int':
        value = view.getInt32(at)
        break
      case 'long':
        value = view.getBigInt64(at)
        break
      case 'float':
        value = view.getFloat32(at)
        break
      case 'double':
        value = view.getFloat64(at)
        break
      case 'floatComplex':
        builder.push(view.getFloat32(at))
        value = view.getFloat32(at + 4)
        break
      default:
        builder.push(view.getFloat64(at))
        value = view.getFloat64(at + 8)
    }
    builder.push(value ?? false)
    return value
  }
}

/** `?`, blank and zero bytes stand for no value. */
function truthOf(byte: number): boolean | undefined {
  const char = String.fromCharCode(byte)
  if (char === 'T' || char === 't' || char === '1') return true
  return char === 'F' || char === 'f' || char === '0' ? false : undefined
}

/** Text up to the first zero character: UTF-8 or Latin-1, or UTF-16 with the high byte first. */
function decodeChars(bytes: Uint8Array, isWide: boolean): string {
  let end = 0
  const step = isWide ? 2 : 1
  while (end + step <= bytes.length && !((bytes[end] ?? 0) === 0 && (!isWide || bytes[end + 1] === 0)))
    end += step
  const text = bytes.subarray(0, end)
  if (isWide) return new TextDecoder('utf-16be').decode(text)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text)
  } catch {
    // The standard says ASCII; Latin-1 is what other bytes most likely are.
    return new TextDecoder('latin1').decode(text)
  }
}

function nullValues(fields: readonly VoField[]): Map<VoField, number | bigint | boolean> {
  const values = new Map<VoField, number | bigint | boolean>()
  for (const field of fields) {
    if (field.nullText === undefined || isTextDatatype(field.datatype)) continue
    const value = parseElement(field.datatype, field.nullText.trim())
    if (value !== undefined) values.set(field, field.datatype === 'long' ? BigInt(value) : value)
  }
  return values
}
