import type { AnyColumnValues } from '../tables/model/table.ts'
import { CODE_BYTES, type ElementCode } from './binary-format.ts'
import type { ColumnScaling } from './fits-column.ts'

/** Elements to decode: `count` of them, `stride` bytes apart. */
export interface ElementRun {
  readonly view: DataView
  readonly start: number
  readonly count: number
  readonly stride: number
}

/**
 * Decodes elements of a binary table into `out` from `at` on, two entries for each of a complex type.
 * Texts and bits have decoders of their own.
 */
export function decodeElements(
  out: AnyColumnValues,
  at: number,
  run: ElementRun,
  code: ElementCode,
  scaling: ColumnScaling,
): void {
  if (scaling.kind === 'linear') decodeLinear(out, at, run, code, scaling.tscal, scaling.tzero)
  else if (scaling.kind === 'shift') decodeShifted(out, at, run, code)
  else decodePlain(out, at, run, code)
}

function decodePlain(out: AnyColumnValues, at: number, run: ElementRun, code: ElementCode): void {
  const { view, start, count, stride } = run
  const end = start + count * stride
  if (out instanceof BigInt64Array) {
    for (let from = start, to = at; from < end; from += stride) out[to++] = view.getBigInt64(from)
    return
  }
  if (Array.isArray(out) || !('buffer' in out) || out instanceof BigUint64Array) return
  switch (code) {
    case 'L':
      // T is true; F and, as no value, 0 are not.
      for (let from = start, to = at; from < end; from += stride)
        out[to++] = view.getUint8(from) === 84 ? 1 : 0
      break
    case 'B':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getUint8(from)
      break
    case 'I':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getInt16(from)
      break
    case 'J':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getInt32(from)
      break
    case 'E':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getFloat32(from)
      break
    case 'D':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getFloat64(from)
      break
    case 'C':
      for (let from = start, to = at; from < end; from += stride) {
        out[to++] = view.getFloat32(from)
        out[to++] = view.getFloat32(from + 4)
      }
      break
    case 'M':
      for (let from = start, to = at; from < end; from += stride) {
        out[to++] = view.getFloat64(from)
        out[to++] = view.getFloat64(from + 8)
      }
      break
  }
}

/** The highest bit of a shifted integer is inverted (FITS Standard 4.0, section 7.3.2, table 19). */
function decodeShifted(out: AnyColumnValues, at: number, run: ElementRun, code: ElementCode): void {
  const { view, start, count, stride } = run
  const end = start + count * stride
  if (out instanceof BigUint64Array) {
    for (let from = start, to = at; from < end; from += stride)
      out[to++] = view.getBigUint64(from) ^ (1n << 63n)
    return
  }
  if (Array.isArray(out) || !('buffer' in out) || out instanceof BigInt64Array) return
  switch (code) {
    case 'B':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getInt8(from) ^ -0x80
      break
    case 'I':
      for (let from = start, to = at; from < end; from += stride) out[to++] = view.getUint16(from) ^ 0x8000
      break
    default:
      for (let from = start, to = at; from < end; from += stride)
        out[to++] = (view.getInt32(from) ^ -0x80000000) >>> 0
  }
}

function decodeLinear(
  out: AnyColumnValues,
  at: number,
  run: ElementRun,
  code: ElementCode,
  tscal: number,
  tzero: number,
): void {
  if (!(out instanceof Float64Array)) return
  const { view, start, count, stride } = run
  const read = STORED_NUMBERS[code]
  const isComplex = code === 'C' || code === 'M'
  const half = CODE_BYTES[code] / 2
  let to = at
  for (let from = start; from < start + count * stride; from += stride) {
    out[to++] = tzero + tscal * read(view, from)
    if (isComplex) out[to++] = tscal * read(view, from + half)
  }
}

/** Reads a stored number as float64; of complex numbers one part. */
const STORED_NUMBERS: Readonly<Record<ElementCode, (view: DataView, at: number) => number>> = {
  L: (view, at) => view.getUint8(at),
  X: (view, at) => view.getUint8(at),
  A: (view, at) => view.getUint8(at),
  B: (view, at) => view.getUint8(at),
  I: (view, at) => view.getInt16(at),
  J: (view, at) => view.getInt32(at),
  K: (view, at) => Number(view.getBigInt64(at)),
  E: (view, at) => view.getFloat32(at),
  D: (view, at) => view.getFloat64(at),
  C: (view, at) => view.getFloat32(at),
  M: (view, at) => view.getFloat64(at),
}

/** Unpacks bits, the highest of each byte first. */
export function decodeBits(out: Uint8Array, at: number, view: DataView, start: number, count: number): void {
  for (let bit = 0; bit < count; bit++) {
    out[at + bit] = (view.getUint8(start + (bit >> 3)) >> (7 - (bit & 7))) & 1
  }
}

/**
 * A text of a table: up to the first zero byte, trailing blanks removed; UTF-8 if it is, else Latin-1, though the
 * standard allows only ASCII. Undefined when it starts with a zero byte, the standard's null string.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > 0 && bytes[0] === 0) return undefined
  let end = bytes.indexOf(0)
  if (end < 0) end = bytes.length
  while (end > 0 && bytes[end - 1] === 32) end--
  let isAscii = true
  for (let k = 0; k < end; k++) if ((bytes[k] ?? 0) > 127) isAscii = false
  const text = bytes.subarray(0, end)
  if (isAscii && end <= 64) return String.fromCharCode(...text)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text)
  } catch {
    // Latin-1 is what other bytes most likely are.
    return new TextDecoder('latin1').decode(text)
  }
}

/** Texts of `width` bytes side by side, as {@link decodeText} gives them; decoded at once: a catalog with names reads in a third of the time. */
export function decodeTexts(bytes: Uint8Array, width: number, count: number): (string | undefined)[] {
  const texts = new Array<string | undefined>(count)
  const all = new TextDecoder('latin1').decode(bytes)
  for (let index = 0; index < count; index++) {
    const start = index * width
    let end = start
    while (end < start + width && bytes[end]! > 0 && bytes[end]! < 128) end++
    if (end < start + width && bytes[end]! > 127)
      texts[index] = decodeText(bytes.subarray(start, start + width))
    else if (end === start && width > 0) texts[index] = undefined
    else {
      while (end > start && bytes[end - 1] === 32) end--
      texts[index] = all.slice(start, end)
    }
  }
  return texts
}

/** Whether each of `count` integers is the null value of its column. */
export function isNullRun(run: ElementRun, code: ElementCode, nullValue: bigint): boolean {
  const { view, start, count, stride } = run
  for (let k = 0; k < count; k++) if (!isNullElement(view, start + k * stride, code, nullValue)) return false
  return count > 0
}

/** Whether a stored integer is the null value of its column. */
export function isNullElement(view: DataView, at: number, code: ElementCode, nullValue: bigint): boolean {
  if (code === 'K') return view.getBigInt64(at) === nullValue
  return STORED_NUMBERS[code](view, at) === Number(nullValue)
}
