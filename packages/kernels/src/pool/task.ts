import type { PixelViews } from '../memory/pixel-memory.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'

/** A block of pixel memory that belongs to one running task. */
export interface Scratch {
  /** Byte offset, a multiple of 64. */
  readonly at: number
  readonly sizeBytes: number
}

/** What a task gets from the pool that runs it. */
export interface TaskContext {
  readonly memory: PixelViews
  readonly kernels: PixelKernels
  /** Content is undefined at the start of the task; it is lost at its end. */
  readonly scratch: Scratch
  /** Throws `BASE_ABORTED` when the caller wants to stop. Call it once per tile or row block. */
  throwIfAborted(): void
}

/** One kind of work. The payload and the result cross to another thread: plain data only, pixels stay in pixel memory. */
export type Task<Payload, Result> = (context: TaskContext, payload: Payload) => Result | Promise<Result>

/** Named tasks, the export `tasks` of a task module. `never` lets a table hold tasks of any payload. */
export type TaskTable = Readonly<Record<string, Task<never, unknown>>>

/** Payload type of a task of a table. */
export type PayloadOf<T> = T extends Task<infer Payload, unknown> ? Payload : never

/** Result type of a task of a table. */
export type ResultOf<T extends (context: TaskContext, payload: never) => unknown> = Awaited<ReturnType<T>>

/** Runs tasks one after another in each of its slots. */
export interface TaskPool<Tasks extends TaskTable> {
  /** Number of tasks that run at the same time. */
  readonly threads: number
  /**
   * Runs a task and gives its result. The promise settles only when the task no longer touches memory, also after an abort.
   *
   * @throws the task's own error with its `code` and facts; `BASE_ABORTED`; `KERNELS_POOL_CLOSED`; `KERNELS_UNKNOWN_TASK`;
   * `KERNELS_WORKER_LOST` when the thread died
   */
  run<Name extends keyof Tasks & string>(
    name: Name,
    payload: PayloadOf<Tasks[Name]>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ResultOf<Tasks[Name]>>
  /** Refuses tasks that have not started, waits for the running ones, gives scratch back. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
