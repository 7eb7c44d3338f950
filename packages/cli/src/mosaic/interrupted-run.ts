import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'

/** Note that a run works on an output folder: what an interrupted run leaves. */
export interface RunNote {
  /** Directory of the interrupted run; undefined when there is none. */
  readonly interrupted: string | undefined
  write(runDir: string): Promise<void>
  remove(): Promise<void>
}

/** The note for an output folder, kept among the runs so that the folder holds nothing but products. */
export async function runNote(runsDir: string, outDir: string): Promise<RunNote> {
  const name = createHash('sha256').update(resolve(outDir)).digest('hex').slice(0, 32)
  const path = join(runsDir, `unfinished-${name}`)
  const interrupted = await readFile(path, 'utf8').catch(() => undefined)
  return {
    interrupted,
    write: async (runDir) => await writeFileAtomic(path, runDir, { overwrite: true }),
    remove: async () => await rm(path, { force: true }),
  }
}
