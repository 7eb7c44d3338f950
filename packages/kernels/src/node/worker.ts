import { workerData } from 'node:worker_threads'
import { KernelsError } from '../errors.ts'
import { attachPixelMemory, type PixelViews } from '../memory/pixel-memory.ts'
import { pixelKernels } from '../pixels/choose-kernels.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { type ErrorData, errorToData } from '../pool/error-transfer.ts'
import { findTask } from '../pool/inline-pool.ts'
import { taskContext } from '../pool/slots.ts'
import type { TaskTable } from '../pool/task.ts'

/** What every worker of a pool gets at its start. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory
  readonly taskModule: string
  readonly scratchBytes: number
}

/** One task on its way to a worker. */
export interface WorkerJob {
  readonly name: string
  readonly payload: unknown
  /** Block of the slot: abort flag and scratch. */
  readonly block: number
}

/** Result or error of a task; errors travel as data because a structured clone would lose their fields. */
export type WorkerReply = { readonly result: unknown } | { readonly error: ErrorData }

interface Attached {
  readonly views: PixelViews
  readonly kernels: PixelKernels
  readonly tasks: TaskTable
  readonly scratchBytes: number
}

let attached: Promise<Attached> | undefined

let last: Promise<unknown> = Promise.resolve()

/** Entry point of the worker: called by the pool once per task. Tasks that came ahead of their time wait for those before them. */
export async function runJob(job: WorkerJob): Promise<WorkerReply> {
  const reply = last.then(async () => await runTask(job))
  last = reply
  return await reply
}

async function runTask(job: WorkerJob): Promise<WorkerReply> {
  try {
    attached ??= attach(workerData as WorkerStart)
    const { views, kernels, tasks, scratchBytes } = await attached
    const task = findTask(tasks, job.name)
    return { result: await task(taskContext(views, kernels, job.block, scratchBytes), job.payload) }
  } catch (error) {
    return { error: errorToData(error) }
  }
}

async function attach(start: WorkerStart): Promise<Attached> {
  const tasks = await loadTasks(start.taskModule)
  const views = attachPixelMemory(start.memory)
  return { views, kernels: pixelKernels(views), tasks, scratchBytes: start.scratchBytes }
}

/**
 * Loads the export `tasks` of a module.
 *
 * @throws {KernelsError} `KERNELS_TASK_MODULE`
 */
export async function loadTasks(href: string): Promise<TaskTable> {
  const module = await importModule(href)
  const tasks = module.tasks
  if (typeof tasks !== 'object' || tasks === null) {
    throw new KernelsError('KERNELS_TASK_MODULE', 'a task module must export an object named tasks', {
      where: [href],
      found: typeof tasks,
    })
  }
  // Each member is checked for being a function by the type of the module's own source.
  return tasks as TaskTable
}

async function importModule(href: string): Promise<{ readonly tasks?: unknown }> {
  try {
    return (await import(href)) as { readonly tasks?: unknown }
  } catch (cause) {
    throw new KernelsError('KERNELS_TASK_MODULE', 'the task module cannot be loaded', {
      where: [href],
      remedy: 'give the address of a built JavaScript module',
      cause,
    })
  }
}
