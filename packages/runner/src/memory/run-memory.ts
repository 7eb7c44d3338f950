import { join } from 'node:path'
import type { ExecutorHost } from '../executor/local-executor.ts'
import { WORK_FOLDER } from '../job/work-directory.ts'
import { SharedFiles } from './shared-files.ts'

/** How a run divides its memory. */
export interface RunMemory {
  readonly files: SharedFiles
  /** What each function should not exceed by much. */
  readonly functionBytes: number
}

/** Part of the memory that files may take; the rest is for what functions work with. */
const FILES_PART = 0.75
/** Less is of no use to a function that makes mosaics. */
const LEAST_FUNCTION_BYTES = 64 * 1024 * 1024
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
  const ceiling = limitBytes + BESIDE_LIMIT_BYTES
  const files = new SharedFiles(memory, {
    limitBytes: FILES_PART * limitBytes,
    folder: join(memory.scratch ?? join(runDir, 'work'), WORK_FOLDER, `${runId.slice(0, 8)}.memory`),
    mayGrow: (bytes) => process.memoryUsage.rss() + bytes <= ceiling,
    hasSucceeded: (job) => host.hasSucceeded(job),
  })
  const functionBytes = Math.max(LEAST_FUNCTION_BYTES, ((1 - FILES_PART) * limitBytes) / Math.max(1, cores))
  return { files, functionBytes }
}
