import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { checkOutFolder, unusableFolder } from '../out-folder.ts'

/** Files that are brought to disk at the same time. */
const SYNC_WIDTH = 16

/** A folder that is filled under a temporary name beside its final one. */
export interface NewFolder {
  /** Where files go. */
  readonly path: string
  /** Brings all files to disk and gives the folder its name. */
  commit(): Promise<void>
  /** Throws everything away. */
  discard(): Promise<void>
}

/**
 * Begins a folder that appears complete or not at all. What an interrupted run left beside it is removed.
 *
 * @param overwrite replace what stands under the name, once the new folder is complete
 * @throws MosaicError `MOSAIC_OUT_NOT_EMPTY`, `MOSAIC_OUT_UNUSABLE`
 */
export async function beginFolder(folder: string, overwrite: boolean): Promise<NewFolder> {
  const final = resolve(folder)
  await checkOutFolder(final, overwrite)
  const parent = dirname(final)
  const start = `.${basename(final)}${PARTIAL_MARK}`
  const path = join(parent, `${start}${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(parent, { recursive: true })
    for (const name of await readdir(parent))
      if (name.startsWith(start)) await rm(join(parent, name), { recursive: true, force: true })
    await mkdir(path)
  } catch (cause) {
    throw unusableFolder(final, cause)
  }
  return {
    path,
    async commit() {
      try {
        await syncTree(path)
        await replaceFolder(path, final, overwrite)
        await syncPath(parent)
      } catch (cause) {
        throw unusableFolder(final, cause)
      }
    },
    async discard() {
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** An empty folder gives way to another; a full one is put aside first. */
async function replaceFolder(path: string, final: string, overwrite: boolean): Promise<void> {
  if (!overwrite) {
    await rename(path, final)
    return
  }
  const aside = `${path}.old`
  const isThere = await rename(final, aside).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    },
  )
  await rename(path, final)
  if (isThere) await rm(aside, { recursive: true, force: true })
}

async function syncTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(path, name))
  const take = files.values()
  const worker = async (): Promise<void> => {
    for (const file of take) await syncPath(file)
  }
  await Promise.all(Array.from({ length: SYNC_WIDTH }, worker))
  for (const entry of entries) if (entry.isDirectory()) await syncTree(join(path, entry.name))
  await syncPath(path)
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
