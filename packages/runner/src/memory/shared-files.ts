import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import type { FileDigest } from '../files/file-hasher.ts'
import { BlockSpace } from './block-space.ts'
import { CallSpace } from './call-space.ts'
import { type Extent, type FileContent, piecesOf } from './extent.ts'
import type { MemoryUses } from './memory-uses.ts'
import { writePieces } from './write-pieces.ts'

/** What the files of a run get. */
export interface SharedFilesOptions {
  /** Memory for them, bytes. */
  readonly limitBytes: number
  /** Folder for what does not fit; it is nobody else's, and emptied by {@link SharedFiles.open}. */
  readonly folder: string
  /** False when the process has no more memory for files that need so many bytes beyond what was used before. Default: true. */
  readonly mayGrow?: ((bytes: number) => boolean) | undefined
  /** True for jobs of the plan that need nothing any more. */
  readonly hasSucceeded: (job: number) => boolean
}

/** A file that somebody reads: it stays where it is until it is given back. */
export interface HeldFile extends FileDigest {
  readonly lfn: string
  readonly content: FileContent
}

/** How much was where. */
export interface SharedFilesCounts {
  readonly files: number
  readonly bytes: number
  readonly peakBytes: number
  readonly spilledFiles: number
  readonly spilledBytes: number
}

interface Entry extends FileDigest {
  readonly lfn: string
  content: FileContent
  /** Attempts that read it. */
  holds: number
  /** Jobs that have still to read it. */
  readonly waiting: Set<number>
  /** Least level of those, as far as it is known. */
  level: number | undefined
}

/**
 * Logical files that jobs of a run hand on in shared memory. A file is there from the end of the attempt that wrote it until its last
 * reader has succeeded. When there is no room those are written to disk that are needed last, and read from there.
 */
export class SharedFiles {
  readonly #uses: MemoryUses
  readonly #options: SharedFilesOptions
  readonly #space: BlockSpace
  readonly #files = new Map<string, Entry>()
  readonly #done = new Set<number>()
  /** One at a time makes room: what one frees another must not take for its own measure. */
  #lane: Promise<unknown> = Promise.resolve()
  #spills = 0
  #counts = { files: 0, bytes: 0, peakBytes: 0, spilledFiles: 0, spilledBytes: 0 }

  constructor(uses: MemoryUses, options: SharedFilesOptions) {
    this.#uses = uses
    this.#options = options
    this.#space = new BlockSpace(options.limitBytes)
  }

  get counts(): SharedFilesCounts {
    return { ...this.#counts, files: this.#files.size, bytes: this.#space.usedBytes }
  }

  /** Removes what a former engine left on disk: its memory, of which that was a part, is gone. */
  async open(): Promise<void> {
    await rm(this.#options.folder, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    this.#files.clear()
    await rm(this.#options.folder, { recursive: true, force: true })
  }

  /** True for a file that may be handed on in memory. */
  takes(lfn: string): boolean {
    return this.#uses.isInternal(lfn)
  }

  has(lfn: string): boolean {
    return this.#files.has(lfn)
  }

  /** Keeps a file where it is for a reader; to be given back by {@link release}. */
  hold(lfn: string): HeldFile | undefined {
    const entry = this.#files.get(lfn)
    if (entry === undefined) return undefined
    entry.holds++
    const { content, sizeBytes, sha256 } = entry
    return { lfn, content, sizeBytes, sha256 }
  }

  release(lfns: Iterable<string>): void {
    for (const lfn of lfns) {
      const entry = this.#files.get(lfn)
      if (entry === undefined) continue
      entry.holds--
      this.#dropIfDone(entry)
    }
  }

  /** Space for the files that one call writes. */
  openCall(): CallSpace {
    return new CallSpace(this.#space, async (bytes, wished) => await this.#reserve(bytes, wished))
  }

  /** Takes a file over from the call that wrote it. One of an earlier attempt is replaced. */
  put(lfn: string, digest: FileDigest, content: FileContent): void {
    const former = this.#files.get(lfn)
    if (former !== undefined) this.#drop(former)
    const { sizeBytes, sha256 } = digest
    const readers = this.#uses.readers(lfn)
    const waiting = new Set(readers.filter((job) => !this.#done.has(job) && !this.#options.hasSucceeded(job)))
    const entry: Entry = { lfn, sizeBytes, sha256, content, holds: 0, waiting, level: undefined }
    this.#files.set(lfn, entry)
    this.#counts.peakBytes = Math.max(this.#counts.peakBytes, this.#space.usedBytes)
    this.#dropIfDone(entry)
  }

  /** Takes a file over that lies on disk, because there was no room when it was written. @returns its place now */
  async adopt(path: string): Promise<string> {
    const place = await this.#place()
    await rename(path, place)
    return place
  }

  /** A job has succeeded: what only it still had to read is not needed any more. */
  readerDone(job: number): void {
    this.#done.add(job)
    for (const lfn of this.#uses.readBy(job)) {
      const entry = this.#files.get(lfn)
      if (entry === undefined) continue
      entry.waiting.delete(job)
      if (entry.level === this.#uses.level(job)) entry.level = undefined
      this.#dropIfDone(entry)
    }
  }

  #dropIfDone(entry: Entry): void {
    if (entry.holds === 0 && entry.waiting.size === 0) this.#drop(entry)
  }

  #drop(entry: Entry): void {
    this.#files.delete(entry.lfn)
    this.discard(entry.content)
  }

  /** Frees what nobody reads and nobody took over. */
  discard(content: FileContent): void {
    if (content.kind === 'memory') this.#space.give(content.extents)
    else void rm(content.path, { force: true })
  }

  /** Level of the next job that needs a file. */
  #levelOf(entry: Entry): number {
    if (entry.level === undefined) {
      entry.level = Infinity
      for (const job of entry.waiting) entry.level = Math.min(entry.level, this.#uses.level(job))
    }
    return entry.level
  }

  async #reserve(bytes: number, wishedBytes: number): Promise<readonly Extent[] | undefined> {
    const turn = this.#lane.then(async () => this.#take(wishedBytes) ?? (await this.#makeRoom(bytes)))
    this.#lane = turn.catch(() => undefined)
    return await turn
  }

  #take(bytes: number): readonly Extent[] | undefined {
    const growth = this.#space.growthFor(bytes)
    const taken = this.#space.take(bytes, growth > 0 && this.#options.mayGrow?.(growth) !== false)
    if (taken !== undefined) this.#counts.peakBytes = Math.max(this.#counts.peakBytes, this.#space.usedBytes)
    return taken
  }

  /** @returns nothing when all that is in memory is being read */
  async #makeRoom(bytes: number): Promise<readonly Extent[] | undefined> {
    for (;;) {
      const taken = this.#take(bytes)
      if (taken !== undefined) return taken
      const victim = this.#leastNeeded()
      if (victim === undefined) return undefined
      await this.#spill(victim)
    }
  }

  /** The file that is needed last; of those the largest. */
  #leastNeeded(): Entry | undefined {
    let found: { readonly entry: Entry; readonly level: number } | undefined
    for (const entry of this.#files.values()) {
      if (entry.content.kind === 'disk' || entry.holds > 0) continue
      const level = this.#levelOf(entry)
      const isLater = found === undefined || level > found.level
      if (isLater || (level === found?.level && entry.sizeBytes > found.entry.sizeBytes))
        found = { entry, level }
    }
    return found?.entry
  }

  async #spill(entry: Entry): Promise<void> {
    const { content, sizeBytes, lfn } = entry
    if (content.kind === 'disk') return
    const path = await this.#place()
    const partial = `${path}${PARTIAL_MARK}`
    await writePieces(piecesOf(content.extents, sizeBytes), partial)
    // Somebody may have begun to read it meanwhile, or it may not be needed any more.
    if (entry.holds > 0 || this.#files.get(lfn) !== entry) {
      await rm(partial, { force: true })
      return
    }
    await rename(partial, path)
    if (this.#files.get(lfn) !== entry || entry.holds > 0) {
      await rm(path, { force: true })
      return
    }
    entry.content = { kind: 'disk', sizeBytes, path }
    this.#space.give(content.extents)
    this.#counts.spilledFiles++
    this.#counts.spilledBytes += sizeBytes
  }

  async #place(): Promise<string> {
    await mkdir(this.#options.folder, { recursive: true })
    return join(this.#options.folder, `file-${++this.#spills}`)
  }
}
