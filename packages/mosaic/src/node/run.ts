import type { PixelMemory, TaskPool } from '@skyloom/kernels'
import type { MosaicOptions } from '../make/options.ts'
import type { ImageStore } from './image-store.ts'
import type { MosaicSettings } from './settings.ts'
import type { StageMeter } from './stage-meter.ts'
import type { TaskLane } from './task-lane.ts'
import type { TaskRunner } from './task-runner.ts'
import type { tasks } from './tasks.ts'

/** What the stages of one run share. */
export interface MosaicRun {
  readonly options: MosaicOptions
  readonly settings: MosaicSettings
  readonly meter: StageMeter
  readonly memory: PixelMemory
  readonly pool: TaskPool<typeof tasks>
  readonly store: ImageStore
  /** Tasks that have their memory at the same time: those that run and those that wait behind them. */
  readonly tasksAtOnce: number
  /** For the parts of one job. */
  readonly runner: TaskRunner
  /** For jobs, in the order in which they come. */
  readonly lane: TaskLane
}
