import { childrenOf, KeyHeap, parentCount } from '@skyloom/workflow'
import { badEvent, noSuchJob } from './bad-event.ts'
import {
  CANCELED,
  FAILED,
  HELD,
  JOB_STATES,
  type JobState,
  READY,
  RUNNING,
  SUCCEEDED,
  UNREADY,
  WAITING,
} from './job-state.ts'
import { Lanes } from './lanes.ts'
import { type AttemptResult, nextStep } from './next-step.ts'
import type { RunCommand, RunEvent, RunStatus } from './run-event.ts'
import { DEFAULT_POLICY, type RunPolicy, type RunSpec } from './run-spec.ts'
import { RunningAttempts } from './running-attempts.ts'

export type { JobState } from './job-state.ts'

/** What the executors can take at a time. */
export interface Capacity {
  readonly cores: number
  readonly memoryMb: number
}

/**
 * The state of one run and every decision about it, without clock, files or processes: outcomes and wishes come in with
 * their time, events come out, and the state is the fold of all events, so that a run is recovered by applying its
 * history. Each event costs O(1) amortised (O(log n) in the ready queues).
 *
 * What always holds: a job has at most one attempt at a time; it starts after all its parents succeeded; categories and
 * resources are never overdrawn (a job that is larger than the machine runs alone); a finished run has no running job.
 */
export class RunMachine {
  readonly #spec: RunSpec
  readonly #policy: RunPolicy
  readonly #state: Uint8Array
  readonly #openParents: Uint32Array
  readonly #attempts: Uint16Array
  readonly #failures: Uint16Array
  readonly #losses: Uint16Array
  readonly #memoryMb: Float64Array
  readonly #retryAt: Float64Array
  readonly #counts: number[]
  readonly #running: RunningAttempts
  readonly #lanes: Lanes
  readonly #retries = new KeyHeap()
  #moved: number[] = []
  #isPaused = false
  #waitsForSpace = false
  #isCanceled = false
  #isOpen = false
  #status: RunStatus | undefined

  constructor(spec: RunSpec, policy: RunPolicy = DEFAULT_POLICY) {
    const { nodeCount } = spec.graph
    this.#spec = spec
    this.#policy = policy
    this.#state = new Uint8Array(nodeCount)
    this.#openParents = new Uint32Array(nodeCount)
    this.#attempts = new Uint16Array(nodeCount)
    this.#failures = new Uint16Array(nodeCount)
    this.#losses = new Uint16Array(nodeCount)
    this.#memoryMb = Float64Array.from(spec.memoryMb)
    this.#running = new RunningAttempts(spec)
    this.#retryAt = new Float64Array(nodeCount)
    this.#counts = JOB_STATES.map(() => 0)
    this.#counts[UNREADY] = nodeCount
    this.#lanes = new Lanes(spec)
    for (let job = 0; job < nodeCount; job++) {
      this.#openParents[job] = parentCount(spec.graph, job)
      if (this.#openParents[job] === 0) this.#makeReady(job)
    }
  }

  /** Jobs in a state. */
  count(state: JobState): number {
    return this.#counts[JOB_STATES.indexOf(state)] ?? 0
  }

  state(job: number): JobState {
    return JOB_STATES[this.#state[this.#check(job)]!] ?? 'unready'
  }

  /** Attempts of a job so far. */
  attempts(job: number): number {
    return this.#attempts[this.#check(job)]!
  }

  /** Jobs with a running attempt. */
  get running(): ReadonlySet<number> {
    return this.#running.jobs
  }

  /** Memory with which the current attempt of a job runs, or its next one will. */
  memoryMb(job: number): number {
    return this.#memoryMb[this.#check(job)]!
  }

  /** Longest run time of the current attempt of a job, or of its next one, milliseconds; 0 for no limit. */
  timeoutMs(job: number): number {
    return this.#running.timeoutMs(this.#check(job))
  }

  /** When the last attempt of a job was started. */
  startedMs(job: number): number {
    return this.#running.startedMs(this.#check(job))
  }

  /** How the run ended; `undefined` while it has not. */
  get status(): RunStatus | undefined {
    return this.#status
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Paused until there is room on a disk. */
  get waitsForSpace(): boolean {
    return this.#waitsForSpace
  }

  get isCanceled(): boolean {
    return this.#isCanceled
  }

  /** An engine takes the run up. What ended as failed or canceled is tried again: its jobs get fresh retries. */
  open(time: number, engine: string, token: number): readonly RunEvent[] {
    const again = this.#status === 'failed' || this.#status === 'canceled' || this.#isCanceled
    const events: RunEvent[] = [{ type: 'run-opened', time, engine, token }]
    if (this.#isPaused) events.push({ type: 'run-resumed', time, reason: 'taken up again' })
    if (again) {
      for (let job = 0; job < this.#state.length; job++) {
        const state = this.#state[job]
        if (state === FAILED || state === CANCELED)
          events.push({ type: 'job-reset', time, job, reason: 'run taken up again' })
      }
    }
    return this.#applyAll(events)
  }

  /** An attempt ended. Nothing comes out for an attempt that is not the running one (a late report). */
  attemptEnded(time: number, job: number, attempt: number, result: AttemptResult): readonly RunEvent[] {
    if (this.#state[this.#check(job)] !== RUNNING || this.#attempts[job] !== attempt) return []
    const step = nextStep(result, this.#policy, {
      time,
      isCanceled: this.#isCanceled,
      failures: this.#failures[job]!,
      losses: this.#losses[job]!,
      retries: this.#spec.retries[job]!,
      memoryMb: this.#memoryMb[job]!,
      timeoutMs: this.#running.timeoutMs(job),
    })
    return this.#applyAll([{ type: 'attempt-ended', time, job, attempt, ...step }])
  }

  /** Stops starting jobs; what runs goes on to its end. */
  pause(time: number, reason: string): readonly RunEvent[] {
    if ((this.#isPaused && !this.#waitsForSpace) || this.#status !== undefined) return []
    return this.#applyAll([{ type: 'run-paused', time, reason }])
  }

  /** Starts no jobs until {@link endWait}: a disk is full. */
  waitForSpace(time: number, reason: string): readonly RunEvent[] {
    if (this.#isPaused || this.#status !== undefined) return []
    return this.#applyAll([{ type: 'run-paused', time, reason, waitsFor: 'space' }])
  }

  /** Goes on after {@link waitForSpace}. */
  endWait(time: number, reason: string): readonly RunEvent[] {
    return this.#waitsForSpace ? this.#applyAll([{ type: 'run-resumed', time, reason }]) : []
  }

  /** Starts no more and ends what runs (see {@link dueKills}). */
  cancel(time: number, reason: string): readonly RunEvent[] {
    if (this.#isCanceled || this.#status !== undefined) return []
    return this.#applyAll([{ type: 'run-canceled', time, reason }])
  }

  /** Keeps a job that does not run from being started. */
  hold(time: number, job: number, reason: string): readonly RunEvent[] {
    const state = this.#state[this.#check(job)]!
    if (state !== UNREADY && state !== READY && state !== WAITING) return []
    return this.#applyAll([{ type: 'job-held', time, job, reason }])
  }

  release(time: number, job: number, reason: string): readonly RunEvent[] {
    if (this.#state[this.#check(job)] !== HELD) return []
    return this.#applyAll([{ type: 'job-released', time, job, reason }])
  }

  /** Gives up a job that has not ended; a running attempt is ended first. */
  cancelJob(time: number, job: number, reason: string): readonly RunEvent[] {
    const state = this.#state[this.#check(job)]!
    if (state === SUCCEEDED || state === FAILED || state === CANCELED) return []
    if (state === RUNNING) {
      this.#running.kill(job, time)
      return []
    }
    return this.#applyAll([{ type: 'job-canceled', time, job, reason }])
  }

  /** A job whose outputs are gone is run again before its readers. */
  reset(time: number, job: number, reason: string): readonly RunEvent[] {
    const state = this.#state[this.#check(job)]!
    if (state !== SUCCEEDED && state !== FAILED && state !== CANCELED) return []
    return this.#applyAll([{ type: 'job-reset', time, job, reason }])
  }

  /** Starts what may start now, and ends the run when nothing is left to do. At most `most` jobs are started. */
  decide(time: number, capacity: Capacity, most: number = Infinity): readonly RunEvent[] {
    const events: RunEvent[] = []
    if (this.#status !== undefined) return events
    if (!this.#isPaused && !this.#isCanceled && !this.#isStopping()) {
      this.#takeDueRetries(time)
      while (events.length < most) {
        const job = this.#lanes.take(
          capacity.cores - this.#running.usedCores,
          capacity.memoryMb - this.#running.usedMemoryMb,
          this.#running.jobs.size === 0,
          (candidate, lane) => this.#state[candidate] === READY && this.#lanes.laneOf(candidate) === lane,
        )
        if (job < 0) break
        const memoryMb = this.#memoryMb[job]!
        const timeoutMs = this.#running.timeoutMs(job)
        const event: RunEvent = {
          type: 'attempt-started',
          time,
          job,
          attempt: this.#attempts[job]! + 1,
          ...(memoryMb > 0 ? { memoryMb } : {}),
          ...(timeoutMs === this.#spec.timeoutMs[job] ? {} : { timeoutMs }),
        }
        this.apply(event)
        events.push(event)
      }
    }
    const status = this.#endStatus()
    if (status !== undefined) events.push(...this.#applyAll([{ type: 'run-ended', time, status }]))
    return events
  }

  /** Time of the next retry or deadline; `Infinity` for none. */
  nextTime(): number {
    return Math.min(this.#isStopping() ? Infinity : this.#retries.leastKey, this.#running.nextDeadline)
  }

  /** Attempts that have to be ended by now: past their time, or canceled. */
  dueKills(time: number): readonly RunCommand[] {
    return [...this.#running.due(time, this.#isCanceled)].map(([job, reason]) => ({
      type: 'kill',
      job,
      attempt: this.#attempts[job]!,
      reason,
    }))
  }

  /** Jobs whose state may have changed since the last call, perhaps several times. */
  takeMoved(): readonly number[] {
    const moved = this.#moved
    this.#moved = []
    return moved
  }

  /** True when nothing runs and nothing can be started without a person: paused, or only held jobs are left. */
  get isIdle(): boolean {
    if (this.#running.jobs.size > 0 || this.#status !== undefined) return false
    if (this.#waitsForSpace) return false
    return this.#isPaused || (this.#counts[READY] === 0 && this.#counts[WAITING] === 0)
  }

  #applyAll<Event extends RunEvent>(events: readonly Event[]): readonly Event[] {
    for (const event of events) this.apply(event)
    return events
  }

  /**
   * Takes one event of the history into the state.
   *
   * @throws {RunnerError} `RUNNER_BAD_EVENT` when the history cannot have come to this
   */
  apply(event: RunEvent): void {
    switch (event.type) {
      case 'run-opened':
        this.#isOpen = true
        this.#status = undefined
        this.#isCanceled = false
        return
      case 'attempt-started':
        this.#start(event)
        return
      case 'attempt-ended':
        this.#end(event)
        return
      case 'attempt-held':
      case 'attempt-released':
        // The job goes on to have its attempt, wherever that is.
        this.#check(event.job)
        return
      case 'job-held':
        this.#move(event.job, HELD)
        return
      case 'job-released':
        this.#failures[this.#check(event.job)] = 0
        this.#restart(event.job)
        return
      case 'job-canceled':
        this.#move(event.job, CANCELED)
        return
      case 'job-reset':
        this.#reset(event.job)
        return
      case 'run-paused':
        this.#isPaused = true
        this.#waitsForSpace = event.waitsFor === 'space'
        return
      case 'run-resumed':
        this.#isPaused = false
        this.#waitsForSpace = false
        return
      case 'run-canceled':
        this.#isCanceled = true
        this.#running.killAll(event.time)
        return
      case 'run-ended':
        if (this.#running.jobs.size > 0) throw badEvent(event, `${this.#running.jobs.size} jobs are running`)
        this.#status = event.status
        return
    }
  }

  #start(event: Extract<RunEvent, { type: 'attempt-started' }>): void {
    const { job, attempt, time } = event
    const state = this.#state[this.#check(job)]
    if (state !== READY && state !== WAITING) throw badEvent(event, `the job is ${this.state(job)}`)
    if (attempt !== this.#attempts[job]! + 1) throw badEvent(event, `${this.#attempts[job]!} attempts so far`)
    this.#move(job, RUNNING)
    this.#attempts[job] = attempt
    this.#memoryMb[job] = event.memoryMb ?? 0
    this.#running.allow(job, event.timeoutMs ?? this.#spec.timeoutMs[job]!)
    this.#running.start(job, time, this.#memoryMb[job])
    this.#lanes.started(job)
  }

  #end(event: Extract<RunEvent, { type: 'attempt-ended' }>): void {
    const { job, attempt, outcome, next } = event
    if (this.#state[this.#check(job)] !== RUNNING || this.#attempts[job] !== attempt)
      throw badEvent(event, `the job is ${this.state(job)}, attempt ${this.#attempts[job]!}`)
    this.#running.end(job, this.#memoryMb[job]!)
    this.#lanes.ended(job)
    if (event.timeoutMs !== undefined) this.#running.allow(job, event.timeoutMs)
    if (outcome === 'failed') this.#failures[job]!++
    if (outcome === 'lost' && event.failure?.kind !== 'space') this.#losses[job]!++
    if (next === 'done') this.#succeed(job)
    else if (next === 'failed') this.#move(job, FAILED)
    else if (next === 'held') this.#move(job, HELD)
    else if (next === 'canceled') this.#move(job, CANCELED)
    else if (this.#openParents[job]! > 0) {
      // Its parents were reset while it ran: it waits for them, not for a time.
      this.#memoryMb[job] = event.memoryMb ?? this.#memoryMb[job]!
      this.#move(job, UNREADY)
    } else {
      this.#memoryMb[job] = event.memoryMb ?? this.#memoryMb[job]!
      this.#retryAt[job] = event.retryAt ?? event.time
      this.#move(job, WAITING)
      this.#retries.add(job, this.#retryAt[job])
    }
  }

  #succeed(job: number): void {
    this.#move(job, SUCCEEDED)
    for (const child of childrenOf(this.#spec.graph, job)) {
      const open = --this.#openParents[child]!
      if (open === 0 && this.#state[child] === UNREADY) this.#makeReady(child)
    }
  }

  #reset(job: number): void {
    const state = this.#state[this.#check(job)]
    if (state === SUCCEEDED) {
      for (const child of childrenOf(this.#spec.graph, job)) {
        this.#openParents[child]!++
        if (this.#state[child] === READY || this.#state[child] === WAITING) this.#move(child, UNREADY)
      }
    }
    this.#failures[job] = 0
    this.#losses[job] = 0
    this.#restart(job)
  }

  #restart(job: number): void {
    if (this.#openParents[job] === 0) this.#makeReady(job)
    else this.#move(job, UNREADY)
  }

  #makeReady(job: number): void {
    this.#move(job, READY)
    this.#lanes.add(job, this.#memoryMb[job]!)
  }

  #move(job: number, to: number): void {
    const from = this.#state[this.#check(job)]!
    this.#counts[from]!--
    this.#counts[to]!++
    this.#state[job] = to
    this.#moved.push(job)
  }

  #takeDueRetries(time: number): void {
    while (this.#retries.leastKey <= time) {
      const job = this.#retries.take()
      if (this.#state[job] === WAITING && this.#retryAt[job]! <= time) this.#makeReady(job)
    }
  }

  #isStopping(): boolean {
    return this.#policy.onFailure === 'stop' && this.#counts[FAILED]! > 0
  }

  #endStatus(): RunStatus | undefined {
    if (this.#running.jobs.size > 0 || !this.#isOpen) return undefined
    if (this.#isCanceled) return 'canceled'
    const total = this.#state.length
    if (this.#counts[SUCCEEDED] === total) return 'succeeded'
    if (this.#isPaused) return undefined
    if (this.#isStopping()) return 'failed'
    const canGoOn = this.#counts[READY]! + this.#counts[WAITING]! + this.#counts[HELD]!
    return canGoOn === 0 ? 'failed' : undefined
  }

  #check(job: number): number {
    if (Number.isInteger(job) && job >= 0 && job < this.#state.length) return job
    throw noSuchJob(job, this.#state.length)
  }
}
