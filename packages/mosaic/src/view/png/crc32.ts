/** Remainders of all bytes for the polynomial 0xEDB88320. */
const REMAINDERS: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

/** Checksum of a PNG chunk (ISO 3309). Goes on from the checksum of earlier bytes when it is given. */
export function crc32(bytes: Uint8Array, before: number = 0): number {
  let crc = ~before
  for (let i = 0; i < bytes.length; i++) crc = REMAINDERS[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
