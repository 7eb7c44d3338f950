import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { BaseError, throwIfAborted } from '@skyloom/base'
import type { PlannedFile } from '../executable/planned-file.ts'

/** Text that is gathered before it is written, characters. */
const BUFFER_CHARS = 256 * 1024
/** Files after which other work of the process gets its turn. */
const FILES_PER_TURN = 256

/**
 * Writes files of a run below a folder; those directly in it and catalogs are synced.
 *
 * @returns count of files
 * @throws {BaseError} `BASE_DISK_FULL`, `BASE_WRITE_FAILED`
 */
export async function writePlannedFiles(
  folder: string,
  files: Iterable<PlannedFile>,
  signal?: AbortSignal,
): Promise<number> {
  const made = new Set<string>()
  let count = 0
  for (const file of files) {
    const path = join(folder, file.path)
    try {
      const parent = dirname(path)
      if (!made.has(parent)) mkdirSync(parent, { recursive: true })
      made.add(parent)
      await writePlannedFile(path, file, signal)
    } catch (cause) {
      throw writeFailed(path, cause)
    }
    count++
    if (count % FILES_PER_TURN !== 0) continue
    await setImmediate()
    throwIfAborted(signal)
  }
  return count
}

async function writePlannedFile(
  path: string,
  file: PlannedFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = openSync(path, 'wx')
  try {
    let text = ''
    for (const chunk of file.chunks) {
      text += chunk
      if (text.length < BUFFER_CHARS) continue
      writeText(handle, text)
      text = ''
      await setImmediate()
      throwIfAborted(signal)
    }
    writeText(handle, text)
    if (file.isExecutable) fchmodSync(handle, 0o755)
    // Of the many small files of jobs, the rename of the whole directory takes care.
    if (!/^\w\w\//.test(file.path)) fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function writeText(handle: number, text: string): void {
  const bytes = new TextEncoder().encode(text)
  let offset = 0
  while (offset < bytes.length) offset += writeSync(handle, bytes, offset)
}

/** An error of the file system with the path it is about; other errors stay what they are. */
export function writeFailed(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return cause
  const { code, message } = cause
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BaseError('BASE_DISK_FULL', 'no space is left for the run', {
      where: [path],
      remedy: 'free space or choose another directory; nothing was left behind',
      cause,
    })
  }
  return new BaseError('BASE_WRITE_FAILED', 'a file of the run cannot be written', {
    where: [path],
    found: message,
    cause,
  })
}
