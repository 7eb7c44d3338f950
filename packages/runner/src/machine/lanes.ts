import { KeyHeap } from '@skyloom/workflow'
import type { RunSpec } from './run-spec.ts'

/** Ready jobs of one category that need the same cores and memory, by priority. */
interface Lane {
  readonly category: number
  readonly cores: number
  readonly memoryMb: number
  readonly jobs: KeyHeap
  /** Starts of other jobs since the first job of this lane did not fit. */
  passed: number
}

/** A job that does not fit is passed by so many others at most; then room is made for it. */
const MAX_PASSED = 64

/**
 * The ready queues of a run. Jobs alike in category, cores and memory share a queue, so that the choice of the next job
 * looks at the heads of a few queues, whatever the number of jobs.
 */
export class Lanes {
  readonly #spec: RunSpec
  readonly #lanes: Lane[] = []
  readonly #byKey = new Map<string, number>()
  readonly #laneOf: Int32Array
  readonly #inCategory: number[]

  constructor(spec: RunSpec) {
    this.#spec = spec
    this.#laneOf = new Int32Array(spec.graph.nodeCount).fill(-1)
    this.#inCategory = spec.categories.map(() => 0)
  }

  /** Puts a job into its queue. */
  add(job: number, memoryMb: number): void {
    const category = this.#spec.category[job]!
    const cores = this.#spec.cores[job]!
    const key = `${category} ${cores} ${memoryMb}`
    let at = this.#byKey.get(key)
    if (at === undefined) {
      at = this.#lanes.length
      this.#lanes.push({ category, cores, memoryMb, jobs: new KeyHeap(), passed: 0 })
      this.#byKey.set(key, at)
    }
    this.#laneOf[job] = at
    this.#lanes[at]?.jobs.add(job, -this.#spec.priority[job]!)
  }

  /** The queue in which a job was put last. */
  laneOf(job: number): number {
    return this.#laneOf[job]!
  }

  /** Counts a job that was started. */
  started(job: number): void {
    const category = this.#spec.category[job]!
    if (category >= 0) this.#inCategory[category]!++
  }

  /** Counts a job that ended. */
  ended(job: number): void {
    const category = this.#spec.category[job]!
    if (category >= 0) this.#inCategory[category]!--
  }

  /**
   * Takes the job with the highest priority that may start, -1 for none. Jobs of lower priority pass one that does not
   * fit, but only so often.
   *
   * @param isAlone nothing runs, so even a job that is larger than the machine may start
   * @param isReady says whether a queued job is still ready, and in that lane
   */
  take(
    freeCores: number,
    freeMemoryMb: number,
    isAlone: boolean,
    isReady: (job: number, lane: number) => boolean,
  ): number {
    let best: Lane | undefined
    let blocked: Lane | undefined
    for (const [number, lane] of this.#lanes.entries()) {
      while (lane.jobs.size > 0 && !isReady(lane.jobs.first, number)) lane.jobs.take()
      if (lane.jobs.size === 0 || this.#isThrottled(lane.category)) continue
      const fits = isAlone || (lane.cores <= freeCores && lane.memoryMb <= freeMemoryMb)
      if (fits) {
        if (best === undefined || isBefore(lane, best)) best = lane
      } else if (blocked === undefined || isBefore(lane, blocked)) blocked = lane
    }
    if (best === undefined) return -1
    if (blocked !== undefined && isBefore(blocked, best)) {
      if (blocked.passed >= MAX_PASSED) return -1
      blocked.passed++
    }
    best.passed = 0
    return best.jobs.take()
  }

  #isThrottled(category: number): boolean {
    if (category < 0) return false
    return this.#inCategory[category]! >= (this.#spec.categories[category]?.limit ?? Infinity)
  }
}

function isBefore(lane: Lane, other: Lane): boolean {
  if (lane.jobs.leastKey !== other.jobs.leastKey) return lane.jobs.leastKey < other.jobs.leastKey
  return lane.jobs.first < other.jobs.first
}
