import { FitsError, type FitsLocation } from '../errors.ts'
import { latin1Text } from '../header/latin1.ts'

/** What a file is by its first bytes, whatever its name. */
export type FileKind =
  | 'fits'
  | 'gzip'
  | 'bzip2'
  | 'compress'
  | 'zip'
  | 'xz'
  | 'zstd'
  | 'html'
  | 'empty'
  | 'unknown'

/** Bytes that {@link fileKind} needs. */
export const MAGIC_BYTES = 80

const MAGIC: readonly (readonly [FileKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]], // RFC 1952, section 2.3.1
  ['compress', [0x1f, 0x9d]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]

/** Recognises a file by its first bytes. */
export function fileKind(head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty'
  const found = MAGIC.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))
  if (found !== undefined) return found[0]
  const text = latin1Text(head.subarray(0, MAGIC_BYTES))
  // SIMPLE in columns 1 to 6, the value indicator in column 9 (FITS Standard 4.0, section 4.4.1.1).
  if (/^SIMPLE {2}=/.test(text)) return 'fits'
  return /^\s*<(?:!doctype|html|\?xml)/i.test(text) ? 'html' : 'unknown'
}

const REMEDIES: Partial<Record<FileKind, string>> = {
  zip: 'unpack it with unzip first',
  xz: 'unpack it with unxz first',
  zstd: 'unpack it with unzstd first',
}

/** The error for a file that is neither FITS nor a stream that can be unpacked. */
export function notFits(kind: FileKind, head: Uint8Array, location: FitsLocation): FitsError {
  const remedy = REMEDIES[kind]
  if (remedy !== undefined) {
    return new FitsError('FITS_FOREIGN_COMPRESSION', location, `the file is compressed (${kind})`, {
      allowed: 'FITS, plain or packed by gzip, bzip2 or compress',
      remedy,
    })
  }
  const found =
    kind === 'empty' ? 'no bytes at all' : kind === 'html' ? 'a web page' : latin1Text(head.subarray(0, 20))
  return new FitsError('FITS_NOT_FITS', location, 'the file is not a FITS file', {
    found,
    allowed: "a first card 'SIMPLE  ='",
    remedy:
      kind === 'html' ? 'a server sent a page instead of the file; fetch it again' : 'fetch the file again',
  })
}
