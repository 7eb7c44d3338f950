import type { Selectable } from 'kysely'
import { jsonValue } from '../database/json-text.ts'
import type { FileTable, QualityMessageTable } from '../database/tables.ts'
import type { FileInfo } from './file-store.ts'
import type { QualityLevel, QualityMessage } from './records.ts'

/** A file as read, with the text id of the run that made it. */
export function fileFromRow(row: Selectable<FileTable> & { readonly run_id: string | null }): FileInfo {
  const { run_id: runId, job_id: jobId, attempt, task } = row
  return {
    id: row.id,
    lfn: row.lfn,
    type: row.type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    createdMs: row.created_ms,
    madeBy:
      runId === null || jobId === null ? null : { runId, jobId, attempt: attempt ?? 1, task: task ?? 1 },
  }
}

/** A quality message as read, with the text id of its file. */
export function messageFromRow(
  row: Selectable<QualityMessageTable> & { readonly file_id: string | null },
): QualityMessage & { readonly timeMs: number } {
  return {
    // Written from typed rows only.
    level: row.level as QualityLevel,
    text: row.text,
    timeMs: row.time_ms,
    ...(row.file_id === null ? {} : { fileId: row.file_id }),
    ...(row.job_id === null ? {} : { jobId: row.job_id }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    ...(row.author === null ? {} : { author: row.author }),
    ...(row.log_file === null ? {} : { logFile: row.log_file }),
    ...(row.log_line === null ? {} : { logLine: row.log_line }),
    ...(row.data === 'null' ? {} : { data: jsonValue(row.data) }),
  }
}
