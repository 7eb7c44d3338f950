import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file that only its owner reads. Whoever reads meanwhile sees the former content or the new one. */
export function writeSecretFile(path: string, text: string): void {
  const partial = `${path}.new`
  writeFileSync(partial, text, { mode: 0o600 })
  renameSync(partial, path)
}
