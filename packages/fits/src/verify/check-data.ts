import { type ByteSource, readExactly, throwIfAborted } from '@skyloom/base'
import { sumBytes } from '../checksum/sum-bytes.ts'
import { addSums } from '../checksum/sum32.ts'
import type { HduLayout } from '../hdu/layout.ts'
import { paddedBytes } from '../header/block.ts'
import type { Header } from '../header/header.ts'
import type { HeaderAt } from '../header/read-header.ts'
import { binaryColumns, elementsBytes } from './check-table.ts'
import { type Finding, finding } from './finding.ts'
import { headerLocation } from './locate.ts'

/** An HDU whose data are checked. */
export interface CheckedHdu {
  readonly source: ByteSource
  readonly at: HeaderAt
  readonly layout: HduLayout
  readonly signal: AbortSignal | undefined
}

/** Bytes that are read at once. */
const PIECE_BYTES = 4 * 1024 * 1024

/** Checks that the data are there, filled up as they should be, and sum up to CHECKSUM and DATASUM. */
export async function checkData(hdu: CheckedHdu, hasChecksums: boolean): Promise<Finding[]> {
  const { source, at, layout } = hdu
  const { header, dataOffset } = at
  const dataEnd = dataOffset + layout.dataBytes
  if (dataEnd > source.sizeBytes) {
    const found = Math.max(0, source.sizeBytes - dataOffset)
    const message = `the data end early: ${found} of ${layout.dataBytes} bytes are there`
    return [finding('DATA_CUT', { ...headerLocation(header), byteOffset: source.sizeBytes }, message)]
  }
  return [
    ...(await checkFill(hdu, dataEnd)),
    ...(await checkHeap(hdu)),
    ...(hasChecksums ? await checkSums(hdu) : []),
  ]
}

/** Sections 3.3.2, 7.2.3 and 7.3.3: zeros, but blanks behind the rows of an ASCII table. */
async function checkFill(hdu: CheckedHdu, dataEnd: number): Promise<Finding[]> {
  const { source, at, layout } = hdu
  const end = Math.min(source.sizeBytes, at.dataOffset + paddedBytes(layout.dataBytes))
  const fill = await readExactly(source, dataEnd, end - dataEnd, hdu.signal)
  const wanted = layout.type === 'table' ? 32 : 0
  const bad = fill.findIndex((byte) => byte !== wanted)
  if (bad < 0) return []
  const location = { ...headerLocation(at.header), byteOffset: dataEnd + bad }
  const message = `the last block is filled up with byte ${fill[bad] ?? 0}, but must be with ${wanted}`
  return [finding('DATA_FILL', location, message, true)]
}

async function checkSums(hdu: CheckedHdu): Promise<Finding[]> {
  const { header, headerOffset, dataOffset } = hdu.at
  const checksum = header.card('CHECKSUM')?.value
  const datasum = header.card('DATASUM')?.value
  if (!isGiven(checksum) && !isGiven(datasum)) return []
  const data = await sumBytes(
    hdu.source,
    dataOffset,
    dataOffset + paddedBytes(hdu.layout.dataBytes),
    hdu.signal,
  )
  const findings: Finding[] = []
  if (isGiven(datasum) && Number(datasum) !== data) {
    const message = `DATASUM is '${datasum}', but the data sum up to ${data}`
    findings.push(finding('DATASUM_WRONG', header.locate('DATASUM'), message, true))
  }
  if (isGiven(checksum)) {
    const total = addSums(data, await sumBytes(hdu.source, headerOffset, dataOffset, hdu.signal))
    if (total % 0xffffffff !== 0) {
      const message = `CHECKSUM is '${checksum}', but header and data do not sum up to zero`
      findings.push(finding('CHECKSUM_WRONG', header.locate('CHECKSUM'), message, true))
    }
  }
  return findings
}

/** An empty string says that the sum is not known (section 4.4.2.7). */
function isGiven(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Section 7.3.5: every descriptor of a variable-length array must point into the heap. The first bad one of a column is told. */
async function checkHeap(hdu: CheckedHdu): Promise<Finding[]> {
  const { header, dataOffset } = hdu.at
  const columns = isBinary(hdu)
    ? binaryColumns(header)?.filter(({ heapType }) => heapType !== undefined)
    : undefined
  if (columns === undefined || columns.length === 0) return []
  const rowBytes = integerOf(header, 'NAXIS1')
  const rowCount = integerOf(header, 'NAXIS2')
  const heapStart = header.has('THEAP') ? integerOf(header, 'THEAP') : rowBytes * rowCount
  const heapBytes = rowBytes * rowCount + hdu.layout.pcount - heapStart
  const pending = new Set(
    columns.filter(({ offset, repeat, type }) => offset + elementsBytes(type, repeat) <= rowBytes),
  )
  const rowsAtOnce = Math.max(1, Math.floor(PIECE_BYTES / Math.max(1, rowBytes)))
  const findings: Finding[] = []
  for (let row = 0; row < rowCount && pending.size > 0; row += rowsAtOnce) {
    throwIfAborted(hdu.signal)
    const count = Math.min(rowsAtOnce, rowCount - row)
    const bytes = await readExactly(hdu.source, dataOffset + row * rowBytes, count * rowBytes, hdu.signal)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const column of pending) {
      if (column.repeat === 0) continue
      const bad = firstBadDescriptor(view, column, rowBytes, heapBytes)
      if (bad === undefined) continue
      pending.delete(column)
      const location = {
        ...header.locate(`TFORM${column.index}`),
        byteOffset: dataOffset + (row + bad) * rowBytes + column.offset,
      }
      const message = `row ${row + bad + 1} of column ${column.index} has an array outside the heap of ${heapBytes} bytes`
      findings.push(finding('HEAP_RANGE', location, message))
    }
  }
  return findings
}

function isBinary(hdu: CheckedHdu): boolean {
  return hdu.layout.type === 'bintable' || hdu.layout.type === 'compressed-image'
}

function integerOf(header: Header, keyword: string): number {
  const value = header.card(keyword)?.value
  return typeof value === 'number' ? value : 0
}

function firstBadDescriptor(
  view: DataView,
  column: { readonly offset: number; readonly type: string; readonly heapType: string | undefined },
  rowBytes: number,
  heapBytes: number,
): number | undefined {
  for (let row = 0; (row + 1) * rowBytes <= view.byteLength; row++) {
    const at = row * rowBytes + column.offset
    const isLong = column.type === 'Q'
    const count = isLong ? Number(view.getBigInt64(at)) : view.getInt32(at)
    const offset = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    if (count < 0 || offset < 0) return row
    if (count > 0 && offset + elementsBytes(column.heapType ?? 'B', count) > heapBytes) return row
  }
  return undefined
}
