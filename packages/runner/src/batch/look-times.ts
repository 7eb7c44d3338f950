import type { Clock } from '@skyloom/base'

/** Time between two looks at the folders of many jobs. */
const MANY_MS = 200
/** So few jobs are looked at more often: what they wait for us is a good part of a short run. */
const FEW_JOBS = 100
const FEW_MS = 50
/** Part of its time that a run of few jobs waits for us at most. */
const SHARE = 1 / 20

/** When to look at the folders of batches: few jobs are kept waiting for a twentieth of their time, many are looked at seldom. */
export class LookTimes {
  /** Time between two questions whether a look is due. */
  readonly everyMs: number
  readonly #isFixed: boolean
  readonly #clock: Clock
  #lookedMs = -Infinity
  #submittedMs = -Infinity

  /** @param lookMs time between two looks, in place of those that follow from the number of jobs */
  constructor(clock: Clock, lookMs?: number) {
    this.#clock = clock
    this.everyMs = lookMs ?? FEW_MS
    this.#isFixed = lookMs !== undefined
  }

  submitted(): void {
    this.#submittedMs = this.#clock.monotonicMs()
  }

  /** Whether it is time for a look, which then counts as done. */
  isDue(jobs: number): boolean {
    if (this.#isFixed) return true
    const now = this.#clock.monotonicMs()
    const waitMs = jobs > FEW_JOBS ? MANY_MS : Math.min(MANY_MS, (now - this.#submittedMs) * SHARE)
    if (now - this.#lookedMs < waitMs) return false
    this.#lookedMs = now
    return true
  }
}
