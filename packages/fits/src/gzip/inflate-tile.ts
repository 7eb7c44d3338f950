import { Gunzip } from 'fflate'

/**
 * Unpacks a gzip stream of a few kilobytes to megabytes at once: the port behind which Node uses zlib and browsers
 * `portableInflateTile`.
 *
 * @returns undefined when the stream is damaged or unpacks to more than `maxBytes`
 */
export type InflateTile = (packed: Uint8Array, maxBytes: number) => Uint8Array | undefined

/** Packed bytes taken at once: they unpack to at most 1032 times as many, so that no stream fills the memory. */
const PIECE_BYTES = 32 * 1024
/** Checksum and length behind the packed bytes. */
const TRAILER_BYTES = 8

/** {@link InflateTile} for every platform. */
export const portableInflateTile: InflateTile = (packed, maxBytes) => {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  const stream = new Gunzip((part) => {
    sizeBytes += part.length
    if (sizeBytes > maxBytes) throw new RangeError('too large')
    parts.push(part)
  })
  try {
    for (let at = 0; at < packed.length; at += PIECE_BYTES) {
      stream.push(packed.slice(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length)
    }
  } catch {
    // The library throws plain errors for damage; there is only one answer to all of them.
    return undefined
  }
  const bytes = new Uint8Array(sizeBytes)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return packed.length > TRAILER_BYTES && hasTrailer(packed, bytes) ? bytes : undefined
}

/** The stream's own checksum and length (RFC 1952, section 2.3.1). */
function hasTrailer(packed: Uint8Array, bytes: Uint8Array): boolean {
  const view = new DataView(packed.buffer, packed.byteOffset + packed.length - TRAILER_BYTES, TRAILER_BYTES)
  return view.getUint32(4, true) === bytes.length >>> 0 && view.getUint32(0, true) === crc32(bytes)
}

let crcTable: Uint32Array | undefined

/** CRC-32 of gzip. Source: RFC 1952, section 8. */
function crc32(bytes: Uint8Array): number {
  const table = (crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value >>> 0
  }))
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
