import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { mountedFiles, PARTIAL_MARK } from '@skyloom/base/node'
import { createPixelMemory } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import type { ImageRecord } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import { createImageStore } from './image-store.ts'
import { pixelMemoryBytes, tasksAheadOf } from './memory-budget.ts'
import type { MosaicRun } from './run.ts'
import type { MosaicSettings } from './settings.ts'
import type { StageMeter } from './stage-meter.ts'
import { createTaskLane } from './task-lane.ts'
import { createTaskRunner } from './task-runner.ts'
import { TASK_SCRATCH_BYTES, type tasks } from './tasks.ts'

/** Pixels of all images of a mosaic that takes about a second. */
const SMALL_WORK_PIXELS = 2 ** 24
/** Pixels of an image that holds the calling thread up for about a tenth of a second. */
const SMALL_IMAGE_PIXELS = 2 ** 21

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
  const callerWorks = isSmall(images) || mountedFiles() !== undefined
  const tasksAhead = callerWorks ? 0 : tasksAheadOf(settings.threads)
  const tasksAtOnce = settings.threads * (1 + tasksAhead)
  const runner = createTaskRunner(tasksAtOnce)
  const lane = createTaskLane(tasksAtOnce)
  const spillPath = join(options.outDir, `.spill${PARTIAL_MARK}${process.pid}`)
  const store = createImageStore(memory, limitBytes, spillPath, () => runner.isBusy() || lane.isBusy())
  const pool = createWorkerPool<typeof tasks>({
    threads: settings.threads,
    memory,
    taskModule: new URL('./tasks.js', import.meta.url),
    scratchBytes: TASK_SCRATCH_BYTES,
    callerWorks,
    tasksAhead,
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
    stop: () => stop.abort(),
    async close() {
      signal?.removeEventListener('abort', onAbort)
      await pool.close()
      await store.close()
    },
  }
}

/** Whether to start one more worker would cost more than the work that the calling thread can do itself. */
function isSmall(images: readonly ImageRecord[]): boolean {
  const pixels = images.map(({ width, height }) => width * height)
  const all = pixels.reduce((sum, count) => sum + count, 0)
  return all <= SMALL_WORK_PIXELS && pixels.every((count) => count <= SMALL_IMAGE_PIXELS)
}
