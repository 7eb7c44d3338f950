import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

const HASH_STEP_BYTES = 1024 * 1024

/** SHA-256 of a file, hexadecimal. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(HASH_STEP_BYTES)
  const fd = openSync(path, 'r')
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      hash.update(buffer.subarray(0, count))
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}
