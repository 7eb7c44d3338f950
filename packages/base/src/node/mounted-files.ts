import { resolve } from 'node:path'
import type { ByteSink } from '../bytes/sink.ts'
import type { ByteSource } from '../bytes/source.ts'

/** A file whose content is not where its path says: in memory, or under another path. */
export interface MountedFile {
  readonly sizeBytes: number
  /** Its content, under the path as its name. */
  open(): ByteSource | Promise<ByteSource>
}

/**
 * Files of this thread that programs find under paths although no file system has them there. Readers and writers of this package
 * ask it first; paths are absolute and without `.` and `..`.
 */
export interface MountedFiles {
  find(path: string): MountedFile | undefined
  /** Names of the files directly in a folder. */
  namesIn(folder: string): readonly string[]
  /** Takes a file that is to be written; `undefined` leaves it to the file system. */
  create(path: string): ByteSink | undefined
}

/** Of all copies of this module in a thread: programs that are bundled have one each. */
const PLACE = Symbol.for('skyloom.mounted-files')

/** Mounts files in this thread, in place of those that were mounted before; `undefined` mounts none. */
export function mountFiles(files: MountedFiles | undefined): void {
  Reflect.set(globalThis, PLACE, files)
}

/** Files that are mounted in this thread. */
export function mountedFiles(): MountedFiles | undefined {
  // Only `mountFiles` writes there.
  return Reflect.get(globalThis, PLACE) as MountedFiles | undefined
}

/** The mounted file under a path; `undefined` where the file system decides. */
export function mountedFile(path: string): MountedFile | undefined {
  return mountedFiles()?.find(resolve(path))
}
