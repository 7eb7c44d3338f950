import { setTimeout as wait } from 'node:timers/promises'
import { type Clock, systemClock } from '@skyloom/base'
import { RunnerError } from '../errors.ts'
import { errorCodes } from '../files/disk-fault.ts'
import type { EngineStore } from '../store/run-store.ts'
import { isGone, processName } from './process-name.ts'

/** A lease is good for so long after it was renewed. */
export const LEASE_MS = 15_000

/** A registry that cannot be written is asked again after so long. */
const ASK_AGAIN_MS = 1000

/**
 * The right to write a run. Nothing may be published when it ran out, measured by a clock that never jumps, before the registry
 * has said that nobody else took it: an engine that slept goes on if it was not replaced meanwhile.
 */
export class RunLease {
  readonly token: number
  readonly owner: string
  readonly #store: EngineStore
  readonly #runId: string
  readonly #ttlMs: number
  readonly #clock: Clock
  #goodUntilMs: number
  #timer: NodeJS.Timeout | undefined
  #renewing: Promise<void> | undefined
  #isOver = false

  private constructor(
    store: EngineStore,
    runId: string,
    given: { readonly owner: string; readonly token: number; readonly askedMs: number },
    ttlMs: number,
    clock: Clock,
  ) {
    this.#store = store
    this.#runId = runId
    this.#ttlMs = ttlMs
    this.#clock = clock
    this.owner = given.owner
    this.token = given.token
    this.#goodUntilMs = given.askedMs + ttlMs
  }

  /**
   * Takes the lease. That of a process of this machine which is gone is taken at once; that of another machine when it ran out.
   *
   * @throws {RunnerError} `RUNNER_RUN_BUSY` with who has it
   */
  static async acquire(
    store: EngineStore,
    runId: string,
    ttlMs: number = LEASE_MS,
    clock: Clock = systemClock,
  ): Promise<RunLease> {
    const own = processName(process.pid)
    const askedMs = clock.monotonicMs()
    let answer = await store.acquireLease(runId, own, ttlMs)
    let owner = own
    if (answer.isHeld && isGone(answer.owner)) {
      owner = answer.owner
      answer = await store.acquireLease(runId, owner, ttlMs)
    }
    if (!answer.isHeld)
      return new RunLease(store, runId, { owner, token: answer.token, askedMs }, ttlMs, clock)
    const left = Math.max(0, Math.ceil((answer.expiresMs - Date.now()) / 1000))
    throw new RunnerError('RUNNER_RUN_BUSY', 'another engine runs this run', {
      where: [`run ${runId}`],
      found: answer.owner,
      remedy: `if that engine is gone, its lease ends by itself in ${left} s`,
    })
  }

  /** Renews the lease in the background until it is released. */
  keep(onLoss: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.#renew().catch((error: unknown) => onLoss(error))
    }, this.#ttlMs / 3)
    this.#timer.unref()
  }

  /**
   * Waits until the lease is known to be good; at once most often.
   *
   * @throws {RunnerError} `RUNNER_LEASE_LOST` when another engine has it
   */
  async check(): Promise<void> {
    if (this.#clock.monotonicMs() >= this.#goodUntilMs) await this.#renew()
  }

  /** One renewal at a time. A registry that has no room or is busy is asked again until it answers: only its word ends a lease. */
  async #renew(): Promise<void> {
    this.#renewing ??= this.#ask().finally(() => {
      this.#renewing = undefined
    })
    await this.#renewing
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const askedMs = this.#clock.monotonicMs()
      try {
        await this.#store.renewLease(this.#runId, this.token, this.#ttlMs)
        this.#goodUntilMs = askedMs + this.#ttlMs
        return
      } catch (error) {
        const code = errorCodes(error)[0] ?? ''
        if (code === 'REGISTRY_STALE_TOKEN') throw leaseLost(this.#runId, error)
        if (!PASSING.has(code)) throw error
      }
      await wait(Math.min(ASK_AGAIN_MS, this.#ttlMs / 3))
    }
  }

  async release(): Promise<void> {
    this.abandon()
    await this.#store.releaseLease(this.#runId, this.token)
  }

  /** Stops renewing; the lease ends by itself. */
  abandon(): void {
    this.#isOver = true
    clearInterval(this.#timer)
  }
}

/** Errors of a registry that may pass. */
const PASSING: ReadonlySet<string> = new Set(['REGISTRY_DISK_FULL', 'REGISTRY_BUSY', 'REGISTRY_UNREACHABLE'])

/** What an engine ends with whose run another engine took over. */
export function leaseLost(runId: string, cause: unknown): RunnerError {
  return new RunnerError('RUNNER_LEASE_LOST', 'another engine took the run over', {
    where: [`run ${runId}`],
    cause,
  })
}
