import { BaseError } from '../errors.ts'

/**
 * Random access to bytes that may be large or far away: a file, a blob, memory, HTTP ranges.
 * Reading never moves a position, so calls may run at the same time.
 */
export interface ByteSource {
  /** Shown in messages: a path, a URL without secrets, `memory`. */
  readonly name: string
  readonly sizeBytes: number
  /**
   * Fills `target` from byte `offset` on.
   *
   * @returns count of bytes read; less than `target.length` only at the end of the source
   * @throws BaseError `BASE_READ_FAILED`
   */
  readInto(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<number>
  close(): Promise<void>
}

/**
 * Exactly `length` bytes from `offset` on, in a fresh array.
 *
 * @throws BaseError `BASE_SHORT_READ` when the source ends before; nothing is allocated then
 */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (offset + length > source.sizeBytes) throw shortRead(source, offset, length)
  const target = new Uint8Array(length)
  const count = await source.readInto(target, offset, signal)
  if (count < length) throw shortRead(source, offset, length)
  return target
}

function shortRead(source: ByteSource, offset: number, length: number): BaseError {
  return new BaseError('BASE_SHORT_READ', 'the data end too early', {
    where: [source.name, `byte ${offset}`],
    found: `${source.sizeBytes} bytes in all`,
    allowed: `at least ${offset + length} bytes`,
    remedy: 'the file is truncated; fetch it again',
  })
}

/** Bytes that are in memory already; they are not copied. */
export function memorySource(bytes: Uint8Array, name: string = 'memory'): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    readInto(target, offset) {
      const part = bytes.subarray(offset, Math.min(bytes.length, offset + target.length))
      target.set(part)
      return Promise.resolve(part.length)
    },
    close: () => Promise.resolve(),
  }
}

/** A browser's `Blob` or `File`. */
export function blobSource(blob: Blob, name: string = 'blob'): ByteSource {
  return {
    name,
    sizeBytes: blob.size,
    async readInto(target, offset) {
      const part = new Uint8Array(await blob.slice(offset, offset + target.length).arrayBuffer())
      target.set(part)
      return part.length
    },
    close: () => Promise.resolve(),
  }
}
