import { type ByteSource, memorySource, readExactly } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import { type Gunzip, streamGunzip } from '../gzip/inflate.ts'
import { FitsFile, type FitsFileOptions } from './fits-file.ts'
import { fileKind, MAGIC_BYTES, notFits } from './magic.ts'

/** How a file is opened. */
export interface OpenFitsOptions extends FitsFileOptions {
  /**
   * Largest size to which a gzip stream may unpack; it is kept in memory. Default: 96 MiB, or 64 times the packed size when that
   * is more, and never above 4 GiB; images pack 2 to 10 times, so what exceeds this is most likely a bomb.
   */
  readonly maxInflatedBytes?: number | undefined
  /** Default: the `DecompressionStream` of the platform. */
  readonly gunzip?: Gunzip | undefined
}

const HARMLESS_BYTES = 96 * 1024 ** 2
const PLAUSIBLE_RATIO = 64
const MOST_BYTES = 4 * 1024 ** 3

/**
 * Opens a FITS file on any source of bytes. A gzip stream is recognised by its first bytes, whatever its name, and
 * unpacked in memory. On failure the source is closed.
 *
 * @throws FitsError `FITS_NOT_FITS`, `FITS_FOREIGN_COMPRESSION`, `FITS_BAD_GZIP`, `FITS_TOO_LARGE`
 */
export async function openFits(source: ByteSource, options: OpenFitsOptions = {}): Promise<FitsFile> {
  try {
    const head = await readHead(source, options)
    const kind = fileKind(head)
    if (kind === 'fits') return new FitsFile(source, options)
    if (kind !== 'gzip') throw notFits(kind, head, { file: source.name })
    return new FitsFile(await inflated(source, options), options)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function readHead(source: ByteSource, options: OpenFitsOptions): Promise<Uint8Array> {
  return await readExactly(source, 0, Math.min(MAGIC_BYTES, source.sizeBytes), options.signal)
}

async function inflated(source: ByteSource, options: OpenFitsOptions): Promise<ByteSource> {
  const { name } = source
  const plausibleBytes = Math.max(HARMLESS_BYTES, PLAUSIBLE_RATIO * source.sizeBytes)
  const maxBytes = options.maxInflatedBytes ?? Math.min(MOST_BYTES, plausibleBytes)
  if (source.sizeBytes > maxBytes) {
    throw new FitsError(
      'FITS_TOO_LARGE',
      { file: name },
      'the gzip stream is larger than the reader allows',
      {
        found: `${source.sizeBytes} bytes`,
        allowed: `${maxBytes} bytes`,
      },
    )
  }
  const packed = await readExactly(source, 0, source.sizeBytes, options.signal)
  const bytes = await (options.gunzip ?? streamGunzip)(packed, maxBytes, { file: name })
  await source.close()
  const head = bytes.subarray(0, MAGIC_BYTES)
  const kind = fileKind(head)
  if (kind !== 'fits') throw notFits(kind, head, { file: name })
  return memorySource(bytes, name)
}
