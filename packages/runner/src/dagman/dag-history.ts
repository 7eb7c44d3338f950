import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { AttemptRow, JobChange } from '@skyloom/registry'
import { type DagNames, parentsOf } from '@skyloom/workflow'
import type { AttemptReport } from '../executor/executor.ts'
import { readCapped } from '../files/cap-text.ts'
import { type FileDigest, FileHasher } from '../files/file-hasher.ts'
import type { Failure, RunEvent } from '../machine/run-event.ts'
import { RunMachine } from '../machine/run-machine.ts'
import { DEFAULT_POLICY } from '../machine/run-spec.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import type { NodeJob, NodeMove } from './dag-nodes.ts'
import { joblessFailure, removalFailure } from './node-failure.ts'
import { type NodeAttempt, nodeReport } from './node-report.ts'
import type { JoblessTry } from './node-scripts.ts'

/** What moves of nodes mean for the history of their run. */
export interface HistoryPart {
  readonly events: RunEvent[]
  readonly reports: AttemptReport[]
  /** Attempts that have not ended, and those that left no record; they follow what is made of the reports. */
  readonly attempts: Map<string, AttemptRow>
  /** States that only a queue has, by job; they follow what is made of the events. */
  readonly changes: Map<number, JobChange>
  /** Jobs that came into the queue though somebody gave them up. */
  readonly unwanted: NodeJob[]
}

/** DAGMan decides when what is tried again; losses never cost a retry there. */
const POLICY = { ...DEFAULT_POLICY, backoffMs: 0, maxLosses: 60_000 }

/** Makes the history of a run from what its nodes go through. It decides nothing: DAGMan does. */
export class DagHistory {
  readonly machine: RunMachine
  /** SHA-256 of the files that the run made. */
  readonly made: Map<string, string> = new Map()
  readonly #plan: PlanFile
  readonly #runDir: string
  readonly #names: DagNames
  readonly #hasher = new FileHasher()
  readonly #digests = new Map<string, FileDigest>()
  /** Jobs that somebody gave up while they were in the queue. */
  readonly #givenUp = new Set<number>()
  #part: HistoryPart = emptyPart()
  #timeMs = 0

  constructor(plan: PlanFile, runDir: string, names: DagNames) {
    this.#plan = plan
    this.#runDir = runDir
    this.#names = names
    this.machine = new RunMachine(plan.spec, POLICY)
  }

  /** Takes an event that is stored. */
  recover(event: RunEvent): void {
    this.#remember(event)
    this.#timeMs = Math.max(this.#timeMs, event.time)
    this.machine.apply(event)
  }

  /** What was made since the last call. */
  takePart(): HistoryPart {
    const part = this.#part
    this.#part = emptyPart()
    return part
  }

  /** Adds events that the machine itself gave. */
  add(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.#remember(event)
      this.#part.events.push(event)
    }
  }

  /** A time of a log for the history, which never goes back. */
  timeOf(timeMs: number): number {
    this.#timeMs = Math.max(this.#timeMs, timeMs)
    return this.#timeMs
  }

  giveUp(job: number): void {
    this.#givenUp.add(job)
  }

  async move(job: number, move: NodeMove): Promise<void> {
    const { job: node, timeMs } = move
    const { machine } = this
    switch (move.type) {
      case 'submitted':
        await this.#submitted(job, node, timeMs)
        return
      case 'started':
        this.#write(job, node, 'running', timeMs)
        return
      case 'restarted': {
        const { startedMs, host, reason } = move.before
        const failure: Failure = { kind: 'start', message: `${reason}; HTCondor began it again` }
        const former = { ...node, startedMs, host }
        await this.#end(job, former, { outcome: 'lost', failure, endedMs: move.before.timeMs })
        this.#start(job, timeMs)
        this.#write(job, node, 'running', timeMs)
        return
      }
      case 'held':
      case 'released': {
        if (machine.state(job) !== 'running') return
        const reason = move.type === 'held' ? move.reason : 'released'
        const event: RunEvent = {
          type: move.type === 'held' ? 'attempt-held' : 'attempt-released',
          time: this.timeOf(timeMs),
          job,
          attempt: machine.attempts(job),
          reason,
        }
        machine.apply(event)
        this.add([event])
        this.#change(
          job,
          move.type === 'held' ? 'held' : 'queued',
          timeMs,
          move.type === 'held' ? reason : null,
        )
        return
      }
      case 'ended': {
        const { end, post } = move
        const isGood = (post ?? end).exitCode === 0
        const failure = isGood ? undefined : removalFailure(node)
        const isCanceled = end.removed !== undefined && (machine.isCanceled || this.#givenUp.has(job))
        const outcome = isGood ? 'succeeded' : isCanceled ? 'canceled' : 'failed'
        await this.#end(job, node, { outcome, failure, end, post, endedMs: end.timeMs })
      }
    }
  }

  /** A try that came to no job in the queue. */
  async jobless(job: number, attempt: JoblessTry): Promise<void> {
    if (!(await this.#makeStartable(job, attempt.timeMs))) return
    this.#start(job, attempt.timeMs)
    const output = readCapped(join(this.#runDir, `${this.#names.stem(job)}.pre.log`), 64 * 1024)
    const failure = joblessFailure(attempt, output)
    await this.#report(job, {
      outcome: 'failed',
      failure,
      submittedMs: attempt.timeMs,
      endedMs: attempt.timeMs,
    })
  }

  /** An attempt of which the logs will say no more. */
  async lose(
    job: number,
    timeMs: number,
    message: string,
    outcome: 'lost' | 'canceled' = 'lost',
  ): Promise<void> {
    const failure: Failure = { kind: 'start', message }
    await this.#report(job, { outcome, failure, submittedMs: this.machine.startedMs(job), endedMs: timeMs })
  }

  /** A node that DAGMan has done though no log that is left tells of it. */
  async done(job: number, timeMs: number): Promise<void> {
    if (this.machine.state(job) === 'succeeded') return
    if (this.machine.state(job) === 'running') await this.lose(job, timeMs, 'its end is in no log')
    if (!(await this.#makeStartable(job, timeMs))) return
    this.#start(job, timeMs)
    const files = this.#newestFiles(job)
    await this.#report(job, { outcome: 'succeeded', files, submittedMs: timeMs, endedMs: timeMs })
  }

  async #submitted(job: number, node: NodeJob, timeMs: number): Promise<void> {
    const { machine } = this
    if (machine.state(job) === 'canceled') this.#part.unwanted.push(node)
    if (machine.state(job) === 'running') await this.lose(job, timeMs, 'its end is in no log')
    if (!(await this.#makeStartable(job, timeMs))) return
    this.#start(job, timeMs)
    this.#write(job, node, 'queued', timeMs)
  }

  /** DAGMan starts a job that the history does not expect to: what is before it is done, or it is to be done again. */
  async #makeStartable(job: number, timeMs: number): Promise<boolean> {
    const { machine } = this
    const state = machine.state(job)
    if (state === 'running') return false
    if (state === 'failed' || state === 'canceled' || state === 'succeeded') {
      this.add(machine.reset(this.timeOf(timeMs), job, 'DAGMan does it again'))
    } else if (state === 'held') this.add(machine.release(this.timeOf(timeMs), job, 'DAGMan runs it'))
    if (machine.state(job) === 'unready')
      for (const parent of parentsOf(this.#plan.spec.graph, job)) await this.done(parent, timeMs)
    return true
  }

  #start(job: number, timeMs: number): void {
    const { machine } = this
    const event: RunEvent = {
      type: 'attempt-started',
      time: this.timeOf(timeMs),
      job,
      attempt: machine.attempts(job) + 1,
    }
    machine.apply(event)
    this.add([event])
  }

  async #end(
    job: number,
    node: NodeJob,
    facts: Pick<NodeAttempt, 'outcome' | 'failure' | 'end' | 'post' | 'endedMs'>,
  ): Promise<void> {
    if (this.machine.state(job) !== 'running') return
    const { externalId, submittedMs, maxRssBytes } = node
    const files = facts.outcome === 'lost' ? undefined : this.#filesOf(job, node.cluster)
    const report = await this.#report(job, { ...facts, files, externalId, submittedMs, maxRssBytes })
    if (report.invocations.some(({ task }) => task > 0)) return
    // It left no record: the log alone says where and when it ran.
    this.#part.attempts.set(`${job} ${report.attempt}`, {
      ...this.#row(job, node, report.attempt),
      state: facts.outcome === 'canceled' ? 'cancelled' : facts.outcome,
      endedMs: facts.endedMs,
      exitCode: facts.outcome === 'succeeded' ? 0 : (report.failure?.exitCode ?? null),
      signal: report.failure?.signal,
      reason: report.failure?.message,
      stdoutFile: report.stdoutFile,
      stderrFile: report.stderrFile,
      stderr: report.stderr === '' ? null : report.stderr,
    })
  }

  async #report(
    job: number,
    facts: Omit<NodeAttempt, 'job' | 'attempt' | 'plan' | 'transformation'>,
  ): Promise<AttemptReport> {
    const { machine } = this
    const attempt = machine.attempts(job)
    const plan = this.#plan.job(job)
    const report = await nodeReport(
      { job, attempt, plan, transformation: this.#plan.transformation(job), ...facts },
      { digestOf: (lfn) => this.#digests.get(lfn), hasher: this.#hasher },
    )
    for (const { lfn, sizeBytes, sha256 } of report.products) this.#digests.set(lfn, { sizeBytes, sha256 })
    const isMaker = plan.kind === 'compute' || plan.kind === 'sub_workflow'
    const made = isMaker ? report.products.map(({ lfn, sha256 }) => [lfn, sha256] as const) : undefined
    const { outcome, failure } = report
    this.add(machine.attemptEnded(this.timeOf(facts.endedMs), job, attempt, { outcome, failure, made }))
    this.#part.reports.push(report)
    this.#part.attempts.delete(`${job} ${attempt}`)
    this.#part.changes.delete(job)
    return report
  }

  #remember(event: RunEvent): void {
    if (event.type !== 'attempt-ended') return
    for (const [lfn, sha256] of event.made ?? []) this.made.set(lfn, sha256)
  }

  #write(job: number, node: NodeJob, state: 'queued' | 'running', timeMs: number): void {
    if (this.machine.state(job) !== 'running') return
    const attempt = this.machine.attempts(job)
    this.#part.attempts.set(`${job} ${attempt}`, { ...this.#row(job, node, attempt), state })
    this.#change(job, state, timeMs, null)
  }

  #row(job: number, node: NodeJob, attempt: number): Omit<AttemptRow, 'state'> {
    return {
      jobId: this.#plan.name(job),
      attempt,
      executor: 'condor',
      externalId: node.externalId,
      site: this.#plan.site(job),
      host: node.host,
      submittedMs: node.submittedMs,
      startedMs: node.startedMs,
      cores: this.#plan.spec.cores[job] ?? 1,
    }
  }

  #change(job: number, state: JobChange['state'], timeMs: number, reason: string | null): void {
    const jobId = this.#plan.name(job)
    this.#part.changes.set(job, { jobId, state, changedMs: this.timeOf(timeMs), reason })
  }

  #filesOf(job: number, cluster: string): NodeAttempt['files'] {
    const stem = join(this.#runDir, this.#names.stem(job))
    const stdout = `${stem}.out.${cluster}`
    return existsSync(stdout) ? { stdout, stderr: `${stem}.err.${cluster}` } : undefined
  }

  /** Output of the last job that a node had. */
  #newestFiles(job: number): NodeAttempt['files'] {
    const stem = join(this.#runDir, this.#names.stem(job))
    const start = `${basename(stem)}.out.`
    if (!existsSync(dirname(stem))) return undefined
    const clusters = readdirSync(dirname(stem))
      .filter((name) => name.startsWith(start))
      .map((name) => Number(name.slice(start.length)))
      .filter(Number.isInteger)
    return clusters.length === 0 ? undefined : this.#filesOf(job, String(Math.max(...clusters)))
  }
}

function emptyPart(): HistoryPart {
  return { events: [], reports: [], attempts: new Map(), changes: new Map(), unwanted: [] }
}
