import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'

/** Size and content hash of a file. */
export interface FileDigest {
  readonly sizeBytes: number
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string
}

/** Files up to this size are hashed at once; larger ones as a stream, so that the engine goes on. */
const SMALL_BYTES = 256 * 1024
/** Digests that are remembered. */
const MAX_KNOWN = 20_000

/**
 * Hashes files, each content once: a file is known again by device, inode, size and the times of its last change of content
 * and of inode, in nanoseconds. Renaming changes only the latter, so a published file is remembered under its new times.
 */
export class FileHasher {
  readonly #known = new Map<string, string>()

  /** Digest of a file; links are followed. */
  async digest(path: string): Promise<FileDigest> {
    // Asked at once: a look at a file of this machine is shorter than the way to another thread and back.
    const facts = statSync(path, { bigint: true })
    const key = `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`
    const sizeBytes = Number(facts.size)
    const known = this.#known.get(key)
    if (known !== undefined) return { sizeBytes, sha256: known }
    const sha256 = await hash(path, sizeBytes)
    this.#remember(key, sha256)
    return { sizeBytes, sha256 }
  }

  /** Remembers the digest of a file that was renamed a moment ago. */
  renamed(path: string, { sha256 }: FileDigest): void {
    const facts = statSync(path, { bigint: true })
    this.#remember(`${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`, sha256)
  }

  #remember(key: string, sha256: string): void {
    this.#known.set(key, sha256)
    if (this.#known.size <= MAX_KNOWN) return
    const oldest = this.#known.keys().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

async function hash(path: string, sizeBytes: number): Promise<string> {
  const digest = createHash('sha256')
  if (sizeBytes <= SMALL_BYTES) return digest.update(readFileSync(path)).digest('hex')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    digest.update(chunk as Buffer)
  }
  return digest.digest('hex')
}
