import type { PlanJobLine } from '@skyloom/workflow'
import type { AttemptReport, Product } from '../executor/executor.ts'
import type { ProgramRunner } from '../executor/spawner-protocol.ts'
import type { WorkerPool } from '../executor/worker-pool.ts'
import type { FunctionReference } from '../executor/worker-protocol.ts'
import { diskFaultOf, errorCodes } from '../files/disk-fault.ts'
import type { FileHasher } from '../files/file-hasher.ts'
import type { StepListener } from '../files/publish-file.ts'
import type { Failure } from '../machine/run-event.ts'
import type { SharedFiles } from '../memory/shared-files.ts'
import type { Transfers } from '../transfer/transfer.ts'
import type { SlotFolders } from './slot-folders.ts'

/** A result that is there already: its files with a place each. */
export interface FoundResult {
  /** `run job attempt` of the invocation that made it. */
  readonly name: string
  readonly files: readonly {
    readonly lfn: string
    readonly sha256: string
    readonly urls: readonly string[]
  }[]
}

/** How sub-workflows are planned and run. */
export interface SubWorkflows {
  /** Program and first arguments of the command `skyloom`. */
  readonly command: readonly string[]
  /** Further words of `run start`: what was said of sites and transfers holds inside, too. */
  readonly startWords?: readonly string[] | undefined
  /** Place of the registry; it may hold a password and is handed on by the environment. */
  readonly registry: string
}

/** What attempts of jobs share. */
export interface JobContext {
  readonly runId: string
  /** Folder of the run. */
  readonly runDir: string
  readonly host: string
  readonly platform: string
  readonly spawner: ProgramRunner
  readonly pool: WorkerPool
  readonly hasher: FileHasher
  readonly slots: SlotFolders
  readonly transfers: Transfers
  readonly functions: ReadonlyMap<string, FunctionReference>
  /** Files that jobs hand on in memory; absent unless the plan has the data configuration `memory`. */
  readonly memory?: SharedFiles | undefined
  /** Memory that a function should not exceed by much, bytes. */
  readonly functionBytes?: number | undefined
  /** Resident memory of the process from which on functions tidy up behind themselves, bytes. */
  readonly tightBytes?: number | undefined
  readonly sharesPrograms: boolean
  readonly subWorkflows: SubWorkflows | undefined
  readonly maxOutputBytes: number
  /** Bytes of output that a record keeps. */
  readonly keptOutputBytes: number
  /** True for a recipe whose result the engine has: it takes it over itself, and the job need not run here. */
  isKnown?(recipeSha256: string): boolean
  /** Looks for results of the same recipe. */
  findResult(recipeSha256: string): Promise<readonly FoundResult[]>
  /** SHA-256 of a file that this run made. */
  productHash(lfn: string): string | undefined
  /** Throws when the run is another engine's by now: nothing may be published then. */
  checkLease(): Promise<void>
  readonly onStep?: StepListener | undefined
}

/** Why an attempt is ended from outside. */
export type AbortReason = 'timeout' | 'canceled'

/** An attempt while it runs. */
export interface Attempt {
  readonly job: PlanJobLine
  readonly attempt: number
  readonly memoryMb: number
  readonly startedMs: number
  /** A former engine submitted it. */
  readonly isAdopted: boolean
  /** Set when the attempt has to end. */
  readonly abortReason: AbortReason | undefined
  /** Says the same to who waits. */
  readonly signal: AbortSignal
  /** Program or call that runs now, so that it can be ended. */
  running: { kill(reason: AbortReason): void } | undefined
}

/** How a job went; the executor adds who and when. */
export type JobResult = Omit<AttemptReport, 'job' | 'attempt' | 'startMs' | 'endMs'>

/** A result without anything to record. */
export function emptyResult(executor: string): JobResult {
  return { outcome: 'succeeded', invocations: [], products: [], removed: [], executor }
}

/** A failed result; one that the machine failed is lost, which is not the job's fault. */
export function failedResult(executor: string, failure: Failure, rest: Partial<JobResult> = {}): JobResult {
  const isMachine = failure.kind === 'space' || failure.kind === 'device'
  return { ...emptyResult(executor), ...rest, outcome: isMachine ? 'lost' : 'failed', failure }
}

/** The failure that stands for a thrown error: of the given kind, unless its cause is a fault of the machine or other content. */
export function failureOf(error: unknown, kind: Failure['kind']): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const codes = errorCodes(error)
  const known = { RUNNER_CHECKSUM: 'checksum', RUNNER_CONTAINER: 'start' } as const
  const own = Object.entries(known).find(([code]) => code === codes[0])?.[1]
  return { kind: diskFaultOf(codes) ?? own ?? kind, message }
}

export type { Product }
