import { join } from 'node:path'
import type { Clock } from '@skyloom/base'
import { RunnerError } from '../errors.ts'
import { lastLine } from '../files/read-end.ts'
import type { Failure } from '../machine/run-event.ts'
import type { BatchReport } from './batch-file.ts'
import type { BatchQueue } from './batch-queue.ts'
import type { BatchSystem, ElementEnd } from './batch-system.ts'
import { bringHome, type HomeTools } from './bring-home.ts'
import { CARRIED_OUT, CARRIED_REPORT } from './carried-files.ts'
import type { OpenBatch } from './open-batch.ts'
import { readTextFile } from './read-text.ts'

/** What an element wrote before it ended may take so long to be seen on a shared file system. */
const SIGHT_MS = 2000
/** A person may let go on what is held; so long it is waited for that. */
const HELD_MS = 30 * 60_000
/** What the scheduler will never start is given up after so long. */
const HOPELESS_MS = 30_000
/** Letters of the last line of an element that go into a message. */
const LAST_WORDS = 300

/** What a judge does with tasks. */
export interface JudgeHands {
  readonly tools: HomeTools
  /** An element that a person holds for so long is given up, milliseconds. Default 30 minutes. */
  readonly heldMs?: number | undefined
  readonly clock: Clock
  /** Takes the reports that have come. */
  readonly collect: (batch: OpenBatch) => void
  /** Ends a task as its report says. */
  readonly end: (batch: OpenBatch, at: number, report: BatchReport) => void
  /** Ends those of some tasks that are open, without a report. */
  readonly giveUp: (
    batch: OpenBatch,
    tasks: readonly number[],
    outcome: 'lost' | 'failed' | 'canceled',
    failure: Failure,
  ) => void
}

/** Decides what it means for the tasks of a batch that its elements ended, were held or never took them. */
export class ElementJudge {
  readonly #system: BatchSystem
  readonly #queue: BatchQueue
  readonly #hands: JudgeHands

  constructor(system: BatchSystem, queue: BatchQueue, hands: JudgeHands) {
    this.#system = system
    this.#queue = queue
    this.#hands = hands
  }

  /** Decides about tasks whose element ended or is held without a report. */
  async look(batch: OpenBatch): Promise<void> {
    const now = this.#hands.clock.monotonicMs()
    for (const [element, ended] of batch.ended) {
      if (ended.isJudged || now - ended.seenMs < (batch.isCarried ? 0 : SIGHT_MS)) continue
      ended.isJudged = true
      if (batch.isCarried) await this.#judgeCarried(batch, element, ended.end)
      else this.#judgeElement(batch, element, ended.end)
    }
    await this.#judgeRequeued(batch)
    await this.#judgeHeld(batch, now)
    if (batch.open.size > 0 && batch.haveAllEnded) this.#takeBack(batch)
  }

  async #judgeCarried(batch: OpenBatch, element: number, end: ElementEnd): Promise<void> {
    if (!batch.open.has(element)) return
    const home = batch.folder.home(element)
    const text = readTextFile(join(home, CARRIED_OUT, CARRIED_REPORT))
    if (text === undefined || end.cause === 'removed') {
      this.#countDeath(batch, element, end)
      this.#judgeTask(batch, element, element, end)
      return
    }
    const report = JSON.parse(text) as BatchReport
    // Of a cluster that failed, what its other tasks made comes home, too.
    if (report.products.length === 0 || batch.task(element).plan.dataConfiguration !== 'condorio') {
      this.#hands.end(batch, element, report)
      return
    }
    try {
      const products = await bringHome(this.#hands.tools, batch.task(element).plan, home, report)
      this.#hands.end(batch, element, { ...report, products })
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error
      const kind = error.code === 'RUNNER_CHECKSUM' ? 'checksum' : 'output'
      const failure: Failure = { kind, message: error.message }
      this.#hands.end(batch, element, { ...report, outcome: 'failed', failure, products: [] })
    }
  }

  /**
   * An element that waits again works on nothing: what it took before is lost with its node. Two answers must say so, as it may have
   * begun since the first.
   */
  async #judgeRequeued(batch: OpenBatch): Promise<void> {
    if (batch.isCarried || batch.requeued.size === 0) return
    for (const [element, requeued] of batch.requeued) {
      requeued.tasks ??= [...batch.claims()].flatMap(([at, claim]) => (claim.element === element ? [at] : []))
      if (requeued.answers < 2) continue
      batch.requeued.delete(element)
      const lost = requeued.tasks.filter((at) => batch.open.has(at))
      for (const at of lost) await batch.folder.takeAway(at)
      const message = 'its node was lost while it worked on it; the scheduler begins again'
      this.#hands.giveUp(batch, lost, 'lost', { kind: 'start', message })
    }
  }

  #judgeElement(batch: OpenBatch, element: number, end: ElementEnd): void {
    // What was written at the last moment.
    this.#hands.collect(batch)
    const own = [...batch.claims()].flatMap(([at, claim]) => (claim.element === element ? [at] : []))
    const unsaid = own.filter((at) => batch.open.has(at))
    if (unsaid.length === own.length) this.#countDeath(batch, element, end)
    for (const at of unsaid) this.#judgeTask(batch, at, element, end)
  }

  /** A task whose element ended without a report about it. */
  #judgeTask(batch: OpenBatch, at: number, element: number, end: ElementEnd): void {
    const message = deathText(batch, element, end)
    if (batch.stopping.has(at)) {
      this.#hands.giveUp(batch, [at], 'canceled', { kind: 'signal', message: 'it was canceled' })
    } else if (end.cause === 'time' || end.cause === 'memory') {
      const kind = end.cause === 'time' ? 'timeout' : 'memory'
      this.#hands.giveUp(batch, [at], 'failed', { kind, message })
    } else if (end.cause === 'removed') {
      this.#hands.giveUp(batch, [at], 'failed', {
        kind: 'signal',
        message: `${message}: somebody took it out of the queue`,
      })
    } else this.#hands.giveUp(batch, [at], 'lost', { kind: 'start', message })
  }

  /** An element ended without having said anything: its site may be ill. */
  #countDeath(batch: OpenBatch, element: number, end: ElementEnd): void {
    if (end.cause === 'failed' || end.cause === 'infrastructure')
      this.#queue.countDeath(deathText(batch, element, end))
  }

  async #judgeHeld(batch: OpenBatch, now: number): Promise<void> {
    if (batch.heldSince.size === 0 || batch.queued === undefined) return
    const personMs = this.#hands.heldMs ?? HELD_MS
    const due = [...batch.heldSince].filter(([element, since]) => {
      const state = batch.states.get(element)
      if (state?.phase !== 'held') return false
      this.#queue.note(`${batch.heldSince.size} of ${batch.file.elements} workers are held; ${state.reason}`)
      if (state.cause === 'memory') return true
      return now - since >= (state.cause === 'person' ? personMs : Math.min(personMs, HOPELESS_MS))
    })
    if (due.length === 0 || this.#queue.mustWait) return
    const elements = due.map(([element]) => element)
    await this.#system.cancel(batch.queued, elements)
    const lost = tasksOfHeld(batch, elements)
    for (const element of elements) {
      const state = batch.states.get(element)
      batch.removed.add(element)
      batch.heldSince.delete(element)
      if (state?.phase !== 'held') continue
      const kind = state.cause === 'memory' ? 'memory' : state.cause === 'files' ? 'transfer' : 'start'
      const failure: Failure = { kind, message: state.reason }
      const isLost = state.cause === 'infrastructure'
      if (isLost) this.#queue.countDeath(state.reason)
      this.#hands.giveUp(batch, lost.get(element) ?? [], isLost ? 'lost' : 'failed', failure)
    }
  }

  /** All elements ended: tasks that none took go into another batch, or, when elements died before any did anything, their way. */
  #takeBack(batch: OpenBatch): void {
    if ([...batch.ended.values()].some(({ isJudged }) => !isJudged)) return
    const dead = [...batch.ended].find(
      ([element, { end }]) =>
        (end.cause === 'removed' && !batch.removed.has(element)) ||
        (!batch.hasWorked && end.cause !== 'done' && end.cause !== 'time' && end.cause !== 'removed'),
    )
    for (const at of [...batch.open]) {
      if (!batch.isCarried && !batch.folder.withhold(at)) continue
      if (dead === undefined) {
        batch.open.delete(at)
        batch.unsettled.delete(at)
        this.#queue.add(batch.task(at))
        continue
      }
      this.#judgeTask(batch, at, dead[0], dead[1].end)
    }
  }
}

/** Tasks of elements that were held and are taken out of the queue: what each worked on, and its share of what nobody will take. */
function tasksOfHeld(batch: OpenBatch, held: readonly number[]): ReadonlyMap<number, readonly number[]> {
  if (batch.isCarried) return new Map(held.map((element) => [element, [element]]))
  const { elements } = batch.file
  const claims = batch.claims()
  // Elements that still work take what these would have taken.
  const isIdle = (element: number): boolean =>
    batch.ended.has(element) || batch.heldSince.has(element) || batch.removed.has(element)
  const hasOthers = Array.from({ length: elements }, (_, element) => element).some((at) => !isIdle(at))
  const first = held[0] ?? 0
  const lost = new Map<number, number[]>(held.map((element) => [element, []]))
  for (const at of batch.open) {
    const claim = claims.get(at)
    const share = lost.has(at % elements) ? at % elements : first
    if (claim !== undefined) lost.get(claim.element)?.push(at)
    else if (!hasOthers && batch.folder.withhold(at)) lost.get(share)?.push(at)
  }
  return lost
}

/** How an element ended, with its last line. */
function deathText(batch: OpenBatch, element: number, { text, host }: ElementEnd): string {
  const last = lastLine(join(batch.folder.logs, `${element}.err`), LAST_WORDS) ?? ''
  return `${text}${host === undefined ? '' : ` on ${host}`}${last === '' ? '' : `: ${last}`}`
}
