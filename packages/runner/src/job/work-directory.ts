import { renameSync, rmSync } from 'node:fs'
import type { PlanJobLine } from '@skyloom/workflow'
import { errorCodes } from '../files/disk-fault.ts'
import { filePathOf } from '../files/file-url.ts'

/** Folder in a scratch directory that holds the work directories of attempts. */
export const WORK_FOLDER = '.skyloom-work'

/** Where the files of one attempt are. */
export interface AttemptPlaces {
  /** Private to the attempt: inputs are linked here, outputs are written here. */
  readonly workDirectory: string
  stdout(task: number): string
  stderr(task: number): string
}

/**
 * Places of an attempt. Its work directory lies in the scratch directory of its outputs, so that publishing them is a
 * rename; its output texts lie in the directory of the run, 1000 jobs a folder.
 */
export function attemptPlaces(
  runDir: string,
  runId: string,
  job: PlanJobLine,
  attempt: number,
): AttemptPlaces {
  // Made for every job, so without the work of `join`.
  const name = (task: number, ending: string): string =>
    `${runDir}/logs/${Math.floor(job.number / 1000)}/${job.number}.${attempt}.${task}.${ending}`
  const scratch = scratchOf(job) ?? `${runDir}/work`
  return {
    workDirectory: `${scratch}/${WORK_FOLDER}/${runId.slice(0, 8)}/${job.number}.${attempt}`,
    stdout: (task) => name(task, 'out'),
    stderr: (task) => name(task, 'err'),
  }
}

/** Scratch directory of the run at the site of a job, from a file that it makes or reads there. */
function scratchOf(job: PlanJobLine): string | undefined {
  if (job.outputs.length === 0 && job.inputs.length === 0) return undefined
  const places = [
    ...job.outputs.map(({ target, path }) => ({ url: target.url, path })),
    ...job.inputs
      .filter((input) => input.from === 'staging')
      .flatMap(({ sources, path }) => sources.slice(0, 1).map(({ url }) => ({ url, path }))),
  ]
  for (const { url, path } of places) {
    const file = filePathOf(url)
    if (file?.endsWith(`/${path}`) === true) return file.slice(0, -path.length - 1)
  }
  return undefined
}

/**
 * Removes a work directory and all in it: links and what is left of outputs. At once: an engine that is killed meanwhile leaves none, or
 * all of it, so that the next one never takes a part for the whole.
 */
export function removeWorkDirectory(path: string): void {
  const gone = `${path}.gone`
  try {
    renameSync(path, gone)
  } catch (error) {
    if (errorCodes(error)[0] !== 'ENOENT') throw error
  }
  rmSync(gone, { recursive: true, force: true })
}
