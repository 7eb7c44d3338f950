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
      if (isEndRecord(bytes, searched)) {
        const origin = { file: source.name, hdu: options.hdu, byteOffset: headerOffset }
        const header = parseHeaderRecords(latin1Text(bytes.subarray(0, searched)), origin)
        const blocks = Math.floor(searched / BLOCK_BYTES) + 1
        return { header, headerOffset, dataOffset: headerOffset + blocks * BLOCK_BYTES }
      }
    }
    if (bytes.length < length || length === end)
      throw noEnd(source, headerOffset, bytes.length, options, maxBytes)
    wanted = bytes.length * 4
  }
}

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
