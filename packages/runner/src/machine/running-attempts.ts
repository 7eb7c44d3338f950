import { KeyHeap } from '@skyloom/workflow'
import type { RunSpec } from './run-spec.ts'

/** Attempts that run: what they take of the machine, since when, and until when they may run. */
export class RunningAttempts {
  readonly jobs: Set<number> = new Set()
  readonly #spec: RunSpec
  readonly #startedAt: Float64Array
  /** Longest run time of the current attempts, milliseconds; 0 for no limit. */
  readonly #timeoutMs: Float64Array
  readonly #deadlines = new KeyHeap()
  readonly #killed = new Set<number>()
  #usedCores = 0
  #usedMemoryMb = 0

  constructor(spec: RunSpec) {
    this.#spec = spec
    this.#startedAt = new Float64Array(spec.graph.nodeCount)
    this.#timeoutMs = Float64Array.from(spec.timeoutMs)
  }

  get usedCores(): number {
    return this.#usedCores
  }

  get usedMemoryMb(): number {
    return this.#usedMemoryMb
  }

  /** Time of the next deadline; `Infinity` for none. */
  get nextDeadline(): number {
    return this.#deadlines.leastKey
  }

  /** When the last attempt of a job was started. */
  startedMs(job: number): number {
    return this.#startedAt[job]!
  }

  /** Longest run time of the current attempt of a job, or of its next one; 0 for no limit. */
  timeoutMs(job: number): number {
    return this.#timeoutMs[job]!
  }

  /** The next attempt of a job may run longer. */
  allow(job: number, timeoutMs: number): void {
    this.#timeoutMs[job] = timeoutMs
  }

  start(job: number, time: number, memoryMb: number): void {
    this.jobs.add(job)
    this.#startedAt[job] = time
    this.#usedCores += this.#spec.cores[job]!
    this.#usedMemoryMb += memoryMb
    if (this.#timeoutMs[job]! > 0) this.#deadlines.add(job, time + this.#timeoutMs[job]!)
  }

  end(job: number, memoryMb: number): void {
    this.jobs.delete(job)
    this.#killed.delete(job)
    // Sums of fractions of cores drift; with nothing running they are exact again.
    this.#usedCores = this.jobs.size === 0 ? 0 : this.#usedCores - this.#spec.cores[job]!
    this.#usedMemoryMb = this.jobs.size === 0 ? 0 : this.#usedMemoryMb - memoryMb
  }

  /** The attempt of a job is not wanted any more. */
  kill(job: number, time: number): void {
    this.#killed.add(job)
    this.#deadlines.add(job, time)
  }

  /** No attempt is wanted any more. */
  killAll(time: number): void {
    for (const job of this.jobs) this.#deadlines.add(job, time)
  }

  /** Jobs whose attempts have to be ended by now, each with the reason. */
  *due(time: number, areAllCanceled: boolean): Generator<readonly [job: number, 'timeout' | 'canceled']> {
    while (this.#deadlines.leastKey <= time) {
      const job = this.#deadlines.take()
      if (!this.jobs.has(job)) continue
      const timeoutMs = this.#timeoutMs[job]!
      if (areAllCanceled || this.#killed.delete(job)) yield [job, 'canceled']
      else if (timeoutMs > 0 && this.#startedAt[job]! + timeoutMs <= time) yield [job, 'timeout']
    }
  }
}
