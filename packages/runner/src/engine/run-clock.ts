import { type Clock, systemClock } from '@skyloom/base'

/**
 * Time of a run. It is set by the wall clock once, and goes on by a clock that never jumps, so that neither time limits nor
 * waits depend on what is done to the wall clock while the engine runs; and it never falls behind the history of the run.
 */
export class RunClock {
  readonly #clock: Clock
  #aheadMs: number

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    this.#aheadMs = clock.nowMs() - clock.monotonicMs()
  }

  /** Milliseconds since 1970 UTC. */
  nowMs(): number {
    return this.#clock.monotonicMs() + this.#aheadMs
  }

  /** The history goes up to that time: the wall clock may have been set back since. */
  goOnAfter(timeMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, timeMs - this.#clock.monotonicMs())
  }
}
