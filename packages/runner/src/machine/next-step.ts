import type { AttemptOutcome, Failure, NextStep } from './run-event.ts'
import type { RunPolicy } from './run-spec.ts'

/** What an executor says about an attempt that ended. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome
  /** With every outcome but `succeeded`. */
  readonly failure?: Failure | undefined
  /** The outputs were there already, made by this invocation from the same inputs. */
  readonly reused?: string | undefined
  /** Logical names and SHA-256 of the files that it made: all of them, or those of the tasks of a cluster that did not fail. */
  readonly made?: Step['made'] | undefined
}

/** What counts for the next step. */
export interface JobHistory {
  readonly time: number
  readonly isCanceled: boolean
  /** Failures of its own and losses so far, without this attempt. */
  readonly failures: number
  readonly losses: number
  readonly retries: number
  readonly memoryMb: number
  /** Longest run time of this attempt, milliseconds; 0 for no limit. */
  readonly timeoutMs: number
  /** Factors of the job on memory and time; 0 for those of the policy. */
  readonly memoryFactor: number
  readonly timeFactor: number
}

/** What an attempt's end means for its job; the fields of the event. */
export interface Step {
  readonly outcome: AttemptOutcome
  readonly next: NextStep
  readonly failure?: Failure
  readonly retryAt?: number
  readonly memoryMb?: number
  readonly timeoutMs?: number
  readonly reused?: string
  readonly made?: readonly (readonly [lfn: string, sha256: string])[]
}

/**
 * What becomes of a job after an attempt: a failure of its own uses up a retry and waits longer each time; a loss to
 * the infrastructure does neither, until there were `maxLosses` of them (a full disk never counts); who ran out of memory gets
 * more, and so does, where job or policy say so, who ran out of time.
 */
export function nextStep(result: AttemptResult, policy: RunPolicy, history: JobHistory): Step {
  const { outcome, failure, reused, made = [] } = result
  const files = made.length === 0 ? {} : { made }
  if (outcome === 'succeeded') {
    return { outcome, next: 'done', ...(reused === undefined ? {} : { reused }), ...files }
  }
  const facts = { outcome, ...(failure === undefined ? {} : { failure }), ...files }
  if (outcome === 'canceled') return { ...facts, next: 'canceled' }
  const isFull = failure?.kind === 'space'
  const isLoss = outcome === 'lost' && (isFull || history.losses < policy.maxLosses)
  if (history.isCanceled) return { ...facts, next: isLoss ? 'canceled' : exhausted(policy) }
  if (isLoss) {
    // The first loss is most often a restart of the engine: no reason to wait. After a full disk the whole run waits.
    const waitMs = isFull || history.losses === 0 ? 0 : backoff(policy, history.losses - 1)
    return { ...facts, next: 'retry', retryAt: history.time + waitMs }
  }
  if (history.failures >= history.retries) return { ...facts, next: exhausted(policy) }
  const needsMemory = failure?.kind === 'memory' && history.memoryMb > 0
  const timeFactor = history.timeFactor || policy.timeFactor
  const needsTime = failure?.kind === 'timeout' && history.timeoutMs > 0 && timeFactor !== 1
  return {
    ...facts,
    next: 'retry',
    retryAt: history.time + backoff(policy, history.failures),
    ...(needsTime ? { timeoutMs: Math.ceil(history.timeoutMs * timeFactor) } : {}),
    ...(needsMemory
      ? { memoryMb: Math.ceil(history.memoryMb * (history.memoryFactor || policy.memoryFactor)) }
      : {}),
  }
}

function exhausted(policy: RunPolicy): NextStep {
  return policy.whenExhausted === 'hold' ? 'held' : 'failed'
}

function backoff(policy: RunPolicy, before: number): number {
  return Math.min(policy.maxBackoffMs, policy.backoffMs * policy.backoffFactor ** before)
}
