import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { productSummary } from '@skyloom/mosaic/node'
import type { FileInfo, Registry } from '@skyloom/registry'

/** What became of the copies of a file on this machine. */
export type CopyState =
  | { readonly state: 'sound'; readonly path: string }
  /** No copy is as it was registered, or none is there; `path` is where one was. */
  | { readonly state: 'changed' | 'missing'; readonly path: string | undefined }

/**
 * A copy of a file that is as it was registered.
 *
 * @param place a further place where it may be
 */
export async function soundCopy(
  registry: Registry,
  { id, sha256: registered }: Pick<FileInfo, 'id' | 'sha256'>,
  place?: string,
): Promise<CopyState> {
  const { replicas } = await registry.files.get(id)
  const paths = [place, ...replicas.map(({ pfn }) => localPath(pfn))].filter((path) => path !== undefined)
  const there = paths.filter((path) => existsSync(path))
  for (const path of there) if ((await fileSha256(path)) === registered) return { state: 'sound', path }
  return { state: there.length > 0 ? 'changed' : 'missing', path: there[0] ?? paths[0] }
}

/** SHA-256 of a file on this machine. */
export async function fileSha256(path: string): Promise<string> {
  const place = resolve(path)
  return (await productSummary(dirname(place), basename(place))).sha256
}

function localPath(pfn: string): string | undefined {
  if (pfn.startsWith('/')) return pfn
  // Runs register paths behind the scheme as they are; what others register is encoded.
  if (!pfn.startsWith('file://')) return undefined
  const plain = pfn.slice('file://'.length)
  return existsSync(plain) ? plain : fileURLToPath(pfn)
}
