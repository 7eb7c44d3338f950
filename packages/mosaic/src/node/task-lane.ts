import { throwIfAborted } from '@skyloom/base'
import type { PreparedTask } from './task-runner.ts'

/** Runs tasks that come one by one: prepared in the order in which they came, a number of them at a time. */
export interface TaskLane {
  /** True while at least one task runs: memory may still be released. */
  isBusy(): boolean
  /**
   * Runs a task when its turn comes.
   *
   * @param prepare takes the memory of the task; never called while another is prepared, nor before a place is free
   * @returns what the task gives; its own error, or `BASE_ABORTED` when its turn did not come before the signal
   */
  run<Result>(prepare: () => Promise<PreparedTask<Result>>, signal?: AbortSignal): Promise<Result>
}

/** A lane for so many tasks at a time. */
export function createTaskLane(width: number): TaskLane {
  const active = new Set<Promise<unknown>>()
  let running = 0
  let line: Promise<unknown> = Promise.resolve()
  const begin = async <Result>(
    prepare: () => Promise<PreparedTask<Result>>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly result: Promise<Result> }> => {
    while (active.size >= width) await Promise.race(active)
    throwIfAborted(signal)
    const task = await prepare()
    running++
    const result = task.run().finally(() => {
      running--
    })
    const ended = result.then(
      () => void active.delete(ended),
      () => void active.delete(ended),
    )
    active.add(ended)
    return { result }
  }
  return {
    isBusy: () => running > 0,
    async run(prepare, signal) {
      // In an object, so that the line waits for the preparation only.
      const begun = line.then(async () => await begin(prepare, signal))
      line = begun.catch(() => undefined)
      const { result } = await begun
      return await result
    },
  }
}
