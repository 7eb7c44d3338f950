import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { ByteSource } from '../bytes/source.ts'
import { BaseError } from '../errors.ts'
import { mountedFile } from './mounted-files.ts'

/** How a file is read. */
export interface FileSourceOptions {
  /**
   * Read with blocking calls. Right in worker threads and batch programs, where it is several times
   * faster than the promise API; wrong on the event loop of a server.
   */
  readonly blocking?: boolean
}

/**
 * A file of this machine, or one that is mounted under its path.
 *
 * @throws BaseError `BASE_READ_FAILED` when it cannot be opened, or is a directory, a pipe or a device
 */
export async function fileSource(path: string, options: FileSourceOptions = {}): Promise<ByteSource> {
  const mounted = mountedFile(path)
  if (mounted !== undefined) return await mounted.open()
  return options.blocking === true ? blockingSource(path) : await asyncSource(path)
}

/** Opening a pipe would wait for a writer for ever without the second flag; it means nothing for files. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/** @throws Error for what has no bytes at places */
function checkFile(stat: Stats): void {
  if (stat.isDirectory()) throw new Error('it is a directory')
  if (!stat.isFile()) throw new Error('it is a pipe or a device')
}

function readFailed(path: string, cause: unknown): BaseError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new BaseError('BASE_READ_FAILED', 'the file cannot be read', { where: [path], found: text, cause })
}

function blockingSource(path: string): ByteSource {
  const fd = openBlocking(path)
  const sizeBytes = fstatSync(fd).size
  let isOpen = true
  return {
    name: path,
    sizeBytes,
    readInto(target, offset) {
      try {
        let count = 0
        while (count < target.length) {
          const got = readSync(fd, target, count, target.length - count, offset + count)
          if (got === 0) break
          count += got
        }
        return Promise.resolve(count)
      } catch (cause) {
        return Promise.reject(readFailed(path, cause))
      }
    },
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
      return Promise.resolve()
    },
  }
}

function openBlocking(path: string): number {
  let fd = -1
  try {
    fd = openSync(path, OPEN_FLAGS)
    checkFile(fstatSync(fd))
    return fd
  } catch (cause) {
    if (fd >= 0) closeSync(fd)
    throw readFailed(path, cause)
  }
}

async function asyncSource(path: string): Promise<ByteSource> {
  const handle = await open(path, OPEN_FLAGS).catch((cause: unknown) => {
    throw readFailed(path, cause)
  })
  const stat = await handle.stat()
  try {
    checkFile(stat)
  } catch (cause) {
    await handle.close()
    throw readFailed(path, cause)
  }
  return {
    name: path,
    sizeBytes: stat.size,
    async readInto(target, offset) {
      try {
        let count = 0
        while (count < target.length) {
          const { bytesRead } = await handle.read(target, count, target.length - count, offset + count)
          if (bytesRead === 0) break
          count += bytesRead
        }
        return count
      } catch (cause) {
        throw readFailed(path, cause)
      }
    },
    close: () => handle.close(),
  }
}
