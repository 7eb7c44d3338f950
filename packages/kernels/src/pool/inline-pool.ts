import { systemClock } from '@skyloom/base'
import { KernelsError } from '../errors.ts'
import type { PixelMemory } from '../memory/pixel-memory.ts'
import { pixelKernels } from '../pixels/choose-kernels.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { createScheduler, type SlotRunner } from './scheduler.ts'
import { createSlots, DEFAULT_SCRATCH_BYTES, type Slots, taskContext } from './slots.ts'
import type { Task, TaskPool, TaskTable } from './task.ts'
import { taskPool } from './task-pool.ts'

/** Timers, input and aborts get a turn after this time in tasks. */
const YIELD_AFTER_MS = 30

/** Options of {@link inlinePool}. */
export interface InlinePoolOptions<Tasks extends TaskTable> {
  readonly memory: PixelMemory
  /** The tasks, or a function that loads them at the first run. */
  readonly tasks: Tasks | (() => Promise<Tasks>)
  /** Scratch of the running task; default 4 MiB. */
  readonly scratchBytes?: number
  /** Default: the fastest that the engine runs. */
  readonly kernels?: PixelKernels
}

/** A pool without threads: tasks run here, one after another, with the same context and errors as in workers. */
export function inlinePool<Tasks extends TaskTable>(options: InlinePoolOptions<Tasks>): TaskPool<Tasks> {
  const slots = createSlots(options.memory, 1, options.scratchBytes ?? DEFAULT_SCRATCH_BYTES)
  const execute = inlineExecution(options, slots)
  const runner: SlotRunner = {
    execute,
    start: (slot) => slots.setAborted(slot, false),
    abort: (slot) => slots.setAborted(slot, true),
    close() {
      slots.free()
      return Promise.resolve()
    },
  }
  return taskPool(1, createScheduler(1, runner))
}

/** Runs jobs in this thread, in the blocks of `slots`. */
export function inlineExecution<Tasks extends TaskTable>(
  options: InlinePoolOptions<Tasks>,
  slots: Slots,
): SlotRunner['execute'] {
  const { memory, tasks, scratchBytes = DEFAULT_SCRATCH_BYTES } = options
  let kernels = options.kernels
  let loaded: TaskTable | undefined
  let lastYieldMs = systemClock.monotonicMs()
  return async (slot, job) => {
    if (systemClock.monotonicMs() - lastYieldMs > YIELD_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      lastYieldMs = systemClock.monotonicMs()
    }
    kernels ??= pixelKernels(memory)
    loaded ??= typeof tasks === 'function' ? await tasks() : tasks
    const task = findTask(loaded, job.name)
    return task(taskContext(memory, kernels, slots.blockOf(slot), scratchBytes), job.payload)
  }
}

/** @throws {KernelsError} `KERNELS_UNKNOWN_TASK` */
export function findTask(tasks: TaskTable, name: string): Task<unknown, unknown> {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined
  if (task === undefined) {
    throw new KernelsError('KERNELS_UNKNOWN_TASK', 'the task module has no such task', {
      found: name,
      allowed: Object.keys(tasks).join(', '),
    })
  }
  // The pool's types guarantee that the payload belongs to the task of this name.
  return task as Task<unknown, unknown>
}
