import { mkdir, mkdtemp, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ContainerType, PlanTransfer } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { FileDigest, FileHasher } from '../files/file-hasher.ts'
import { filePathOf, publicUrl, schemeOf } from '../files/file-url.ts'
import { partialName, publishFile, type StepListener } from '../files/publish-file.ts'
import { checkIsNoPage } from './check-content.ts'
import { HostLimits } from './host-limits.ts'
import { type SourceFault, sourceFaultsText } from './source-faults.ts'

/** Moves files of some schemes. Implementations write to the path they are given and nowhere else. */
export interface Transfer {
  /** In lower case, without `:`. */
  readonly schemes: readonly string[]
  /** Called before each use: credentials may have changed since the last. */
  prepare?(): void
  /** Gets a file. What an earlier try left at `path` may be gone on with. */
  get(url: string, path: string, options: TransferOptions): Promise<void>
  /** Sends a file; it appears complete, with its size or content confirmed there, or not at all. Absent for schemes that are read only. */
  put?(path: string, url: string, options: TransferOptions): Promise<void>
  /** Makes a directory with all above it. */
  makeDirectory?(url: string, options: TransferOptions): Promise<void>
  /** Removes a file; one that is not there is no fault. */
  remove?(url: string, options: TransferOptions): Promise<void>
  /** Removes a directory with all that is in it; one that is not there is no fault. Links in it are removed, not followed. */
  removeDirectory?(url: string, options: TransferOptions): Promise<void>
}

/** How a file is moved. */
export interface TransferOptions {
  readonly sizeBytes?: number | undefined
  /** The checksum of what comes is known and will be compared. */
  readonly isVerified?: boolean | undefined
  /** It is the image of such a container. */
  readonly containerType?: ContainerType | undefined
  readonly signal: AbortSignal
}

/** What is known of a file before it comes. */
export interface Expected {
  readonly lfn: string
  readonly sizeBytes?: number | undefined
  readonly sha256?: string | undefined
  /** It is the image of such a container. */
  readonly containerType?: ContainerType | undefined
}

type Movable = Pick<PlanTransfer, 'lfn' | 'target' | 'isLink' | 'sizeBytes'> &
  Partial<Pick<PlanTransfer, 'containerType'>>

/** A file that was moved. */
export interface Moved extends FileDigest {
  /** The source that was used. */
  readonly source: string
}

/** All ways to move files, with fail-over between sources, verification and a limit for each host. */
export class Transfers {
  readonly #byScheme = new Map<string, Transfer>()
  readonly #hasher: FileHasher
  readonly #limits: HostLimits

  constructor(transfers: readonly Transfer[], hasher: FileHasher, limits: HostLimits = new HostLimits()) {
    this.#hasher = hasher
    this.#limits = limits
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
    transfer: Movable & Pick<PlanTransfer, 'sources'>,
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
    transfer: Movable,
    sha256: string | undefined,
    signal: AbortSignal,
    onStep: StepListener | undefined,
  ): Promise<FileDigest> {
    const target = filePathOf(transfer.target.url)
    const local = filePathOf(source)
    if (target === undefined) return await this.#send(source, transfer, sha256, signal)
    if (local !== undefined && transfer.isLink) return await this.#link(local, target, sha256)
    if (local !== undefined && local === target) return await this.#verified(local, local, transfer, sha256)
    await mkdir(dirname(target), { recursive: true })
    const partial = partialName(target)
    try {
      const { lfn, sizeBytes, containerType } = transfer
      const expected = { lfn, sizeBytes, sha256, containerType }
      const digest = await this.fetch(source, partial, expected, signal, onStep)
      await publishFile(partial, target, onStep)
      this.#hasher.renamed(target, digest)
      return digest
    } finally {
      await rm(partial, { force: true })
    }
  }

  /**
   * Gets a file, verified against what is known of it. When it fails nothing is left at the path.
   *
   * @throws {RunnerError} `RUNNER_TRANSFER_FAILED`, also for a page in place of data; `RUNNER_CHECKSUM`
   */
  async fetch(
    url: string,
    path: string,
    expected: Expected,
    signal: AbortSignal,
    onStep?: StepListener,
  ): Promise<FileDigest> {
    const { lfn, sizeBytes, sha256, containerType } = expected
    const isVerified = sha256 !== undefined
    try {
      const way = this.#for(url)
      await this.#limits.use(
        url,
        signal,
        async () => await way.get(url, path, { sizeBytes, isVerified, containerType, signal }),
      )
      onStep?.('write')
      const isForeign = filePathOf(url) === undefined
      if (isForeign && !isVerified) await checkIsNoPage(path, lfn, url)
      return await this.#verified(path, url, { sizeBytes }, sha256)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  /** Size and hash of a file at another place: it is read back, since only its bytes prove what it is. */
  async digest(url: string, lfn: string, signal: AbortSignal): Promise<FileDigest> {
    return await withTemporaryFile(async (path) => await this.fetch(url, path, { lfn }, signal))
  }

  /** Makes a directory at another place. @throws {RunnerError} `RUNNER_TRANSFER_FAILED` */
  async makeDirectory(url: string, signal: AbortSignal): Promise<void> {
    const way = this.#for(url)
    if (way.makeDirectory === undefined) throw cannot('directories cannot be made there', url)
    const make = way.makeDirectory.bind(way)
    await this.#limits.use(url, signal, async () => await make(url, { signal }))
  }

  /** Removes a file at another place. @throws {RunnerError} `RUNNER_TRANSFER_FAILED` */
  async remove(url: string, signal: AbortSignal): Promise<void> {
    const way = this.#for(url)
    if (way.remove === undefined) throw cannot('files cannot be removed there', url)
    const remove = way.remove.bind(way)
    await this.#limits.use(url, signal, async () => await remove(url, { signal }))
  }

  /**
   * Removes a directory at another place with all that is in it.
   *
   * @throws {RunnerError} `RUNNER_TRANSFER_FAILED`, also for the top of a place, which is never what a job made
   */
  async removeDirectory(url: string, signal: AbortSignal): Promise<void> {
    const way = this.#for(url)
    if (way.removeDirectory === undefined) throw cannot('directories cannot be removed there', url)
    if (/^[a-z][a-z0-9+.-]*:\/\/[^/]*\/*$/i.test(url)) throw cannot('this is the top of a place', url)
    const remove = way.removeDirectory.bind(way)
    await this.#limits.use(url, signal, async () => await remove(url, { signal }))
  }

  /** Sends a file elsewhere; one that is elsewhere itself comes through a temporary file of this machine. */
  async #send(
    source: string,
    { lfn, target, sizeBytes, containerType }: Movable,
    sha256: string | undefined,
    signal: AbortSignal,
  ): Promise<FileDigest> {
    const way = this.#for(target.url)
    if (way.put === undefined) throw cannot('files cannot be sent there', target.url)
    const put = way.put.bind(way)
    const path = filePathOf(source)
    const send = async (from: string, digest: FileDigest): Promise<FileDigest> => {
      await this.#limits.use(
        target.url,
        signal,
        async () => await put(from, target.url, { sizeBytes: digest.sizeBytes, signal }),
      )
      return digest
    }
    if (path !== undefined)
      return await send(path, await this.#verified(path, source, { sizeBytes: undefined }, sha256))
    return await withTemporaryFile(
      async (from) =>
        await send(from, await this.fetch(source, from, { lfn, sizeBytes, sha256, containerType }, signal)),
    )
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
    if (transfer !== undefined) {
      transfer.prepare?.()
      return transfer
    }
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'files of this scheme cannot be moved', {
      where: [publicUrl(url)],
      found: scheme,
      allowed: [...this.#byScheme.keys()].join(', '),
    })
  }
}

async function withTemporaryFile<Result>(work: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-transfer-'))
  try {
    return await work(join(folder, 'file'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function cannot(problem: string, url: string): RunnerError {
  return new RunnerError('RUNNER_TRANSFER_FAILED', problem, {
    where: [publicUrl(url)],
    remedy: `configure a command for the scheme ${schemeOf(url)}`,
  })
}

/** The error of a file whose content is not what is known of it. */
export function wrongContent(source: string, found: string, allowed: string): RunnerError {
  return new RunnerError('RUNNER_CHECKSUM', 'the file is not what it should be', {
    where: [publicUrl(source)],
    found,
    allowed,
    remedy: 'damaged data is never used: mend the source or its entry in the replica catalog',
  })
}
