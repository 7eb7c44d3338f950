/** Time as an argument: decision code never reads the system clock itself. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number
  /** Milliseconds from an arbitrary start that never goes back. */
  monotonicMs(): number
}

/** Of Node, which loads a dozen modules for `performance` but none for this. */
interface NodeGlobals {
  readonly process?: { readonly hrtime?: { bigint(): bigint } }
}

const nodeTime = (globalThis as NodeGlobals).process?.hrtime

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: nodeTime === undefined ? () => performance.now() : () => Number(nodeTime.bigint()) / 1e6,
}
