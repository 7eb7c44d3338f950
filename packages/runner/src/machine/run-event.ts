/** Why an attempt did not succeed. */
export interface Failure {
  /**
   * `exit`, `signal`: the program; `error`: a function threw; `input`, `output`, `transfer`, `checksum`: its files;
   * `timeout`, `memory`: a limit; `start`: the program could not be started; `space`, `device`: a disk was full, or refused an
   * operation, which is not the job's fault.
   */
  readonly kind: FailureKind
  /** One line for people. */
  readonly message: string
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
}

/** Kinds of failures, see {@link Failure}. */
export const FAILURE_KINDS = [
  'exit',
  'signal',
  'error',
  'input',
  'output',
  'transfer',
  'checksum',
  'timeout',
  'memory',
  'start',
  'space',
  'device',
] as const

/** Kind of a failure. */
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** How an attempt ended. `lost`: the infrastructure lost it, which is not the job's fault and costs no retry. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'lost' | 'canceled'

/** What becomes of the job after an attempt. */
export type NextStep = 'done' | 'retry' | 'held' | 'failed' | 'canceled'

/**
 * The history of a run: facts only, in the past tense. Times are milliseconds since 1970 UTC. Everything the run
 * machine knows follows from these; an event is stored before anything is done because of it.
 */
export type RunEvent =
  /** An engine took the run up; `token` is that of its lease. */
  | { readonly type: 'run-opened'; readonly time: number; readonly engine: string; readonly token: number }
  | {
      readonly type: 'attempt-started'
      readonly time: number
      readonly job: number
      /** From 1. */
      readonly attempt: number
      readonly memoryMb?: number
      /** Longest run time, milliseconds, where it is not that of the plan. */
      readonly timeoutMs?: number
    }
  | {
      readonly type: 'attempt-ended'
      readonly time: number
      readonly job: number
      readonly attempt: number
      readonly outcome: AttemptOutcome
      readonly next: NextStep
      readonly failure?: Failure
      /** With `retry`: when. */
      readonly retryAt?: number
      /** With `retry`: memory of the next attempt, when it grows. */
      readonly memoryMb?: number
      /** With `retry`: longest run time of the next attempt, when it grows. */
      readonly timeoutMs?: number
      /** With `succeeded`: the attempt that made the outputs found again, instead of running anything. */
      readonly reused?: string
      /** Logical names and SHA-256 of the files that it made: all of them, or those of the tasks of a cluster that did not fail. */
      readonly made?: readonly (readonly [lfn: string, sha256: string])[]
    }
  /** The scheduler keeps an attempt from running until somebody releases it, and lets it go on. */
  | {
      readonly type: 'attempt-held' | 'attempt-released'
      readonly time: number
      readonly job: number
      readonly attempt: number
      readonly reason: string
    }
  | {
      readonly type: 'job-held' | 'job-released' | 'job-canceled' | 'job-reset'
      readonly time: number
      readonly job: number
      readonly reason: string
    }
  | {
      readonly type: 'run-paused'
      readonly time: number
      readonly reason: string
      /** The engine itself goes on with the run when there is room on the disk again. */
      readonly waitsFor?: 'space'
    }
  | {
      readonly type: 'run-resumed' | 'run-canceled'
      readonly time: number
      readonly reason: string
    }
  | { readonly type: 'run-ended'; readonly time: number; readonly status: RunStatus }

/** How a run ended. */
export type RunStatus = 'succeeded' | 'failed' | 'canceled'

/** What the engine has to do. Commands follow from events that are stored. */
export type RunCommand =
  | {
      readonly type: 'submit'
      readonly job: number
      readonly attempt: number
      readonly memoryMb: number
      readonly timeoutMs?: number | undefined
      readonly startedMs: number
    }
  | {
      readonly type: 'kill'
      readonly job: number
      readonly attempt: number
      readonly reason: 'timeout' | 'canceled'
    }
  | { readonly type: 'hook'; readonly on: 'start' | 'error' | 'success'; readonly job: number }
  | { readonly type: 'end'; readonly status: RunStatus }
