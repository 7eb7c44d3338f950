import { join, resolve } from 'node:path'
import type { PlanOutput } from '@skyloom/workflow'
import type { Product } from '../executor/executor.ts'
import type { FileDigest, FileHasher } from '../files/file-hasher.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import type { CallSpace } from './call-space.ts'
import type { FileContent } from './extent.ts'
import { productPath } from './product-path.ts'
import type { HeldFile, SharedFiles } from './shared-files.ts'
import type { CallFiles, WrittenFile } from './thread-files.ts'

/** The files of one attempt that are in memory: inputs that it holds, and what its functions wrote and nobody else sees yet. */
export class AttemptMemory {
  readonly #files: SharedFiles
  readonly #hasher: FileHasher
  readonly #workDirectory: string
  readonly #held = new Map<string, HeldFile>()
  readonly #written = new Map<string, FileDigest & { readonly content: FileContent }>()
  readonly #spaces = new Set<CallSpace>()

  /** @param lfns inputs of the attempt; those in memory are held until {@link close} */
  constructor(files: SharedFiles, hasher: FileHasher, workDirectory: string, lfns: Iterable<string>) {
    this.#files = files
    this.#hasher = hasher
    this.#workDirectory = resolve(workDirectory)
    for (const lfn of lfns) this.#hold(lfn)
  }

  #hold(lfn: string): void {
    const held = this.#held.has(lfn) ? undefined : this.#files.hold(lfn)
    if (held !== undefined) this.#held.set(lfn, held)
  }

  /** An input that is in memory. */
  held(lfn: string): HeldFile | undefined {
    return this.#held.get(lfn)
  }

  /** An output of a former attempt of a cluster, which its other tasks read. */
  holdOutput(lfn: string): HeldFile | undefined {
    this.#hold(lfn)
    return this.#held.get(lfn)
  }

  /** Inputs that came from memory, and those of them that lay on disk for want of room. */
  get counts(): { readonly read: number; readonly spilled: number } {
    const contents = [...this.#held.values()].map(({ content }) => content.kind)
    return { read: contents.length, spilled: contents.filter((kind) => kind === 'disk').length }
  }

  /** Space for a call, and what it finds and writes in memory. */
  openCall(
    reads: Iterable<string>,
    writes: Iterable<string>,
  ): { readonly files: CallFiles; readonly space: CallSpace } {
    const path = (lfn: string): string => join(this.#workDirectory, lfn)
    const found = [...reads].flatMap((lfn) => {
      const content = this.#held.get(lfn)?.content ?? this.#written.get(lfn)?.content
      return content === undefined ? [] : [{ path: path(lfn), content }]
    })
    const space = this.#files.openCall()
    this.#spaces.add(space)
    return {
      files: { reads: found, writes: [...writes].filter((lfn) => this.#files.takes(lfn)).map(path) },
      space,
    }
  }

  /** Takes what a call wrote in memory. */
  async take(space: CallSpace, written: readonly WrittenFile[]): Promise<void> {
    for (const { path, sizeBytes, place } of written) {
      const lfn = path.slice(this.#workDirectory.length + 1)
      if (place.kind === 'memory') {
        const extents = space.takeOver(place.extents, sizeBytes)
        const { sha256 } = place
        this.#written.set(lfn, { sizeBytes, sha256, content: { kind: 'memory', sizeBytes, extents } })
      } else {
        const digest = await this.#hasher.digest(place.path)
        const content = { kind: 'disk', sizeBytes, path: await this.#files.adopt(place.path) } as const
        this.#written.set(lfn, { ...digest, content })
      }
    }
  }

  wrote(lfn: string): boolean {
    return this.#written.has(lfn)
  }

  /** Hands outputs over to the jobs that read them. */
  handOver(outputs: readonly PlanOutput[], task: number): readonly Product[] {
    const products: Product[] = []
    for (const { lfn, target } of outputs) {
      const file = this.#written.get(lfn)
      if (file === undefined) continue
      const { sizeBytes, sha256, content } = file
      this.#written.delete(lfn)
      this.#files.put(lfn, { sizeBytes, sha256 }, content)
      // Tasks of the same job may read it.
      this.#hold(lfn)
      products.push({ lfn, site: target.site, url: undefined, sizeBytes, sha256, task })
    }
    return products
  }

  /** Gives back what it read, and what it wrote and did not hand over. */
  close(): void {
    this.#files.release(this.#held.keys())
    this.#held.clear()
    for (const { content } of this.#written.values()) this.#files.discard(content)
    this.#written.clear()
    for (const space of this.#spaces) space.close()
  }
}

/** A file in memory as the record of a program that reads it names it. */
export function memoryInput({ lfn, sizeBytes, sha256 }: HeldFile): InvocationFile {
  return { lfn, path: productPath(lfn, undefined), sizeBytes, sha256 }
}
