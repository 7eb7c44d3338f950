import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BaseError } from '@skyloom/base'
import { writeFileAtomic } from '@skyloom/base/node'
import type { MosaicOptions, RejectedImage } from '@skyloom/mosaic'
import { RunnerError } from '@skyloom/runner'
import * as z from 'zod'

/** How the workflow of a mosaic runs: as functions of this process in memory, or as processes of Montage modules on files. */
const WORKFLOW_FORMS = ['memory', 'classic'] as const

/** One of {@link WORKFLOW_FORMS}. */
export type WorkflowForm = (typeof WORKFLOW_FORMS)[number]

/** With what a mosaic was begun, so that its run can be resumed without its command line. */
export interface MakeRecord {
  /** Folder from which relative paths of the options go. */
  readonly folder: string
  readonly options: MosaicOptions
  readonly workflow: WorkflowForm
  /** Images that former runs of the same command had found damaged. */
  readonly damaged: readonly RejectedImage[]
}

/** File of the record in the directory of a run. */
const RECORD_FILE = 'make.json'

const schema = z.object({
  version: z.literal(1),
  folder: z.string(),
  options: z.looseObject({ imagesDir: z.string(), outDir: z.string() }),
  workflow: z.enum(WORKFLOW_FORMS),
  damaged: z.array(z.object({ name: z.string(), code: z.string(), reason: z.string() })),
})

/** Writes the record of a run; what cannot be written down (listeners, signal, clock) is left out. */
export async function writeMakeRecord(runDir: string, record: MakeRecord): Promise<void> {
  const options = { ...record.options, onProgress: undefined, signal: undefined, clock: undefined }
  const text = JSON.stringify({ version: 1, ...record, options }, null, 2)
  await writeFileAtomic(join(runDir, RECORD_FILE), `${text}\n`, { overwrite: true })
}

/**
 * The record of a run; `undefined` for a run that `mosaic make` did not begin.
 *
 * @throws {RunnerError} `RUNNER_BAD_RECORD`
 */
export async function readMakeRecord(runDir: string): Promise<MakeRecord | undefined> {
  const path = join(runDir, RECORD_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new BaseError('BASE_READ_FAILED', 'the file cannot be read', { where: [path], cause })
  }
  const parsed = schema.safeParse(parsedJson(text))
  if (!parsed.success) {
    throw new RunnerError('RUNNER_BAD_RECORD', 'the record of a mosaic cannot be read', {
      where: [path],
      found: z.prettifyError(parsed.error),
      remedy: 'begin it again with skyloom mosaic make',
    })
  }
  // Options are written as they are typed, and checked again when the mosaic begins.
  return { ...parsed.data, options: parsed.data.options as unknown as MosaicOptions }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
