import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ByteSink } from '../bytes/sink.ts'
import { BaseError } from '../errors.ts'
import { mountedFile, mountedFiles } from './mounted-files.ts'

/** How a file is written. */
export interface AtomicFileOptions {
  /** An existing file may be replaced. */
  readonly overwrite?: boolean
  /** Write with blocking calls, as for `fileSource`: right for large files in batch programs and workers. */
  readonly blocking?: boolean
}

/** A sink that is a file of this process, into which other threads may write too. */
export interface FileSink extends ByteSink {
  /** Of the file until `commit` or `discard`; see {@link writeAllAt}. */
  readonly descriptor: number
  skip(byteCount: number): void
  /** Lets the disk begin with what is there by now, so that `commit` waits less. What fails then fails in `commit`. */
  flush(): void
}

/** Whether a sink is a file that other threads can write to. */
export function isFileSink(sink: ByteSink): sink is FileSink {
  return 'descriptor' in sink && sink.skip !== undefined
}

/**
 * Writes bytes into an open file with blocking calls.
 *
 * @param path name of the file, for messages
 * @throws BaseError `BASE_WRITE_FAILED`, `BASE_DISK_FULL`
 */
export function writeAllAt(descriptor: number, bytes: Uint8Array, offset: number, path: string): void {
  try {
    for (let count = 0; count < bytes.length; )
      count += writeSync(descriptor, bytes, count, bytes.length - count, offset + count)
  } catch (cause) {
    throw writeFailed(path, cause)
  }
}

/** Mark in the name of files that are being written; what carries it was left by a crash and may be deleted. */
export const PARTIAL_MARK = '.partial-'

/**
 * A file that appears under its name only when complete: written beside it under a temporary name,
 * synced, renamed, and the folder synced. Where files are mounted they may take it.
 *
 * @throws BaseError `BASE_EXISTS`, `BASE_WRITE_FAILED`, `BASE_DISK_FULL`
 */
export async function atomicFile(path: string, options: AtomicFileOptions = {}): Promise<ByteSink> {
  if (options.overwrite !== true && (await exists(path))) {
    throw new BaseError('BASE_EXISTS', 'the file exists already', {
      where: [path],
      remedy: 'choose another name or allow overwriting',
    })
  }
  const mounted = mountedFiles()?.create(resolve(path))
  if (mounted !== undefined) return mounted
  const partial = join(
    dirname(path),
    `.${basename(path).slice(0, 200)}${PARTIAL_MARK}${randomBytes(6).toString('hex')}`,
  )
  const handle = await open(partial, 'wx').catch((cause: unknown) => {
    throw writeFailed(path, cause)
  })
  return new AtomicFile(path, partial, handle, options.blocking === true)
}

class AtomicFile implements FileSink {
  readonly name: string
  readonly #partial: string
  readonly #handle: FileHandle
  readonly #isBlocking: boolean
  #offset = 0
  #isOpen = true
  #flushing: Promise<void> | undefined
  #flushError: Error | undefined

  constructor(name: string, partial: string, handle: FileHandle, isBlocking: boolean) {
    this.#isBlocking = isBlocking
    this.name = name
    this.#partial = partial
    this.#handle = handle
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#writeAll(bytes, this.#offset)
    this.#offset += bytes.length
  }

  async writeAt(bytes: Uint8Array, offset: number): Promise<void> {
    await this.#writeAll(bytes, offset)
  }

  get descriptor(): number {
    return this.#handle.fd
  }

  skip(byteCount: number): void {
    this.#offset += byteCount
  }

  flush(): void {
    this.#flushing ??= this.#handle
      .datasync()
      .catch((error: unknown) => {
        // The system tells it once: the sync of `commit` would not hear of it again.
        this.#flushError ??= error instanceof Error ? error : new Error(String(error))
      })
      .finally(() => {
        this.#flushing = undefined
      })
  }

  async #writeAll(bytes: Uint8Array, offset: number): Promise<void> {
    if (this.#isBlocking) {
      writeAllAt(this.#handle.fd, bytes, offset, this.name)
      return
    }
    try {
      for (let count = 0; count < bytes.length; )
        count += (await this.#handle.write(bytes, count, bytes.length - count, offset + count)).bytesWritten
    } catch (cause) {
      throw writeFailed(this.name, cause)
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#flushing
      if (this.#flushError !== undefined) throw this.#flushError
      await this.#handle.sync()
      await this.#close()
      await rename(this.#partial, this.name)
      await syncFolder(dirname(this.name))
    } catch (cause) {
      await this.discard()
      throw writeFailed(this.name, cause)
    }
  }

  async discard(): Promise<void> {
    await this.#close()
    await rm(this.#partial, { force: true })
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#flushing
    await this.#handle.close()
  }
}

/** Writes a whole file the atomic way. */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  options?: AtomicFileOptions,
): Promise<void> {
  const sink = await atomicFile(path, options)
  try {
    await sink.write(typeof content === 'string' ? new TextEncoder().encode(content) : content)
    await sink.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  if (mountedFile(path) !== undefined) return true
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function writeFailed(path: string, cause: unknown): BaseError {
  const system = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (system === 'ENOSPC' || system === 'EDQUOT') {
    return new BaseError('BASE_DISK_FULL', 'no space is left for the file', {
      where: [path],
      remedy: 'free space or choose another folder; nothing was left behind',
      cause,
    })
  }
  const text = cause instanceof Error ? cause.message : String(cause)
  return new BaseError('BASE_WRITE_FAILED', 'the file cannot be written', {
    where: [path],
    found: text,
    cause,
  })
}
