import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { BaseError } from '@skyloom/base'
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
export async function writePlannedFiles(folder: string, files: Iterable<PlannedFile>): Promise<number> {
  const made = new Set<string>()
  let count = 0
  for (const file of files) {
    const path = join(folder, file.path)
    try {
      const parent = dirname(path)
      if (!made.has(parent)) mkdirSync(parent, { recursive: true })
      made.add(parent)
      writePlannedFile(path, file)
    } catch (cause) {
      throw writeFailed(path, cause)
    }
    count++
    if (count % FILES_PER_TURN === 0) await setImmediate()
  }
  return count
}

function writePlannedFile(path: string, file: PlannedFile): void {
  const handle = openSync(path, 'wx')
  try {
    let text = ''
    for (const chunk of file.chunks) {
      text += chunk
      if (text.length < BUFFER_CHARS) continue
      writeText(handle, text)
      text = ''
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

function writeFailed(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (typeof code !== 'string') return cause
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BaseError('BASE_DISK_FULL', 'no space is left for the run', {
      where: [path],
      remedy: 'free space or choose another directory; nothing was left behind',
      cause,
    })
  }
  const found = cause instanceof Error ? cause.message : code
  return new BaseError('BASE_WRITE_FAILED', 'a file of the run cannot be written', {
    where: [path],
    found,
    cause,
  })
}
