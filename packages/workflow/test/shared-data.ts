import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the shared corpus of Pegasus workflows, beside the repository or where SKYLOOM_SHARED says. */
export const corpusFolder: string =
  process.env['SKYLOOM_SHARED'] === undefined
    ? fileURLToPath(new URL('../../../../shared/corpus/pegasus/', import.meta.url))
    : `${process.env['SKYLOOM_SHARED']}/corpus/pegasus/`

/** Why tests over the corpus cannot run here; `undefined` when they can. Under CI=true it must be there. */
export function missingCorpus(): string | undefined {
  if (existsSync(corpusFolder)) return undefined
  if (process.env['CI'] === 'true') throw new Error(`the shared corpus is missing at ${corpusFolder}`)
  return `no shared corpus at ${corpusFolder}`
}
