import { checkTable, type LookupTable } from '../distortion/lookup.ts'
import { WcsError } from '../errors.ts'
import {
  type KeywordReader,
  type KeywordSource,
  type KeywordValue,
  keywordReader,
  numberOf,
} from './keyword-reader.ts'

/** A table extension that a header names. */
export interface LookupReference {
  /** `detector` for D2IMDISj, `prior` for CPDISj. */
  readonly kind: 'detector' | 'prior'
  /** Pixel axis that the table corrects, 1 or 2. */
  readonly axis: 1 | 2
  /** EXTNAME and EXTVER of the image extension that holds the table. */
  readonly extname: 'D2IMARR' | 'WCSDVARR'
  readonly extver: number
}

const KINDS = [
  { kind: 'detector', keyword: 'D2IMDIS', record: 'D2IM', extname: 'D2IMARR' },
  { kind: 'prior', keyword: 'CPDIS', record: 'DP', extname: 'WCSDVARR' },
] as const

/**
 * The lookup-table extensions that a header needs for its distortion.
 *
 * @param getAll all values of a keyword in the order of the header: record-valued keywords (DP1 = 'EXTVER: 1') stand there several times
 *
 * Source: FITS WCS Paper IV (Calabretta et al. 2004, draft), section 3.4, and its use by the Hubble Space Telescope.
 */
export function lookupReferences(
  getAll: (keyword: string) => readonly KeywordValue[],
): readonly LookupReference[] {
  return KINDS.flatMap(({ kind, keyword, record, extname }) =>
    ([1, 2] as const).flatMap((axis) => {
      if (!isLookup(getAll(`${keyword}${axis}`)[0])) return []
      const extver = recordNumber(getAll, `${record}${axis}`, 'EXTVER') ?? axis
      return [{ kind, axis, extname, extver }]
    }),
  )
}

function isLookup(value: KeywordValue): boolean {
  return typeof value === 'string' && value.trim().toUpperCase() === 'LOOKUP'
}

/** Value of a field of a record-valued keyword. */
function recordNumber(
  getAll: (keyword: string) => readonly KeywordValue[],
  keyword: string,
  field: string,
): number | undefined {
  const direct = numberOf(getAll(`${keyword}.${field}`)[0])
  if (direct !== undefined) return direct
  for (const value of getAll(keyword)) {
    if (typeof value !== 'string') continue
    const [name = '', text = ''] = value.split(':')
    if (name.trim() === field) return numberOf(text.trim())
  }
  return undefined
}

/** Longest table axis; tables are made for detectors. */
const MAX_LENGTH = 65536

/**
 * A lookup table from the header and the pixels of its extension.
 *
 * @param data NAXIS1 times NAXIS2 values, row after row
 * @throws {WcsError} `WCS_BAD_DISTORTION` when the header does not describe `data`
 */
export function lookupTableFromKeywords(
  get: KeywordSource,
  data: Float32Array | Float64Array,
  name?: string,
): LookupTable {
  const header = keywordReader(get, name)
  const pair = (keyword: string, absent: number): readonly [number, number] => [
    header.number(`${keyword}1`) ?? absent,
    header.number(`${keyword}2`) ?? absent,
  ]
  const table = {
    width: tableLength(header, 'NAXIS1'),
    height: header.has('NAXIS2') ? tableLength(header, 'NAXIS2') : 1,
    data,
    crpix: pair('CRPIX', 0),
    crval: pair('CRVAL', 0),
    cdelt: pair('CDELT', 1),
  }
  checkTable(table, header.where('NAXIS1'))
  return table
}

function tableLength(header: KeywordReader, keyword: string): number {
  const length = header.number(keyword)
  if (length !== undefined && Number.isInteger(length) && length >= 1 && length <= MAX_LENGTH) return length
  throw new WcsError('WCS_BAD_DISTORTION', 'lookup table has no usable size', {
    where: header.where(keyword),
    found: String(length),
    allowed: `1 to ${MAX_LENGTH}`,
    remedy: 'read the table from the extension the header names',
  })
}
