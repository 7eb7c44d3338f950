/** A place in a stream of bits, most significant bit of each byte first. Plain data, so loops may keep it in registers. */
export interface BitReader {
  readonly bytes: Uint8Array
  /** Index of the next bit. Past the end all bits are 0; see {@link isPastEnd}. */
  bit: number
}

/** The next `count` bits as a number, at most 16 of them. */
export function readBits(reader: BitReader, count: number): number {
  const bits = peekBits(reader, count)
  reader.bit += count
  return bits
}

/** Like {@link readBits}, without moving on. */
export function peekBits(reader: BitReader, count: number): number {
  const { bytes, bit } = reader
  const at = bit >>> 3
  const window =
    at + 2 < bytes.length
      ? (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
      : ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8)
  return (window >>> (24 - count - (bit & 7))) & ((1 << count) - 1)
}

/** True when more bits were read than there are. */
export function isPastEnd(reader: BitReader): boolean {
  return reader.bit > reader.bytes.length * 8
}
