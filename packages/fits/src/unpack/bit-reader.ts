/** Bits of a byte array, most significant first. Beyond the end there are zeros; {@link BitReader.isPastEnd} tells. */
export interface BitReader {
  /** The next 1 to 24 bits as a number. */
  read(count: number): number
  /** Goes on at the next whole byte. */
  alignToByte(): void
  bytesLeft(): number
  isPastEnd(): boolean
}

/** Reads from the first bit on. */
export function bitReader(bytes: Uint8Array): BitReader {
  let position = 0
  let buffer = 0
  let buffered = 0
  return {
    read(count) {
      while (buffered < count) {
        buffer = ((buffer << 8) | (bytes[position++] ?? 0)) & 0x7fffffff
        buffered += 8
      }
      buffered -= count
      return (buffer >> buffered) & ((1 << count) - 1)
    },
    alignToByte() {
      position -= buffered >> 3
      buffered = 0
    },
    bytesLeft: () => bytes.length - position + (buffered >> 3),
    isPastEnd: () => position - (buffered >> 3) > bytes.length,
  }
}
