/** Time as an argument: decision code never reads the system clock itself. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number
  /** Milliseconds from an arbitrary start that never goes back. */
  monotonicMs(): number
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
