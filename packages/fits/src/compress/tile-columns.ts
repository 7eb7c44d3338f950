import { FitsError } from '../errors.ts'
import type { Header } from '../header/header.ts'

/** A column of the table that holds a compressed image or table. */
export interface TileColumn {
  readonly name: string
  /** Number from 1. */
  readonly number: number
  /** Byte in the row. */
  readonly offset: number
  /** Letter of the type; for variable-length arrays that of the elements. */
  readonly type: string
  /** Bytes of one element. */
  readonly elementBytes: number
  /** Elements in the row; 1 for variable-length arrays. */
  readonly repeat: number
  /** Bytes of the descriptor of a variable-length array: 8 (`P`), 16 (`Q`), or 0 for plain columns. */
  readonly descriptorBytes: 0 | 8 | 16
}

/** Bytes of an element of each type of TFORM. Source: FITS Standard 4.0, section 7.3.2, table 18. */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ['L', 1],
  ['X', 1],
  ['B', 1],
  ['I', 2],
  ['J', 4],
  ['K', 8],
  ['A', 1],
  ['E', 4],
  ['D', 8],
  ['C', 8],
  ['M', 16],
])

/**
 * The columns of a table by name in upper case.
 *
 * @param formKeyword `TFORM`, or `ZFORM` for the columns of a compressed table before compression
 * @throws FitsError `FITS_BAD_VALUE` for a TFORM that cannot be read, `FITS_BAD_COMPRESSION` for rows that are shorter than
 *   the columns
 */
export function tileColumns(header: Header, formKeyword: 'TFORM' | 'ZFORM' = 'TFORM'): readonly TileColumn[] {
  const count = header.integer('TFIELDS')
  if (count < 0 || count > 999) {
    throw new FitsError('FITS_BAD_VALUE', header.locate('TFIELDS'), 'a table cannot have so many columns', {
      found: String(count),
      allowed: '0 to 999',
    })
  }
  const columns: TileColumn[] = []
  let offset = 0
  for (let number = 1; number <= count; number++) {
    const keyword = `${formKeyword}${number}`
    const form = parseForm(header.string(keyword))
    if (form === undefined) {
      throw new FitsError('FITS_BAD_VALUE', header.locate(keyword), 'no such type of column', {
        found: header.string(keyword),
        allowed: 'a count and one of L X B I J K A E D C M, or P or Q and one of these',
      })
    }
    const name = header.string(`TTYPE${number}`, '').trim().toUpperCase()
    columns.push({ name, number, offset, ...form })
    offset += rowBytes(form)
  }
  return columns
}

type Form = Pick<TileColumn, 'type' | 'elementBytes' | 'repeat' | 'descriptorBytes'>

function parseForm(text: string): Form | undefined {
  const match = /^\s*(\d{0,9})([PQ]?)([LXBIJKAEDCM])/.exec(text.toUpperCase())
  if (match === null) return undefined
  const [, count = '', pointer = '', type = ''] = match
  const elementBytes = ELEMENT_BYTES.get(type) ?? 1
  const repeat = count === '' ? 1 : Number(count)
  if (pointer === '') return { type, elementBytes, repeat, descriptorBytes: 0 }
  // A count of 0 is allowed and means an empty column without descriptor.
  const descriptorBytes = pointer === 'P' ? 8 : 16
  return repeat === 0
    ? { type, elementBytes, repeat, descriptorBytes: 0 }
    : { type, elementBytes, repeat: 1, descriptorBytes }
}

/** Bytes of a column in each row. */
export function rowBytes(column: Form): number {
  if (column.descriptorBytes > 0) return column.descriptorBytes
  return column.type === 'X' ? Math.ceil(column.repeat / 8) : column.repeat * column.elementBytes
}

/**
 * The descriptor of a variable-length array: how many elements, and where in the heap.
 * Source: FITS Standard 4.0, section 7.3.5.
 */
export function readDescriptor(
  view: DataView,
  at: number,
  descriptorBytes: 8 | 16,
): { readonly count: number; readonly offset: number } {
  if (descriptorBytes === 8) return { count: view.getUint32(at), offset: view.getUint32(at + 4) }
  return { count: Number(view.getBigUint64(at)), offset: Number(view.getBigUint64(at + 8)) }
}
