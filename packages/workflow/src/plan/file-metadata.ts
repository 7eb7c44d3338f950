import type { MetadataEntry } from '../model/metadata.ts'
import type { TaskTable } from './task-table.ts'

/** Metadata of a file: that of its use by the job that writes it. */
export function metadataOf(tasks: TaskTable, file: number): readonly MetadataEntry[] {
  const job = tasks.jobs[tasks.producer[file] ?? -1]
  const lfn = tasks.lfns[file]
  return job?.uses.find((use) => use.lfn === lfn)?.metadata ?? []
}
