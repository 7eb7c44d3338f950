import { FitsError } from '../errors.ts'
import type { Header } from '../header/header.ts'
import { parseAsciiFormat } from './ascii-format.ts'
import { commonInfo, isLinear } from './column-info.ts'
import type { AsciiColumn, ColumnScaling } from './fits-column.ts'

/** Widest Iw whose numbers all fit into int32. */
const INT32_WIDTH = 9

/** Column `index` of an ASCII table. @throws FitsError `FITS_BAD_TABLE` and those of its keywords */
export function asciiColumn(header: Header, index: number): AsciiColumn {
  const format = header.string(`TFORM${index}`)
  const parsed = parseAsciiFormat(format)
  const info = commonInfo(header, index)
  if (parsed === undefined) {
    throw new FitsError(
      'FITS_BAD_TABLE',
      { ...header.locate(`TFORM${index}`), column: info.name },
      'the format is not understood',
      {
        found: format,
        allowed: 'Aw, Iw, Fw.d, Ew.d, Dw.d',
      },
    )
  }
  const start = header.integer(`TBCOL${index}`)
  if (start < 1) {
    throw new FitsError(
      'FITS_BAD_VALUE',
      header.locate(`TBCOL${index}`),
      'columns of characters count from 1',
      {
        found: String(start),
        allowed: '1 or more',
      },
    )
  }
  const scaling = parsed.letter === 'A' ? NO_SCALING : asciiScaling(header, index)
  const isInteger = parsed.letter === 'I' && scaling.kind === 'none'
  return {
    kind: 'ascii',
    ...info,
    format,
    parsed,
    byteOffset: start - 1,
    byteWidth: parsed.width,
    type:
      parsed.letter === 'A'
        ? 'string'
        : isInteger
          ? parsed.width <= INT32_WIDTH
            ? 'int32'
            : 'int64'
          : 'float64',
    cellShape: undefined,
    scaling,
    nullText: header.string(`TNULL${index}`, undefined)?.trimEnd(),
  }
}

const NO_SCALING: ColumnScaling = { kind: 'none' }

function asciiScaling(header: Header, index: number): ColumnScaling {
  const tscal = header.number(`TSCAL${index}`, 1)
  const tzero = header.number(`TZERO${index}`, 0)
  return isLinear(tscal, tzero) ? { kind: 'linear', tscal, tzero } : NO_SCALING
}
