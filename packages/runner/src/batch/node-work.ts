import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '../credentials/credentials.ts'
import { credentialedTransfers } from '../credentials/use-credentials.ts'
import { RunnerError } from '../errors.ts'
import { WorkerPool } from '../executor/worker-pool.ts'
import { FileHasher } from '../files/file-hasher.ts'
import { thisHost } from '../invocation/this-host.ts'
import { programEnvironment } from '../job/environment.ts'
import { type AbortReason, failedResult, type JobContext, type JobResult } from '../job/job-context.ts'
import { runAuxiliary } from '../job/run-auxiliary.ts'
import { runCompute } from '../job/run-compute.ts'
import { RunningAttempt } from '../job/running-attempt.ts'
import { SlotFolders } from '../job/slot-folders.ts'
import { isSubWorkflow } from '../job/sub-workflow-job.ts'
import { standardTransfers } from '../transfer/standard-transfers.ts'
import { Transfers } from '../transfer/transfer.ts'
import type { BatchFile, BatchReport, BatchTask } from './batch-file.ts'
import { DirectPrograms } from './direct-programs.ts'
import { oomKills } from './oom-kills.ts'

/** What a node needs of its batch. */
export type NodeSettings = Pick<
  BatchFile,
  'name' | 'runId' | 'runDir' | 'data' | 'keptOutputBytes' | 'maxOutputBytes' | 'inheritEnvironment'
>

/** Works on tasks of a batch on the node where it is: stages in, verifies, runs, measures, stages out. */
export class NodeWork {
  readonly #programs: DirectPrograms
  readonly #context: JobContext
  readonly #sandbox: string
  #isRevoked: () => boolean = () => false

  readonly #externalId: string | undefined
  #hashes: BatchTask['hashes'] = {}
  #known: ReadonlySet<string> = new Set()

  /**
   * @param externalId how the scheduler calls this element
   * @param newer credentials to reach other places that it did not give yet, if any
   */
  constructor(batch: NodeSettings, externalId: string | undefined, newer: () => Credentials | undefined) {
    this.#externalId = externalId
    this.#sandbox = mkdtempSync(join(tmpdir(), 'skyloom-'))
    const environment = programEnvironment(process.env, batch.inheritEnvironment)
    this.#programs = new DirectPrograms(environment, batch.name)
    // Where the run is not seen, its folders are those of the sandbox.
    const runDir = batch.data === 'shared' ? batch.runDir : this.#sandbox
    const hasher = new FileHasher()
    const further = credentialedTransfers(newer, join(this.#sandbox, 'credentials'))
    this.#context = {
      runId: batch.runId,
      runDir,
      ...thisHost(),
      spawner: this.#programs,
      pool: new WorkerPool(1),
      hasher,
      slots: new SlotFolders(join(this.#sandbox, 'work'), 0),
      transfers: new Transfers([...standardTransfers(), ...further], hasher),
      functions: new Map(),
      sharesPrograms: false,
      subWorkflows: undefined,
      maxOutputBytes: batch.maxOutputBytes,
      keptOutputBytes: batch.keptOutputBytes,
      findResult: async () => await Promise.resolve([]),
      isKnown: (recipe) => this.#known.has(recipe),
      productHash: (lfn) => this.#hashes[lfn],
      checkLease: async () => {
        await Promise.resolve()
        if (this.#isRevoked()) throw new RunnerError('RUNNER_LEASE_LOST', 'the engine gave this attempt up')
      },
    }
  }

  /**
   * Works on one task.
   *
   * @param onAttempt gets the attempt, which can be ended by it
   * @param isRevoked true when the engine gave the attempt up: nothing may be published then
   * @throws {RunnerError} `RUNNER_LEASE_LOST` when it was given up: there is no report
   */
  async run(
    task: BatchTask,
    isRevoked: () => boolean,
    onAttempt: (attempt: RunningAttempt) => void,
  ): Promise<BatchReport> {
    this.#isRevoked = isRevoked
    this.#hashes = task.hashes
    this.#known = new Set(task.known)
    const startMs = Date.now()
    const kills = oomKills()
    const attempt = new RunningAttempt(withHashes(task), task, false)
    onAttempt(attempt)
    const timer =
      task.timeoutMs > 0 ? setTimeout(() => endAttempt(attempt, 'timeout'), task.timeoutMs) : undefined
    let result: JobResult
    try {
      result = await this.#work(task, attempt)
    } finally {
      clearTimeout(timer)
    }
    const { failure } = result
    if (failure?.signal === 'SIGKILL' && (oomKills() ?? 0) > (kills ?? 0)) {
      const message = 'the node ended it: more memory than the scheduler gave it'
      result = { ...result, failure: { ...failure, kind: 'memory', message } }
    }
    const { job, attempt: number } = task
    return { job, attempt: number, startMs, endMs: Date.now(), ...result, externalId: this.#externalId }
  }

  async #work(task: BatchTask, attempt: RunningAttempt): Promise<JobResult> {
    const { kind } = attempt.job
    if (kind === 'compute') return await runCompute(this.#context, attempt)
    if (isSubWorkflow(kind)) {
      const message = 'sub-workflows are run by the engine, not on a node: give them the site local'
      return failedResult('engine', { kind: 'start', message })
    }
    return await runAuxiliary(this.#context, attempt, task.transformation)
  }

  /** Ends what runs, at once. */
  end(): void {
    this.#programs.killAll('canceled')
  }

  close(): void {
    this.#programs.close()
    rmSync(this.#sandbox, { recursive: true, force: true })
  }
}

/** Ends an attempt and the program that runs for it. */
export function endAttempt(attempt: RunningAttempt, reason: AbortReason): void {
  attempt.abort(reason)
  attempt.running?.kill(reason)
}

/** The job with the checksums of what the run made. */
function withHashes({ plan, hashes }: BatchTask): BatchTask['plan'] {
  const inputs = plan.inputs.map((input) => ({ ...input, sha256: hashes[input.lfn] ?? input.sha256 }))
  const transfers = plan.transfers.map((transfer) => ({
    ...transfer,
    sha256: hashes[transfer.lfn] ?? transfer.sha256,
  }))
  return { ...plan, inputs, transfers }
}
