import { isSkyloomError, systemClock } from '@skyloom/base'
import type { PlanJobLine } from '@skyloom/workflow'
import { IN_PROCESS, type Invocation, type InvocationFile } from '../invocation/invocation.ts'
import { thisHost } from '../invocation/this-host.ts'
import { emptyResult, failedResult, failureOf, type JobResult } from '../job/job-context.ts'
import { recipeSha256 } from '../job/recipe.ts'
import type { Capacity } from '../machine/run-machine.ts'
import {
  type AttemptReport,
  type AttemptRequest,
  attemptReport,
  type Executor,
  type MemoryFile,
  type Note,
} from './executor.ts'
import type { ExecutorHost } from './local-executor.ts'

/** A job as a function of this process sees it. */
export interface MemoryCall {
  /** Name of the job in the plan. */
  readonly job: string
  /** Its id in the abstract workflow. */
  readonly id: string
  readonly transformation: string
  readonly arguments: readonly string[]
  /** Aborted when the job is canceled. */
  readonly signal: AbortSignal
}

/** What a function did; all else that the plan names as outputs of its job stays in memory. */
export interface MemoryAnswer {
  /** Files that it read, inputs that jobs of the run hand on in memory left out. */
  readonly read: readonly InvocationFile[]
  /** Files that it wrote, complete under their final names. */
  readonly written: readonly InvocationFile[]
  /** What is known of files of the run now. */
  readonly described?: readonly MemoryFile[] | undefined
  /** What is wrong with files that it read. */
  readonly notes?: readonly Note[] | undefined
}

/** A function of this process that does the jobs of a transformation. It may run many at a time. */
export type MemoryFunction = (call: MemoryCall) => Promise<MemoryAnswer>

/** What runs the jobs. */
export interface MemoryExecutorOptions {
  /** By transformation. */
  readonly functions: ReadonlyMap<string, MemoryFunction>
  /** Jobs that really run at a time; more are handed over, so that the next one is always at hand. */
  readonly cores: number
  /** The program that the functions belong to, for records. */
  readonly program: { readonly name: string; readonly version: string; readonly sha256: string }
  /** Hears of what a function threw. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Ends what runs, because the run was canceled. */
  readonly onCancel?: (() => void) | undefined
}

/** Jobs that are handed over beyond those that run. */
const AHEAD = 256
/** Reports are gathered for so long while there is work ahead: what they tell is lost with the process anyway. */
const GATHER_MS = 100

/**
 * Runs the jobs of a plan with the data configuration `memory` by functions of this process. Files that only jobs of the run read are
 * objects of the functions and never seen here; when the process ends they are gone, so an engine that takes the run up begins all
 * jobs again.
 */
export class MemoryExecutor implements Executor {
  readonly #host: ExecutorHost
  readonly #options: MemoryExecutorOptions
  readonly #aborts = new Map<number, AbortController>()
  /** Recipe of the job that made a file in memory, by logical name. */
  readonly #recipes = new Map<string, string>()
  readonly #place = thisHost()
  #reports: AttemptReport[] = []
  #wake: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  constructor(host: ExecutorHost, options: MemoryExecutorOptions) {
    this.#host = host
    this.#options = options
  }

  get capacity(): Capacity {
    return { cores: this.#options.cores + AHEAD, memoryMb: Infinity }
  }

  /** All that a former engine did went with it. */
  lostJobs(hasSucceeded: (job: number) => boolean): readonly number[] {
    const { jobCount } = this.#host.plan
    return Array.from({ length: jobCount }, (_, job) => job).filter(hasSucceeded)
  }

  async prepare(): Promise<void> {
    // Functions of this process need nothing.
  }

  submit(attempts: readonly AttemptRequest[]): void {
    for (const { job, attempt } of attempts) {
      const abort = new AbortController()
      this.#aborts.set(job, abort)
      const line = this.#host.plan.job(job)
      const startedMs = systemClock.monotonicMs()
      this.#run(line, abort.signal).then(
        ([result, startMs]) => {
          const endMs = Math.round(startMs + systemClock.monotonicMs() - startedMs)
          this.#report(attemptReport(result, job, attempt, startMs, endMs))
        },
        (error: unknown) => this.#host.onFault(error),
      )
    }
  }

  /** What a former process ran ended with it. */
  adopt(attempts: readonly AttemptRequest[]): void {
    const now = Date.now()
    const failure = { kind: 'start', message: 'the engine ended while it ran' } as const
    for (const { job, attempt } of attempts)
      this.#report(
        attemptReport({ ...emptyResult('engine'), outcome: 'lost', failure }, job, attempt, now, now),
      )
  }

  async #run(job: PlanJobLine, signal: AbortSignal): Promise<readonly [JobResult, number]> {
    const startMs = Date.now()
    const started = systemClock.monotonicMs()
    const [task] = job.tasks
    const work = task === undefined ? undefined : this.#options.functions.get(task.transformation)
    if (task === undefined || work === undefined) {
      const message = `this engine has no function for ${task?.transformation ?? job.kind}`
      return [failedResult('engine', { kind: 'start', message }), startMs]
    }
    const { transformation } = task
    let answer: MemoryAnswer | undefined
    let error: unknown
    try {
      answer = await work({
        job: job.name,
        id: task.id,
        transformation,
        arguments: task.arguments,
        signal,
      })
    } catch (thrown) {
      error = thrown
    }
    const { program } = this.#options
    const invocation: Invocation = {
      ...IN_PROCESS,
      task: 1,
      taskId: task.id,
      transformation,
      executable: `${program.name}#${transformation}`,
      programVersion: program.version,
      programSha256: program.sha256,
      arguments: task.arguments,
      workDirectory: this.#host.runDir,
      site: job.site,
      ...this.#place,
      startMs,
      durationMs: systemClock.monotonicMs() - started,
      exitCode: answer === undefined ? 1 : 0,
      inputs: answer?.read ?? [],
      outputs: answer?.written ?? [],
      stdout: '',
      stderr: '',
    }
    if (answer !== undefined) return [this.#succeeded(job, invocation, answer), startMs]
    if (signal.aborted || isSkyloomError(error, 'BASE_ABORTED')) {
      const failure = { kind: 'signal', message: 'it was canceled' } as const
      return [{ ...emptyResult('engine'), outcome: 'canceled', failure, invocations: [invocation] }, startMs]
    }
    this.#options.onError?.(error)
    // Also on a full disk: who called gets the error, and resumes the run when there is room.
    const failed = failedResult('engine', failureOf(error, 'error'), { invocations: [invocation] })
    return [{ ...failed, outcome: 'failed' }, startMs]
  }

  #succeeded(job: PlanJobLine, invocation: Invocation, answer: MemoryAnswer): JobResult {
    const written = new Map(answer.written.map((file) => [file.lfn, file]))
    const read = new Set(answer.read.map(({ lfn }) => lfn))
    const used = job.inputs.filter(({ lfn }) => this.#recipes.has(lfn) && !read.has(lfn))
    const made = job.outputs.filter(({ lfn }) => !written.has(lfn))
    const recipe = recipeSha256({
      tasks: [
        {
          program: `${invocation.programSha256 ?? ''}#${invocation.transformation}`,
          arguments: invocation.arguments,
          environment: [],
          stdin: undefined,
          stdout: undefined,
          stderr: undefined,
        },
      ],
      // A file in memory is what its recipe makes it.
      inputs: [...answer.read, ...used.map(({ lfn }) => ({ lfn, sha256: this.#recipes.get(lfn) ?? '' }))],
      outputs: job.outputs.map(({ lfn }) => lfn),
    })
    for (const { lfn } of job.outputs) this.#recipes.set(lfn, recipe)
    return {
      ...emptyResult('engine'),
      invocations: [invocation],
      recipeSha256: recipe,
      products: job.outputs.flatMap(({ lfn, target }) => {
        const file = written.get(lfn)
        if (file === undefined) return []
        const { sizeBytes, sha256 } = file
        return [{ lfn, site: target.site, url: `file://${file.path}`, sizeBytes, sha256, task: 1 }]
      }),
      memory: {
        used: used.map(({ lfn }) => lfn),
        made: made.map(({ lfn }) => lfn),
        described: answer.described ?? [],
      },
      notes: answer.notes,
    }
  }

  #report(report: AttemptReport): void {
    this.#aborts.delete(report.job)
    this.#reports.push(report)
    if (report.outcome !== 'succeeded' || this.#aborts.size <= this.#options.cores) this.#rouse()
    else this.#timer ??= setTimeout(() => this.#rouse(), GATHER_MS)
  }

  #rouse(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#wake()
  }

  poll(): readonly AttemptReport[] {
    const reports = this.#reports
    this.#reports = []
    return reports
  }

  cancel(job: number): void {
    this.#aborts.get(job)?.abort()
    this.#options.onCancel?.()
  }

  onReport(wake: () => void): void {
    this.#wake = wake
    if (this.#reports.length > 0) wake()
  }

  settle(): void {
    // Nothing was kept for a recovery.
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.resolve()
  }
}
