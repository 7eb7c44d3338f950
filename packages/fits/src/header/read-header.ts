import type { ByteSource } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import { BLOCK_BYTES } from './block.ts'
import { CARD_CHARS } from './card.ts'
import type { Header } from './header.ts'
import { latin1Text } from './latin1.ts'
import { isEndRecord, parseHeaderRecords } from './parse-header.ts'

/** A header and where its data begin. */
export interface HeaderAt {
  readonly header: Header
  readonly headerOffset: number
  readonly dataOffset: number
  /** END does not begin at a multiple of 80 bytes: a card before it has a wrong length. */
  readonly isEndMisplaced: boolean
}

/** Limits of {@link readHeaderAt}. */
export interface ReadHeaderOptions {
  /** Number of the HDU, for messages. */
  readonly hdu?: number
  /** Longest header that is read; default 32 MiB, over 400,000 cards. */
  readonly maxHeaderBytes?: number
  /** Bytes of the first read; more are read only when END is not among them. Default four blocks. */
  readonly firstReadBytes?: number
  readonly signal?: AbortSignal | undefined
}

const DEFAULT_MAX_HEADER_BYTES = 32 * 1024 * 1024

/**
 * Reads the header that starts at this offset and nothing behind its last block.
 *
 * @throws FitsError `FITS_TRUNCATED` when the file stops inside, `FITS_NO_END`, `FITS_TOO_LARGE`
 */
export async function readHeaderAt(
  source: ByteSource,
  headerOffset: number,
  options: ReadHeaderOptions = {},
): Promise<HeaderAt> {
  const maxBytes = options.maxHeaderBytes ?? DEFAULT_MAX_HEADER_BYTES
  const end = Math.min(Math.max(0, source.sizeBytes - headerOffset), maxBytes)
  let bytes = new Uint8Array(0)
  let searched = 0
  let wanted = options.firstReadBytes ?? 4 * BLOCK_BYTES
  for (;;) {
    const length = Math.min(wanted, end)
    bytes = await readMore(source, headerOffset, bytes, length, options.signal)
    for (; searched + CARD_CHARS <= bytes.length; searched += CARD_CHARS) {
      if (isEndRecord(bytes, searched)) return headerOf(source, headerOffset, bytes, searched, options)
    }
    if (bytes.length < length || length === end) {
      const misplaced = findMisplacedEnd(bytes)
      if (misplaced !== undefined) return headerOf(source, headerOffset, bytes, misplaced, options)
      throw noEnd(source, headerOffset, bytes.length, options, maxBytes)
    }
    wanted = bytes.length * 4
  }
}

function headerOf(
  source: ByteSource,
  headerOffset: number,
  bytes: Uint8Array,
  endOffset: number,
  options: ReadHeaderOptions,
): HeaderAt {
  const origin = { file: source.name, hdu: options.hdu, byteOffset: headerOffset }
  const header = parseHeaderRecords(latin1Text(bytes.subarray(0, endOffset)), origin)
  const blocks = Math.floor(endOffset / BLOCK_BYTES) + 1
  const isEndMisplaced = endOffset % CARD_CHARS !== 0
  return { header, headerOffset, dataOffset: headerOffset + blocks * BLOCK_BYTES, isEndMisplaced }
}

/**
 * A last resort for headers with a card of a wrong length, as careless writers make them: END anywhere, followed by nothing
 * but blanks to the end of its block. Only asked when no END stands in its place.
 */
function findMisplacedEnd(bytes: Uint8Array): number | undefined {
  const text = latin1Text(bytes)
  for (let at = text.indexOf(END_AND_BLANKS); at >= 0; at = text.indexOf(END_AND_BLANKS, at + 1)) {
    const blockEnd = (Math.floor(at / BLOCK_BYTES) + 1) * BLOCK_BYTES
    if (blockEnd <= text.length && text.slice(at + 3, blockEnd).trim() === '') return at
  }
  return undefined
}

const END_AND_BLANKS = 'END'.padEnd(8)

async function readMore(
  source: ByteSource,
  offset: number,
  known: Uint8Array,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  bytes.set(known)
  const count = await source.readInto(bytes.subarray(known.length), offset + known.length, signal)
  return bytes.subarray(0, known.length + count)
}

function noEnd(
  source: ByteSource,
  headerOffset: number,
  readBytes: number,
  options: ReadHeaderOptions,
  maxBytes: number,
): FitsError {
  const location = { file: source.name, hdu: options.hdu, byteOffset: headerOffset }
  if (readBytes >= maxBytes) {
    return new FitsError('FITS_TOO_LARGE', location, 'the header is longer than the reader allows', {
      found: `no END card in ${readBytes} bytes`,
      allowed: `${maxBytes} bytes`,
      remedy: 'raise maxHeaderBytes if the file is meant to be like that',
    })
  }
  if (readBytes < BLOCK_BYTES) {
    return new FitsError('FITS_TRUNCATED', location, 'the file stops inside its header', {
      found: `${readBytes} bytes`,
      allowed: `blocks of ${BLOCK_BYTES} bytes`,
      remedy: 'fetch the file again',
    })
  }
  return new FitsError('FITS_NO_END', location, 'the header has no END card', {
    found: `${Math.floor(readBytes / CARD_CHARS)} records up to the end of the file`,
    remedy: 'the file is truncated or damaged; fetch it again',
  })
}
