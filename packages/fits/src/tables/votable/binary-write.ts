import { isArrayColumn, isNullAt } from '../model/access.ts'
import { isTextDatatype } from './datatype.ts'
import { cellRange } from './tabledata-write.ts'
import type { WriteField } from './write-field.ts'

/** The rows as the bytes of a BINARY or BINARY2 stream. */
export function binaryRows(
  fields: readonly WriteField[],
  rowCount: number,
  hasNullFlags: boolean,
): Uint8Array {
  const writer = new StreamWriter()
  for (let row = 0; row < rowCount; row++) {
    if (hasNullFlags) writer.flags(fields.map((field) => isNullAt(field.column, row)))
    for (const field of fields) writeCell(writer, field, row)
  }
  return writer.bytes()
}

function writeCell(writer: StreamWriter, field: WriteField, row: number): void {
  const { column } = field
  const isNull = isNullAt(column, row)
  if (isTextDatatype(field.datatype)) {
    writeText(writer, field, row, isNull)
    return
  }
  const [start, end] = isArrayColumn(column) ? cellRange(field, row) : [row, row + 1]
  const parts = column.type === 'complex64' || column.type === 'complex128' ? 2 : 1
  if (column.offsets !== undefined) writer.int32(isNull ? 0 : (end - start) / parts)
  if (isNull && column.offsets !== undefined) return
  if (field.datatype === 'bit') {
    const bits: boolean[] = []
    for (let entry = start; entry < end; entry++) bits.push(column.values[entry] === 1)
    writer.flags(bits)
    return
  }
  for (let entry = start; entry < end; entry++) writeElement(writer, field, column.values[entry], isNull)
}

function writeText(writer: StreamWriter, field: WriteField, row: number, isNull: boolean): void {
  const { column } = field
  const isWide = field.datatype === 'unicodeChar'
  if (!isArrayColumn(column)) {
    const value = column.values[row]
    const text = isNull || typeof value !== 'string' ? '' : value
    writer.int32(text.length)
    writer.chars(text, isWide)
    return
  }
  const [start, end] = cellRange(field, row)
  if (column.offsets !== undefined) writer.int32(isNull ? 0 : (end - start) * field.textWidth)
  if (isNull && column.offsets !== undefined) return
  for (let entry = start; entry < end; entry++) {
    const value = isNull ? '' : column.values[entry]
    writer.chars(String(value ?? '').padEnd(field.textWidth), isWide)
  }
}

function writeElement(
  writer: StreamWriter,
  field: WriteField,
  value: number | bigint | string | undefined,
  isNull: boolean,
): void {
  const whole = isNull ? (field.nullValue ?? 0) : (value ?? 0)
  const real = isNull ? Number.NaN : Number(value)
  switch (field.datatype) {
    case 'boolean':
      writer.uint8((isNull ? '?' : value === 1 ? 'T' : 'F').charCodeAt(0))
      break
    case 'unsignedByte':
      writer.uint8(Number(whole))
      break
    case 'short':
      writer.int16(Number(whole))
      break
    case 'int':
      writer.int32(Number(whole))
      break
    case 'long':
      writer.int64(BigInt(whole))
      break
    case 'float':
    case 'floatComplex':
      writer.float32(real)
      break
    default:
      writer.float64(real)
  }
}

/** Bytes in order, high byte first. */
class StreamWriter {
  #view = new DataView(new ArrayBuffer(4096))
  #length = 0

  #room(count: number): number {
    const at = this.#length
    if (at + count > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(at + count, 2 * this.#view.byteLength))
      larger.set(new Uint8Array(this.#view.buffer))
      this.#view = new DataView(larger.buffer)
    }
    this.#length += count
    return at
  }

  uint8(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }

  int16(value: number): void {
    const at = this.#room(2)
    this.#view.setInt16(at, value)
  }

  int32(value: number): void {
    const at = this.#room(4)
    this.#view.setInt32(at, value)
  }

  int64(value: bigint): void {
    const at = this.#room(8)
    this.#view.setBigInt64(at, value)
  }

  float32(value: number): void {
    const at = this.#room(4)
    this.#view.setFloat32(at, value)
  }

  float64(value: number): void {
    const at = this.#room(8)
    this.#view.setFloat64(at, value)
  }

  /** Truth values packed into bits, the first in the highest bit. */
  flags(values: readonly boolean[]): void {
    for (let from = 0; from < values.length; from += 8) {
      let byte = 0
      for (let k = 0; k < 8; k++) if (values[from + k] === true) byte |= 0x80 >> k
      this.uint8(byte)
    }
  }

  /** One byte for each character, or two. */
  chars(text: string, isWide: boolean): void {
    const at = this.#room(text.length * (isWide ? 2 : 1))
    for (let k = 0; k < text.length; k++) {
      if (isWide) this.#view.setUint16(at + 2 * k, text.charCodeAt(k))
      else this.#view.setUint8(at + k, text.charCodeAt(k))
    }
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length)
  }
}
