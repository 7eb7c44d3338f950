import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Piscina } from 'piscina'
import { KernelsError } from '../errors.ts'
import type { PixelMemory } from '../memory/pixel-memory.ts'
import { errorFromData } from '../pool/error-transfer.ts'
import { inlineExecution, inlinePool } from '../pool/inline-pool.ts'
import { createScheduler, type SlotRunner } from '../pool/scheduler.ts'
import { createSlots, DEFAULT_SCRATCH_BYTES, type Slots } from '../pool/slots.ts'
import type { TaskPool, TaskTable } from '../pool/task.ts'
import { taskPool } from '../pool/task-pool.ts'
import { loadTasks, type WorkerJob, type WorkerReply, type WorkerStart } from './worker.ts'

/** Options of {@link createWorkerPool}. */
export interface WorkerPoolOptions {
  /** Tasks at the same time. 0 and 1 run inline, without a worker. */
  readonly threads: number
  /** Shared memory that the calling thread owns. */
  readonly memory: PixelMemory
  /** File URL or absolute path of a JavaScript module that exports `tasks`. */
  readonly taskModule: URL | string
  /** Scratch of each running task; default 4 MiB. */
  readonly scratchBytes?: number
  /**
   * The calling thread runs tasks too, as the last of the threads, when the others have work: a worker less to start, which is worth it
   * where all the work takes a second or two and no task holds the thread up for long. Default: it does not.
   */
  readonly callerWorks?: boolean
  /**
   * Tasks that wait in each worker behind the one that runs, so that it need not wait for this thread to hand it the next: for many short
   * tasks. Each takes scratch of its own. Default 0; without workers, and where the calling thread works, there are none.
   */
  readonly tasksAhead?: number
  /** The workers start at once, not at the first tasks: where there is something else to do until then. Not where the calling thread works. */
  readonly startsEarly?: boolean
}

/** More threads than this help nobody and cost 40 ms of CPU each to start. */
const MAX_THREADS = 256
/**
 * Room for new objects in each worker. Tasks keep pixels in the shared memory and make few objects; by default V8 would let every worker
 * grow to 48 MiB before it collects.
 */
const YOUNG_GENERATION_MIB = 6

/**
 * A pool of warm workers over shared pixel memory. Workers start at the first runs and stay until `close`.
 *
 * @throws {KernelsError} `KERNELS_BAD_SIZE` for an impossible number of threads, `KERNELS_NO_SHARED_MEMORY` for unshared
 * memory, `KERNELS_OUT_OF_MEMORY` when the scratch of the threads does not fit
 */
export function createWorkerPool<Tasks extends TaskTable>(options: WorkerPoolOptions): TaskPool<Tasks> {
  const { threads, memory, scratchBytes = DEFAULT_SCRATCH_BYTES } = options
  if (!Number.isInteger(threads) || threads < 0 || threads > MAX_THREADS) {
    throw new KernelsError('KERNELS_BAD_SIZE', 'a pool with this number of threads is not possible', {
      found: `${threads}`,
      allowed: `0 to ${MAX_THREADS}`,
    })
  }
  const taskModule = hrefOf(options.taskModule)
  if (threads <= 1) {
    // The module's own types say which tasks it exports; the caller names them as the type argument.
    return inlinePool<Tasks>({ memory, scratchBytes, tasks: () => loadTasks(taskModule) as Promise<Tasks> })
  }
  if (!memory.isShared) {
    throw new KernelsError('KERNELS_NO_SHARED_MEMORY', 'worker threads need shared pixel memory', {
      remedy: 'create the memory with shared: true, or use one thread',
    })
  }
  if (options.callerWorks !== true) {
    const tasksPerWorker = 1 + (options.tasksAhead ?? 0)
    const slots = createSlots(memory, threads * tasksPerWorker, scratchBytes)
    const workers = { threads, tasksPerWorker, memory, taskModule, scratchBytes }
    const runner = workerRunner(workers, slots)
    if (options.startsEarly === true) runner.warm()
    return taskPool(threads, createScheduler(threads * tasksPerWorker, runner))
  }
  const slots = createSlots(memory, threads, scratchBytes)
  const workers = { threads: threads - 1, tasksPerWorker: 1, memory, taskModule, scratchBytes }
  const runner = workerRunner(workers, slots)
  const tasks = (): Promise<Tasks> => loadTasks(taskModule) as Promise<Tasks>
  const here = inlineExecution({ memory, scratchBytes, tasks }, slots)
  const execute: SlotRunner['execute'] = async (slot, job) =>
    await (slot === threads - 1 ? here(slot, job) : runner.execute(slot, job))
  return taskPool(threads, createScheduler(threads, { ...runner, execute }))
}

interface Workers {
  readonly threads: number
  /** The one that runs and those that wait behind it. */
  readonly tasksPerWorker: number
  readonly memory: PixelMemory
  readonly taskModule: string
  readonly scratchBytes: number
}

function workerRunner(
  { threads, tasksPerWorker, memory, taskModule, scratchBytes }: Workers,
  slots: Slots,
): SlotRunner & { warm(): void } {
  let workers: Promise<Piscina<WorkerJob, WorkerReply>> | undefined
  const start = async (startsEarly = false): Promise<Piscina<WorkerJob, WorkerReply>> => {
    const workerData: WorkerStart = { memory: memory.memory, taskModule, scratchBytes }
    // Who needs no worker is spared the time to load what starts them.
    const { Piscina } = await import('piscina')
    return new Piscina({
      filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
      name: 'runJob',
      minThreads: startsEarly ? threads : 1,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerWorker,
      idleTimeout: Infinity,
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    })
  }
  return {
    warm() {
      workers ??= start(true)
      // A failure is met by the first task.
      workers.catch(() => undefined)
    },
    start: (slot) => slots.setAborted(slot, false),
    async execute(slot, job) {
      workers ??= start()
      const reply = await runOn(await workers, { ...job, block: slots.blockOf(slot) })
      if ('error' in reply) throw errorFromData(reply.error)
      return reply.result
    },
    abort: (slot) => slots.setAborted(slot, true),
    async close() {
      await (await workers)?.destroy()
      slots.free()
    },
  }
}

/** Errors of tasks come back as replies, so a rejection means that the worker or the message broke. */
async function runOn(workers: Piscina<WorkerJob, WorkerReply>, job: WorkerJob): Promise<WorkerReply> {
  try {
    return await workers.run(job)
  } catch (cause) {
    throw new KernelsError('KERNELS_WORKER_LOST', 'a worker thread ended before its task', {
      where: [job.name],
      remedy: 'look at the cause; a payload or result that cannot be copied between threads ends here too',
      cause,
    })
  }
}

function hrefOf(taskModule: URL | string): string {
  if (taskModule instanceof URL) return taskModule.href
  return isAbsolute(taskModule) ? pathToFileURL(taskModule).href : taskModule
}
