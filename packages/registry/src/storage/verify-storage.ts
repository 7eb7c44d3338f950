import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSkyloomError, type ProgressListener, startStage, throwIfAborted } from '@skyloom/base'
import { RegistryError } from '../errors.ts'
import type { FileStore } from '../files/file-store.ts'
import type { ReplicaRow } from '../files/records.ts'

/** What is compared with storage. */
export interface VerifyStorageOptions {
  /** Only copies on this site. Default: all. */
  readonly site?: string | undefined
  /** Only files that this run made. Default: all. */
  readonly runId?: string | undefined
  /** Folders in which every file must be registered. Default: none is searched. */
  readonly roots?: readonly string[] | undefined
  /** `size` looks at sizes only. Default `checksum`. */
  readonly depth?: 'size' | 'checksum' | undefined
  /** Size and checksum of a file of this machine. */
  readonly readFacts: (path: string) => Promise<{ readonly sizeBytes: number; readonly sha256: string }>
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
}

/** A copy with what is known of its file. */
type Copy = ReplicaRow & { readonly sizeBytes: number | null; readonly sha256: string | null }

/** What is wrong with a copy. `unreadable`: it is there and cannot be read. */
export type CopyFault = 'missing' | 'size' | 'checksum' | 'unreadable'

/** A copy that is not as registered. */
export interface DamagedCopy {
  readonly fileId: string
  readonly site: string
  readonly pfn: string
  readonly fault: CopyFault
  readonly registered: string
  readonly found: string
}

/** What a comparison of registry and storage finds. */
export interface StorageReport {
  readonly checkedCopies: number
  readonly checkedBytes: number
  /** Copies on other machines, which were not looked at. */
  readonly remoteCopies: number
  /** Copies of files without a registered checksum, whose content cannot be checked. */
  readonly copiesWithoutChecksum: number
  readonly damaged: readonly DamagedCopy[]
  /** Files of the folders that nobody registered. */
  readonly strays: readonly string[]
  /** Ids of files that were made from files whose copies are all changed or cut. */
  readonly affected: readonly string[]
}

/** Compares the registry with storage, in both directions. */
export async function verifyStorage(files: FileStore, options: VerifyStorageOptions): Promise<StorageReport> {
  const damaged: DamagedCopy[] = []
  const known = new Set<string>()
  const sound = new Set<string>()
  let checkedCopies = 0
  let checkedBytes = 0
  let remoteCopies = 0
  let copiesWithoutChecksum = 0
  const stage = startStage(options.onProgress, 'verify', await countCopies(files, options), 'copies')
  for await (const copy of copiesOf(files, options)) {
    throwIfAborted(options.signal)
    const path = localPath(copy.pfn)
    if (path === undefined) {
      remoteCopies++
      continue
    }
    known.add(path)
    checkedCopies++
    if (copy.sha256 === null) copiesWithoutChecksum++
    const { fault, registered, found, sizeBytes } = await checkCopy(path, copy, options)
    checkedBytes += sizeBytes
    if (fault === undefined) sound.add(copy.fileId)
    else damaged.push({ fileId: copy.fileId, site: copy.site, pfn: copy.pfn, fault, registered, found })
    stage.advance(1, sizeBytes)
  }
  const strays: string[] = []
  for (const root of options.roots ?? []) {
    for await (const path of filesUnder(resolve(root), options.signal)) {
      if (!known.has(path) && (await files.lookup(path)).length === 0) strays.push(path)
    }
  }
  return {
    checkedCopies,
    checkedBytes,
    remoteCopies,
    copiesWithoutChecksum,
    damaged,
    strays: strays.sort(),
    affected: await affectedBy(
      files,
      // What was made before a copy was lost is sound; what was made from a changed one may not be.
      damaged.flatMap(({ fileId, fault }) =>
        (fault === 'size' || fault === 'checksum') && !sound.has(fileId) ? [fileId] : [],
      ),
    ),
  }
}

async function countCopies(files: FileStore, { site, runId }: VerifyStorageOptions): Promise<number> {
  if (runId === undefined) return await files.countReplicas(site)
  const copies = copiesOf(files, { site, runId })
  let count = 0
  while ((await copies.next()).done !== true) count++
  return count
}

async function* copiesOf(
  files: FileStore,
  { site, runId }: Pick<VerifyStorageOptions, 'site' | 'runId'>,
): AsyncGenerator<Copy, void, undefined> {
  if (runId === undefined) {
    yield* files.allReplicas(site)
    return
  }
  for await (const { id, sizeBytes, sha256 } of files.find({ runId })) {
    const { replicas } = await files.get(id)
    for (const { site: own, pfn } of replicas)
      if (site === undefined || own === site) yield { fileId: id, site: own, pfn, sizeBytes, sha256 }
  }
}

/** The path of a copy on this machine, normalised; undefined for other schemes. */
export function localPath(pfn: string): string | undefined {
  if (pfn.startsWith('file:')) {
    const url = new URL(pfn)
    return url.hostname === '' || url.hostname === 'localhost'
      ? resolve(fileURLToPath(`file://${url.pathname}`))
      : undefined
  }
  return pfn.startsWith('/') ? resolve(pfn) : undefined
}

async function checkCopy(
  path: string,
  { sizeBytes, sha256 }: { readonly sizeBytes: number | null; readonly sha256: string | null },
  { depth = 'checksum', readFacts }: VerifyStorageOptions,
): Promise<{
  readonly fault?: CopyFault
  readonly registered: string
  readonly found: string
  readonly sizeBytes: number
}> {
  try {
    const status = await stat(path)
    if (!status.isFile())
      return { fault: 'missing', registered: 'a file', found: 'something else', sizeBytes: 0 }
    if (sizeBytes !== null && status.size !== sizeBytes) {
      const found = `${status.size} bytes`
      return { fault: 'size', registered: `${sizeBytes} bytes`, found, sizeBytes: 0 }
    }
    if (depth === 'size' || sha256 === null) return { registered: '', found: '', sizeBytes: status.size }
    const facts = await readFacts(path)
    return facts.sha256 === sha256
      ? { registered: '', found: '', sizeBytes: facts.sizeBytes }
      : { fault: 'checksum', registered: sha256, found: facts.sha256, sizeBytes: facts.sizeBytes }
  } catch (error) {
    const isGone =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    const found = isSkyloomError(error) ? (error.found ?? error.problem) : String(error)
    return {
      fault: isGone ? 'missing' : 'unreadable',
      registered: 'a file',
      found: isGone ? 'nothing' : found,
      sizeBytes: 0,
    }
  }
}

async function* filesUnder(
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  throwIfAborted(signal)
  const entries = await entriesOf(folder)
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path, signal)
    else yield path
  }
}

/** @throws {RegistryError} `REGISTRY_NOT_FOUND` for a folder that cannot be read: its files would otherwise count as registered */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    throw new RegistryError('REGISTRY_NOT_FOUND', 'the folder cannot be read', {
      where: [folder],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}

/** Files made from damaged ones, which may be wrong, too. */
async function affectedBy(files: FileStore, damaged: readonly string[]): Promise<readonly string[]> {
  const ids = [...new Set(damaged)]
  if (ids.length === 0) return []
  const { steps, derived } = await files.trace(ids, { direction: 'descendants' })
  const after = new Set([
    ...steps.flatMap(({ generated }) => generated),
    ...derived.map(({ childId }) => childId),
  ])
  for (const id of ids) after.delete(id)
  return [...after].sort()
}
