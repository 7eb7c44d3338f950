import { throwIfAborted } from '@skyloom/base'

/** What a task got before it runs. */
export interface PreparedTask<Result> {
  run(): Promise<Result>
}

/** Runs tasks side by side while their preparation stays in order. */
export interface TaskRunner {
  /** True while at least one task runs or its result is not finished yet: memory may still be released. */
  isBusy(): boolean
  /**
   * Prepares each item in turn and runs as many of them as the threads take. No further task starts while four for
   * each thread are not finished: results do not pile up in memory when writing them is slower than making them.
   *
   * @param prepare takes the memory of one task; never called twice at the same time
   * @param finish called with each result in the order of the items
   * @throws the first error of any task, after all running ones have ended
   */
  runAll<Item, Result>(
    items: readonly Item[],
    prepare: (item: Item, index: number) => Promise<PreparedTask<Result>>,
    finish: (result: Result, item: Item, index: number) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<void>
}

/** Tasks for each thread that may be unfinished: enough that a slow one holds up no others. */
const UNFINISHED_PER_THREAD = 4

/**
 * A runner of tasks for a number of threads.
 *
 * @param aheadPerThread tasks that wait in a thread for the one that runs there
 */
export function createTaskRunner(threads: number, aheadPerThread = 0): TaskRunner {
  const width = threads * (1 + aheadPerThread)
  const unfinishedCount = threads * UNFINISHED_PER_THREAD
  let running = 0
  return {
    isBusy: () => running > 0,
    async runAll(items, prepare, finish, signal) {
      const active = new Set<Promise<void>>()
      const failures: unknown[] = []
      let finished: Promise<void> = Promise.resolve()
      const unfinished: Promise<void>[] = []
      for (const [index, item] of items.entries()) {
        if (failures.length > 0 || signal?.aborted === true) break
        try {
          const task = await prepare(item, index)
          running++
          const before = finished
          const result = task.run()
          finished = Promise.all([result, before])
            .then(async ([value]) => {
              await finish(value, item, index)
            })
            .finally(() => {
              running--
            })
          // A failure is reported below, after the other tasks have ended.
          finished.catch(() => undefined)
          unfinished.push(finished)
          const done: Promise<void> = result.then(
            () => void active.delete(done),
            (error: unknown) => {
              failures.push(error)
              active.delete(done)
            },
          )
          active.add(done)
        } catch (error) {
          failures.push(error)
        }
        if (active.size >= width) await Promise.race(active)
        while (unfinished.length >= unfinishedCount) await settled(unfinished.shift())
      }
      await Promise.all(active)
      if (failures.length > 0) throw failures[0]
      await finished
      throwIfAborted(signal)
    },
  }
}

/** Waits for a promise whose failure is met elsewhere. */
async function settled(promise: Promise<void> | undefined): Promise<void> {
  await promise?.catch(() => undefined)
}
