import { type ErrorDetail, SkyloomError, shorten } from '@skyloom/base'

/** Every code of {@link FitsError} with its meaning; the error pages of the manual are made from it. */
export const FITS_ERRORS = {
  // the file as a whole
  FITS_NOT_FITS: 'the bytes are not a FITS file',
  FITS_FOREIGN_COMPRESSION: 'the file is compressed with a program that is not supported (zip, xz, zstd)',
  FITS_BAD_PACKING: 'a bzip2 or compress (.Z) stream is damaged or ends early',
  FITS_BAD_GZIP: 'the gzip stream is damaged or ends early',
  FITS_TOO_LARGE: 'a size in the file is beyond the limit of the reader or of the machine',
  FITS_TRUNCATED: 'the file ends before the header or the data that were promised',
  FITS_NO_SUCH_HDU: 'no HDU has this number or name',
  // headers
  FITS_NO_END: 'a header has no END card',
  FITS_MISSING_KEYWORD: 'a keyword that is needed is not in the header',
  FITS_BAD_VALUE: 'the value of a card cannot be read, or is not allowed for its keyword',
  FITS_WRONG_TYPE: 'the value of a card has another type than its keyword needs',
  FITS_BAD_KEYWORD: 'a name cannot be a FITS keyword',
  FITS_BAD_TEXT: 'a text holds characters that a FITS card cannot hold',
  FITS_BAD_TEMPLATE: 'a line of a header template cannot be read',
  // images
  FITS_NOT_AN_IMAGE: 'the HDU holds no image',
  FITS_NO_DATA: 'the HDU holds no pixels',
  FITS_BAD_REGION: 'a region, plane or buffer that was asked for does not fit the image',
  FITS_UNREPRESENTABLE: 'a pixel value cannot be stored in the chosen BITPIX, BSCALE and BZERO',
  // compression
  FITS_UNKNOWN_COMPRESSION: 'the method of a compressed image or table is not known',
  FITS_BAD_COMPRESSION: 'the keywords and columns of a compressed image or table do not fit together',
  FITS_BAD_TILE: 'the bytes of a tile cannot be decoded',
  // tables
  FITS_NOT_A_TABLE: 'the HDU holds no table',
  FITS_BAD_TABLE: 'the keywords of a table contradict each other, or a column format is not understood',
  FITS_BAD_DESCRIPTOR: 'the place of a variable-length array is outside the heap of its table',
  FITS_BAD_FIELD: 'a field of an ASCII table does not hold what its format says',
  FITS_NO_SUCH_COLUMN: 'no column of the table has this name or number',
  FITS_BAD_ROWS: 'the rows that were asked for are not in the table',
  FITS_UNWRITABLE_COLUMN: 'a column cannot be expressed in a FITS table',
  // writing
  FITS_WRITE_ORDER: 'the calls of a writer came in the wrong order, or with too few or too many data',
  // random groups
  FITS_NOT_GROUPS: 'the HDU holds no random groups',
  // HTTP
  FITS_HTTP_FAILED: 'a server did not deliver the bytes',
  // repair
  FITS_NOT_REPAIRABLE: 'the file has faults that no repair can mend',
} as const

/** Stable code of a {@link FitsError}. */
export type FitsErrorCode = keyof typeof FITS_ERRORS

/** Where in a FITS file or header text something was found. Numbers are as a person counts them. */
export interface FitsLocation {
  /** Path, URL or other name of the file or template. */
  readonly file?: string | undefined
  /** HDU, 0 = primary. */
  readonly hdu?: number | undefined
  readonly keyword?: string | undefined
  /** Column of a table: its name, or its number from 1. */
  readonly column?: string | number | undefined
  /** Row of a table, from 1. */
  readonly row?: number | undefined
  /** Number of the 80-character record in its header, from 1. */
  readonly card?: number | undefined
  /** Line of a text file, from 1. */
  readonly line?: number | undefined
  /** Offset in the (uncompressed) file, from 0. */
  readonly byteOffset?: number | undefined
}

/** Anything in a FITS file, a header template or a table that stops the work. */
export class FitsError extends SkyloomError {
  override readonly name = 'FitsError'
  declare readonly code: FitsErrorCode
  readonly location: FitsLocation

  constructor(
    code: FitsErrorCode,
    location: FitsLocation,
    problem: string,
    detail: Omit<ErrorDetail, 'where'> = {},
  ) {
    super(code, problem, { ...detail, where: formatLocation(location) })
    this.location = location
  }
}

/** Something odd that did not stop the reader. A value, never thrown. */
export interface FitsWarning {
  readonly code: FitsWarningCode
  readonly location: FitsLocation
  readonly message: string
}

/** Stable code of a {@link FitsWarning}. */
export type FitsWarningCode =
  | 'FITS_NOT_STANDARD' // SIMPLE = F
  | 'FITS_MISPLACED_END' // END is not at a card's place, because a card before it has a wrong length
  | 'FITS_TRAILING_BYTES' // bytes of no meaning after the last HDU
  | 'FITS_UNPADDED' // the last block is not filled up
  | 'FITS_DATA_CUT' // the data of the last HDU end early; its header is readable
  | 'FITS_BLANK_IGNORED' // BLANK in a floating-point image, or outside the range of BITPIX
  | 'FITS_ROW_GAP' // the columns of a table fill less than its rows
  | 'FITS_DUPLICATE_COLUMN' // two columns of a table have one name
  | 'FITS_TABLE_KEYWORD_IGNORED' // TDIMn, TNULLn, TSCALn or TZEROn that its column cannot have

/** Parts of a place, outermost first: `['m51.fits', 'HDU 1', 'BITPIX (card 2)']`. */
export function formatLocation(location: FitsLocation): string[] {
  const { file, hdu, keyword, column, row, card, line, byteOffset } = location
  const where: string[] = []
  if (file !== undefined) where.push(file)
  if (hdu !== undefined) where.push(`HDU ${hdu}`)
  const position = card !== undefined ? `card ${card}` : line !== undefined ? `line ${line}` : ''
  if (keyword !== undefined) where.push(position === '' ? keyword : `${keyword} (${position})`)
  else if (position !== '') where.push(position)
  if (column !== undefined) where.push(`column ${shorten(String(column), 40)}`)
  if (row !== undefined) where.push(`row ${row}`)
  if (byteOffset !== undefined) where.push(`byte ${byteOffset}`)
  return where
}
