import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { mountedFiles, PARTIAL_MARK } from '@skyloom/base/node'
import { createPixelMemory } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import type { ImageRecord } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import { createImageStore } from './image-store.ts'
import { isSmallWork, pixelMemoryBytes, tasksAhead } from './memory-budget.ts'
import type { MosaicRun } from './run.ts'
import type { MosaicSettings } from './settings.ts'
import type { StageMeter } from './stage-meter.ts'
import { createTaskLane } from './task-lane.ts'
import { createTaskRunner } from './task-runner.ts'
import { TASK_SCRATCH_BYTES, type tasks } from './tasks.ts'

/** A run whose memory and threads are given back by `close`. */
export interface OpenRun extends MosaicRun {
  /** Starts no more jobs; those that run end soon. */
  stop(): void
  close(): Promise<void>
}

/**
 * Memory, threads and the spill file (made in the output folder, which must be there, when it is needed) for a mosaic.
 *
 * @param images decide how much memory reading takes
 */
export function openRun(
  options: MosaicOptions,
  settings: MosaicSettings,
  meter: StageMeter,
  images: readonly ImageRecord[],
): OpenRun {
  const { signal } = options
  const stop = new AbortController()
  // Every task listens.
  setMaxListeners(0, stop.signal)
  const onAbort = (): void => stop.abort(signal?.reason)
  if (signal?.aborted === true) onAbort()
  signal?.addEventListener('abort', onAbort)
  const limitBytes = pixelMemoryBytes(settings, images)
  const memory = createPixelMemory({ maximumBytes: limitBytes })
  // Other threads do not see what is mounted in this one.
  const callerWorks = isSmallWork(images) || mountedFiles() !== undefined
  const ahead = callerWorks ? 0 : tasksAhead(settings, images)
  const tasksAtOnce = settings.threads * (1 + ahead)
  const runner = createTaskRunner(settings.threads, ahead)
  const lane = createTaskLane(tasksAtOnce)
  const spillPath = join(options.outDir, `.spill${PARTIAL_MARK}${process.pid}`)
  const store = createImageStore(memory, limitBytes, spillPath, () => runner.isBusy() || lane.isBusy())
  const pool = createWorkerPool<typeof tasks>({
    threads: settings.threads,
    memory,
    taskModule: new URL('./tasks.js', import.meta.url),
    scratchBytes: TASK_SCRATCH_BYTES,
    callerWorks,
    tasksAhead: ahead,
    startsEarly: true,
  })
  return {
    options: { ...options, signal: stop.signal },
    settings,
    meter,
    memory,
    pool,
    store,
    runner,
    lane,
    tasksAtOnce,
    stop: () => stop.abort(),
    async close() {
      signal?.removeEventListener('abort', onAbort)
      await pool.close()
      await store.close()
    },
  }
}
