import { resolve } from 'node:path'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '@skyloom/base'
import type { RunCommit } from '@skyloom/registry'
import type { AttemptReport, AttemptRequest, Executor } from '../executor/executor.ts'
import { type ExecutorHost, LocalExecutor } from '../executor/local-executor.ts'
import type { StepListener } from '../files/publish-file.ts'
import type { FoundResult } from '../job/job-context.ts'
import { isSubWorkflow } from '../job/sub-workflow-job.ts'
import { commandsOf } from '../machine/commands-of.ts'
import type { RunCommand, RunEvent } from '../machine/run-event.ts'
import { RunMachine } from '../machine/run-machine.ts'
import { DEFAULT_POLICY } from '../machine/run-spec.ts'
import { openPlan, type PlanFile } from '../plan/plan-file.ts'
import { readEvent } from '../store/event-rows.ts'
import type { EngineStore } from '../store/run-store.ts'
import { checkSizes } from './check-sizes.ts'
import { commitRows } from './commit-rows.ts'
import { forgetWishes, type LeftWish, readWishes, type Wish } from './control.ts'
import { innerFiles, outerFiles, type RunFiles } from './family-files.ts'
import { foundResults } from './found-results.ts'
import { endHookOf, type HookCall, HookRunner } from './hooks.ts'
import { KickstartRecords } from './kickstart-records.ts'
import { planRows, registerRun, runIdOf } from './register-run.ts'
import { RunClock } from './run-clock.ts'
import { leaseLost, RunLease } from './run-lease.ts'
import type { RunOptions } from './run-options.ts'
import { countsOf, finished, type RunResult } from './run-result.ts'
import { SpaceWait } from './space-wait.ts'
import { ROOM, whenRoom } from './when-room.ts'

/** Time between two commits while more than {@link GROUP_JOBS} jobs are submitted. */
const GROUP_MS = 5
const GROUP_JOBS = 64
/** Time between two looks for wishes. */
const WISH_MS = 200

/**
 * Runs the plan of a run directory to its end. Starting and going on are one path: the run is registered if it is not, its
 * history is read, attempts that were running are adopted, and the run goes on. A run that has succeeded is left alone.
 *
 * @throws {RunnerError} `RUNNER_RUN_BUSY`, `RUNNER_BAD_PLAN`, `RUNNER_TOO_LARGE` before anything runs; `RUNNER_LEASE_LOST`,
 * `RUNNER_SPAWNER` and errors of the registry when the engine cannot go on: the run is then as it was stored
 */
export async function runPlan(
  store: EngineStore,
  directory: string,
  options: RunOptions = {},
): Promise<RunResult> {
  // Programs and threads look for it from other folders.
  const runDir = resolve(directory)
  const plan = openPlan(runDir, options.planSha256)
  try {
    const runId = await runIdOf(runDir)
    await whenRoom(async () => await registerRun(store, runId, runDir, plan, options.parent), options)
    const row = await store.get(runId)
    if (row.state === 'succeeded') return finished(runId, plan)
    const { leaseMs, clock } = options
    const lease = await whenRoom(async () => await RunLease.acquire(store, runId, leaseMs, clock), options)
    const engine = new RunEngine(store, runId, runDir, plan, lease, options)
    try {
      return await engine.run()
    } catch (error) {
      lease.abandon()
      throw isStale(error) ? leaseLost(runId, error) : error
    }
  } finally {
    plan.close()
  }
}

function isStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'REGISTRY_STALE_TOKEN'
}

class RunEngine {
  readonly #store: EngineStore
  readonly #runId: string
  readonly #runDir: string
  readonly #plan: PlanFile
  readonly #lease: RunLease
  readonly #options: RunOptions
  readonly #machine: RunMachine
  readonly #executor: Executor
  readonly #made = new Map<string, string>()
  /** SHA-256 of files from elsewhere as they came to a staging site: what jobs get must be the same. */
  readonly #arrived = new Map<string, string>()
  /** What the runs that contain this one made. */
  #outer: readonly RunFiles[] = []
  readonly #clock: RunClock
  readonly #hooks: HookRunner
  readonly #records: KickstartRecords | undefined
  readonly #onStep: StepListener | undefined
  #seq = 0
  #space: SpaceWait | undefined
  #told: 'wait' | 'room' = 'room'
  #fault: { readonly error: unknown } | undefined
  #wake: () => void = () => undefined
  #isAwake = false
  #adopted = 0
  #committedMs = 0

  constructor(
    store: EngineStore,
    runId: string,
    runDir: string,
    plan: PlanFile,
    lease: RunLease,
    options: RunOptions,
  ) {
    this.#store = store
    this.#runId = runId
    this.#runDir = runDir
    this.#plan = plan
    this.#lease = lease
    this.#options = options
    this.#onStep = options.onStep
    this.#clock = new RunClock(options.clock)
    this.#hooks = new HookRunner(plan, runId, runDir)
    const { kickstart = 'programs' } = options
    if (kickstart !== 'none')
      this.#records = new KickstartRecords(runDir, plan, kickstart, (text) => options.onNotice?.(text))
    this.#machine = new RunMachine(plan.spec, { ...DEFAULT_POLICY, ...options.policy })
    const host: ExecutorHost = {
      runId,
      runDir,
      token: lease.token,
      plan,
      findResult: async (recipe) => await this.#findResult(recipe),
      knownRecipes: async (lfns) => await store.knownRecipes(lfns),
      productHash: (lfn) => this.#made.get(lfn) ?? this.#arrived.get(lfn),
      hasSucceeded: (job) => this.#machine.state(job) === 'succeeded',
      checkLease: async () => await lease.check(),
      onFault: (error) => this.#fail(error),
    }
    this.#executor = options.executor?.(host, options) ?? new LocalExecutor(host, options)
  }

  async run(): Promise<RunResult> {
    this.#lease.keep((error) => this.#fail(error))
    const wishTimer = setInterval(() => this.#rouse(), WISH_MS)
    const beginning = new AbortController()
    const stop = (): void => {
      beginning.abort()
      this.#rouse()
    }
    this.#options.signal?.addEventListener('abort', stop)
    if (this.#options.signal?.aborted === true) beginning.abort()
    try {
      checkSizes(this.#plan, this.#executor)
      // The process that starts programs starts while the plan's rows are written.
      const ready = whenRoom(async () => await this.#executor.prepare(), {
        ...this.#options,
        signal: beginning.signal,
      })
      ready.catch(() => undefined)
      await this.#recover(ready)
      const status = await this.#loop()
      await this.#hooks.close()
      await this.#executor.close()
      await this.#lease.release()
      return { runId: this.#runId, status, jobs: countsOf(this.#machine), adopted: this.#adopted }
    } finally {
      // An engine that cannot begin does not go on waiting for room.
      beginning.abort()
      clearInterval(wishTimer)
      this.#options.signal?.removeEventListener('abort', stop)
      if (this.#fault !== undefined) await this.#executor.close()
    }
  }

  /** The history becomes the state; what was running is adopted, when the executor is `ready`. */
  async #recover(ready: Promise<void>): Promise<void> {
    for await (const stored of this.#store.events(this.#runId)) {
      const event = readEvent(stored, (name) => this.#plan.find(name))
      this.#remember(event)
      this.#machine.apply(event)
      this.#seq = stored.seq
      this.#clock.goOnAfter(event.time)
    }
    this.#outer = await outerFiles(this.#store, await this.#store.get(this.#runId))
    this.#machine.takeMoved()
    const running = [...this.#machine.running].map((job) => this.#request(job))
    this.#adopted = running.length
    const now = this.#clock.nowMs()
    if (this.#seq === 0) {
      // Rows may be written twice: an engine that died here left none that count.
      for (const rows of planRows(this.#plan, now)) await this.#write(rows)
    }
    await ready
    this.#executor.onReport(() => this.#rouse())
    const opened = this.#machine.open(now, this.#lease.owner, this.#lease.token)
    const reset = this.#resetLost(now)
    const { wish } = this.#options
    const granted = wish === undefined ? [] : this.#grant(wish, now)
    await this.#commit([...opened, ...reset, ...granted], [])
    this.#hooks.run([{ on: 'start' }])
    this.#executor.adopt(running)
  }

  /** Results that were in the memory of a former engine are made again. */
  #resetLost(now: number): readonly RunEvent[] {
    const lost = this.#executor.lostJobs?.((job) => this.#machine.state(job) === 'succeeded') ?? []
    return lost.flatMap((job) =>
      this.#machine.reset(now, job, 'its results were in the memory of the engine that ended'),
    )
  }

  #request(job: number): AttemptRequest {
    return {
      job,
      attempt: this.#machine.attempts(job),
      memoryMb: this.#machine.memoryMb(job),
      timeoutMs: this.#machine.timeoutMs(job),
      startedMs: this.#machine.startedMs(job),
    }
  }

  async #loop(): Promise<RunResult['status']> {
    let wishesReadMs = 0
    for (;;) {
      if (this.#fault !== undefined) throw this.#fault.error
      const now = this.#clock.nowMs()
      const reports = this.#executor.poll()
      const events: RunEvent[] = []
      for (const report of reports) events.push(...this.#ended(report, now))
      this.#records?.write(reports)
      events.push(...(await this.#minds(reports, now)))
      let wishes: readonly LeftWish[] = []
      if (now - wishesReadMs >= WISH_MS) {
        wishesReadMs = now
        wishes = await readWishes(this.#runDir)
        for (const { wish } of wishes) events.push(...this.#grant(wish, now))
      }
      const isStopped = this.#options.signal?.aborted === true
      if (!isStopped) events.push(...this.#machine.decide(now, this.#executor.capacity))
      await this.#commit(events, reports)
      await forgetWishes(wishes)
      if (reports.length > 0) this.#executor.settle(reports)
      this.#act(events)
      this.#kill(now)
      if (this.#machine.status !== undefined) return this.#machine.status
      if (this.#machine.isIdle) return this.#machine.isPaused ? 'paused' : 'held'
      if (isStopped && this.#options.cancelOnStop !== true) return 'stopped'
      if (isStopped) {
        if (this.#machine.running.size === 0) return 'stopped'
        for (const job of this.#machine.running)
          this.#executor.cancel(job, this.#machine.attempts(job), 'canceled')
      }
      await this.#rest()
    }
  }

  #ended(report: AttemptReport, now: number): readonly RunEvent[] {
    const { outcome, failure, reused, job, attempt, products } = report
    const kind = this.#plan.kind(job)
    if (kind === 'stage_in' && outcome === 'succeeded')
      for (const { lfn, sha256 } of products) this.#arrived.set(lfn, sha256)
    const fromPlan = kind === 'compute' || isSubWorkflow(kind)
    const made = fromPlan ? products.map(({ lfn, sha256 }) => [lfn, sha256] as const) : undefined
    // A program that was stopped with the engine is not the run's wish: it is lost, and begun again.
    const isStop =
      outcome === 'canceled' && this.#options.signal?.aborted === true && !this.#machine.isCanceled
    const ended = { outcome: isStop ? 'lost' : outcome, failure, reused, made } as const
    const events = this.#machine.attemptEnded(now, job, attempt, ended)
    for (const event of events) this.#remember(event)
    return events
  }

  /** Lets the run wait when a disk is full, and go on when there is room again. */
  async #minds(reports: readonly AttemptReport[], now: number): Promise<readonly RunEvent[]> {
    const full = reports.find(({ outcome, failure }) => outcome === 'lost' && failure?.kind === 'space')
    if (full !== undefined && !this.#machine.isPaused) {
      const path = full.workDirectory ?? this.#runDir
      if (this.#space?.path !== path) this.#space = new SpaceWait(path, () => this.#clock.nowMs())
      const free = `${await this.#space.begin()} bytes are free in ${path}`
      const reason = `waits for room: ${full.failure?.message ?? 'the disk is full'}; ${free}`
      this.#tell('wait', `the run ${reason}`)
      return this.#machine.waitForSpace(now, reason)
    }
    const isTried = this.#told === 'wait' && reports.some(({ outcome }) => outcome === 'succeeded')
    if (!this.#machine.waitsForSpace) {
      if (isTried) this.#tell('room', ROOM)
      return []
    }
    const end = this.#space === undefined ? 'time' : await this.#space.end()
    if (end === undefined) return []
    if (end === 'time') return this.#machine.endWait(now, 'it is tried whether there is room')
    const events = this.#machine.endWait(now, 'there is room again')
    if (events.length > 0) this.#tell('room', ROOM)
    return events
  }

  /** Says that the run waits, once until there is room. */
  #tell(what: 'wait' | 'room', text: string): void {
    if (this.#told !== what) this.#options.onNotice?.(text)
    this.#told = what
  }

  #remember(event: RunEvent): void {
    if (event.type !== 'attempt-ended') return
    for (const [lfn, sha256] of event.made ?? []) this.#made.set(lfn, sha256)
  }

  #grant(wish: Wish, now: number): readonly RunEvent[] {
    const machine = this.#machine
    if (wish.op === 'pause') return machine.pause(now, wish.reason)
    if (wish.op === 'cancel') return machine.cancel(now, wish.reason)
    const job = this.#plan.find(wish.job ?? '')
    // A wish for a job that is not there was refused when it was left, unless somebody wrote the file by hand.
    if (job === undefined) return []
    if (wish.op === 'hold') return machine.hold(now, job, wish.reason)
    if (wish.op === 'release') return machine.release(now, job, wish.reason)
    return machine.cancelJob(now, job, wish.reason)
  }

  async #commit(events: readonly RunEvent[], reports: readonly AttemptReport[]): Promise<void> {
    if (events.length === 0) return
    const rows = commitRows({
      runId: this.#runId,
      plan: this.#plan,
      machine: this.#machine,
      events,
      firstSeq: this.#seq + 1,
      reports,
      made: this.#made,
      outer: this.#outer,
      inner: await innerFiles(this.#store, this.#runId, this.#plan, reports),
    })
    await this.#write(rows)
    this.#seq += events.length
    this.#committedMs = systemClock.monotonicMs()
    this.#onStep?.('record')
    const machine = this.#machine
    this.#options.onEvents?.(events, { plan: this.#plan, count: (state) => machine.count(state) })
  }

  async #write(rows: RunCommit): Promise<void> {
    await whenRoom(async () => await this.#store.commit(this.#runId, this.#lease.token, rows), this.#options)
  }

  #act(events: readonly RunEvent[]): void {
    const submits: AttemptRequest[] = []
    const hooks: HookCall[] = []
    for (const event of events) {
      const ofRun = endHookOf(event)
      if (ofRun !== undefined) hooks.push(ofRun)
      for (const command of commandsOf(event)) {
        if (command.type === 'submit') submits.push(command)
        else if (command.type === 'hook') hooks.push({ on: command.on, job: command.job })
      }
    }
    if (submits.length > 0) this.#executor.submit(submits)
    this.#hooks.run(hooks)
    if (events.some((event) => event.type === 'run-ended')) this.#onStep?.('announce')
  }

  #kill(now: number): void {
    const kills: readonly RunCommand[] = this.#machine.dueKills(now)
    for (const kill of kills)
      if (kill.type === 'kill') this.#executor.cancel(kill.job, kill.attempt, kill.reason)
  }

  /** Waits for a report, a wish or the next time; reports that come together are taken together. */
  async #rest(): Promise<void> {
    if (!this.#isAwake) {
      const waitMs = Math.min(WISH_MS, Math.max(0, this.#machine.nextTime() - this.#clock.nowMs()))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#isAwake = false
    // With work submitted ahead nobody waits for this commit: a larger group costs less.
    const isAhead = this.#machine.running.size > GROUP_JOBS
    const groupMs = isAhead ? GROUP_MS - (systemClock.monotonicMs() - this.#committedMs) : 0
    if (groupMs > 1) await wait(groupMs)
    else await nextTurn()
  }

  #rouse(): void {
    this.#isAwake = true
    this.#wake()
  }

  #fail(error: unknown): void {
    this.#fault ??= { error }
    this.#rouse()
  }

  async #findResult(recipe: string): Promise<readonly FoundResult[]> {
    return foundResults(await this.#store.findResults(recipe))
  }
}
