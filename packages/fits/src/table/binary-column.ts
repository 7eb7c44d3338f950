import { FitsError, type FitsWarning } from '../errors.ts'
import type { Header } from '../header/header.ts'
import type { ColumnType } from '../tables/model/table.ts'
import { type BinaryFormat, type ElementCode, parseBinaryFormat, parseTdim, SHIFTS } from './binary-format.ts'
import { commonInfo, isLinear } from './column-info.ts'
import type { BinaryColumn, ColumnScaling } from './fits-column.ts'

const PLAIN_TYPES: Readonly<Record<ElementCode, ColumnType>> = {
  L: 'boolean',
  X: 'bit',
  B: 'uint8',
  I: 'int16',
  J: 'int32',
  K: 'int64',
  A: 'string',
  E: 'float32',
  D: 'float64',
  C: 'complex64',
  M: 'complex128',
}

/** Column `index` of a binary table. @throws FitsError `FITS_BAD_TABLE` and those of its keywords */
export function binaryColumn(
  header: Header,
  index: number,
  byteOffset: number,
  warnings: FitsWarning[],
): BinaryColumn {
  const format = header.string(`TFORM${index}`)
  const parsed = parseBinaryFormat(format)
  const info = commonInfo(header, index)
  if (parsed === undefined) {
    const location = { ...header.locate(`TFORM${index}`), column: info.name }
    throw new FitsError('FITS_BAD_TABLE', location, 'the format is not understood', {
      found: format,
      allowed: 'rL rX rB rI rJ rK rA rE rD rC rM, and 1Pt or 1Qt with such a letter as t',
    })
  }
  const warn = (keyword: string, message: string): void => {
    const location = { ...header.locate(`${keyword}${index}`), column: info.name }
    warnings.push({ code: 'FITS_TABLE_KEYWORD_IGNORED', location, message })
  }
  const scaling = columnScaling(header, index, parsed, warn)
  return {
    kind: 'binary',
    ...info,
    format: format.trim(),
    parsed,
    byteOffset,
    byteWidth: parsed.byteWidth,
    type: columnType(parsed.element, scaling),
    scaling,
    nullValue: columnNull(header, index, parsed, warn),
    ...cellLayout(header, index, parsed, warn),
  }
}

type Warn = (keyword: string, message: string) => void

function columnScaling(header: Header, index: number, format: BinaryFormat, warn: Warn): ColumnScaling {
  const tscal = header.number(`TSCAL${index}`, 1)
  const tzero = header.number(`TZERO${index}`, 0)
  if (!isLinear(tscal, tzero)) return { kind: 'none' }
  if (format.element === 'A' || format.element === 'L' || format.element === 'X') {
    warn(tscal === 1 ? 'TZERO' : 'TSCAL', `a column of format ${format.element} has no scale`)
    return { kind: 'none' }
  }
  const isShift = tscal === 1 && tzero === Number(SHIFTS.get(format.element)?.tzero)
  return isShift ? { kind: 'shift' } : { kind: 'linear', tscal, tzero }
}

function columnType(element: ElementCode, scaling: ColumnScaling): ColumnType {
  if (scaling.kind === 'none') return PLAIN_TYPES[element]
  if (scaling.kind === 'shift') return SHIFTS.get(element)?.type ?? PLAIN_TYPES[element]
  return element === 'C' || element === 'M' ? 'complex128' : 'float64'
}

function columnNull(header: Header, index: number, format: BinaryFormat, warn: Warn): bigint | undefined {
  const keyword = `TNULL${index}`
  if (!header.has(keyword)) return undefined
  if (!'BIJK'.includes(format.element)) {
    warn('TNULL', `only integers have a number for "no value", not format ${format.element}`)
    return undefined
  }
  return header.bigint(keyword, undefined)
}

function cellLayout(
  header: Header,
  index: number,
  format: BinaryFormat,
  warn: Warn,
): Pick<BinaryColumn, 'cellShape' | 'textWidth'> {
  const axes = usableTdim(header, index, format, warn)
  if (format.element === 'A') return textLayout(format, axes)
  if (format.descriptor !== undefined) {
    // The open axis takes the place of the slowest of TDIMn.
    return { cellShape: [0, ...(axes ?? []).slice(0, -1).toReversed()], textWidth: undefined }
  }
  const shape = axes?.toReversed() ?? (format.repeat === 1 ? undefined : [format.repeat])
  return { cellShape: shape, textWidth: undefined }
}

function textLayout(
  format: BinaryFormat,
  axes: readonly number[] | undefined,
): Pick<BinaryColumn, 'cellShape' | 'textWidth'> {
  if (format.descriptor !== undefined) return { cellShape: undefined, textWidth: undefined }
  if (axes !== undefined) {
    return {
      cellShape: axes.length > 1 ? axes.slice(1).toReversed() : undefined,
      textWidth: axes[0] ?? format.repeat,
    }
  }
  const width = format.textWidth
  if (width === undefined || width === 0 || width >= format.repeat) {
    return { cellShape: undefined, textWidth: format.repeat }
  }
  return { cellShape: [Math.floor(format.repeat / width)], textWidth: width }
}

/** TDIMn, unless it says something that the column cannot be. */
function usableTdim(
  header: Header,
  index: number,
  format: BinaryFormat,
  warn: Warn,
): readonly number[] | undefined {
  const text = header.string(`TDIM${index}`, undefined)
  if (text === undefined || text.trim() === '') return undefined
  const axes = parseTdim(text)
  const product = axes?.reduce((count, axis) => count * axis, 1)
  if (axes === undefined || product === undefined) {
    warn('TDIM', `the dimensions ${text.slice(0, 40)} are not understood`)
    return undefined
  }
  if (format.descriptor !== undefined) return format.element === 'A' || product === 0 ? undefined : axes
  if (product === format.repeat) return axes
  warn('TDIM', `the dimensions ${text.slice(0, 40)} do not make ${format.repeat} elements`)
  return undefined
}
