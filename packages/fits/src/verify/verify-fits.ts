import { type ByteSource, readExactly, throwIfAborted } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import type { FitsFile } from '../hdu/fits-file.ts'
import type { HduType } from '../hdu/hdu.ts'
import { type HduLayout, hduLayout } from '../hdu/layout.ts'
import { BLOCK_BYTES, paddedBytes } from '../header/block.ts'
import { CARD_CHARS } from '../header/card.ts'
import type { Header } from '../header/header.ts'
import { latin1Text } from '../header/latin1.ts'
import { type HeaderAt, readHeaderAt } from '../header/read-header.ts'
import { checkCards } from './check-cards.ts'
import { checkData } from './check-data.ts'
import { checkMandatory } from './check-mandatory.ts'
import { checkReserved } from './check-reserved.ts'
import { checkTable } from './check-table.ts'
import { type Finding, finding } from './finding.ts'
import { FindingList } from './finding-list.ts'
import { headerLocation } from './locate.ts'
import { isTable } from './mandatory.ts'

/** What is checked. */
export interface VerifyOptions {
  /** Read all data to compute CHECKSUM and DATASUM; default true. */
  readonly checksums?: boolean
  readonly signal?: AbortSignal | undefined
}

/** One HDU that was checked. */
export interface VerifiedHdu {
  readonly index: number
  readonly name: string
  /** Undefined when the mandatory keywords do not tell. */
  readonly type: HduType | undefined
}

/** What {@link verifyFits} found. */
export interface VerifyReport {
  readonly file: string
  readonly hdus: readonly VerifiedHdu[]
  /** In the order of the file; of each kind at most the first thousand. */
  readonly findings: readonly Finding[]
  readonly errorCount: number
  readonly warningCount: number
  /** Findings that are counted but not listed. */
  readonly omittedCount: number
  /** False when a header could not be read, so that what follows it was not looked at. */
  readonly isComplete: boolean
}

/** An HDU as far as its header could be read. */
export interface ScannedHdu {
  readonly at: HeaderAt
  /** Undefined when the mandatory keywords do not tell the size of the data. */
  readonly layout: HduLayout | undefined
}

/** All HDUs that can be reached, and what is wrong between them. */
export interface Scan {
  readonly hdus: readonly ScannedHdu[]
  readonly findings: readonly Finding[]
  readonly isComplete: boolean
}

/**
 * Checks a file against the FITS Standard 4.0: headers card by card, mandatory and reserved keywords, tables, the size and
 * padding of the data, checksums. Nothing is thrown for what is in the file; errors of the source are.
 */
export async function verifyFits(file: FitsFile, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { source } = file
  const scan = await scanHdus(source, options.signal)
  const list = new FindingList()
  const hdus: VerifiedHdu[] = []
  for (const [index, { at, layout }] of scan.hdus.entries()) {
    throwIfAborted(options.signal)
    list.add(checkHeader(at.header, index === 0))
    list.add(await checkHeaderBytes(source, at))
    if (layout !== undefined) {
      list.add(await checkData({ source, at, layout, signal: options.signal }, options.checksums ?? true))
    }
    const name = at.header.card('EXTNAME')?.value
    hdus.push({ index, name: typeof name === 'string' ? name : '', type: layout?.type })
  }
  list.add(scan.findings)
  const { findings, errorCount, warningCount, omittedCount } = list
  return {
    file: file.name,
    hdus,
    findings,
    errorCount,
    warningCount,
    omittedCount,
    isComplete: scan.isComplete,
  }
}

/** All checks that need a header only. */
export function* checkHeader(header: Header, isPrimary: boolean): Generator<Finding, void, undefined> {
  yield* checkCards(header)
  yield* checkMandatory(header, isPrimary)
  yield* checkReserved(header, isPrimary)
  if (isTable(header)) yield* checkTable(header)
}

/** Finds all HDUs without giving up at what can be passed over. */
export async function scanHdus(source: ByteSource, signal: AbortSignal | undefined): Promise<Scan> {
  const hdus: ScannedHdu[] = []
  const findings: Finding[] = []
  let isComplete = true
  let offset = 0
  while (offset < source.sizeBytes) {
    throwIfAborted(signal)
    if (hdus.length > 0 && !(await isExtensionAt(source, offset))) {
      const message = `${source.sizeBytes - offset} bytes without meaning follow the last HDU`
      findings.push(finding('TRAILING_BYTES', { file: source.name, byteOffset: offset }, message, true))
      break
    }
    const scanned = await scanHdu(source, offset, hdus.length, findings, signal)
    if (scanned !== undefined) hdus.push(scanned)
    if (scanned?.layout === undefined) {
      isComplete = false
      break
    }
    offset = scanned.at.dataOffset + paddedBytes(scanned.layout.dataBytes)
  }
  if (source.sizeBytes % BLOCK_BYTES !== 0) {
    const message = `the file has ${source.sizeBytes} bytes, no multiple of ${BLOCK_BYTES}`
    findings.push(finding('FILE_LENGTH', { file: source.name, byteOffset: source.sizeBytes }, message, true))
  }
  return { hdus, findings, isComplete }
}

async function isExtensionAt(source: ByteSource, offset: number): Promise<boolean> {
  const head = await readExactly(source, offset, Math.min(9, source.sizeBytes - offset))
  return latin1Text(head) === 'XTENSION='
}

async function scanHdu(
  source: ByteSource,
  offset: number,
  hdu: number,
  findings: Finding[],
  signal: AbortSignal | undefined,
): Promise<ScannedHdu | undefined> {
  const unreadable = (error: unknown, header: Header | undefined): void => {
    if (!(error instanceof FitsError)) throw error
    const location =
      error.location.keyword === undefined && header !== undefined ? headerLocation(header) : error.location
    const message = error.found === undefined ? error.problem : `${error.problem}: found ${error.found}`
    findings.push(finding('HEADER_UNREADABLE', location, message))
  }
  let at: HeaderAt
  try {
    at = await readHeaderAt(source, offset, { hdu, signal })
  } catch (error) {
    unreadable(error, undefined)
    return undefined
  }
  try {
    return { at, layout: hduLayout(at.header, hdu === 0) }
  } catch (error) {
    unreadable(error, at.header)
    return { at, layout: undefined }
  }
}

/** Checks what is not in the cards: END and the rest of its block. */
async function checkHeaderBytes(source: ByteSource, at: HeaderAt): Promise<Finding[]> {
  const { header, headerOffset, dataOffset } = at
  const endOffset = headerOffset + header.recordCount * CARD_CHARS
  if (at.isEndMisplaced) {
    const message = 'END does not stand at a place of a card: a card before it has a wrong length'
    return [finding('END_MISPLACED', headerLocation(header), message)]
  }
  const end = Math.min(dataOffset, source.sizeBytes)
  const tail = latin1Text(await readExactly(source, endOffset, end - endOffset))
  const findings: Finding[] = []
  const after = tail.slice(3, CARD_CHARS).search(/[^ ]/)
  if (after >= 0) {
    const location = {
      ...headerLocation(header),
      card: header.recordCount + 1,
      byteOffset: endOffset + 3 + after,
    }
    findings.push(finding('END_NOT_BLANK', location, 'text follows END in its card', true))
  }
  const fill = tail.slice(CARD_CHARS).search(/[^ ]/)
  if (fill >= 0) {
    const location = { ...headerLocation(header), byteOffset: endOffset + CARD_CHARS + fill }
    const code = tail.charCodeAt(CARD_CHARS + fill)
    findings.push(
      finding(
        'HEADER_FILL',
        location,
        `the header is filled up with byte ${code}, but must be with blanks`,
        true,
      ),
    )
  }
  return findings
}
