import { existsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@skyloom/base'
import { FileHasher } from '../files/file-hasher.ts'
import type { StepListener } from '../files/publish-file.ts'
import { thisHost } from '../invocation/this-host.ts'
import { programEnvironment } from '../job/environment.ts'
import {
  type Attempt,
  emptyResult,
  type FoundResult,
  type JobContext,
  type JobResult,
  type SubWorkflows,
} from '../job/job-context.ts'
import { runAuxiliary } from '../job/run-auxiliary.ts'
import { runCompute } from '../job/run-compute.ts'
import { runSubWorkflow } from '../job/run-sub-workflow.ts'
import { programId } from '../job/run-task.ts'
import { RunningAttempt } from '../job/running-attempt.ts'
import { SlotFolders } from '../job/slot-folders.ts'
import { programCount } from '../job/sub-workflow-job.ts'
import type { Capacity } from '../machine/run-machine.ts'
import { jobsToRepeat } from '../memory/memory-uses.ts'
import { type RunMemory, runMemory } from '../memory/run-memory.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import { HostLimits } from '../transfer/host-limits.ts'
import { standardTransfers } from '../transfer/standard-transfers.ts'
import { type Transfer, Transfers } from '../transfer/transfer.ts'
import { CoreSlots } from './core-slots.ts'
import { type AttemptReport, type AttemptRequest, attemptReport, type Executor } from './executor.ts'
import { Spawner } from './spawner.ts'
import { WorkerPool } from './worker-pool.ts'
import type { FunctionReference } from './worker-protocol.ts'

/** What runs on this machine, and with how much of it. */
export interface LocalExecutorOptions {
  /** Cores for jobs. Default: all. */
  readonly cores?: number | undefined
  /** Memory for jobs that ask for memory, megabytes. Default: 90 % of the machine's. */
  readonly memoryMb?: number | undefined
  /** Memory for files that jobs hand on in memory and what functions take, bytes. Default: half of the machine's. */
  readonly sharedBytes?: number | undefined
  /** Functions that run in worker threads in place of programs, by transformation. */
  readonly functions?: ReadonlyMap<string, FunctionReference> | undefined
  /** Functions for plans with the data configuration `memory` where `functions` is not given. Default: none. */
  readonly memoryFunctions?: (() => Promise<ReadonlyMap<string, FunctionReference>>) | undefined
  /** Further ways to move files; a scheme that is here twice takes the last. */
  readonly transfers?: readonly Transfer[] | undefined
  /** Files that are moved from or to one host at a time. Default 4. */
  readonly filesPerHost?: number | undefined
  /** Take over results of the same recipe from other runs and jobs. Default true. */
  readonly reuse?: boolean | undefined
  /** How sub-workflows are planned and run; without it they fail. */
  readonly subWorkflows?: SubWorkflows | undefined
  /** Names of variables of the engine's environment that programs get besides the usual ones. */
  readonly inheritEnvironment?: readonly string[] | undefined
  /** Ends a program that writes more to its output or error. Default 1 GiB. */
  readonly maxOutputBytes?: number | undefined
  /** Bytes of output and error that the registry keeps of each job. Default 64 KiB. */
  readonly keptOutputBytes?: number | undefined
  readonly onStep?: StepListener | undefined
}

/** What an executor needs of its engine. */
export interface ExecutorHost {
  readonly runId: string
  readonly runDir: string
  /** Token of the engine's lease. */
  readonly token: number
  readonly plan: PlanFile
  /** True for a job that need not run any more. */
  hasSucceeded(job: number): boolean
  findResult(recipeSha256: string): Promise<readonly FoundResult[]>
  /** Recipes of results with a file of each logical name. */
  knownRecipes(lfns: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  productHash(lfn: string): string | undefined
  checkLease(): Promise<void>
  /** What cannot go on without the engine: the spawner died, the lease is gone. */
  onFault(error: unknown): void
}

/** Short jobs are submitted ahead of free cores, so that a core never waits for the engine: up to this much work. */
const AHEAD_MS = 20
const MAX_AHEAD = 256
/** Room for new objects in a worker of a run with files in memory, megabytes. */
const YOUNG_MB = 8

/** Runs jobs on this machine: functions in worker threads, programs through the spawner, files by itself. */
export class LocalExecutor implements Executor {
  readonly #host: ExecutorHost
  readonly #options: LocalExecutorOptions
  readonly #cores: number
  readonly #memoryMb: number
  readonly #slots: CoreSlots
  readonly #attempts = new Map<number, RunningAttempt>()
  /** Ids of programs whose reports are not stored, by job. */
  readonly #unsettled = new Map<number, readonly string[]>()
  readonly #pool: WorkerPool
  readonly #memory: RunMemory | undefined
  readonly #folders: SlotFolders
  #reports: AttemptReport[] = []
  #wake: () => void = () => undefined
  #context: JobContext | undefined
  #spawner: Spawner | undefined
  #meanMs = AHEAD_MS
  #isClosed = false

  constructor(host: ExecutorHost, options: LocalExecutorOptions = {}) {
    this.#host = host
    this.#options = options
    this.#cores = options.cores ?? availableParallelism()
    this.#memoryMb = options.memoryMb ?? Math.floor((0.9 * totalmem()) / 1e6)
    this.#slots = new CoreSlots(this.#cores, this.#memoryMb)
    // Where files take the memory, functions do with less for their objects.
    this.#pool = new WorkerPool(Math.ceil(this.#cores), host.plan.memory === undefined ? 0 : YOUNG_MB)
    this.#folders = new SlotFolders(join(host.runDir, 'work'), host.token)
    this.#memory = runMemory(host, this.#cores, options.sharedBytes ?? totalmem() / 2)
  }

  get capacity(): Capacity {
    const ahead = Math.min(MAX_AHEAD, Math.floor((AHEAD_MS / Math.max(this.#meanMs, 0.01)) * this.#cores))
    return { cores: this.#cores + ahead, memoryMb: this.#memoryMb }
  }

  /** Cores without the work that is submitted ahead. */
  get cores(): number {
    return this.#cores
  }

  get memoryMb(): number {
    return this.#memoryMb
  }

  async prepare(): Promise<void> {
    const { host, options } = { host: this.#host, options: this.#options }
    const environment = programEnvironment(process.env, options.inheritEnvironment)
    this.#spawner ??= await Spawner.open(join(host.runDir, 'spawner'), host.token, environment)
    this.#spawner.onLoss((error) => host.onFault(error))
    await this.#memory?.files.open()
    const { functions = (await this.#memoryFunctions()) ?? new Map<string, FunctionReference>() } = options
    const hasher = new FileHasher()
    const transfers = new Transfers(
      [...standardTransfers(), ...(options.transfers ?? [])],
      hasher,
      new HostLimits(options.filesPerHost),
    )
    this.#context = {
      runId: host.runId,
      runDir: host.runDir,
      ...thisHost(),
      spawner: this.#spawner,
      pool: this.#pool,
      hasher,
      slots: this.#folders,
      transfers,
      functions,
      memory: this.#memory?.files,
      functionBytes: this.#memory?.functionBytes,
      tightBytes: this.#memory?.tightBytes,
      sharesPrograms: options.reuse ?? true,
      subWorkflows: options.subWorkflows,
      maxOutputBytes: options.maxOutputBytes ?? 1 << 30,
      keptOutputBytes: options.keptOutputBytes ?? 64 * 1024,
      findResult: async (recipe) => await host.findResult(recipe),
      productHash: (lfn) => host.productHash(lfn),
      checkLease: async () => await host.checkLease(),
      onStep: options.onStep,
    }
    if (functions.size > 0) this.#pool.warm()
  }

  async #memoryFunctions(): Promise<ReadonlyMap<string, FunctionReference> | undefined> {
    return this.#memory === undefined ? undefined : await this.#options.memoryFunctions?.()
  }

  /** What a former engine had in memory is gone: who made it makes it again where somebody still reads it. */
  lostJobs(hasSucceeded: (job: number) => boolean): readonly number[] {
    const { memory, jobCount } = this.#host.plan
    if (memory === undefined) return []
    const isThere = (lfn: string): boolean => {
      const path = memory.diskPath(lfn)
      return path !== undefined && existsSync(path)
    }
    return jobsToRepeat(memory, jobCount, hasSucceeded, isThere)
  }

  submit(attempts: readonly AttemptRequest[]): void {
    for (const request of attempts) this.#begin(request, false)
  }

  adopt(attempts: readonly AttemptRequest[]): void {
    for (const request of attempts) this.#begin(request, true)
  }

  #begin(request: AttemptRequest, isAdopted: boolean): void {
    const job = this.#host.plan.job(request.job)
    const attempt = new RunningAttempt(job, request, isAdopted)
    this.#attempts.set(request.job, attempt)
    this.#run(attempt).then(
      (report) => this.#report(report),
      (error: unknown) => {
        if (!this.#isClosed) this.#host.onFault(error)
      },
    )
  }

  async #run(attempt: Attempt): Promise<AttemptReport> {
    const { job, memoryMb } = attempt
    const cores = this.#host.plan.spec.cores[job.number] ?? 0
    const free = await this.#slots.take(cores, memoryMb)
    const startMs = Date.now()
    // The wall clock may jump meanwhile.
    const startedMs = systemClock.monotonicMs()
    try {
      const result = await this.#work(attempt)
      if (result.outcome === 'succeeded') this.#memory?.files.readerDone(job.number)
      const tookMs = result.invocations.reduce((sum, { durationMs }) => sum + durationMs, 0)
      if (cores > 0 && result.invocations.length > 0) this.#measured(tookMs)
      const endMs = Math.round(startMs + systemClock.monotonicMs() - startedMs)
      return attemptReport(result, job.number, attempt.attempt, startMs, endMs)
    } finally {
      free()
    }
  }

  #measured(tookMs: number): void {
    this.#meanMs += (tookMs - this.#meanMs) / 4
    this.#pool.ahead = Math.min(MAX_AHEAD / 8, Math.floor(AHEAD_MS / 4 / Math.max(this.#meanMs, 0.01)))
  }

  async #work(attempt: Attempt): Promise<JobResult> {
    const context = this.#context
    if (context === undefined) throw new TypeError('prepare first')
    if (attempt.abortReason !== undefined) {
      const failure = { kind: 'signal', message: 'it was canceled before it began' } as const
      return { ...emptyResult('engine'), outcome: 'canceled', failure }
    }
    switch (attempt.job.kind) {
      case 'compute':
        return await runCompute(context, attempt)
      case 'noop':
        return emptyResult('engine')
      case 'sub_workflow':
      case 'sub_dag':
        return await runSubWorkflow(context, attempt)
      default:
        return await runAuxiliary(context, attempt, this.#host.plan.transformation(attempt.job.number))
    }
  }

  #report(report: AttemptReport): void {
    const ended = this.#attempts.get(report.job)
    if (ended !== undefined && report.executor === 'process') {
      this.#unsettled.set(
        report.job,
        Array.from({ length: programCount(ended.job) }, (_, program) => programId(ended, program + 1)),
      )
    }
    this.#attempts.delete(report.job)
    this.#reports.push(report)
    this.#wake()
  }

  poll(): readonly AttemptReport[] {
    const reports = this.#reports
    this.#reports = []
    return reports
  }

  cancel(job: number, attempt: number, reason: 'timeout' | 'canceled'): void {
    const entry = this.#attempts.get(job)
    if (entry?.attempt !== attempt) return
    entry.abort(reason)
    entry.running?.kill(reason)
  }

  onReport(wake: () => void): void {
    this.#wake = wake
    if (this.#reports.length > 0) wake()
  }

  settle(attempts: readonly Pick<AttemptRequest, 'job' | 'attempt'>[]): void {
    const ids = attempts.flatMap(({ job }) => {
      const known = this.#unsettled.get(job) ?? []
      this.#unsettled.delete(job)
      return known
    })
    this.#spawner?.settle(ids)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pool.close()
    await this.#memory?.files.close()
    this.#folders.close()
    await this.#spawner?.close()
  }
}
