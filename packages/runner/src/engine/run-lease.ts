import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { RunnerError } from '../errors.ts'
import type { EngineStore } from '../store/run-store.ts'

/** A lease is good for so long after it was renewed. */
export const LEASE_MS = 15_000

/** The right to write a run. Nothing may be published when it ran out; measured by a clock that never jumps. */
export class RunLease {
  readonly token: number
  readonly owner: string
  readonly #store: EngineStore
  readonly #runId: string
  readonly #ttlMs: number
  #goodUntilMs: number
  #timer: NodeJS.Timeout | undefined

  private constructor(
    store: EngineStore,
    runId: string,
    owner: string,
    token: number,
    ttlMs: number,
    askedMs: number,
  ) {
    this.#store = store
    this.#runId = runId
    this.#ttlMs = ttlMs
    this.owner = owner
    this.token = token
    this.#goodUntilMs = askedMs + ttlMs
  }

  /**
   * Takes the lease. That of a process of this machine which is gone is taken at once; that of another machine when it ran out.
   *
   * @throws {RunnerError} `RUNNER_RUN_BUSY` with who has it
   */
  static async acquire(store: EngineStore, runId: string, ttlMs: number = LEASE_MS): Promise<RunLease> {
    const own = processName(process.pid)
    const askedMs = performance.now()
    let answer = await store.acquireLease(runId, own, ttlMs)
    let owner = own
    if (answer.isHeld && isGone(answer.owner)) {
      owner = answer.owner
      answer = await store.acquireLease(runId, owner, ttlMs)
    }
    if (!answer.isHeld) return new RunLease(store, runId, owner, answer.token, ttlMs, askedMs)
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
      const askedMs = performance.now()
      this.#store.renewLease(this.#runId, this.token, this.#ttlMs).then(
        () => {
          this.#goodUntilMs = askedMs + this.#ttlMs
        },
        (error: unknown) => onLoss(error),
      )
    }, this.#ttlMs / 3)
    this.#timer.unref()
  }

  /** @throws {RunnerError} `RUNNER_LEASE_LOST` when it ran out */
  check(): void {
    if (performance.now() < this.#goodUntilMs) return
    throw new RunnerError('RUNNER_LEASE_LOST', 'the lease of the run ran out', {
      where: [`run ${this.#runId}`],
      remedy: 'the engine was stopped for too long; resume the run',
    })
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
    await this.#store.releaseLease(this.#runId, this.token)
  }

  /** Stops renewing; the lease ends by itself. */
  abandon(): void {
    clearInterval(this.#timer)
  }
}

/** Host, process id and start time: names a process for ever. */
function processName(pid: number): string {
  return `${hostname()} ${pid} ${startTicks(pid) ?? '0'}`
}

function isGone(owner: string): boolean {
  const [host, pid, ticks] = owner.split(' ')
  return host === hostname() && ticks !== '0' && startTicks(Number(pid)) !== ticks
}

/** When a process started, in ticks since boot; `undefined` when there is none, or it is a zombie. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return words[0] === 'Z' ? undefined : words[19]
  } catch {
    return undefined
  }
}
