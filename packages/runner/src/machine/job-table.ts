import { childrenOf, KeyHeap, parentCount } from '@skyloom/workflow'
import { noSuchJob } from './bad-event.ts'
import { JOB_STATES, type JobState, READY, SUCCEEDED, UNREADY, WAITING } from './job-state.ts'
import { Lanes } from './lanes.ts'
import type { RunSpec } from './run-spec.ts'

/**
 * The jobs of a run: the state of each, how often it was tried, what its next attempt gets, and which are ready in which order.
 * Columns instead of objects, so that 100,000 jobs take a few megabytes.
 */
export class JobTable {
  readonly state: Uint8Array
  /** Parents that have not succeeded. */
  readonly openParents: Uint32Array
  readonly attempts: Uint16Array
  /** Failed attempts since the job was last begun afresh. */
  readonly failures: Uint16Array
  /** Lost attempts, likewise. */
  readonly losses: Uint16Array
  /** Of the current attempt, or of the next one. */
  readonly memoryMb: Float64Array
  /** Jobs in each state, by its number. */
  readonly counts: number[]
  readonly lanes: Lanes
  readonly #spec: RunSpec
  readonly #retryAt: Float64Array
  readonly #retries = new KeyHeap()
  #moved: number[] = []

  constructor(spec: RunSpec) {
    const { nodeCount } = spec.graph
    this.#spec = spec
    this.state = new Uint8Array(nodeCount)
    this.openParents = new Uint32Array(nodeCount)
    this.attempts = new Uint16Array(nodeCount)
    this.failures = new Uint16Array(nodeCount)
    this.losses = new Uint16Array(nodeCount)
    this.memoryMb = Float64Array.from(spec.memoryMb)
    this.#retryAt = new Float64Array(nodeCount)
    this.counts = JOB_STATES.map(() => 0)
    this.counts[UNREADY] = nodeCount
    this.lanes = new Lanes(spec)
    for (let job = 0; job < nodeCount; job++) {
      this.openParents[job] = parentCount(spec.graph, job)
      if (this.openParents[job] === 0) this.#makeReady(job)
    }
  }

  /** The number of a job. @throws {RunnerError} `RUNNER_BAD_EVENT` when there is none */
  check(job: number): number {
    if (Number.isInteger(job) && job >= 0 && job < this.state.length) return job
    throw noSuchJob(job, this.state.length)
  }

  /** The state of a job by its name. */
  nameOf(job: number): JobState {
    return JOB_STATES[this.state[this.check(job)]!] ?? 'unready'
  }

  /** Time of the next retry; `Infinity` for none. */
  get nextRetry(): number {
    return this.#retries.leastKey
  }

  /** Jobs whose state may have changed since the last call, perhaps several times. */
  takeMoved(): readonly number[] {
    const moved = this.#moved
    this.#moved = []
    return moved
  }

  move(job: number, to: number): void {
    const from = this.state[this.check(job)]!
    this.counts[from]!--
    this.counts[to]!++
    this.state[job] = to
    this.#moved.push(job)
  }

  succeed(job: number): void {
    this.move(job, SUCCEEDED)
    for (const child of childrenOf(this.#spec.graph, job)) {
      const open = --this.openParents[child]!
      if (open === 0 && this.state[child] === UNREADY) this.#makeReady(child)
    }
  }

  /** Forgets failures and, of a job that succeeded, that its children have it. */
  reset(job: number): void {
    const state = this.state[this.check(job)]
    if (state === SUCCEEDED) {
      for (const child of childrenOf(this.#spec.graph, job)) {
        this.openParents[child]!++
        if (this.state[child] === READY || this.state[child] === WAITING) this.move(child, UNREADY)
      }
    }
    this.failures[job] = 0
    this.losses[job] = 0
    this.restart(job)
  }

  /** Ready, or unready while parents are open. */
  restart(job: number): void {
    if (this.openParents[job] === 0) this.#makeReady(job)
    else this.move(job, UNREADY)
  }

  /** Waits until a time; a job whose parents were reset while it ran waits for them instead. */
  retry(job: number, at: number): void {
    if (this.openParents[job]! > 0) {
      this.move(job, UNREADY)
      return
    }
    this.#retryAt[job] = at
    this.move(job, WAITING)
    this.#retries.add(job, at)
  }

  /** Makes the jobs ready whose wait is over. */
  takeDueRetries(time: number): void {
    while (this.#retries.leastKey <= time) {
      const job = this.#retries.take()
      if (this.state[job] === WAITING && this.#retryAt[job]! <= time) this.#makeReady(job)
    }
  }

  #makeReady(job: number): void {
    this.move(job, READY)
    this.lanes.add(job, this.memoryMb[job]!)
  }
}
