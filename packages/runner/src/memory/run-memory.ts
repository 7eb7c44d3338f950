import { join } from 'node:path'
import type { ExecutorHost } from '../executor/local-executor.ts'
import { WORK_FOLDER } from '../job/work-directory.ts'
import { SharedFiles } from './shared-files.ts'

/** How a run divides its memory. */
export interface RunMemory {
  readonly files: SharedFiles
  /** What each function should not exceed by much. */
  readonly functionBytes: number
  /** Resident memory of the process from which on they tidy up behind themselves. */
  readonly tightBytes: number
}

/** Part of the memory that functions share, and the least that each of them gets: one that makes mosaics can do nothing with less. */
const FUNCTIONS_PART = 0.25
const LEAST_FUNCTION_BYTES = 64 * 1024 * 1024
/** Files have this part, however many functions there are. */
const LEAST_FILES_PART = 0.25
/** Part of the limit from which on memory is short. */
const TIGHT_PART = 0.75
/** What of the process is there before the first file, and does not count. */
const BESIDE_LIMIT_BYTES = 128 * 1024 * 1024

/**
 * The memory of a run whose plan has the data configuration `memory`; nothing for other plans. Files take no more memory while the whole
 * process has reached its limit, so that functions that need much leave less to files.
 */
export function runMemory(host: ExecutorHost, cores: number, limitBytes: number): RunMemory | undefined {
  const { plan, runDir, runId } = host
  const { memory } = plan
  if (memory === undefined) return undefined
  const functionBytes = Math.max(LEAST_FUNCTION_BYTES, (FUNCTIONS_PART * limitBytes) / Math.max(1, cores))
  const ceiling = limitBytes + BESIDE_LIMIT_BYTES
  const files = new SharedFiles(memory, {
    limitBytes: Math.max(LEAST_FILES_PART * limitBytes, limitBytes - cores * functionBytes),
    folder: join(memory.scratch ?? join(runDir, 'work'), WORK_FOLDER, `${runId.slice(0, 8)}.memory`),
    mayGrow: (bytes) => process.memoryUsage.rss() + bytes <= ceiling,
    hasSucceeded: (job) => host.hasSucceeded(job),
  })
  return { files, functionBytes, tightBytes: TIGHT_PART * ceiling }
}
