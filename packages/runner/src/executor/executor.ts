import type { Invocation } from '../invocation/invocation.ts'
import type { AttemptResult } from '../machine/next-step.ts'
import type { Capacity } from '../machine/run-machine.ts'

/** One attempt of a job for an executor. */
export interface AttemptRequest {
  readonly job: number
  /** From 1. */
  readonly attempt: number
  /** Memory it may use, megabytes; 0 for no limit. */
  readonly memoryMb: number
  /** Longest run time, milliseconds, 0 for no limit; that of the plan when it is not said. */
  readonly timeoutMs?: number | undefined
  /** Time of the event that started it: tells it from an attempt of another history in the same directory. */
  readonly startedMs: number
}

/** How an attempt ended, with what is to be recorded. */
export interface AttemptReport extends AttemptResult {
  readonly job: number
  readonly attempt: number
  readonly invocations: readonly Invocation[]
  readonly startMs: number
  readonly endMs: number
  /** Files that the attempt made available, by logical name. */
  readonly products: readonly Product[]
  /** Places that are gone. */
  readonly removed: readonly Removed[]
  /** Files of the run that have no place outside the process. */
  readonly memory?: MemoryUse | undefined
  /** Inputs that it got from the memory of the engine, and how many of them had been moved to disk for want of room. */
  readonly fromMemory?: { readonly read: number; readonly spilled: number } | undefined
  readonly notes?: readonly Note[] | undefined
  /** Hash of program, arguments and inputs; see `recipe`. */
  readonly recipeSha256?: string | undefined
  /** Nothing was run: the engine has a result of this recipe, and takes it over. */
  readonly isKnown?: boolean | undefined
  readonly workDirectory?: string | undefined
  /** Last lines of the output, for people. */
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
  readonly stdoutFile?: string | undefined
  readonly stderrFile?: string | undefined
  /** `worker` or `process`. */
  readonly executor: string
  /** Process id or batch id of the last program. */
  readonly externalId?: string | undefined
}

/** What a job gave, with who and when. Field by field, as there may be thousands a second. */
export function attemptReport(
  result: Omit<AttemptReport, 'job' | 'attempt' | 'startMs' | 'endMs'>,
  job: number,
  attempt: number,
  startMs: number,
  endMs: number,
): AttemptReport {
  return {
    job,
    attempt,
    startMs,
    endMs,
    outcome: result.outcome,
    failure: result.failure,
    reused: result.reused,
    made: result.made,
    invocations: result.invocations,
    products: result.products,
    removed: result.removed,
    memory: result.memory,
    fromMemory: result.fromMemory,
    notes: result.notes,
    recipeSha256: result.recipeSha256,
    workDirectory: result.workDirectory,
    stdout: result.stdout,
    stderr: result.stderr,
    stdoutFile: result.stdoutFile,
    stderrFile: result.stderrFile,
    executor: result.executor,
    externalId: result.externalId,
  }
}

/** A logical file that jobs of a run hand on in memory, with what is known of it. */
export interface MemoryFile {
  readonly lfn: string
  readonly metadata: Readonly<Record<string, number | string | boolean>>
}

/** What an attempt did with files in memory, by logical name. */
export interface MemoryUse {
  readonly used: readonly string[]
  readonly made: readonly string[]
  /** Files of the run of which more is known now. */
  readonly described: readonly MemoryFile[]
}

/** What a job says about an input. */
export interface Note {
  readonly lfn: string
  readonly level: 'error' | 'warning' | 'info'
  readonly text: string
}

/** A file that is complete under its final name. */
export interface Product {
  readonly lfn: string
  readonly site: string
  /** URL of the place; absent for a file that is in the memory of the engine only. */
  readonly url: string | undefined
  readonly sizeBytes: number
  readonly sha256: string
  /** Task that made it, from 1; absent for a copy. */
  readonly task?: number | undefined
  /** It is known to the catalog of results now (registration job). */
  readonly isRegistered?: boolean | undefined
}

/** A place that was removed. */
export interface Removed {
  /** Absent for a whole directory. */
  readonly lfn?: string | undefined
  readonly site: string
  readonly url: string
}

/**
 * Where attempts run. The engine stores that an attempt starts before it submits it, so after a crash it may ask to adopt
 * attempts that were never submitted: they come back as `lost`. Every attempt that was submitted or adopted comes out of
 * {@link poll} once.
 */
export interface Executor {
  /**
   * Jobs that have to run again although they succeeded: their results were in the memory of a former engine. Absent where all results
   * outlive their engine.
   */
  lostJobs?(hasSucceeded: (job: number) => boolean): readonly number[]
  /** What it takes at a time. */
  readonly capacity: Capacity
  /** Makes ready for work: starts workers, reaches its scheduler. */
  prepare(): Promise<void>
  submit(attempts: readonly AttemptRequest[]): void
  /** Attempts that a former engine submitted. */
  adopt(attempts: readonly AttemptRequest[]): void
  /** What ended since the last call. */
  poll(): readonly AttemptReport[]
  /** Ends an attempt; it comes out of {@link poll} as failed by `timeout`, or canceled. */
  cancel(job: number, attempt: number, reason: 'timeout' | 'canceled'): void
  /** Calls back, once, as soon as {@link poll} has something. */
  onReport(wake: () => void): void
  /** The reports of these attempts are stored: what was kept for a recovery may go. */
  settle(attempts: readonly Pick<AttemptRequest, 'job' | 'attempt'>[]): void
  close(): Promise<void>
}
