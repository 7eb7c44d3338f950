import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the shared data: `SKYLOOM_SHARED`, or `../shared` beside the repository. */
const sharedRoot =
  process.env.SKYLOOM_SHARED ?? fileURLToPath(new URL('../../../../shared/', import.meta.url))

/** Whether tests over the shared data are left out. Under `CI=true` they never are, so that missing data fail there. */
export const skipShared: boolean = !existsSync(sharedRoot) && process.env.CI !== 'true'

/** Path of a file of the shared data, undefined when it is not there. */
export function findShared(paths: readonly string[]): string | undefined {
  return paths.map((path) => `${sharedRoot}/data/${path}`).find((path) => existsSync(path))
}

/** Bytes of a file of the shared data. */
export function sharedBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${sharedRoot}/data/${path}`))
}

/** JSON of a file of the shared data. */
export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(`${sharedRoot}/data/${path}`, 'utf8'))
}
