import type { BatchTask } from './batch-file.ts'
import type { NodeSettings } from './node-work.ts'

/** File with the task in the folder that a scheduler carries to a node. */
export const CARRIED_TASK = 'task.json'
/** Folder that goes home, with the report and, in `files/`, the outputs by their paths. */
export const CARRIED_OUT = 'out'
/** File of the report in {@link CARRIED_OUT}. */
export const CARRIED_REPORT = 'report.json'

/** Content of {@link CARRIED_TASK}. */
export interface CarriedTask {
  readonly batch: NodeSettings
  readonly task: BatchTask
}

/** Name of an input on its way, by its position: schedulers' lists of files know neither commas nor folders. */
export function carriedInput(at: number): string {
  return `input.${at}`
}
