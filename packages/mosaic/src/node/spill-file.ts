import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { BaseError } from '@skyloom/base'

/** Scratch space on disk for planes that memory does not hold. It has no name once it is open. */
export interface SpillFile {
  /** Bytes written so far. */
  readonly sizeBytes: number
  /** Appends bytes and returns where they start. */
  append(bytes: Uint8Array): number
  read(target: Uint8Array, offset: number): void
  close(): void
}

/**
 * Opens a spill file. It is unlinked at once, so nothing is left of it whatever happens to the process.
 *
 * @throws BaseError `BASE_DISK_FULL`, `BASE_WRITE_FAILED`, `BASE_READ_FAILED`
 */
export function openSpillFile(path: string): SpillFile {
  const fd = guarded(path, 'BASE_WRITE_FAILED', () => openSync(path, 'wx+', 0o600))
  rmSync(path, { force: true })
  let sizeBytes = 0
  let isOpen = true
  return {
    get sizeBytes() {
      return sizeBytes
    },
    append(bytes) {
      const start = sizeBytes
      guarded(path, 'BASE_WRITE_FAILED', () => {
        let done = 0
        while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, start + done)
      })
      sizeBytes += bytes.length
      return start
    },
    read(target, offset) {
      guarded(path, 'BASE_READ_FAILED', () => {
        let done = 0
        while (done < target.length) {
          const count = readSync(fd, target, done, target.length - done, offset + done)
          if (count === 0) throw new Error('the spill file ends early')
          done += count
        }
      })
    },
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

function guarded<T>(path: string, code: 'BASE_WRITE_FAILED' | 'BASE_READ_FAILED', work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const system = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (system === 'ENOSPC' || system === 'EDQUOT') {
      throw new BaseError('BASE_DISK_FULL', 'no space is left for intermediate images', {
        where: [path],
        remedy: 'free space, choose another output folder, or raise --memory so that nothing is spilled',
        cause,
      })
    }
    throw new BaseError(code, 'intermediate images cannot be kept on disk', { where: [path], cause })
  }
}
