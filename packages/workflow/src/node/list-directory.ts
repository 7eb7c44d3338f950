import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { WorkflowError } from '../errors.ts'
import { makeReplicaCatalog, type Replica, type ReplicaCatalog } from '../model/replica-catalog.ts'

/** How files of a directory become replicas; the properties `pegasus.catalog.replica.directory.*`. */
export interface ListDirectoryOptions {
  /** Site on which the files are. Default `local`. */
  readonly site?: string | undefined
  /** Put in front of absolute paths. Default `file://`. */
  readonly urlPrefix?: string | undefined
  /** Logical names are base names; default: paths relative to the directory. */
  readonly isFlat?: boolean | undefined
}

/** Deepest nesting of folders that is listed, so that links in circles end. */
const MAX_DEPTH = 64
/** Most files of one listing. */
const MAX_FILES = 10_000_000
/** Files whose sizes are asked for at the same time. */
const STATS_AT_A_TIME = 64

/**
 * All files below a directory as replicas, sorted by name, with their sizes.
 *
 * @throws {WorkflowError} `WORKFLOW_NOT_FOUND` when it cannot be listed, `WORKFLOW_TOO_LARGE`
 */
export async function listDirectory(
  directory: string,
  options: ListDirectoryOptions = {},
): Promise<ReplicaCatalog> {
  const root = resolve(directory)
  const paths: string[] = []
  await collect(root, '', paths, 0)
  paths.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const replicas: Replica[] = []
  for (let start = 0; start < paths.length; start += STATS_AT_A_TIME) {
    const part = paths.slice(start, start + STATS_AT_A_TIME)
    const made = await Promise.all(part.map((path) => replicaOf(root, path, options)))
    for (const replica of made) if (replica !== undefined) replicas.push(replica)
  }
  return makeReplicaCatalog(replicas)
}

async function collect(root: string, below: string, paths: string[], depth: number): Promise<void> {
  const folder = join(root, below)
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new WorkflowError('WORKFLOW_NOT_FOUND', 'the directory of inputs cannot be listed', {
      where: [folder],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  })
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory() && depth < MAX_DEPTH) await collect(root, path, paths, depth + 1)
    else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path)
    if (paths.length > MAX_FILES) {
      throw new WorkflowError('WORKFLOW_TOO_LARGE', 'the directory of inputs has too many files', {
        where: [root],
        allowed: `${MAX_FILES} files`,
      })
    }
  }
}

/** `undefined` for links that lead to no file. */
async function replicaOf(
  root: string,
  path: string,
  options: ListDirectoryOptions,
): Promise<Replica | undefined> {
  const absolute = join(root, path)
  const facts = await stat(absolute).catch(() => undefined)
  if (facts?.isFile() !== true) return undefined
  const slash = path.lastIndexOf('/')
  return {
    lfn: options.isFlat === true ? path.slice(slash + 1) : path,
    isRegex: false,
    locations: [{ site: options.site ?? 'local', pfn: `${options.urlPrefix ?? 'file://'}${absolute}` }],
    metadata: [{ key: 'size', value: String(facts.size) }],
  }
}
