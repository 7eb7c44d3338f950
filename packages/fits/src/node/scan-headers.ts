import { type ByteSource, isSkyloomError, readExactly } from '@skyloom/base'
import { fileSource } from '@skyloom/base/node'
import type { FitsWarning } from '../errors.ts'
import { FitsFile } from '../hdu/fits-file.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { fileKind, MAGIC_BYTES } from '../hdu/magic.ts'
import { openFits } from '../hdu/open-fits.ts'
import { paddedBytes } from '../header/block.ts'
import { nodeGunzip } from './gunzip.ts'
import { gzipPrefixSource } from './gzip-prefix-source.ts'

/** Which headers of a file are read. */
export interface ScanHeadersOptions {
  /** Only the primary header; default false. */
  readonly primaryOnly?: boolean
  readonly signal?: AbortSignal | undefined
}

/** An HDU whose file is closed again: all that its header says, but no pixels. */
export type HduHeader = Omit<Hdu, 'source' | 'inflateTile'>

/** The headers of one file. */
export interface HeaderScan {
  readonly file: string
  /** Of the file on disk. */
  readonly sizeBytes: number
  readonly hdus: readonly HduHeader[]
  readonly warnings: readonly FitsWarning[]
}

/**
 * Reads the headers of a file of this machine and nothing else: of a plain file only header blocks, of a gzip file only as much as
 * holds its headers. With blocking calls: right in batch programs and workers, where thousands of files are scanned.
 *
 * @throws FitsError as `openFits` and `FitsFile.hdu`
 */
export async function scanHeaders(path: string, options: ScanHeadersOptions = {}): Promise<HeaderScan> {
  const source = await fileSource(path, { blocking: true })
  try {
    const head = await readExactly(source, 0, Math.min(MAGIC_BYTES, source.sizeBytes))
    const early = fileKind(head) === 'gzip' ? await scanPrefix(source, options) : undefined
    if (early !== undefined) return early
    await using file = await openFits(source, { gunzip: nodeGunzip, signal: options.signal })
    return await scanFile(file, source.sizeBytes, options)
  } finally {
    await source.close()
  }
}

async function scanFile(file: FitsFile, sizeBytes: number, options: ScanHeadersOptions): Promise<HeaderScan> {
  const hdus = options.primaryOnly === true ? [await file.hdu(0)] : await file.allHdus()
  return { file: file.name, sizeBytes, hdus: hdus.map(withoutSource), warnings: file.warnings }
}

function withoutSource(hdu: Hdu): HduHeader {
  const { index, type, name, version, header, bitpix, shape, pcount, gcount } = hdu
  const { headerOffset, dataOffset, dataBytes } = hdu
  return {
    index,
    type,
    name,
    version,
    header,
    bitpix,
    shape,
    pcount,
    gcount,
    headerOffset,
    dataOffset,
    dataBytes,
  }
}

/**
 * Scans without unpacking the data behind the last header; undefined when the stream is not that simple, or faulty: reading it whole
 * then tells what is wrong.
 */
async function scanPrefix(packed: ByteSource, options: ScanHeadersOptions): Promise<HeaderScan | undefined> {
  const prefix = await gzipPrefixSource(packed)
  if (prefix === undefined) return undefined
  try {
    const head = await readExactly(prefix, 0, Math.min(MAGIC_BYTES, prefix.sizeBytes))
    if (fileKind(head) !== 'fits') return undefined
    const file = new FitsFile(prefix, { signal: options.signal })
    const scan = await scanFile(file, packed.sizeBytes, options)
    const last = scan.hdus.at(-1)
    const end = last === undefined ? 0 : last.dataOffset + paddedBytes(last.dataBytes)
    const isTrusted = options.primaryOnly === true || (end === prefix.sizeBytes && scan.warnings.length === 0)
    return isTrusted ? scan : undefined
  } catch (error) {
    if (isSkyloomError(error) && error.code !== 'BASE_ABORTED') return undefined
    throw error
  }
}
