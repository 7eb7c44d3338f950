import type { Header } from '../header/header.ts'
import { type Finding, finding } from './finding.ts'
import { headerLocation } from './locate.ts'

/** Bytes of one element of each type of binary tables (FITS Standard 4.0, table 18). X counts bits. */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ['L', 1],
  ['B', 1],
  ['I', 2],
  ['J', 4],
  ['K', 8],
  ['A', 1],
  ['E', 4],
  ['D', 8],
  ['C', 8],
  ['M', 16],
  ['P', 8],
  ['Q', 16],
])

/** One column of a binary table, as far as a check needs it. */
export interface BinaryColumn {
  readonly index: number
  /** Offset in the row. */
  readonly offset: number
  readonly repeat: number
  readonly type: string
  /** Type of the elements in the heap, for P and Q. */
  readonly heapType: string | undefined
}

/** TFORMn of a binary table (section 7.3.1): repeat count, letter, for arrays the type in the heap. */
function parseBinaryForm(
  form: string,
): { repeat: number; type: string; heapType: string | undefined } | undefined {
  const match = /^(\d*)([LXBIJKAEDCMPQ])(.*)$/.exec(form.trim())
  if (match === null) return undefined
  const type = match[2] ?? ''
  const repeat = match[1] === '' ? 1 : Number(match[1])
  const heapType = type === 'P' || type === 'Q' ? /^[LXBIJKAEDCM]/.exec(match[3] ?? '')?.[0] : undefined
  if ((type === 'P' || type === 'Q') && (heapType === undefined || repeat > 1)) return undefined
  return Number.isSafeInteger(repeat) ? { repeat, type, heapType } : undefined
}

/** Bytes of so many elements of a type. */
export function elementsBytes(type: string, count: number): number {
  return type === 'X' ? Math.ceil(count / 8) : (ELEMENT_BYTES.get(type) ?? 0) * count
}

/** The columns of a binary table whose TFORMn can all be read; undefined otherwise. */
export function binaryColumns(header: Header): readonly BinaryColumn[] | undefined {
  const count = fieldCount(header)
  if (count === undefined) return undefined
  const columns: BinaryColumn[] = []
  let offset = 0
  for (let index = 1; index <= count; index++) {
    const form = header.card(`TFORM${index}`)?.value
    const parsed = typeof form === 'string' ? parseBinaryForm(form) : undefined
    if (parsed === undefined) return undefined
    columns.push({ index, offset, ...parsed })
    offset += elementsBytes(parsed.type, parsed.repeat)
  }
  return columns
}

/** Checks that the columns of a table fit together (FITS Standard 4.0, sections 7.2 and 7.3). */
export function checkTable(header: Header): Finding[] {
  const count = fieldCount(header)
  if (count === undefined) {
    if (!header.has('TFIELDS')) return []
    return [finding('TABLE_LAYOUT', header.locate('TFIELDS'), 'TFIELDS must be a whole number from 0 to 999')]
  }
  const name = header.card('XTENSION')?.value
  const findings = [...checkNames(header, count), ...checkIndices(header, count)]
  return name === 'TABLE'
    ? [...findings, ...checkAsciiColumns(header, count)]
    : [...findings, ...checkBinary(header, count)]
}

function fieldCount(header: Header): number | undefined {
  const count = header.card('TFIELDS')?.value
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= 999
    ? count
    : undefined
}

function checkBinary(header: Header, count: number): Finding[] {
  const findings: Finding[] = []
  for (let index = 1; index <= count; index++) {
    const keyword = `TFORM${index}`
    const form = header.card(keyword)?.value
    if (form === undefined) {
      findings.push(
        finding('MISSING_KEYWORD', { ...headerLocation(header), keyword }, `${keyword} is missing`),
      )
    } else if (typeof form === 'string' && parseBinaryForm(form) === undefined) {
      findings.push(
        finding('TABLE_LAYOUT', header.locate(keyword), `${keyword} is '${form}', no form of binary tables`),
      )
    }
  }
  const columns = binaryColumns(header)
  if (columns === undefined) return findings
  const width = columns.reduce((sum, { type, repeat }) => sum + elementsBytes(type, repeat), 0)
  const naxis1 = header.card('NAXIS1')?.value
  if (typeof naxis1 === 'number' && naxis1 !== width) {
    const message = `NAXIS1 is ${naxis1}, but the columns take ${width} bytes`
    findings.push(finding('TABLE_LAYOUT', header.locate('NAXIS1'), message))
  }
  return [...findings, ...checkHeapStart(header), ...columns.flatMap((column) => checkColumn(header, column))]
}

/** Section 7.3.2: the heap begins behind the rows. */
function checkHeapStart(header: Header): Finding[] {
  const [theap, naxis1, naxis2, pcount] = ['THEAP', 'NAXIS1', 'NAXIS2', 'PCOUNT'].map(
    (name) => header.card(name)?.value,
  )
  if (typeof theap !== 'number' || typeof naxis1 !== 'number' || typeof naxis2 !== 'number') return []
  const end = naxis1 * naxis2 + (typeof pcount === 'number' ? pcount : 0)
  if (theap >= naxis1 * naxis2 && theap <= end) return []
  const message = `THEAP is ${theap}, but the heap lies between bytes ${naxis1 * naxis2} and ${end}`
  return [finding('TABLE_LAYOUT', header.locate('THEAP'), message)]
}

function checkColumn(header: Header, column: BinaryColumn): Finding[] {
  const findings: Finding[] = []
  const { index, type, repeat, heapType } = column
  const hasIntegers = 'BIJK'.includes(heapType ?? type)
  const forbid = (keyword: string, isForbidden: boolean, why: string): void => {
    if (isForbidden && header.has(keyword))
      findings.push(finding('NOT_ALLOWED', header.locate(keyword), `${keyword}: ${why}`))
  }
  // Section 7.3.2: TNULLn for integers only, TSCALn and TZEROn not for A, L and X.
  forbid(`TNULL${index}`, !hasIntegers, 'only integer columns have a null value')
  forbid(`TSCAL${index}`, 'ALX'.includes(heapType ?? type), 'columns of type A, L, X are not scaled')
  forbid(`TZERO${index}`, 'ALX'.includes(heapType ?? type), 'columns of type A, L, X are not scaled')
  forbid(`TBCOL${index}`, true, 'TBCOLn is for ASCII tables')
  const dim = header.card(`TDIM${index}`)?.value
  if (typeof dim === 'string' && heapType === undefined) {
    const axes = /^\s*\((\s*\d+\s*(?:,\s*\d+\s*)*)\)\s*$/.exec(dim)?.[1]?.split(',').map(Number)
    const elements = axes?.reduce((product, length) => product * length, 1)
    if (elements === undefined || elements > repeat) {
      const message = `TDIM${index} is '${dim}', but the column has ${repeat} elements`
      findings.push(finding('TABLE_LAYOUT', header.locate(`TDIM${index}`), message))
    }
  }
  return findings
}

/** Section 7.2.1: TBCOLn and the width in TFORMn must lie within the row. */
function checkAsciiColumns(header: Header, count: number): Finding[] {
  const findings: Finding[] = []
  const naxis1 = header.card('NAXIS1')?.value
  const width = typeof naxis1 === 'number' ? naxis1 : Infinity
  for (let index = 1; index <= count; index++) {
    for (const keyword of [`TBCOL${index}`, `TFORM${index}`]) {
      if (header.has(keyword)) continue
      findings.push(
        finding('MISSING_KEYWORD', { ...headerLocation(header), keyword }, `${keyword} is missing`),
      )
    }
    const form = header.card(`TFORM${index}`)?.value
    const start = header.card(`TBCOL${index}`)?.value
    if (typeof form !== 'string' || typeof start !== 'number') continue
    const match = /^(?:[AI](\d+)|[FED](\d+)\.\d+)$/.exec(form.trim())
    const chars = Number(match?.[1] ?? match?.[2])
    if (match === null) {
      const message = `TFORM${index} is '${form}', but must be Aw, Iw, Fw.d, Ew.d or Dw.d`
      findings.push(finding('TABLE_LAYOUT', header.locate(`TFORM${index}`), message))
    } else if (start < 1 || start + chars - 1 > width) {
      const message = `column ${index} takes characters ${start} to ${start + chars - 1}, but a row has ${width}`
      findings.push(finding('TABLE_LAYOUT', header.locate(`TBCOL${index}`), message))
    }
  }
  return findings
}

/** Section 7.3.2: names should be there, unlike whatever their case, of letters, digits and underscore. */
function checkNames(header: Header, count: number): Finding[] {
  const findings: Finding[] = []
  const seen = new Map<string, string>()
  for (let index = 1; index <= count; index++) {
    const keyword = `TTYPE${index}`
    const name = header.card(keyword)?.value
    if (typeof name !== 'string' || name === '') continue
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      const message = `${keyword} and ${other} both name their column '${name}'`
      findings.push({ ...finding('TABLE_LAYOUT', header.locate(keyword), message), severity: 'warning' })
    }
    seen.set(name.toLowerCase(), keyword)
  }
  return findings
}

/** Keywords of columns that are not there. */
function checkIndices(header: Header, count: number): Finding[] {
  const findings: Finding[] = []
  for (const card of header) {
    const match = /^(?:TFORM|TTYPE|TBCOL|TUNIT|TNULL|TSCAL|TZERO|TDISP|TDIM)([1-9]\d*)$/.exec(card.keyword)
    if (match === null || Number(match[1]) <= count) continue
    const message = `${card.keyword} is there, but TFIELDS is ${count}`
    findings.push(finding('NOT_ALLOWED', header.locate(card.keyword), message, true))
  }
  return findings
}
