import { BaseError, throwIfAborted } from '@skyloom/base'
import { KernelsError } from '../errors.ts'

/** One task that was handed to a slot. */
export interface SlotJob {
  readonly name: string
  readonly payload: unknown
}

/** Where tasks are executed: a thread, or this one. */
export interface SlotRunner {
  /** Makes a slot ready for a job and clears its abort flag. */
  start(slot: number): void
  /** Runs a job in a slot; settles when the job no longer touches memory. */
  execute(slot: number, job: SlotJob): Promise<unknown>
  /** Asks the job that runs in a slot to stop soon. */
  abort(slot: number): void
  /** Called once, when nothing runs any more. */
  close(): Promise<void>
}

interface Waiting {
  readonly job: SlotJob
  readonly signal: AbortSignal | undefined
  resolve(result: unknown): void
  reject(error: Error): void
}

/** First-come first-served assignment of jobs to a fixed number of slots. */
export interface Scheduler {
  run(job: SlotJob, signal: AbortSignal | undefined): Promise<unknown>
  close(): Promise<void>
}

/** A new scheduler over `slotCount` slots. */
export function createScheduler(slotCount: number, runner: SlotRunner): Scheduler {
  const freeSlots = Array.from({ length: slotCount }, (_, k) => slotCount - 1 - k)
  const queue: Waiting[] = []
  const running = new Set<Promise<void>>()
  let closing: Promise<void> | undefined

  const startNext = (): void => {
    while (queue.length > 0 && freeSlots.length > 0) {
      const waiting = queue.shift()!
      const slot = freeSlots.pop()!
      const done = runInSlot(runner, slot, waiting).then(() => {
        freeSlots.push(slot)
        running.delete(done)
        startNext()
      })
      running.add(done)
    }
  }

  const enqueue = (job: SlotJob, signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        const index = queue.indexOf(waiting)
        if (index < 0) return
        queue.splice(index, 1)
        reject(new BaseError('BASE_ABORTED', 'stopped on request', { cause: signal?.reason }))
      }
      const settle = (): void => signal?.removeEventListener('abort', leave)
      const waiting: Waiting = {
        job,
        signal,
        resolve: (result) => {
          settle()
          resolve(result)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(waiting)
      startNext()
    })

  const closeAll = async (): Promise<void> => {
    for (const waiting of queue.splice(0)) waiting.reject(poolClosed())
    await Promise.all(running)
    await runner.close()
  }

  return {
    async run(job, signal) {
      throwIfAborted(signal)
      if (closing !== undefined) throw poolClosed()
      return enqueue(job, signal)
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

async function runInSlot(runner: SlotRunner, slot: number, waiting: Waiting): Promise<void> {
  const { job, signal } = waiting
  const abort = (): void => runner.abort(slot)
  try {
    runner.start(slot)
    signal?.addEventListener('abort', abort, { once: true })
    waiting.resolve(await runner.execute(slot, job))
  } catch (error) {
    waiting.reject(error instanceof Error ? error : new Error(String(error)))
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

function poolClosed(): KernelsError {
  return new KernelsError('KERNELS_POOL_CLOSED', 'the worker pool was closed', {
    remedy: 'await the tasks before closing, or make a new pool',
  })
}
