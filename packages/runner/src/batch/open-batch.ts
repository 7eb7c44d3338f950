import type { AttemptRequest } from '../executor/executor.ts'
import { attemptKey, type BatchFile, type BatchTask, type Claim } from './batch-file.ts'
import type { BatchFolder } from './batch-folder.ts'
import type { ElementEnd, ElementState, QueuedBatch } from './batch-system.ts'

/** An element that ended. */
export interface EndedElement {
  readonly end: ElementEnd
  readonly seenMs: number
  /** What it means for its tasks is decided. */
  isJudged: boolean
}

/** A batch as the engine sees it while it is in a scheduler. */
export class OpenBatch {
  readonly folder: BatchFolder
  readonly file: BatchFile
  /** As the scheduler calls it; `undefined` until it has taken it. */
  id: string | undefined
  /** Tasks that the run waits for. */
  readonly open: Set<number>
  /** Tasks whose end is not stored yet. */
  readonly unsettled: Set<number>
  /** Tasks that were asked to end. */
  readonly stopping: Set<number> = new Set()
  readonly states: Map<number, ElementState> = new Map()
  /** Elements that ended, with the time at which that was seen. */
  readonly ended: Map<number, EndedElement> = new Map()
  /** When elements were first seen held. */
  readonly heldSince: Map<number, number> = new Map()
  /** Elements that we took out of the queue. */
  readonly removed: Set<number> = new Set()
  /** Elements that worked and wait again, with the answers that said so and the tasks that they had at the first. */
  readonly requeued: Map<number, { answers: number; tasks: readonly number[] | undefined }> = new Map()
  /** A report of it has come. */
  hasWorked = false
  readonly #askedStop = new Set<number>()
  readonly #byKey: ReadonlyMap<string, number>

  /** @param wanted tasks that the run waits for */
  constructor(folder: BatchFolder, file: BatchFile, wanted: Iterable<number>, id?: string) {
    this.folder = folder
    this.file = file
    this.id = id
    this.open = new Set(wanted)
    this.unsettled = new Set(this.open)
    this.#byKey = new Map(file.tasks.map((task, at) => [attemptKey(task), at]))
  }

  get name(): string {
    return this.file.name
  }

  get isCarried(): boolean {
    return this.file.data === 'carried'
  }

  task(number: number): BatchTask {
    const task = this.file.tasks[number]
    if (task === undefined) throw new RangeError(`batch ${this.name} has no task ${number}`)
    return task
  }

  find(attempt: Pick<AttemptRequest, 'job' | 'attempt' | 'startedMs'>): number | undefined {
    return this.#byKey.get(attemptKey(attempt))
  }

  /** What the scheduler knows it by. */
  get queued(): QueuedBatch | undefined {
    const { id, file, folder } = this
    return id === undefined
      ? undefined
      : { id, name: file.name, folder: folder.path, elements: file.elements }
  }

  /** Takes what the scheduler said. */
  see(states: ReadonlyMap<number, ElementState>, nowMs: number): void {
    for (const [element, state] of states) {
      this.#seeQueue(element, state)
      this.states.set(element, state)
      // A scheduler that lost the node began it again.
      if (state.phase !== 'ended') this.ended.delete(element)
      if (state.phase !== 'held') this.heldSince.delete(element)
      else if (!this.heldSince.has(element)) this.heldSince.set(element, nowMs)
      if (state.phase === 'ended' && !this.ended.has(element))
        this.ended.set(element, { end: state.end, seenMs: nowMs, isJudged: false })
    }
  }

  /** A scheduler that lost a node begins its elements again some time. */
  #seeQueue(element: number, { phase }: ElementState): void {
    const known = this.requeued.get(element)
    if (phase !== 'pending') this.requeued.delete(element)
    else if (known !== undefined) known.answers++
    else if (this.states.get(element)?.phase === 'running')
      this.requeued.set(element, { answers: 1, tasks: undefined })
  }

  get haveAllEnded(): boolean {
    return this.ended.size >= this.file.elements
  }

  /** Claims by elements; a carried task is that of the element with its number. */
  claims(): ReadonlyMap<number, Pick<Claim, 'element' | 'host'>> {
    if (!this.isCarried) return this.folder.claims()
    return new Map([...this.open].map((task) => [task, { element: task, host: this.hostOf(task) ?? '' }]))
  }

  /** Tasks that are worked on. */
  runningCount(): number {
    const isRunning = (element: number): boolean => this.states.get(element)?.phase === 'running'
    const numbers = this.isCarried ? [...this.open].filter(isRunning) : this.folder.claimed()
    return numbers.filter((at) => this.open.has(at)).length
  }

  hostOf(element: number): string | undefined {
    const state = this.states.get(element)
    if (state?.phase === 'ended') return state.end.host
    return state?.phase === 'held' ? undefined : state?.host
  }

  /** Elements whose task has to end and that the scheduler was not told yet. */
  toStop(): readonly number[] {
    return [...this.stopping].filter((at) => this.open.has(at) && !this.#askedStop.has(at))
  }

  /** The scheduler was told that these have to end. */
  hasAskedStop(elements: readonly number[]): void {
    for (const element of elements) this.#askedStop.add(element)
  }

  externalId(element: number): string | undefined {
    return this.id === undefined ? undefined : `${this.id}.${element}`
  }
}
