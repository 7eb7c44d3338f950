import { type ByteSink, throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import type { FitsFile } from '../hdu/fits-file.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { HduWriter } from '../hdu/hdu-writer.ts'
import { type CheckedHdu } from './check-data.ts'
import type { Finding } from './finding.ts'
import { FindingList } from './finding-list.ts'
import { repairHeader } from './repair-header.ts'
import { checkHeader, type Scan, scanHdus, type VerifyOptions, verifyFits } from './verify-fits.ts'

/** What {@link repairFits} did. */
export interface RepairReport {
  /** What is mended in the new file. */
  readonly repaired: readonly Finding[]
  /** What is as it was: it needs a person. */
  readonly left: readonly Finding[]
}

const PIECE_BYTES = 1024 * 1024

/**
 * Writes a copy of the file without the faults that can be mended without guessing: order and form of mandatory cards, missing
 * PCOUNT and GCOUNT, names in lower case, forms of values, characters that are not ASCII, keywords that do not belong, repeated
 * cards, padding, bytes behind the end, checksums. Pixels and rows are never changed. The sink is committed.
 *
 * @throws FitsError `FITS_NOT_REPAIRABLE` when a header cannot be read or data are missing
 */
export async function repairFits(
  file: FitsFile,
  sink: ByteSink,
  options: VerifyOptions = {},
): Promise<RepairReport> {
  const before = await verifyFits(file, options)
  const scan = await scanHdus(file.source, options.signal)
  const fatal = before.findings.find(({ code }) => FATAL.includes(code))
  if (fatal !== undefined) {
    throw new FitsError('FITS_NOT_REPAIRABLE', fatal.location, 'the file cannot be repaired', {
      found: fatal.message,
      remedy: 'fetch the file again',
    })
  }
  try {
    const left = await writeRepaired(file, scan, sink, options)
    const kept = before.findings.filter(
      (found) => found.code === 'HEAP_RANGE' || left.some((other) => isSameFault(found, other)),
    )
    const repaired = before.findings.filter((found) => !kept.includes(found))
    return { repaired, left: kept }
  } catch (error) {
    await sink.discard()
    throw error
  }
}

const FATAL: readonly string[] = ['HEADER_UNREADABLE', 'DATA_CUT', 'END_MISPLACED']

function isSameFault(first: Finding, second: Finding): boolean {
  return (
    first.code === second.code &&
    first.location.hdu === second.location.hdu &&
    first.location.keyword?.toUpperCase() === second.location.keyword?.toUpperCase()
  )
}

/** Writes all HDUs; returns what is still wrong with their headers. */
async function writeRepaired(
  file: FitsFile,
  scan: Scan,
  sink: ByteSink,
  options: VerifyOptions,
): Promise<Finding[]> {
  const writer = new FitsWriter(sink)
  const left = new FindingList()
  for (const [index, { at, layout }] of scan.hdus.entries()) {
    if (layout === undefined) continue
    const header = repairHeader(at.header, index === 0)
    const hasSums = header.has('CHECKSUM') || header.has('DATASUM')
    const fillByte = layout.type === 'table' ? 32 : 0
    const hdu = await writer.beginHdu(header, { checksum: hasSums, fillByte })
    await copyData({ source: file.source, at, layout, signal: options.signal }, hdu)
    await hdu.end()
    left.add(checkHeader(hdu.header, index === 0))
  }
  await writer.commit()
  return left.findings
}

async function copyData(hdu: CheckedHdu, writer: HduWriter): Promise<void> {
  const start = hdu.at.dataOffset
  const end = start + hdu.layout.dataBytes
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, end - start))
  for (let offset = start; offset < end; offset += buffer.length) {
    throwIfAborted(hdu.signal)
    const piece = buffer.subarray(0, Math.min(buffer.length, end - offset))
    await hdu.source.readInto(piece, offset, hdu.signal)
    await writer.write(piece)
  }
}
