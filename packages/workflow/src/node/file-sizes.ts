import type { FileUse } from '../model/file-use.ts'
import { metadataSizeBytes } from '../model/metadata.ts'
import type { Workflow } from '../model/workflow.ts'
import type { SourceReader } from './source-reader.ts'
import { readTextFile } from './text-file.ts'

/** Reads sizes of files: lines with a logical name, a comma and bytes; a first line with headings is skipped. */
export async function readFileSizes(
  reader: SourceReader,
  path: string,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  const lines = (await readTextFile(path)).split(/\r?\n/)
  reader.sources.push({ role: 'file sizes', path })
  lines.forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const [, quoted, plain, bytes] =
      /^\s*(?:"((?:[^"]|"")*)"|(.*?))\s*,\s*"?(\d{1,15})"?\s*$/.exec(line) ?? []
    const lfn = quoted?.replaceAll('""', '"') ?? plain
    if (lfn !== undefined && bytes !== undefined) sizes.set(lfn, Number(bytes))
    else if (i > 0)
      reader.add(
        'error',
        'LINE_SYNTAX',
        `${reader.shown(path)}:${i + 1}: no file name and size in bytes: found ${line.slice(0, 80)}`,
      )
  })
  return sizes
}

/** The workflow with these sizes on uses of files that say none. */
export function withFileSizes(workflow: Workflow, sizes: ReadonlyMap<string, number>): Workflow {
  const sized = (use: FileUse): FileUse => {
    const sizeBytes = sizes.get(use.lfn)
    const isKnown = use.sizeBytes !== undefined || metadataSizeBytes(use.metadata ?? []) !== undefined
    return sizeBytes === undefined || isKnown ? use : { ...use, sizeBytes }
  }
  return { ...workflow, jobs: workflow.jobs.map((job) => ({ ...job, uses: job.uses.map(sized) })) }
}
