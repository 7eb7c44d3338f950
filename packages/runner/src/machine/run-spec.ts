import type { Digraph } from '@skyloom/workflow'

/**
 * What the state machine knows of a plan: numbers only, one entry a job, so that a run of 100,000 jobs takes a few
 * megabytes. Names, programs and files stay in the plan.
 */
export interface RunSpec {
  readonly graph: Digraph
  /** Higher runs first. */
  readonly priority: Int32Array
  /** Position in `categories`, -1 for none. */
  readonly category: Int32Array
  readonly categories: readonly Category[]
  /** Further attempts after a failure of the job's own. */
  readonly retries: Uint16Array
  readonly cores: Float32Array
  /** Megabytes (10^6 bytes) that the job asks for; 0 for a job that does not say. */
  readonly memoryMb: Float64Array
  /** Longest run time of an attempt, milliseconds; 0 for no limit. */
  readonly timeoutMs: Float64Array
  /** Factor on the memory of a job that ran out of it; 0 for that of the policy. */
  readonly memoryFactor: Float64Array
  /** Factor on the longest run time of a job that ran longer; 0 for that of the policy. */
  readonly timeFactor: Float64Array
}

/** A category of jobs with the most that run at a time. */
export interface Category {
  readonly name: string
  /** `Infinity` for no throttle. */
  readonly limit: number
}

/** How failures are treated. */
export interface RunPolicy {
  /** `continue`: what does not depend on the failed job goes on; `stop`: nothing more is started. */
  readonly onFailure: 'continue' | 'stop'
  /** `fail` or, to give a person the chance to mend it, `hold` a job without attempts left. */
  readonly whenExhausted: 'fail' | 'hold'
  /** Wait before the first retry, milliseconds. */
  readonly backoffMs: number
  /** Factor from one retry to the next. */
  readonly backoffFactor: number
  readonly maxBackoffMs: number
  /** Factor on the memory of a job that ran out of it and has none of its own. */
  readonly memoryFactor: number
  /** Factor on the longest run time of a job that ran longer and has none of its own; 1 for the same again. */
  readonly timeFactor: number
  /** Attempts of a job that may be lost to the infrastructure before a loss counts as failure. */
  readonly maxLosses: number
}

/** Policy for what is not said. */
export const DEFAULT_POLICY: RunPolicy = {
  onFailure: 'continue',
  whenExhausted: 'fail',
  backoffMs: 1000,
  backoffFactor: 2,
  maxBackoffMs: 60_000,
  memoryFactor: 1.5,
  timeFactor: 1,
  maxLosses: 20,
}
