import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { PlanTransfer } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { FileDigest, FileHasher } from '../files/file-hasher.ts'
import { filePathOf, publicUrl, schemeOf } from '../files/file-url.ts'
import { partialName, publishFile, type StepListener } from '../files/publish-file.ts'
import { type SourceFault, sourceFaultsText } from './source-faults.ts'

/** Moves files of some schemes. Implementations write to the path they are given and nowhere else. */
export interface Transfer {
  /** In lower case, without `:`. */
  readonly schemes: readonly string[]
  /** Gets a file. What an earlier try left at `path` may be gone on with. */
  get(url: string, path: string, options: TransferOptions): Promise<void>
  /** Sends a file; it appears complete or not at all. Absent for schemes that are read only. */
  put?(path: string, url: string, options: TransferOptions): Promise<void>
}

/** How a file is moved. */
export interface TransferOptions {
  readonly sizeBytes?: number | undefined
  readonly signal: AbortSignal
}

/** A file that was moved. */
export interface Moved extends FileDigest {
  /** The source that was used. */
  readonly source: string
}

/** All ways to move files, with fail-over between sources and verification. */
export class Transfers {
  readonly #byScheme = new Map<string, Transfer>()
  readonly #hasher: FileHasher

  constructor(transfers: readonly Transfer[], hasher: FileHasher) {
    this.#hasher = hasher
    for (const transfer of transfers)
      for (const scheme of transfer.schemes) this.#byScheme.set(scheme, transfer)
  }

  /**
   * Does one transfer of a plan: sources are tried best first; the file is complete and verified before it gets its name.
   *
   * @param sha256 the checksum that it must have, when it is known
   * @throws {RunnerError} `RUNNER_TRANSFER_FAILED` with what happened at each source; `RUNNER_CHECKSUM` when the last
   * source gave other content than it should
   */
  async move(
    transfer: Pick<PlanTransfer, 'lfn' | 'sources' | 'target' | 'isLink' | 'sizeBytes'>,
    sha256: string | undefined,
    signal: AbortSignal,
    onStep?: StepListener,
  ): Promise<Moved> {
    const faults: SourceFault[] = []
    for (const { url } of transfer.sources) {
      signal.throwIfAborted()
      try {
        return { ...(await this.#from(url, transfer, sha256, signal, onStep)), source: url }
      } catch (error) {
        signal.throwIfAborted()
        faults.push({ url, error })
      }
    }
    const last = faults.at(-1)?.error
    const isChecksum = last instanceof RunnerError && last.code === 'RUNNER_CHECKSUM'
    throw new RunnerError(
      isChecksum ? 'RUNNER_CHECKSUM' : 'RUNNER_TRANSFER_FAILED',
      `the file could not be moved: ${sourceFaultsText(faults)}`,
      { where: [transfer.lfn], cause: last },
    )
  }

  async #from(
    source: string,
    transfer: Pick<PlanTransfer, 'lfn' | 'target' | 'isLink' | 'sizeBytes'>,
    sha256: string | undefined,
    signal: AbortSignal,
    onStep: StepListener | undefined,
  ): Promise<FileDigest> {
    const target = filePathOf(transfer.target.url)
    const local = filePathOf(source)
    if (target === undefined) return await this.#send(source, transfer.target.url, sha256, signal)
    if (local !== undefined && transfer.isLink) return await this.#link(local, target, sha256)
    if (local !== undefined && local === target) return await this.#verified(local, local, transfer, sha256)
    await mkdir(dirname(target), { recursive: true })
    const partial = partialName(target)
    try {
      await this.fetch(source, partial, { sizeBytes: transfer.sizeBytes, signal })
      onStep?.('write')
      const digest = await this.#verified(partial, source, transfer, sha256)
      await publishFile(partial, target, onStep)
      this.#hasher.renamed(target, digest)
      return digest
    } finally {
      await rm(partial, { force: true })
    }
  }

  /** Gets a file without verification. */
  async fetch(url: string, path: string, options: TransferOptions): Promise<void> {
    await this.#for(url).get(url, path, options)
  }

  async #send(
    source: string,
    target: string,
    sha256: string | undefined,
    signal: AbortSignal,
  ): Promise<FileDigest> {
    const way = this.#for(target)
    if (way.put === undefined) {
      throw new RunnerError('RUNNER_TRANSFER_FAILED', 'files cannot be sent there', {
        where: [publicUrl(target)],
        remedy: `configure a command for the scheme ${schemeOf(target)}`,
      })
    }
    const path = filePathOf(source)
    if (path === undefined) {
      throw new RunnerError('RUNNER_TRANSFER_FAILED', 'only files of this machine are sent elsewhere', {
        where: [publicUrl(source)],
      })
    }
    const digest = await this.#verified(path, source, { sizeBytes: undefined }, sha256)
    await way.put(path, target, { sizeBytes: digest.sizeBytes, signal })
    return digest
  }

  async #link(source: string, target: string, sha256: string | undefined): Promise<FileDigest> {
    const digest = await this.#verified(source, source, { sizeBytes: undefined }, sha256)
    await mkdir(dirname(target), { recursive: true })
    const partial = partialName(target)
    await symlink(source, partial)
    try {
      await rename(partial, target)
    } finally {
      await rm(partial, { force: true })
    }
    return digest
  }

  async #verified(
    path: string,
    source: string,
    { sizeBytes }: { readonly sizeBytes?: number | undefined },
    sha256: string | undefined,
  ): Promise<FileDigest> {
    const { size } = await stat(path)
    // Sizes of plans may be predictions; only together with a checksum they are facts.
    if (sha256 !== undefined && sizeBytes !== undefined && size !== sizeBytes) {
      throw wrongContent(source, `${size} bytes`, `${sizeBytes} bytes`)
    }
    const digest = await this.#hasher.digest(path)
    if (sha256 !== undefined && digest.sha256 !== sha256) {
      throw wrongContent(source, `SHA-256 ${digest.sha256}`, `SHA-256 ${sha256}`)
    }
    return digest
  }

  #for(url: string): Transfer {
    const scheme = schemeOf(url)
    const transfer = this.#byScheme.get(scheme)
    if (transfer !== undefined) return transfer
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'files of this scheme cannot be moved', {
      where: [publicUrl(url)],
      found: scheme,
      allowed: [...this.#byScheme.keys()].join(', '),
    })
  }
}

function wrongContent(source: string, found: string, allowed: string): RunnerError {
  return new RunnerError('RUNNER_CHECKSUM', 'the file is not what it should be', {
    where: [publicUrl(source)],
    found,
    allowed,
    remedy: 'damaged data is never used: mend the source or its entry in the replica catalog',
  })
}
