import type { Scheduler } from './scheduler.ts'
import type { ResultOf, TaskPool, TaskTable } from './task.ts'

/** The typed face of a scheduler. */
export function taskPool<Tasks extends TaskTable>(threads: number, scheduler: Scheduler): TaskPool<Tasks> {
  return {
    threads,
    // The task table is the only source of results, so the name fixes the type.
    run: (name, payload, options) =>
      scheduler.run({ name, payload }, options?.signal) as Promise<ResultOf<Tasks[typeof name]>>,
    close: () => scheduler.close(),
    [Symbol.asyncDispose]: () => scheduler.close(),
  }
}
