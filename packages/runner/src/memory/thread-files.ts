import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ByteSink, ByteSource } from '@skyloom/base'
import { fileSource, type MountedFile, type MountedFiles } from '@skyloom/base/node'
import { type Extent, type FileContent, piecesOf, readExtents, writeExtents } from './extent.ts'

/** Files of one call as its thread sees them. */
export interface CallFiles {
  /** What the call finds under a path. */
  readonly reads: readonly { readonly path: string; readonly content: FileContent }[]
  /** Paths that it may write in memory. */
  readonly writes: readonly string[]
}

/** A file that a call wrote to its end. */
export interface WrittenFile {
  readonly path: string
  readonly sizeBytes: number
  /** Its hash and the ids of the extents with its bytes, in order, or where it lies on disk because there was no room. */
  readonly place:
    | { readonly kind: 'memory'; readonly sha256: string; readonly extents: readonly number[] }
    | { readonly kind: 'disk'; readonly path: string }
}

/** Asks for space in memory: for so many bytes, and more where that is free; nothing when there is none. */
export type AskSpace = (bytes: number, wishedBytes: number) => Promise<readonly Extent[] | undefined>

interface OpenCall {
  readonly written: Map<string, WrittenFile>
}

/** Files that calls of this thread find under their paths although they are in memory, or lie elsewhere. */
export class ThreadFiles implements MountedFiles {
  /** Tasks of a cluster share a folder, so that several calls may have mounted a file. */
  readonly #reads = new Map<string, { content: FileContent; count: number }>()
  readonly #writes = new Map<string, { readonly call: OpenCall; readonly ask: AskSpace }>()
  readonly #folders = new Map<string, Set<string>>()
  readonly #onRead: (bytes: number) => void

  /** @param onRead hears how many bytes were read, each time */
  constructor(onRead: (bytes: number) => void = () => undefined) {
    this.#onRead = onRead
  }

  /** Mounts the files of a call. @returns unmounts them, and tells which were written */
  open(files: CallFiles, ask: AskSpace): () => readonly WrittenFile[] {
    const call: OpenCall = { written: new Map() }
    for (const { path, content } of files.reads) this.#show(path, content)
    for (const path of files.writes) this.#writes.set(path, { call, ask })
    return () => {
      for (const { path } of files.reads) this.#hide(path)
      for (const path of call.written.keys()) this.#hide(path)
      for (const path of files.writes) this.#writes.delete(path)
      return [...call.written.values()]
    }
  }

  find(path: string): MountedFile | undefined {
    const content = this.#reads.get(path)?.content
    if (content === undefined) return undefined
    return { sizeBytes: content.sizeBytes, open: () => contentSource(content, path, this.#onRead) }
  }

  namesIn(folder: string): readonly string[] {
    return [...(this.#folders.get(folder) ?? [])]
  }

  create(path: string): ByteSink | undefined {
    const place = this.#writes.get(path)
    if (place === undefined) return undefined
    return new SharedSink(path, place.ask, (file, content) => {
      // Written again, it takes the place of what was there.
      if (place.call.written.has(path)) this.#hide(path)
      place.call.written.set(path, file)
      this.#show(path, content)
    })
  }

  #show(path: string, content: FileContent): void {
    const count = (this.#reads.get(path)?.count ?? 0) + 1
    this.#reads.set(path, { content, count })
    const folder = dirname(path)
    const names = this.#folders.get(folder) ?? new Set<string>()
    this.#folders.set(folder, names.add(path.slice(folder.length + 1)))
  }

  #hide(path: string): void {
    const mounted = this.#reads.get(path)
    if (mounted === undefined || --mounted.count > 0) return
    this.#reads.delete(path)
    const folder = dirname(path)
    const names = this.#folders.get(folder)
    names?.delete(path.slice(folder.length + 1))
    if (names?.size === 0) this.#folders.delete(folder)
  }
}

async function contentSource(
  content: FileContent,
  name: string,
  onRead: (bytes: number) => void,
): Promise<ByteSource> {
  if (content.kind === 'disk') return { ...(await fileSource(content.path, { blocking: true })), name }
  const { extents, sizeBytes } = content
  return {
    name,
    sizeBytes,
    readInto(target, offset) {
      const count = readExtents(extents, sizeBytes, target, offset)
      onRead(count)
      return Promise.resolve(count)
    },
    close: () => Promise.resolve(),
  }
}

/** Space that is wished for first, and most at a time. */
const FIRST_BYTES = 256 * 1024
const MOST_BYTES = 8 * 1024 * 1024

type Committed = (file: WrittenFile, content: FileContent) => void

/** A file that is written into shared memory, and to disk from the moment on when there is no more of it. */
class SharedSink implements ByteSink {
  readonly name: string
  readonly #ask: AskSpace
  readonly #onCommit: Committed
  #extents: Extent[] = []
  #roomBytes = 0
  #sizeBytes = 0
  #disk: DiskFile | undefined

  constructor(name: string, ask: AskSpace, onCommit: Committed) {
    this.name = name
    this.#ask = ask
    this.#onCommit = onCommit
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (this.#disk === undefined && this.#roomBytes < this.#sizeBytes + bytes.length) {
      const missing = this.#sizeBytes + bytes.length - this.#roomBytes
      const ahead = Math.min(MOST_BYTES, Math.max(FIRST_BYTES, this.#roomBytes))
      const extents = await this.#ask(missing, Math.max(missing, ahead))
      if (extents === undefined) this.#moveToDisk()
      else this.#extents.push(...extents)
      this.#roomBytes += extents?.reduce((sum, { length }) => sum + length, 0) ?? 0
    }
    if (this.#disk === undefined) writeExtents(this.#extents, bytes, this.#sizeBytes)
    else this.#disk.write(bytes, this.#sizeBytes)
    this.#sizeBytes += bytes.length
  }

  writeAt(bytes: Uint8Array, offset: number): Promise<void> {
    if (this.#disk === undefined) writeExtents(this.#extents, bytes, offset)
    else this.#disk.write(bytes, offset)
    return Promise.resolve()
  }

  commit(): Promise<void> {
    const { name: path } = this
    const [sizeBytes, extents] = [this.#sizeBytes, this.#extents]
    if (this.#disk !== undefined) {
      this.#disk.close()
      const place = { kind: 'disk', path: this.#disk.path } as const
      this.#onCommit({ path, sizeBytes, place }, { ...place, sizeBytes })
      return Promise.resolve()
    }
    const hash = createHash('sha256')
    for (const piece of piecesOf(extents, sizeBytes)) hash.update(piece)
    const place = {
      kind: 'memory',
      sha256: hash.digest('hex'),
      extents: extents.map(({ id }) => id),
    } as const
    this.#onCommit({ path, sizeBytes, place }, { kind: 'memory', sizeBytes, extents })
    return Promise.resolve()
  }

  /** Its space goes back with all that the call does not hand over. */
  discard(): Promise<void> {
    this.#disk?.remove()
    return Promise.resolve()
  }

  #moveToDisk(): void {
    const disk = new DiskFile(`${this.name}.no-room`)
    let offset = 0
    for (const piece of piecesOf(this.#extents, this.#sizeBytes)) {
      disk.write(piece, offset)
      offset += piece.length
    }
    this.#disk = disk
    this.#extents = []
  }
}

/** A file in the work directory of an attempt, which takes it away with itself. Nothing is synced: a crash loses it like memory. */
class DiskFile {
  readonly path: string
  readonly #fd: number
  #isOpen = true

  constructor(path: string) {
    this.path = path
    mkdirSync(dirname(path), { recursive: true })
    this.#fd = openSync(path, 'w')
  }

  write(bytes: Uint8Array, offset: number): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at, offset + at)
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#fd)
    this.#isOpen = false
  }

  remove(): void {
    this.close()
    rmSync(this.path, { force: true })
  }
}
