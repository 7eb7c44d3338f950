import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAM, VERSION } from '@skyloom/mosaic'

/** Name, version and content of the mosaic engine, for records. */
export interface ProgramIdentity {
  readonly name: string
  readonly version: string
  readonly sha256: string
}

/** Packages whose code makes pixels. */
const PACKAGES = ['base', 'fits', 'kernels', 'mosaic', 'wcs']

/**
 * The mosaic engine that this process runs. Its content is the compiled code of the packages that make pixels; beside a bundle of the
 * command stands a file with its checksum, which the build writes by {@link contentSha256}.
 */
export function programIdentity(): ProgramIdentity {
  const noted = new URL('./program.sha256', import.meta.url)
  const sha256 = existsSync(noted)
    ? readFileSync(noted, 'latin1').trim()
    : contentSha256(fileURLToPath(new URL('../../../', import.meta.url)))
  return { name: PROGRAM, version: VERSION, sha256 }
}

/** SHA-256 over names and content of the compiled code of the engine. @param packagesDir folder of the packages */
export function contentSha256(packagesDir: string): string {
  const hash = createHash('sha256')
  for (const name of PACKAGES) {
    const dist = join(packagesDir, name, 'dist')
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((path) => /\.(?:js|wasm)$/.test(path)).sort())
      hash.update(`${name}/${file}\0`).update(readFileSync(join(dist, file)))
  }
  return hash.digest('hex')
}
