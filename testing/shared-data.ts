import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the shared data: `SKYLOOM_SHARED`, or `../shared` beside the repository; a clone need not have it. */
export const sharedRoot: string =
  process.env['SKYLOOM_SHARED'] ?? fileURLToPath(new URL('../../shared/', import.meta.url))

/** Whether tests over the shared data are left out. Under `CI=true` they never are, so that missing data fail there. */
export const skipShared: boolean = !existsSync(sharedRoot) && process.env['CI'] !== 'true'

/** Path of a file or folder of the shared data. */
export function sharedPath(...parts: readonly string[]): string {
  return join(sharedRoot, ...parts)
}

/** Bytes of a file of the shared data. */
export function sharedBytes(...parts: readonly string[]): Uint8Array {
  return new Uint8Array(readFileSync(sharedPath(...parts)))
}

/** Text of a file of the shared data. */
export function sharedText(...parts: readonly string[]): string {
  return readFileSync(sharedPath(...parts), 'utf8')
}

/** Value of a JSON file of the shared data. */
export function sharedJson(...parts: readonly string[]): unknown {
  return JSON.parse(sharedText(...parts))
}

/** Folder of the corpus of Pegasus workflows in the shared data. */
export const pegasusCorpus: string = sharedPath('corpus/pegasus')
