import type { Clock, ProgressListener } from '@skyloom/base'
import type { PixelMemory, TaskPool } from '@skyloom/kernels'
import type { ImageStore } from './image-store.ts'
import type { TaskRunner } from './task-runner.ts'
import type { tasks } from './tasks.ts'

/** What the stages of one run share. */
export interface MosaicRun {
  readonly memory: PixelMemory
  readonly pool: TaskPool<typeof tasks>
  readonly store: ImageStore
  readonly runner: TaskRunner
  readonly clock: Clock
  readonly onProgress: ProgressListener | undefined
  readonly signal: AbortSignal | undefined
}
