/**
 * Where bytes are written, in order. Nothing is visible under the final name before `commit`;
 * `discard` (or a crash) leaves nothing there.
 */
export interface ByteSink {
  readonly name: string
  write(bytes: Uint8Array): Promise<void>
  /**
   * Overwrites bytes that were written before; the end does not move. FITS writers use it to
   * put checksums into a header once the data are known.
   */
  writeAt(bytes: Uint8Array, offset: number): Promise<void>
  /** Moves the end over bytes that others write there before `commit`; only where others can. */
  skip?(byteCount: number): void
  /** Makes the bytes durable and visible under the final name. */
  commit(): Promise<void>
  /** Throws everything away. Safe to call after a failure and more than once. */
  discard(): Promise<void>
}

/** A sink that keeps its bytes in memory; `bytes()` is what was written so far. */
export interface MemorySink extends ByteSink {
  bytes(): Uint8Array
}

/** An empty {@link MemorySink}. */
export function memorySink(name: string = 'memory'): MemorySink {
  let buffer = new Uint8Array(4096)
  let length = 0
  return {
    name,
    write(bytes) {
      if (length + bytes.length > buffer.length) {
        const larger = new Uint8Array(Math.max(buffer.length * 2, length + bytes.length))
        larger.set(buffer.subarray(0, length))
        buffer = larger
      }
      buffer.set(bytes, length)
      length += bytes.length
      return Promise.resolve()
    },
    writeAt(bytes, offset) {
      buffer.set(bytes, offset)
      return Promise.resolve()
    },
    commit: () => Promise.resolve(),
    discard() {
      length = 0
      return Promise.resolve()
    },
    bytes: () => buffer.slice(0, length),
  }
}
