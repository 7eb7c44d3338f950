/** Bytes whose number is not known beforehand, up to a limit. */
export class GrowingBytes {
  readonly #maxBytes: number
  #buffer: Uint8Array
  #length = 0

  constructor(maxBytes: number, expectedBytes: number) {
    this.#maxBytes = maxBytes
    this.#buffer = new Uint8Array(Math.min(maxBytes, Math.max(4096, expectedBytes)))
  }

  get length(): number {
    return this.#length
  }

  /** Makes room for so many more bytes; false when that is beyond the limit. */
  reserve(count: number): boolean {
    const needed = this.#length + count
    if (needed > this.#maxBytes) return false
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#buffer.length * 2)))
      larger.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = larger
    }
    return true
  }

  /** Adds a byte for which room was reserved. */
  push(byte: number): void {
    this.#buffer[this.#length++] = byte
  }

  /** What was added so far; not a copy. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }
}
