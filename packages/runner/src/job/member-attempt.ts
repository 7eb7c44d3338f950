import type { PlanJobLine } from '@skyloom/workflow'
import type { AbortReason, Attempt } from './job-context.ts'

/** The attempt of a cluster as one of its tasks sees it: with a program of its own that runs. */
export class MemberAttempt implements Attempt {
  readonly job: PlanJobLine
  readonly attempt: number
  readonly memoryMb: number
  readonly startedMs: number
  readonly isAdopted: boolean
  running: Attempt['running']
  readonly #whole: Attempt

  constructor(whole: Attempt) {
    this.job = whole.job
    this.attempt = whole.attempt
    this.memoryMb = whole.memoryMb
    this.startedMs = whole.startedMs
    this.isAdopted = whole.isAdopted
    this.running = undefined
    this.#whole = whole
  }

  get abortReason(): AbortReason | undefined {
    return this.#whole.abortReason
  }

  get signal(): AbortSignal {
    return this.#whole.signal
  }
}
