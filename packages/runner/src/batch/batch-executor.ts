import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock } from '@skyloom/base'
import type { CredentialSource } from '../credentials/collect-credentials.ts'
import { RunnerError } from '../errors.ts'
import type { AttemptReport, AttemptRequest, Executor } from '../executor/executor.ts'
import type { ExecutorHost } from '../executor/local-executor.ts'
import type { Failure } from '../machine/run-event.ts'
import type { Capacity } from '../machine/run-machine.ts'
import { AttemptPlaces } from './attempt-places.ts'
import { type BatchReport, type BatchTask, reportWithoutRecord } from './batch-file.ts'
import { BatchFolder } from './batch-folder.ts'
import { BatchQueue } from './batch-queue.ts'
import type { BatchSite } from './batch-site.ts'
import type { BatchSystem } from './batch-system.ts'
import type { HomeTools } from './bring-home.ts'
import { CredentialRenewal } from './credential-renewal.ts'
import { ElementJudge } from './element-judge.ts'
import { placeNodeProgram } from './element-script.ts'
import { KnownResults } from './known-results.ts'
import { LookTimes } from './look-times.ts'
import { OpenBatch } from './open-batch.ts'
import { SiteStateFile, siteState } from './site-state.ts'

/** Time between two looks at what is told to those who watch the run. */
const STATE_MS = 1000

/** How a site is used. */
export interface BatchOptions {
  readonly keptOutputBytes: number
  readonly maxOutputBytes: number
  readonly inheritEnvironment: readonly string[]
  /** Settings of OpenSSH in place of the user's. */
  readonly sshConfig?: string | undefined
  readonly tools: HomeTools
  /** Take over results of earlier jobs. */
  readonly reuse: boolean
  /** Something for a person to know while the run goes on: a scheduler that does not answer. */
  readonly onNote: (text: string) => void
  /** Time between two looks at the folders of batches. Default 200 ms, 50 ms for the first seconds of few jobs. */
  readonly lookMs?: number | undefined
  /** An element that a person holds for so long is given up. Default 30 minutes. */
  readonly heldMs?: number | undefined
  /** Time between two looks whether credentials changed. Default one minute. */
  readonly renewMs?: number | undefined
  /** Default: that of the machine. */
  readonly clock?: Clock | undefined
}

/**
 * Runs jobs at a site through its scheduler. Attempts are put into batches (one array or cluster for many), each batch is a
 * folder with everything that nodes need and where their reports arrive; the scheduler is asked seldom and only about
 * elements that might have ended without a word. A batch is written before it is submitted and found again by its name, so a
 * crash at any moment neither loses nor doubles it.
 */
export class BatchExecutor implements Executor {
  readonly #host: ExecutorHost
  readonly #site: BatchSite
  readonly #system: BatchSystem
  readonly #options: BatchOptions
  readonly #root: string
  readonly #queue: BatchQueue
  readonly #judge: ElementJudge
  readonly #looks: LookTimes
  readonly #renewal: CredentialRenewal
  readonly #clock: Clock
  readonly #batches: OpenBatch[] = []
  readonly #places = new AttemptPlaces()
  readonly #known: KnownResults
  /** Results that are being taken over. */
  readonly #taking = new Set<Promise<void>>()
  #reports: AttemptReport[] = []
  #wake: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined
  #speaking: Promise<void> | undefined
  #askedMs = -Infinity
  readonly #state: SiteStateFile
  #toldMs = -Infinity

  constructor(host: ExecutorHost, site: BatchSite, system: BatchSystem, options: BatchOptions) {
    this.#host = host
    this.#site = site
    this.#system = system
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#looks = new LookTimes(this.#clock, options.lookMs)
    this.#root = join(host.runDir, 'batch', site.name)
    this.#state = new SiteStateFile(this.#root)
    this.#known = new KnownResults(host, options.tools)
    const credentials: CredentialSource = {
      environment: process.env,
      sshConfig: options.sshConfig,
      signal: new AbortController().signal,
    }
    this.#queue = new BatchQueue(host, site, system, {
      root: this.#root,
      keptOutputBytes: options.keptOutputBytes,
      maxOutputBytes: options.maxOutputBytes,
      inheritEnvironment: options.inheritEnvironment,
      clock: this.#clock,
      credentials,
      onNote: options.onNote,
      known: options.reuse ? this.#known : undefined,
      onBatch: (batch) => {
        this.#batches.push(batch)
        this.#places.addAll(batch)
      },
      onRefused: (batch, failure) => this.#giveUp(batch, [...batch.open], 'failed', failure),
    })
    this.#renewal = new CredentialRenewal({
      source: credentials,
      clock: this.#clock,
      onNote: (text) => this.#queue.note(text),
      renewMs: options.renewMs,
    })
    this.#judge = new ElementJudge(system, this.#queue, {
      tools: options.tools,
      heldMs: options.heldMs,
      clock: this.#clock,
      collect: (batch) => this.#collect(batch),
      end: (batch, at, report) => this.#end(batch, at, report),
      giveUp: (batch, tasks, outcome, failure) => this.#giveUp(batch, tasks, outcome, failure),
    })
  }

  /** A scheduler takes any number; it says itself what it cannot run. */
  get capacity(): Capacity {
    return { cores: Infinity, memoryMb: Infinity }
  }

  async prepare(): Promise<void> {
    mkdirSync(this.#root, { recursive: true })
    await this.#system.check()
    placeNodeProgram(this.#root, this.#site.node)
    this.#batches.length = 0
    for (const entry of readdirSync(this.#root, { withFileTypes: true }))
      if (entry.isDirectory()) this.#recover(entry.name)
  }

  /** A batch of a former engine; which of its tasks count is said by {@link adopt}. */
  #recover(name: string): void {
    const folder = new BatchFolder(join(this.#root, name))
    const file = folder.read()
    if (file === undefined) {
      // Its writer died before it was complete, so it was never submitted.
      folder.remove()
      return
    }
    const batch = new OpenBatch(folder, file, [], folder.readId())
    this.#batches.push(batch)
    if (batch.id === undefined) this.#queue.addUnsure(batch)
  }

  submit(attempts: readonly AttemptRequest[]): void {
    this.#looks.submitted()
    for (const request of attempts) this.#queue.add(this.#task(request))
  }

  #task(request: AttemptRequest): BatchTask {
    const host = this.#host
    const plan = host.plan.job(request.job)
    const names = [...plan.inputs, ...plan.outputs, ...plan.transfers, ...plan.registrations].map(
      ({ lfn }) => lfn,
    )
    const hashes = names.flatMap((lfn) => {
      const hash = host.productHash(lfn)
      return hash === undefined ? [] : [[lfn, hash] as const]
    })
    return {
      job: request.job,
      attempt: request.attempt,
      memoryMb: request.memoryMb,
      startedMs: request.startedMs,
      plan,
      timeoutMs: request.timeoutMs ?? host.plan.spec.timeoutMs[request.job] ?? 0,
      transformation: host.plan.transformation(request.job),
      hashes: Object.fromEntries(hashes),
    }
  }

  /** From now on batches are looked at: before, those of a former engine seem to be wanted by nobody. */
  adopt(attempts: readonly AttemptRequest[]): void {
    this.#timer ??= setInterval(() => this.#look(), this.#looks.everyMs)
    for (const request of attempts) {
      const batch = this.#batches.find((candidate) => candidate.find(request) !== undefined)
      const at = batch?.find(request)
      if (batch === undefined || at === undefined) {
        const message = `the engine ended before it was handed to ${this.#site.name}`
        this.#emit(this.#without(request, 'lost', { kind: 'start', message }))
        continue
      }
      batch.open.add(at)
      batch.unsettled.add(at)
      this.#places.add(batch, at)
    }
  }

  poll(): readonly AttemptReport[] {
    const reports = this.#reports
    this.#reports = []
    return reports
  }

  /** Time limits are kept by the nodes, from the start of the program; here they would count the time in the queue. */
  cancel(job: number, attempt: number, reason: 'timeout' | 'canceled'): void {
    if (reason === 'timeout') return
    const failure: Failure = { kind: 'signal', message: 'it was canceled' }
    if (this.#queue.take(job, attempt)) {
      this.#emit(this.#without({ job, attempt }, 'canceled', failure))
      return
    }
    const place = this.#places.find({ job, attempt })
    if (place === undefined) return
    const { batch, at } = place
    if (!batch.open.has(at) || batch.stopping.has(at)) return
    batch.stopping.add(at)
    if (!batch.isCarried && batch.folder.withhold(at)) this.#giveUp(batch, [at], 'canceled', failure)
    else if (!batch.isCarried) batch.folder.stop(at)
  }

  onReport(wake: () => void): void {
    this.#wake = wake
    if (this.#reports.length > 0) wake()
  }

  settle(attempts: readonly Pick<AttemptRequest, 'job' | 'attempt'>[]): void {
    for (const attempt of attempts) {
      const place = this.#places.find(attempt)
      if (place === undefined || place.batch.open.has(place.at)) continue
      place.batch.unsettled.delete(place.at)
      this.#places.remove(attempt)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#speaking
    await Promise.all(this.#taking)
    await this.#tidy()
    if (this.#batches.length === 0) this.#state.remove()
  }

  #tellState(): void {
    const now = this.#clock.monotonicMs()
    if (now - this.#toldMs < STATE_MS) return
    this.#toldMs = now
    this.#state.write(siteState(this.#site.name, this.#system, this.#queue, this.#batches))
  }

  /** Attempts that are at the site. */
  get #openCount(): number {
    return this.#batches.reduce((sum, { open }) => sum + open.size, 0)
  }

  /** Reports are taken whether the scheduler answers or not. */
  #look(): void {
    if (!this.#looks.isDue(this.#openCount + this.#queue.waitingCount)) return
    try {
      for (const batch of this.#batches) this.#collect(batch)
      this.#tellState()
    } catch (error) {
      this.#host.onFault(error)
    }
    this.#speaking ??= this.#speak()
      .catch((error: unknown) => this.#host.onFault(error))
      .finally(() => {
        this.#speaking = undefined
      })
  }

  /** Everything that has to do with the scheduler, one after the other: it may take a minute to say that it does not answer. */
  async #speak(): Promise<void> {
    await this.#renewal.look(this.#batches)
    await this.#ask()
    try {
      for (const batch of [...this.#batches]) await this.#judge.look(batch)
      await this.#stopCarried()
    } catch (error) {
      this.#queue.waitFor(error)
    }
    await this.#queue.send(this.#openCount === 0)
    await this.#tidy()
  }

  /** Takes the reports that have come. */
  #collect(batch: OpenBatch): void {
    if (batch.isCarried || batch.open.size === 0) return
    for (const at of batch.folder.reported()) {
      if (!batch.open.has(at)) continue
      const report = batch.folder.report(at)
      if (report !== undefined) this.#end(batch, at, report)
    }
  }

  /** Asks the scheduler where the elements are, not more often than it likes. */
  async #ask(): Promise<void> {
    const now = this.#clock.monotonicMs()
    const asked = this.#batches.flatMap((batch) =>
      batch.open.size > 0 && batch.queued ? [batch.queued] : [],
    )
    if (asked.length === 0 || now - this.#askedMs < this.#system.queryMs || this.#queue.mustWait) return
    this.#askedMs = now
    try {
      const states = await this.#system.query(asked)
      for (const batch of this.#batches)
        batch.see(states.get(batch.name) ?? new Map(), this.#clock.monotonicMs())
      this.#queue.answered()
    } catch (error) {
      this.#queue.waitFor(error)
    }
  }

  /** Carried tasks that have to end are taken out of the queue: their node cannot see our folder. */
  async #stopCarried(): Promise<void> {
    if (this.#queue.mustWait) return
    for (const batch of [...this.#batches]) {
      if (!batch.isCarried || batch.queued === undefined) continue
      const elements = batch.toStop()
      if (elements.length === 0) continue
      await this.#system.cancel(batch.queued, elements)
      batch.hasAskedStop(elements)
    }
  }

  #giveUp(
    batch: OpenBatch,
    tasks: readonly number[],
    outcome: 'lost' | 'failed' | 'canceled',
    failure: Failure,
  ): void {
    for (const at of tasks) {
      if (!batch.open.has(at)) continue
      const externalId = batch.isCarried ? batch.externalId(at) : undefined
      this.#end(batch, at, this.#without(batch.task(at), outcome, failure, externalId), false)
    }
  }

  #without(
    task: Pick<BatchTask, 'job' | 'attempt'>,
    outcome: 'lost' | 'failed' | 'canceled',
    failure: Failure,
    externalId?: string,
  ): AttemptReport {
    const facts = { executor: this.#system.name, externalId, timeMs: Date.now() }
    return reportWithoutRecord(task, outcome, failure, facts)
  }

  #end(batch: OpenBatch, at: number, report: BatchReport, isAlive = true): void {
    if (isAlive) {
      this.#queue.countLife()
      batch.hasWorked = true
    }
    batch.open.delete(at)
    const named = { ...report, executor: this.#system.name }
    if (report.isKnown === true) this.#takeOver(batch.task(at), named)
    else this.#emit(named)
  }

  #takeOver(task: BatchTask, report: BatchReport): void {
    const taking = this.#known
      .takeOver(task, report)
      .then((taken) => this.#emit(taken))
      .catch((error: unknown) => this.#host.onFault(error))
      .finally(() => this.#taking.delete(taking))
    this.#taking.add(taking)
  }

  #emit(report: AttemptReport): void {
    this.#reports.push(report)
    this.#wake()
  }

  /** Batches of which nothing is wanted any more leave the queue and the disk. */
  async #tidy(): Promise<void> {
    for (const batch of [...this.#batches]) {
      if (batch.open.size > 0 || batch.unsettled.size > 0) continue
      const { queued } = batch
      if (queued !== undefined && !batch.haveAllEnded && !batch.isCarried) {
        const busy = new Set([...batch.claims().values()].map(({ element }) => element))
        const idle = elementsWithout(busy, batch.file.elements).filter((element) => !batch.ended.has(element))
        batch.folder.revoke()
        try {
          if (idle.length > 0) await this.#system.cancel(queued, idle)
        } catch (error) {
          if (!(error instanceof RunnerError && error.code === 'RUNNER_SCHEDULER')) throw error
          // They find the batch revoked when they start, and end.
        }
      }
      this.#batches.splice(this.#batches.indexOf(batch), 1)
      this.#queue.forget(batch)
      batch.folder.remove()
    }
  }
}

function elementsWithout(busy: ReadonlySet<number>, count: number): readonly number[] {
  return Array.from({ length: count }, (_, element) => element).filter((element) => !busy.has(element))
}
