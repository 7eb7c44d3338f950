import { type ByteSource, throwIfAborted } from '@skyloom/base'
import { Sum32 } from './sum32.ts'

/** Bytes that are read at once. */
const PIECE_BYTES = 1024 * 1024

/** Sum of the bytes from `start` up to `end`, or up to the end of the source. */
export async function sumBytes(
  source: ByteSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<number> {
  const last = Math.min(end, source.sizeBytes)
  const sum = new Sum32()
  const buffer = new Uint8Array(Math.max(0, Math.min(PIECE_BYTES, last - start)))
  for (let offset = start; offset < last; ) {
    throwIfAborted(signal)
    const count = await source.readInto(
      buffer.subarray(0, Math.min(buffer.length, last - offset)),
      offset,
      signal,
    )
    if (count === 0) break
    sum.add(buffer.subarray(0, count))
    offset += count
  }
  return sum.value
}
