import type { Stats } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readExactly } from '../bytes/source.ts'
import { mountedFile, mountedFiles } from './mounted-files.ts'

/** What is known of a path without reading what is there. */
export interface FileFacts {
  /** `stream`: a pipe or a terminal, whose reader waits for someone who writes. */
  readonly kind: 'file' | 'folder' | 'stream' | 'other'
  readonly sizeBytes: number
  /** Time of the last change, milliseconds since 1970; 0 for a mounted file, which never changes. */
  readonly changedMs: number
}

/**
 * Facts of a path of this machine; links are followed.
 *
 * @throws Error of the system when nothing is there or it may not be looked at
 */
export async function fileFacts(path: string): Promise<FileFacts> {
  const mounted = mountedFile(path)
  if (mounted !== undefined) return { kind: 'file', sizeBytes: mounted.sizeBytes, changedMs: 0 }
  const facts = await stat(path)
  return { kind: kindOf(facts), sizeBytes: facts.size, changedMs: facts.mtimeMs }
}

function kindOf(facts: Stats): FileFacts['kind'] {
  if (facts.isFile()) return 'file'
  if (facts.isDirectory()) return 'folder'
  return facts.isFIFO() || facts.isCharacterDevice() ? 'stream' : 'other'
}

/**
 * The text of a whole file.
 *
 * @throws Error of the system, BaseError of a mounted file
 */
export async function readFileText(path: string, encoding: 'utf8' | 'latin1'): Promise<string> {
  const mounted = mountedFile(path)
  if (mounted === undefined) return await readFile(path, encoding)
  const source = await mounted.open()
  try {
    return Buffer.from(await readExactly(source, 0, source.sizeBytes)).toString(encoding)
  } finally {
    await source.close()
  }
}

/**
 * Writes a text as it comes, not the atomic way: for what another program may read while it is written.
 *
 * @throws Error of the system
 */
export async function writeFileText(path: string, text: string): Promise<void> {
  const sink = mountedFiles()?.create(resolve(path))
  if (sink === undefined) {
    await writeFile(path, text)
    return
  }
  await sink.write(Buffer.from(text))
  await sink.commit()
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string
  /** A link to a folder is none. */
  readonly isFolder: boolean
}

/**
 * Files and folders directly in a folder, in no order.
 *
 * @throws Error of the system when it cannot be read
 */
export async function folderEntries(path: string): Promise<readonly FolderEntry[]> {
  const entries = await readdir(path, { withFileTypes: true })
  const found = new Map(entries.map((entry) => [entry.name, entry.isDirectory()]))
  for (const name of mountedFiles()?.namesIn(resolve(path)) ?? []) found.set(name, false)
  return [...found].map(([name, isFolder]) => ({ name, isFolder }))
}
