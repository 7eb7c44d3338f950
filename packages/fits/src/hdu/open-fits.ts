import { type ByteSource, memorySource, readExactly } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import { type Gunzip, streamGunzip } from '../gzip/inflate.ts'
import { bunzip2 } from '../unpack/bunzip2.ts'
import { uncompress } from '../unpack/uncompress.ts'
import { FitsFile, type FitsFileOptions } from './fits-file.ts'
import { type FileKind, fileKind, MAGIC_BYTES, notFits } from './magic.ts'

/** How a file is opened. */
export interface OpenFitsOptions extends FitsFileOptions {
  /**
   * Largest size to which a packed file (gzip, bzip2, compress) may unpack; it is kept in memory. Default: 96 MiB, or 64 times the packed size when that
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
 * Opens a FITS file on any source of bytes. What gzip, bzip2 or compress (`.Z`) packed is recognised by its first bytes, whatever its
 * name, and unpacked in memory. On failure the source is closed.
 *
 * @throws FitsError `FITS_NOT_FITS`, `FITS_FOREIGN_COMPRESSION`, `FITS_BAD_GZIP`, `FITS_BAD_PACKING`, `FITS_TOO_LARGE`
 */
export async function openFits(source: ByteSource, options: OpenFitsOptions = {}): Promise<FitsFile> {
  try {
    const head = await readHead(source, options)
    const kind = fileKind(head)
    if (kind === 'fits') return new FitsFile(source, options)
    if (!isPacked(kind)) throw notFits(kind, head, { file: source.name })
    return new FitsFile(await unpacked(source, kind, options), options)
  } catch (error) {
    await source.close()
    throw error
  }
}

type Packing = 'gzip' | 'bzip2' | 'compress'

function isPacked(kind: FileKind): kind is Packing {
  return kind === 'gzip' || kind === 'bzip2' || kind === 'compress'
}

async function unpack(
  packed: Uint8Array,
  packing: Packing,
  maxBytes: number,
  file: string,
  gunzip: Gunzip = streamGunzip,
): Promise<Uint8Array> {
  if (packing === 'gzip') return await gunzip(packed, maxBytes, { file })
  return packing === 'bzip2' ? bunzip2(packed, maxBytes, { file }) : uncompress(packed, maxBytes, { file })
}

async function readHead(source: ByteSource, options: OpenFitsOptions): Promise<Uint8Array> {
  return await readExactly(source, 0, Math.min(MAGIC_BYTES, source.sizeBytes), options.signal)
}

async function unpacked(source: ByteSource, packing: Packing, options: OpenFitsOptions): Promise<ByteSource> {
  const { name } = source
  const plausibleBytes = Math.max(HARMLESS_BYTES, PLAUSIBLE_RATIO * source.sizeBytes)
  const maxBytes = options.maxInflatedBytes ?? Math.min(MOST_BYTES, plausibleBytes)
  if (source.sizeBytes > maxBytes) {
    throw new FitsError(
      'FITS_TOO_LARGE',
      { file: name },
      'the packed file is larger than the reader allows',
      {
        found: `${source.sizeBytes} bytes`,
        allowed: `${maxBytes} bytes`,
      },
    )
  }
  const packed = await readExactly(source, 0, source.sizeBytes, options.signal)
  const bytes = await unpack(packed, packing, maxBytes, name, options.gunzip)
  await source.close()
  const head = bytes.subarray(0, MAGIC_BYTES)
  const kind = fileKind(head)
  if (kind !== 'fits') throw notFits(kind, head, { file: name })
  return memorySource(bytes, name)
}
