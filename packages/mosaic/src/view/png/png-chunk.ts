import { crc32 } from './crc32.ts'

/** The eight bytes that begin a PNG. */
export const PNG_SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/**
 * A chunk of a PNG: length, type, body and checksum.
 *
 * Source: W3C PNG specification, third edition.
 *
 * @param type four letters
 * @param checksum CRC-32; platforms may have a faster one
 */
export function pngChunk(
  type: string,
  body: Uint8Array = new Uint8Array(0),
  checksum: (bytes: Uint8Array) => number = crc32,
): Uint8Array {
  const bytes = new Uint8Array(body.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, body.length)
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i)
  bytes.set(body, 8)
  view.setUint32(body.length + 8, checksum(bytes.subarray(4, body.length + 8)))
  return bytes
}

/** The chunk `IHDR` of grey or RGB pixels of 8 bits each, not interlaced. */
export function pngHeader(width: number, height: number, channels: 1 | 3): Uint8Array {
  const body = new DataView(new ArrayBuffer(13))
  body.setUint32(0, width)
  body.setUint32(4, height)
  body.setUint8(8, 8)
  body.setUint8(9, channels === 1 ? 0 : 2)
  return pngChunk('IHDR', new Uint8Array(body.buffer))
}
