import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { FileDigest, FileHasher } from '../files/file-hasher.ts'

/** A place inside at which something is mounted. */
export interface MountPoint {
  readonly path: string
  readonly isFile: boolean
}

/**
 * Words for bubblewrap that show a root tree, read only, and leave room for mounts: where a mount point is missing in the tree, the
 * folder above it becomes an empty one with everything else of the tree mounted in it. The tree itself is never changed.
 */
export function rootMounts(tree: string, points: readonly MountPoint[]): readonly string[] {
  return layer(tree, '/', points)
}

function layer(tree: string, folder: string, points: readonly MountPoint[]): readonly string[] {
  const words: string[] = []
  for (const entry of readdirSync(join(tree, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (points.some((point) => point.path === path)) continue
    const below = points.filter((point) => point.path.startsWith(`${path}/`))
    if (entry.isSymbolicLink()) words.push('--symlink', readlinkSync(join(tree, path)), path)
    else if (entry.isDirectory() && below.some((point) => !hasPoint(tree, point)))
      words.push('--dir', path, ...layer(tree, path, below))
    else words.push('--ro-bind', join(tree, path), path)
  }
  return words
}

function hasPoint(tree: string, { path, isFile }: MountPoint): boolean {
  const facts = lstatSync(join(tree, path), { throwIfNoEntry: false })
  return isFile ? facts?.isFile() === true : facts?.isDirectory() === true
}

/**
 * Digest of a folder by what its entries are: paths, kinds, sizes and times. No file is read, so that an image of many gigabytes
 * is told from another one in a moment.
 */
export function treeFingerprint(tree: string): FileDigest {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for (const { path, facts } of entriesOf(tree)) {
    hash.update(`${path}\0${facts.mode}\0${facts.size}\0${facts.mtimeMs}\0`)
    if (facts.isFile()) sizeBytes += facts.size
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** Digest of a folder by content: paths, modes, targets of links and the SHA-256 of every file; what `checksum` of an image folder is held against. */
export async function treeDigest(tree: string, hasher: FileHasher): Promise<FileDigest> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for (const { path, facts } of entriesOf(tree)) {
    const file = join(tree, path)
    const content = facts.isSymbolicLink()
      ? readlinkSync(file)
      : facts.isFile()
        ? (await hasher.digest(file)).sha256
        : ''
    hash.update(`${path}\0${facts.mode.toString(8)}\0${content}\0`)
    if (facts.isFile()) sizeBytes += facts.size
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** All entries below a folder, in the order of their names. */
function* entriesOf(tree: string, folder = ''): Generator<{ readonly path: string; readonly facts: Stats }> {
  for (const name of readdirSync(join(tree, folder)).sort()) {
    const path = join(folder, name)
    const facts = lstatSync(join(tree, path))
    yield { path, facts }
    if (facts.isDirectory()) yield* entriesOf(tree, path)
  }
}
