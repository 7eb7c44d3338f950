import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the shared data: `SKYLOOM_SHARED`, or `../shared` beside the repository. */
export const sharedRoot: string =
  process.env.SKYLOOM_SHARED ?? fileURLToPath(new URL('../../../../shared/', import.meta.url))

/**
 * Whether tests over the shared data are left out. Under `CI=true` they never are, so that missing data fail there.
 */
export const skipShared: boolean = !existsSync(sharedRoot) && process.env.CI !== 'true'

/** Bytes of a file of the shared data. */
export function sharedBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${sharedRoot}/${path}`))
}

/** Text of a file of the shared data. */
export function sharedText(path: string): string {
  return readFileSync(`${sharedRoot}/${path}`, 'utf8')
}
