import type { PlanJobLine } from '@skyloom/workflow'
import type { AttemptRequest } from '../executor/executor.ts'
import type { AbortReason, Attempt } from './job-context.ts'

/** An attempt while it runs. Its signal is made when somebody asks for it: most jobs end before anybody listens. */
export class RunningAttempt implements Attempt {
  readonly job: PlanJobLine
  readonly attempt: number
  readonly memoryMb: number
  readonly startedMs: number
  readonly isAdopted: boolean
  running: Attempt['running']
  #reason: AbortReason | undefined
  #controller: AbortController | undefined

  constructor(job: PlanJobLine, { attempt, memoryMb, startedMs }: AttemptRequest, isAdopted: boolean) {
    this.job = job
    this.attempt = attempt
    this.memoryMb = memoryMb
    this.startedMs = startedMs
    this.isAdopted = isAdopted
    this.running = undefined
  }

  get abortReason(): AbortReason | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  /** Says that the attempt has to end. */
  abort(reason: AbortReason): void {
    this.#reason ??= reason
    this.#controller?.abort(reason)
  }
}
