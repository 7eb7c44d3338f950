import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'

/** Moments at which a fault test may end the engine. */
export type Step = 'record' | 'submit' | 'write' | 'sync' | 'rename' | 'register' | 'announce'

/** Hears of steps; for fault tests. */
export type StepListener = (step: Step) => void

/**
 * Moves a complete file to its final name: synced, then renamed, then the folder synced. Across file systems it is copied
 * under a temporary name beside the target first.
 */
export async function publishFile(from: string, to: string, onStep?: StepListener): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await syncPath(from)
  onStep?.('sync')
  try {
    await rename(from, to)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EXDEV')) throw cause
    const partial = partialName(to)
    try {
      await copyFile(from, partial, constants.COPYFILE_FICLONE)
      await syncPath(partial)
      await rename(partial, to)
    } finally {
      await rm(partial, { force: true })
    }
    await rm(from, { force: true })
  }
  onStep?.('rename')
  await syncPath(dirname(to))
}

/** A name beside a file for its content while it is not complete. */
export function partialName(path: string): string {
  return join(
    dirname(path),
    `.${basename(path).slice(0, 200)}${PARTIAL_MARK}${randomBytes(6).toString('hex')}`,
  )
}

/** Makes what was written to a file or folder durable. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
