import { badEvent } from './bad-event.ts'
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
import { JobTable } from './job-table.ts'
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
  readonly #jobs: JobTable
  readonly #running: RunningAttempts
  #isPaused = false
  #waitsForSpace = false
  #isCanceled = false
  #isOpen = false
  #status: RunStatus | undefined

  constructor(spec: RunSpec, policy: RunPolicy = DEFAULT_POLICY) {
    this.#spec = spec
    this.#policy = policy
    this.#jobs = new JobTable(spec)
    this.#running = new RunningAttempts(spec)
  }

  /** Jobs in a state. */
  count(state: JobState): number {
    return this.#jobs.counts[JOB_STATES.indexOf(state)] ?? 0
  }

  state(job: number): JobState {
    return this.#jobs.nameOf(job)
  }

  /** Attempts of a job so far. */
  attempts(job: number): number {
    return this.#jobs.attempts[this.#jobs.check(job)]!
  }

  /** Jobs with a running attempt. */
  get running(): ReadonlySet<number> {
    return this.#running.jobs
  }

  /** Memory with which the current attempt of a job runs, or its next one will. */
  memoryMb(job: number): number {
    return this.#jobs.memoryMb[this.#jobs.check(job)]!
  }

  /** Longest run time of the current attempt of a job, or of its next one, milliseconds; 0 for no limit. */
  timeoutMs(job: number): number {
    return this.#running.timeoutMs(this.#jobs.check(job))
  }

  /** When the last attempt of a job was started. */
  startedMs(job: number): number {
    return this.#running.startedMs(this.#jobs.check(job))
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
      for (let job = 0; job < this.#jobs.state.length; job++) {
        const state = this.#jobs.state[job]
        if (state === FAILED || state === CANCELED)
          events.push({ type: 'job-reset', time, job, reason: 'run taken up again' })
      }
    }
    return this.#applyAll(events)
  }

  /** An attempt ended. Nothing comes out for an attempt that is not the running one (a late report). */
  attemptEnded(time: number, job: number, attempt: number, result: AttemptResult): readonly RunEvent[] {
    if (this.#jobs.state[this.#jobs.check(job)] !== RUNNING || this.#jobs.attempts[job] !== attempt) return []
    const step = nextStep(result, this.#policy, {
      time,
      isCanceled: this.#isCanceled,
      failures: this.#jobs.failures[job]!,
      losses: this.#jobs.losses[job]!,
      retries: this.#spec.retries[job]!,
      memoryMb: this.#jobs.memoryMb[job]!,
      timeoutMs: this.#running.timeoutMs(job),
      memoryFactor: this.#spec.memoryFactor[job]!,
      timeFactor: this.#spec.timeFactor[job]!,
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
    const state = this.#jobs.state[this.#jobs.check(job)]!
    if (state !== UNREADY && state !== READY && state !== WAITING) return []
    return this.#applyAll([{ type: 'job-held', time, job, reason }])
  }

  release(time: number, job: number, reason: string): readonly RunEvent[] {
    if (this.#jobs.state[this.#jobs.check(job)] !== HELD) return []
    return this.#applyAll([{ type: 'job-released', time, job, reason }])
  }

  /** Gives up a job that has not ended; a running attempt is ended first. */
  cancelJob(time: number, job: number, reason: string): readonly RunEvent[] {
    const state = this.#jobs.state[this.#jobs.check(job)]!
    if (state === SUCCEEDED || state === FAILED || state === CANCELED) return []
    if (state === RUNNING) {
      this.#running.kill(job, time)
      return []
    }
    return this.#applyAll([{ type: 'job-canceled', time, job, reason }])
  }

  /** A job whose outputs are gone is run again before its readers. */
  reset(time: number, job: number, reason: string): readonly RunEvent[] {
    const state = this.#jobs.state[this.#jobs.check(job)]!
    if (state !== SUCCEEDED && state !== FAILED && state !== CANCELED) return []
    return this.#applyAll([{ type: 'job-reset', time, job, reason }])
  }

  /** Starts what may start now, and ends the run when nothing is left to do. At most `most` jobs are started. */
  decide(time: number, capacity: Capacity, most: number = Infinity): readonly RunEvent[] {
    const events: RunEvent[] = []
    if (this.#status !== undefined) return events
    if (!this.#isPaused && !this.#isCanceled && !this.#isStopping()) {
      this.#jobs.takeDueRetries(time)
      while (events.length < most) {
        const job = this.#jobs.lanes.take(
          capacity.cores - this.#running.usedCores,
          capacity.memoryMb - this.#running.usedMemoryMb,
          this.#running.jobs.size === 0,
          (candidate, lane) =>
            this.#jobs.state[candidate] === READY && this.#jobs.lanes.laneOf(candidate) === lane,
        )
        if (job < 0) break
        const memoryMb = this.#jobs.memoryMb[job]!
        const timeoutMs = this.#running.timeoutMs(job)
        const event: RunEvent = {
          type: 'attempt-started',
          time,
          job,
          attempt: this.#jobs.attempts[job]! + 1,
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
    return Math.min(this.#isStopping() ? Infinity : this.#jobs.nextRetry, this.#running.nextDeadline)
  }

  /** Attempts that have to be ended by now: past their time, or canceled. */
  dueKills(time: number): readonly RunCommand[] {
    return [...this.#running.due(time, this.#isCanceled)].map(([job, reason]) => ({
      type: 'kill',
      job,
      attempt: this.#jobs.attempts[job]!,
      reason,
    }))
  }

  /** Jobs whose state may have changed since the last call, perhaps several times. */
  takeMoved(): readonly number[] {
    return this.#jobs.takeMoved()
  }

  /** True when nothing runs and nothing can be started without a person: paused, or only held jobs are left. */
  get isIdle(): boolean {
    if (this.#running.jobs.size > 0 || this.#status !== undefined) return false
    if (this.#waitsForSpace) return false
    return this.#isPaused || (this.#jobs.counts[READY] === 0 && this.#jobs.counts[WAITING] === 0)
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
        this.#jobs.check(event.job)
        return
      case 'job-held':
        this.#jobs.move(event.job, HELD)
        return
      case 'job-released':
        this.#jobs.failures[this.#jobs.check(event.job)] = 0
        this.#jobs.restart(event.job)
        return
      case 'job-canceled':
        this.#jobs.move(event.job, CANCELED)
        return
      case 'job-reset':
        this.#jobs.reset(event.job)
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
    const state = this.#jobs.state[this.#jobs.check(job)]
    if (state !== READY && state !== WAITING) throw badEvent(event, `the job is ${this.state(job)}`)
    if (attempt !== this.#jobs.attempts[job]! + 1)
      throw badEvent(event, `${this.#jobs.attempts[job]!} attempts so far`)
    this.#jobs.move(job, RUNNING)
    this.#jobs.attempts[job] = attempt
    this.#jobs.memoryMb[job] = event.memoryMb ?? 0
    this.#running.allow(job, event.timeoutMs ?? this.#spec.timeoutMs[job]!)
    this.#running.start(job, time, this.#jobs.memoryMb[job])
    this.#jobs.lanes.started(job)
  }

  #end(event: Extract<RunEvent, { type: 'attempt-ended' }>): void {
    const { job, attempt, outcome, next } = event
    if (this.#jobs.state[this.#jobs.check(job)] !== RUNNING || this.#jobs.attempts[job] !== attempt)
      throw badEvent(event, `the job is ${this.state(job)}, attempt ${this.#jobs.attempts[job]!}`)
    this.#running.end(job, this.#jobs.memoryMb[job]!)
    this.#jobs.lanes.ended(job)
    if (event.timeoutMs !== undefined) this.#running.allow(job, event.timeoutMs)
    if (outcome === 'failed') this.#jobs.failures[job]!++
    if (outcome === 'lost' && event.failure?.kind !== 'space') this.#jobs.losses[job]!++
    if (next === 'done') this.#jobs.succeed(job)
    else if (next === 'failed') this.#jobs.move(job, FAILED)
    else if (next === 'held') this.#jobs.move(job, HELD)
    else if (next === 'canceled') this.#jobs.move(job, CANCELED)
    else {
      this.#jobs.memoryMb[job] = event.memoryMb ?? this.#jobs.memoryMb[job]!
      this.#jobs.retry(job, event.retryAt ?? event.time)
    }
  }

  #isStopping(): boolean {
    return this.#policy.onFailure === 'stop' && this.#jobs.counts[FAILED]! > 0
  }

  #endStatus(): RunStatus | undefined {
    if (this.#running.jobs.size > 0 || !this.#isOpen) return undefined
    if (this.#isCanceled) return 'canceled'
    const total = this.#jobs.state.length
    if (this.#jobs.counts[SUCCEEDED] === total) return 'succeeded'
    if (this.#isPaused) return undefined
    if (this.#isStopping()) return 'failed'
    const canGoOn = this.#jobs.counts[READY]! + this.#jobs.counts[WAITING]! + this.#jobs.counts[HELD]!
    return canGoOn === 0 ? 'failed' : undefined
  }
}
