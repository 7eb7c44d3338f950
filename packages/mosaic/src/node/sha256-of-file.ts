import { createHash } from 'node:crypto'
import { fileSource } from '@skyloom/base/node'

/** Large enough for a system call, small enough to stay in the second-level cache. */
const HASH_STEP_BYTES = 256 * 1024

/**
 * SHA-256 of a file, hexadecimal.
 *
 * @throws BaseError `BASE_READ_FAILED`
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const source = await fileSource(path, { blocking: true })
  const buffer = new Uint8Array(Math.min(HASH_STEP_BYTES, source.sizeBytes))
  try {
    for (let offset = 0; offset < source.sizeBytes; ) {
      const count = await source.readInto(buffer, offset)
      if (count === 0) break
      hash.update(buffer.subarray(0, count))
      offset += count
    }
  } finally {
    await source.close()
  }
  return hash.digest('hex')
}
