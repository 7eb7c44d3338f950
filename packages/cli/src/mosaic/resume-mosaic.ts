import { isSkyloomError, type ProgressListener } from '@skyloom/base'
import { openRegistry } from '@skyloom/registry'
import { RunnerError, runIdOf } from '@skyloom/runner'
import { runNote } from './interrupted-run.ts'
import { makeMosaicRun, recordPlace } from './make-mosaic-run.ts'
import type { MakeRecord } from './make-record.ts'

/** How a mosaic is gone on with. */
export interface ResumeOptions {
  /** Place of the registry, absolute or a URL. */
  readonly registry: string
  /** In place of what it was begun with. */
  readonly threads?: number | undefined
  readonly memoryBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ProgressListener | undefined
}

/**
 * Goes on with a run of `mosaic make` by the record of how it was begun, in the folder where it was begun. A run whose mosaic is there
 * is left alone.
 *
 * @returns the directory of the run that made the mosaic: another one when images turned out to be damaged
 * @throws {RunnerError} `RUNNER_BAD_PLAN` when its inputs or its output folder are not its own any more
 * @throws what `makeMosaicRun` throws
 */
export async function resumeMosaic(
  runDir: string,
  record: MakeRecord,
  options: ResumeOptions,
): Promise<string> {
  const before = process.cwd()
  process.chdir(record.folder)
  try {
    return await resumeHere(runDir, record, options)
  } finally {
    process.chdir(before)
  }
}

async function resumeHere(
  runDir: string,
  record: MakeRecord,
  { registry: place, signal, onProgress, threads, memoryBytes }: ResumeOptions,
): Promise<string> {
  const { outDir } = record.options
  const recorded = recordPlace(place)
  const { interrupted } = await runNote(recorded.runsDir, outDir)
  const state = await stateOf(place, runDir)
  // The note goes last: with it a run that has succeeded has no report yet, and is made anew.
  if (state === 'succeeded' && interrupted !== runDir) return runDir
  if (interrupted !== undefined && interrupted !== runDir) {
    throw new RunnerError('RUNNER_BAD_PLAN', 'another run works on the output folder of this one', {
      where: [runDir],
      found: `${outDir}, which is that of ${interrupted}`,
      remedy: 'resume that run, or begin the mosaic again with another --out',
    })
  }
  const options = {
    ...record.options,
    ...(threads === undefined ? {} : { threads }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    signal,
    onProgress,
  }
  const resumed = state === 'succeeded' ? undefined : { runDir, damaged: record.damaged }
  return (await makeMosaicRun(options, recorded, record.workflow, resumed)).runDir
}

/** @returns nothing for a run that was interrupted before it was registered */
async function stateOf(place: string, runDir: string): Promise<string | undefined> {
  await using registry = await openRegistry(place)
  try {
    return (await registry.runs.get(await runIdOf(runDir))).state
  } catch (error) {
    if (isSkyloomError(error, 'REGISTRY_NOT_FOUND')) return undefined
    throw error
  }
}
