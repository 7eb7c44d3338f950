import { forgetWishes, readWishes, type Wish } from '../engine/control.ts'
import type { DagFollower } from './dag-follower.ts'
import { changeQueue, haltDag, type QueueAnswer } from './dagman-control.ts'
import { dagmanState } from './dagman-job.ts'

/** Pauses while HTCondor does not answer. */
const OUTAGE_MS = 2000
const MAX_OUTAGE_MS = 60_000

/** Does what persons ask of a DAG and of its sub-workflows. A wish that HTCondor does not hear stays, and is told again later. */
export class DagWishes {
  readonly #onNotice: (text: string) => void
  #outages = 0
  #askAgainMs = 0

  constructor(onNotice: ((text: string) => void) | undefined) {
    this.#onNotice = onNotice ?? (() => undefined)
  }

  async grant(followers: readonly DagFollower[]): Promise<void> {
    if (Date.now() < this.#askAgainMs) return
    for (const follower of followers) {
      for (const left of await readWishes(follower.runDir)) {
        if (!(await this.ask(async () => await this.#grantOne(follower, left.wish)))) return
        await forgetWishes([left])
      }
    }
  }

  /**
   * Asks something of HTCondor. What it refuses is told and given up.
   *
   * @returns false when it does not answer
   */
  async ask(question: () => Promise<QueueAnswer>): Promise<boolean> {
    const answer = await question()
    if (answer.ok) this.#outages = 0
    else if (answer.isOutage) {
      if (this.#outages === 0) this.#onNotice(`HTCondor does not answer and is asked again: ${answer.text}`)
      this.#askAgainMs = Date.now() + Math.min(MAX_OUTAGE_MS, OUTAGE_MS * 2 ** this.#outages++)
      return false
    } else this.#onNotice(`HTCondor refuses it: ${answer.text}`)
    return true
  }

  /** Time to wait until HTCondor is asked again. */
  get pauseMs(): number {
    return Math.max(0, this.#askAgainMs - Date.now())
  }

  async #grantOne(follower: DagFollower, wish: Wish): Promise<QueueAnswer> {
    const { machine, runDir, plan } = follower
    const { basename } = plan.head
    const { op, reason } = wish
    if (op === 'pause') {
      await haltDag(runDir, basename)
      await follower.store(machine.pause(Date.now(), reason))
      return { ok: true }
    }
    if (op === 'cancel') {
      const state = dagmanState(runDir, basename)
      if (state.phase !== 'absent' && state.phase !== 'over') {
        const answer = await changeQueue('condor_rm', state.cluster, reason)
        if (!answer.ok) return answer
      }
      await follower.store(machine.cancel(Date.now(), reason))
      return { ok: true }
    }
    return await this.#ofJob(follower, wish)
  }

  async #ofJob(follower: DagFollower, { op, job: name = '', reason }: Wish): Promise<QueueAnswer> {
    const job = follower.plan.find(name)
    const queued = job === undefined ? undefined : follower.queued(job)
    if (job === undefined || queued === undefined) {
      this.#onNotice(`${name} is not in the queue of HTCondor, and DAGMan lets nobody ${op} it before it is`)
      return { ok: true }
    }
    if (op === 'cancel-job') follower.giveUp(job)
    const program = op === 'hold' ? 'condor_hold' : op === 'release' ? 'condor_release' : 'condor_rm'
    return await changeQueue(program, queued.externalId, reason)
  }
}
