import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonValue, RunChange, RunCommit } from '@skyloom/registry'
import { type DagNames, dagNames } from '@skyloom/workflow'
import type { ParentJob } from '@skyloom/workflow/node'
import { CondorEventReader } from '../batch/condor-events.ts'
import { commitRows } from '../engine/commit-rows.ts'
import { innerFiles, outerFiles, type RunFiles } from '../engine/family-files.ts'
import { planRows, registerRun, runIdOf } from '../engine/register-run.ts'
import { RunLease } from '../engine/run-lease.ts'
import type { RunProgress } from '../engine/run-options.ts'
import { type RoomOptions, whenRoom } from '../engine/when-room.ts'
import { isSubWorkflow, plannedDirectory } from '../job/sub-workflow-job.ts'
import type { RunEvent } from '../machine/run-event.ts'
import type { RunMachine } from '../machine/run-machine.ts'
import { openPlan, PLAN_FILE, type PlanFile } from '../plan/plan-file.ts'
import { readEvent } from '../store/event-rows.ts'
import type { EngineStore } from '../store/run-store.ts'
import { DagHistory, type HistoryPart } from './dag-history.ts'
import { DagNodes, type NodeJob, type NodeMove } from './dag-nodes.ts'
import { type DagRunData, dagRunData, NO_DAG_DATA, withDagData } from './dag-run-data.ts'
import { type LogPlace, readLog } from './growing-log.ts'
import { NodeScripts } from './node-scripts.ts'

/** How a run is followed. */
export interface FollowOptions extends RoomOptions {
  readonly leaseMs?: number | undefined
  /** The job whose sub-workflow it is. */
  readonly parent?: ParentJob | undefined
  /** Hears of every group of events after it is stored. */
  readonly onEvents?: ((events: readonly RunEvent[], progress: RunProgress) => void) | undefined
  /** The run cannot be written any more. */
  readonly onFault?: ((error: unknown) => void) | undefined
}

/** Line that ends an event of a job event log. */
const EVENT_END = '...'

/**
 * Feeds the history of a run from the logs of its DAG. How far the logs were read is stored with what was made of them, so a follower
 * that is ended at any moment loses nothing, and the next one takes nothing twice. Sub-workflows are followed with their DAG.
 */
export class DagFollower {
  readonly runId: string
  readonly runDir: string
  readonly plan: PlanFile
  readonly #store: EngineStore
  readonly #lease: RunLease
  readonly #options: FollowOptions
  readonly #names: DagNames
  readonly #numbers: ReadonlyMap<string, number>
  readonly #history: DagHistory
  readonly #posts = new Map<string, boolean>()
  readonly #subs = new Map<number, DagFollower>()
  #reader = new CondorEventReader()
  #nodes: DagNodes
  #scripts = new NodeScripts()
  #rowData: JsonValue
  #data: DagRunData
  #seq = 0
  /** What the runs that contain this one made. */
  #outer: readonly RunFiles[] = []

  private constructor(
    store: EngineStore,
    run: { readonly id: string; readonly directory: string; readonly data: JsonValue },
    plan: PlanFile,
    lease: RunLease,
    options: FollowOptions,
  ) {
    this.#store = store
    this.runId = run.id
    this.runDir = run.directory
    this.plan = plan
    this.#lease = lease
    this.#options = options
    this.#rowData = run.data
    this.#data = dagRunData(run.data) ?? NO_DAG_DATA
    this.#names = dagNames(plan)
    this.#numbers = new Map(Array.from({ length: plan.jobCount }, (_, job) => [this.#names.name(job), job]))
    this.#history = new DagHistory(plan, run.directory, this.#names)
    this.#nodes = new DagNodes((node) => this.#hasPost(node))
  }

  /**
   * Takes a run up: registers it if it is not, takes its lease, and reads its history and its logs up to where they are known.
   *
   * @throws {RunnerError} `RUNNER_RUN_BUSY`, `RUNNER_BAD_PLAN`, `RUNNER_NOT_FOUND`
   */
  static async open(store: EngineStore, runDir: string, options: FollowOptions = {}): Promise<DagFollower> {
    const plan = openPlan(runDir)
    try {
      const runId = await runIdOf(runDir)
      await registerRun(store, runId, runDir, plan, options.parent)
      const lease = await RunLease.acquire(store, runId, options.leaseMs)
      lease.keep((error) => options.onFault?.(error))
      const row = await store.get(runId)
      const follower = new DagFollower(store, { ...row, directory: runDir }, plan, lease, options)
      await follower.#recover()
      return follower
    } catch (error) {
      plan.close()
      throw error
    }
  }

  get machine(): RunMachine {
    return this.#history.machine
  }

  get data(): DagRunData {
    return this.#data
  }

  /** The job that a job of the plan has in the queue. */
  queued(job: number): NodeJob | undefined {
    return this.#nodes.jobOf(this.#names.name(job))
  }

  /** Names of jobs that are done, as nodes. */
  doneNodes(): readonly string[] {
    const numbers = Array.from({ length: this.plan.jobCount }, (_, job) => job)
    return numbers
      .filter((job) => this.machine.state(job) === 'succeeded')
      .map((job) => this.#names.name(job))
  }

  /** This run and those of its sub-workflows that are followed now. */
  family(): readonly DagFollower[] {
    return [this, ...[...this.#subs.values()].flatMap((sub) => sub.family())]
  }

  /** DAGMan goes on after it was held or halted. */
  async resumed(timeMs: number, reason: string): Promise<void> {
    const event: RunEvent = { type: 'run-resumed', time: this.#history.timeOf(timeMs), reason }
    this.machine.apply(event)
    await this.store([event], {}, { state: 'running', reason: null })
  }

  /** What somebody gives up is not wanted in the queue again. */
  giveUp(job: number): void {
    this.#history.giveUp(job)
  }

  /** Stores that this process follows the run now. */
  async begin(timeMs: number): Promise<void> {
    const time = this.#history.timeOf(timeMs)
    if (this.#seq === 0) for (const rows of planRows(this.plan, time)) await this.#write(rows)
    await this.store(this.machine.open(time, this.#lease.owner, this.#lease.token))
  }

  /** Stores events of the run itself, and what is known of DAGMan. */
  async store(
    events: readonly RunEvent[],
    data: Partial<DagRunData> = {},
    run: RunChange = {},
  ): Promise<void> {
    this.#history.add(events)
    await this.#commit({ ...this.#data, ...data }, run)
  }

  /**
   * Takes what came to the logs.
   *
   * @returns jobs that are in the queue though they were given up
   */
  async poll(): Promise<readonly NodeJob[]> {
    const unwanted: NodeJob[] = []
    for (;;) {
      // DAGMan writes what it did with a node after it read the event that made it do so: its own log is read first.
      const states = readLog(this.#statesPath, this.#data.states)
      if (states.isNew) this.#scripts = new NodeScripts()
      this.#scripts.add(states.text)
      const nodes = readLog(this.#nodesPath, this.#data.nodes, { ending: EVENT_END })
      if (nodes.isNew) await this.#beginAnew()
      for (const event of this.#reader.add(nodes.text))
        for (const move of this.#nodes.take(event)) await this.#move(move)
      for (const failure of this.#scripts.rest()) {
        const job = this.#numbers.get(failure.node)
        if (job !== undefined) await this.#history.jobless(job, failure)
      }
      const isRead = states.text === '' && nodes.text === '' && !nodes.isNew && !states.isNew
      const part = await this.#commit({ ...this.#data, states: states.place, nodes: nodes.place })
      unwanted.push(...part.unwanted)
      if (isRead) break
    }
    for (const sub of this.#subs.values()) unwanted.push(...(await sub.poll()))
    return unwanted
  }

  /** Takes nodes as done that DAGMan has done, though no log that is left tells of them. */
  async takeDone(nodes: Iterable<string>, timeMs: number): Promise<void> {
    for (const node of nodes) {
      const job = this.#numbers.get(node)
      if (job !== undefined) await this.#history.done(job, timeMs)
    }
    await this.#commit(this.#data)
  }

  /** Ends attempts of which the logs will say no more. */
  async loseRunning(timeMs: number, message: string, outcome: 'lost' | 'canceled'): Promise<void> {
    for (const job of [...this.machine.running]) await this.#history.lose(job, timeMs, message, outcome)
    await this.#commit(this.#data)
  }

  /** Gives the run back. */
  async close(): Promise<void> {
    for (const sub of this.#subs.values()) await sub.close()
    await this.#lease.release()
    this.plan.close()
  }

  /** Leaves the run as it is stored, after an error. */
  abandon(): void {
    for (const sub of this.#subs.values()) sub.abandon()
    this.#lease.abandon()
    this.plan.close()
  }

  get #nodesPath(): string {
    return join(this.runDir, `${this.plan.head.basename}.dag.nodes.log`)
  }

  get #statesPath(): string {
    return join(this.runDir, 'jobstate.log')
  }

  /** The history becomes the state; the logs are read again as far as they are part of it. */
  async #recover(): Promise<void> {
    for await (const stored of this.#store.events(this.runId)) {
      this.#history.recover(readEvent(stored, (name) => this.plan.find(name)))
      this.#seq = stored.seq
    }
    this.machine.takeMoved()
    this.#outer = await outerFiles(this.#store, await this.#store.get(this.runId))
    readAgain(this.#statesPath, this.#data.states, undefined, (text) => {
      this.#scripts.add(text)
      this.#scripts.rest()
    })
    readAgain(this.#nodesPath, this.#data.nodes, EVENT_END, (text) => {
      for (const event of this.#reader.add(text)) this.#nodes.take(event)
    })
    for (const job of this.machine.running) await this.#followSub(job)
  }

  /** DAGMan was submitted again and has a new log. */
  async #beginAnew(): Promise<void> {
    this.#reader = new CondorEventReader()
    this.#nodes = new DagNodes((node) => this.#hasPost(node))
    const now = this.#history.timeOf(0)
    for (const job of [...this.machine.running])
      await this.#history.lose(job, now, 'DAGMan was submitted again, and its end is in no log')
  }

  async #move(move: NodeMove): Promise<void> {
    const job = this.#numbers.get(move.job.node)
    if (job === undefined) return
    if (move.type === 'submitted') {
      for (const failure of this.#scripts.before(move.job.node, move.job.externalId))
        await this.#history.jobless(job, failure)
    }
    const sub = this.#subs.get(job)
    if (move.type === 'ended' && sub !== undefined) {
      this.#subs.delete(job)
      await sub.#endSub(move)
    }
    await this.#history.move(job, move)
    if (move.type === 'submitted') await this.#followSub(job)
  }

  /** Follows the run of a sub-workflow, which its PRE script has planned, or somebody before. */
  async #followSub(job: number): Promise<void> {
    const kind = this.plan.kind(job)
    if (!isSubWorkflow(kind) || this.#subs.has(job)) return
    const [task] = this.plan.job(job).tasks
    const runDir =
      kind === 'sub_dag'
        ? task === undefined
          ? undefined
          : plannedDirectory(task)
        : join(this.runDir, this.#names.stem(job))
    if (runDir === undefined || !existsSync(join(runDir, PLAN_FILE))) {
      this.#options.onNotice?.(`${this.plan.name(job)} has no plan of Skyloom: its jobs are not followed`)
      return
    }
    // Nobody but this process hears of its events: they are of another plan.
    const { signal, onNotice, onFault, leaseMs } = this.#options
    const sub = await DagFollower.open(this.#store, runDir, {
      signal,
      onNotice,
      onFault,
      leaseMs,
      parent: { runId: this.runId, job: this.plan.name(job) },
    })
    this.#subs.set(job, sub)
    await sub.begin(this.#history.timeOf(0))
  }

  /** The node of this sub-workflow ended. */
  async #endSub({ end, timeMs }: Extract<NodeMove, { type: 'ended' }>): Promise<void> {
    await this.poll()
    await this.end(timeMs, { exitCode: end.exitCode, removed: end.removed })
    await this.close()
  }

  /** Ends the run as DAGMan ended. */
  async end(
    timeMs: number,
    how: { readonly exitCode: number | undefined; readonly removed: string | undefined },
    reason?: string,
  ): Promise<void> {
    const { machine } = this
    const isCanceled = how.removed !== undefined
    if (isCanceled && !machine.isCanceled)
      this.#history.add(machine.cancel(this.#history.timeOf(timeMs), `DAGMan was removed, ${how.removed}`))
    await this.loseRunning(timeMs, 'its end is in no log', machine.isCanceled ? 'canceled' : 'lost')
    if (how.exitCode === 0) await this.takeDone(this.#numbers.keys(), timeMs)
    const time = this.#history.timeOf(timeMs)
    const events = machine.decide(time, { cores: 0, memoryMb: 0 }, 0)
    if (machine.status === undefined) {
      const event: RunEvent = { type: 'run-ended', time, status: 'failed' }
      machine.apply(event)
      await this.store([...events, event], {}, reason === undefined ? {} : { reason })
    } else await this.store(events)
  }

  #hasPost(node: string): boolean {
    const known = this.#posts.get(node)
    if (known !== undefined) return known
    const job = this.#numbers.get(node)
    const hasPost =
      job !== undefined &&
      this.plan.job(job).profiles.some(({ namespace, key }) => namespace === 'dagman' && key === 'post')
    this.#posts.set(node, hasPost)
    return hasPost
  }

  async #commit(data: DagRunData, run: RunChange = {}): Promise<HistoryPart> {
    const part = this.#history.takePart()
    const { events, reports } = part
    const isSame = JSON.stringify(data) === JSON.stringify(this.#data)
    if (events.length === 0 && part.changes.size === 0 && part.attempts.size === 0 && isSame) return part
    const rows = commitRows({
      runId: this.runId,
      plan: this.plan,
      machine: this.machine,
      events,
      firstSeq: this.#seq + 1,
      reports,
      made: this.#history.made,
      outer: this.#outer,
      inner: await innerFiles(this.#store, this.runId, this.plan, reports),
    })
    const rowData = withDagData(this.#rowData, data)
    await this.#write({
      ...rows,
      run: { ...rows.run, ...run, data: rowData },
      jobChanges: [...(rows.jobChanges ?? []), ...part.changes.values()],
      attempts: [...(rows.attempts ?? []), ...part.attempts.values()],
    })
    this.#data = data
    this.#rowData = rowData
    this.#seq += events.length
    if (events.length > 0) {
      const { machine } = this
      this.#options.onEvents?.(events, { plan: this.plan, count: (state) => machine.count(state) })
    }
    return part
  }

  async #write(rows: RunCommit): Promise<void> {
    await whenRoom(async () => await this.#store.commit(this.runId, this.#lease.token, rows), this.#options)
  }
}

/** Reads a log once more up to a place, unless it is another file by now. */
function readAgain(
  path: string,
  to: LogPlace,
  ending: string | undefined,
  take: (text: string) => void,
): void {
  let place: LogPlace = { head: to.head, offset: 0 }
  while (place.offset < to.offset) {
    const part = readLog(path, place, { most: to.offset, ...(ending === undefined ? {} : { ending }) })
    if (part.text === '' || part.place.head !== to.head) return
    take(part.text)
    place = part.place
  }
}
