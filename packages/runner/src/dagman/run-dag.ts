import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { registerRun, runIdOf } from '../engine/register-run.ts'
import { countsOf, finished, type RunResult } from '../engine/run-result.ts'
import { RunnerError } from '../errors.ts'
import { openPlan } from '../plan/plan-file.ts'
import type { EngineStore } from '../store/run-store.ts'
import { DagFollower, type FollowOptions } from './dag-follower.ts'
import { DagWishes } from './dag-wishes.ts'
import { changeQueue, isHalted, submitDag, unhaltDag } from './dagman-control.ts'
import { type DagmanState, dagmanState } from './dagman-job.ts'
import { ensureRescue, newestRescue, type Rescue } from './rescue-done.ts'

/** How DAGMan runs a plan. */
export interface DagRunOptions extends FollowOptions {
  /** Time between two looks at the logs. Default 500 ms; nobody is asked. */
  readonly pollMs?: number | undefined
  /** Only submits it, and takes what the logs hold by then. */
  readonly isDetached?: boolean | undefined
}

const POLL_MS = 500
/** A condor_submit_dag that a former process began has ended, or told of its job, after so long. */
const SUBMITTING_MS = 10_000
/** After DAGMan was removed, HTCondor may need so long to write that its jobs were. */
const REMOVING_MS = 60_000

/**
 * Logs of HTCondor have whole seconds; a rescue file that is so much younger than the end of DAGMan was not written by it. For runs that nobody
 * followed to that end: of others it is known which file was there.
 */
const EDIT_MS = 2000

/** DAGMan after its end. */
type Over = Extract<DagmanState, { phase: 'over' }>

/**
 * Has DAGMan run the plan of a directory that `skyloom plan --format dagman` wrote, and follows it to its end. Starting and going on are one
 * path: a DAG that is in the queue is followed, one that is not is submitted, with the newest rescue file.
 *
 * @throws {RunnerError} `RUNNER_BAD_PLAN` without a DAG, `RUNNER_SCHEDULER`, `RUNNER_RUN_BUSY`, `RUNNER_LEASE_LOST`
 */
export async function runDag(
  store: EngineStore,
  runDir: string,
  options: DagRunOptions = {},
): Promise<RunResult> {
  const done = await endedBefore(store, runDir)
  if (done !== undefined) return done
  return await follow(store, runDir, options, async (run) => await run.run())
}

/**
 * Takes what DAGMan wrote while nobody followed it, and does what was asked of the run meanwhile. A run that is followed is left to who does.
 *
 * @returns false when somebody else follows it
 */
export async function catchUpDag(
  store: EngineStore,
  runDir: string,
  options: DagRunOptions = {},
): Promise<boolean> {
  try {
    await follow(store, runDir, options, async (run) => await run.catchUp())
    return true
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_RUN_BUSY') return false
    throw error
  }
}

async function follow<Result>(
  store: EngineStore,
  runDir: string,
  options: DagRunOptions,
  work: (run: DagRun) => Promise<Result>,
): Promise<Result> {
  const faults: unknown[] = []
  const follower = await DagFollower.open(store, runDir, {
    ...options,
    onFault: (error) => faults.push(error),
  })
  try {
    const result = await work(new DagRun(store, follower, options, faults))
    await follower.close()
    return result
  } catch (error) {
    follower.abandon()
    throw error
  }
}

/** What a run that has succeeded gives; checks that the directory has a DAG. */
async function endedBefore(store: EngineStore, runDir: string): Promise<RunResult | undefined> {
  const plan = openPlan(runDir)
  try {
    const dag = join(runDir, `${plan.head.basename}.dag`)
    if (!existsSync(dag)) {
      throw new RunnerError('RUNNER_BAD_PLAN', 'the directory of the run has no DAG', {
        where: [dag],
        remedy: 'plan with --format dagman',
      })
    }
    const runId = await runIdOf(runDir)
    await registerRun(store, runId, runDir, plan)
    return (await store.get(runId)).state === 'succeeded' ? finished(runId, plan) : undefined
  } finally {
    plan.close()
  }
}

class DagRun {
  readonly #store: EngineStore
  readonly #follower: DagFollower
  readonly #options: DagRunOptions
  readonly #faults: readonly unknown[]
  readonly #wishes: DagWishes
  readonly #basename: string
  readonly #runDir: string
  /** Why DAGMan itself is held, as it was told last. */
  #heldReason: string | undefined

  constructor(store: EngineStore, follower: DagFollower, options: DagRunOptions, faults: readonly unknown[]) {
    this.#store = store
    this.#follower = follower
    this.#options = options
    this.#faults = faults
    this.#wishes = new DagWishes(options.onNotice)
    this.#basename = follower.plan.head.basename
    this.#runDir = follower.runDir
  }

  async run(): Promise<RunResult> {
    // What came while nobody followed is taken before a new submission would cut the log.
    await this.#follower.begin(Date.now())
    await this.#follower.poll()
    const state = await this.#settled()
    if (state.phase === 'over' && state.cluster !== this.#follower.data.ended) return await this.#ended(state)
    if (state.phase === 'absent' || state.phase === 'over') {
      if (!(await this.#submit(state))) return this.#result('stopped')
    } else {
      await unhaltDag(this.#runDir, this.#basename)
      if (state.phase === 'held')
        await this.#wishes.ask(async () => await changeQueue('condor_release', state.cluster))
    }
    return await this.#toItsEnd()
  }

  async catchUp(): Promise<void> {
    const state = this.#state()
    await this.#look(state)
    if (state.phase === 'over' && state.cluster !== this.#follower.data.ended) await this.#ended(state)
    else if (this.#follower.machine.isCanceled && state.phase === 'over') await this.#ended(state)
  }

  async #toItsEnd(): Promise<RunResult> {
    for (;;) {
      if (this.#faults.length > 0) throw this.#faults[0]
      const state = this.#state()
      await this.#look(state)
      const { ended } = this.#follower.data
      // The log may tell of the former submission for a moment.
      if (state.phase === 'over' && state.cluster !== ended) return await this.#ended(state)
      const isInQueue = state.phase !== 'absent' && state.phase !== 'over'
      if (this.#options.signal?.aborted === true) return this.#result('stopped')
      if (this.#options.isDetached === true && isInQueue) return this.#result('stopped')
      await this.#pause(this.#options.pollMs ?? POLL_MS)
    }
  }

  #state(): DagmanState {
    return dagmanState(this.#runDir, this.#basename)
  }

  /** Takes what came to the logs, and does what persons ask. */
  async #look(state: DagmanState): Promise<void> {
    const follower = this.#follower
    for (const job of await follower.poll())
      await this.#wishes.ask(async () => await changeQueue('condor_rm', job.externalId))
    await this.#wishes.grant(follower.family())
    const cluster = state.phase === 'absent' ? undefined : state.cluster
    if (cluster !== undefined && cluster !== follower.data.cluster)
      await follower.store([], { cluster, submittingMs: undefined })
    const held = state.phase === 'held' ? state.reason : undefined
    if (held === this.#heldReason) return
    this.#heldReason = held
    const { machine } = follower
    if (held !== undefined) await follower.store(machine.pause(Date.now(), `DAGMan is held: ${held}`))
    else if (machine.isPaused && !isHalted(this.#runDir, this.#basename))
      await follower.resumed(Date.now(), 'DAGMan was released')
  }

  /** How DAGMan stands once a submission that a former process began has come to something. */
  async #settled(): Promise<DagmanState> {
    const { submittingMs, cluster } = this.#follower.data
    for (;;) {
      const state = this.#state()
      const isNews = state.phase !== 'absent' && state.cluster !== cluster
      if (submittingMs === undefined || isNews || Date.now() > submittingMs + SUBMITTING_MS) return state
      await this.#pause(POLL_MS)
    }
  }

  /** @returns false when the signal came before HTCondor took the DAG */
  async #submit(state: DagmanState): Promise<boolean> {
    const follower = this.#follower
    const run = { id: follower.runId, runDir: this.#runDir, basename: this.#basename }
    const newest = newestRescue(this.#runDir, this.#basename)
    await follower.takeDone(newest?.done ?? [], Date.now())
    // What a person wrote there after DAGMan ended holds: nodes that it leaves out are done again.
    const isEdited = newest !== undefined && state.phase === 'over' && this.#isEdited(newest, state)
    const rescue = isEdited ? newest.path : await ensureRescue(this.#store, run, follower.doneNodes())
    if (rescue !== undefined) this.#options.onNotice?.(`DAGMan goes on by ${rescue}`)
    const cluster = state.phase === 'over' ? state.cluster : undefined
    while (this.#options.signal?.aborted !== true) {
      await follower.store([], { cluster, ended: cluster, submittingMs: Date.now() })
      const isTaken = await this.#wishes.ask(
        async () => await submitDag(this.#runDir, this.#basename, follower.runId),
      )
      if (isTaken) return true
      await this.#pause(this.#wishes.pauseMs)
    }
    return false
  }

  /** Whether a rescue file is another one than that which DAGMan left. */
  #isEdited({ writtenMs }: Rescue, { cluster, timeMs }: Over): boolean {
    const { ended, rescueMs } = this.#follower.data
    return ended === cluster && rescueMs !== undefined ? writtenMs !== rescueMs : writtenMs > timeMs + EDIT_MS
  }

  async #ended(state: Over): Promise<RunResult> {
    const follower = this.#follower
    const { machine } = follower
    const { cluster, exitCode, removed } = state
    await follower.poll()
    const until = Date.now() + REMOVING_MS
    while (machine.running.size > 0 && Date.now() < until && this.#options.signal?.aborted !== true) {
      await this.#pause(POLL_MS)
      await follower.poll()
    }
    const isPause = removed === undefined && exitCode !== 0 && isHalted(this.#runDir, this.#basename)
    if (isPause && !machine.isCanceled) {
      const rescueMs = newestRescue(this.#runDir, this.#basename)?.writtenMs
      await follower.store(machine.pause(Date.now(), 'DAGMan was halted'), {
        cluster,
        ended: cluster,
        rescueMs,
      })
      return this.#result('paused')
    }
    const rescue = exitCode === 0 ? undefined : newestRescue(this.#runDir, this.#basename)
    await follower.takeDone(rescue?.done ?? [], state.timeMs)
    const how = { exitCode, removed: machine.isCanceled ? (removed ?? 'asked for') : removed }
    await follower.end(state.timeMs, how, this.#endReason(state))
    await follower.store([], {
      cluster,
      ended: cluster,
      rescueMs: rescue?.writtenMs,
      submittingMs: undefined,
    })
    return this.#result(machine.status ?? 'failed')
  }

  /** Why a run ended that no failed job explains. */
  #endReason({ exitCode }: Over): string | undefined {
    if (this.#follower.machine.count('failed') > 0) return undefined
    const out = join(this.#runDir, `${this.#basename}.dag.dagman.out`)
    return `DAGMan ended with exit code ${exitCode ?? '?'} before its nodes were done; what it said is in ${out}`
  }

  #result(status: RunResult['status']): RunResult {
    const { runId, machine } = this.#follower
    return { runId, status, jobs: countsOf(machine), adopted: 0 }
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#options.signal }).catch((error: unknown) => {
      if (this.#options.signal?.aborted !== true) throw error
    })
  }
}
