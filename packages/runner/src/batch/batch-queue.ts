import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '@skyloom/base'
import type { CredentialSource } from '../credentials/collect-credentials.ts'
import { RunnerError } from '../errors.ts'
import type { ExecutorHost } from '../executor/local-executor.ts'
import type { Failure } from '../machine/run-event.ts'
import { attemptId } from './attempt-places.ts'
import { credentialFiles, writeCredentials } from './batch-credentials.ts'
import type { BatchFile, BatchTask } from './batch-file.ts'
import { BatchFolder } from './batch-folder.ts'
import type { BatchSite } from './batch-site.ts'
import type { BatchSubmission, BatchSystem } from './batch-system.ts'
import { carriedInputs, writeCarried } from './carried-batch.ts'
import { CARRIED_RUNTIME, carriesRuntime, NODE_PROGRAM } from './element-script.ts'
import type { KnownResults } from './known-results.ts'
import { elementsOf, groupTasks, type TaskGroup, type TaskShape, taskShape } from './make-batches.ts'
import { OpenBatch } from './open-batch.ts'

/** What a queue needs of its executor. */
export interface QueueOptions {
  /** Folder of the site's batches. */
  readonly root: string
  readonly keptOutputBytes: number
  readonly maxOutputBytes: number
  readonly inheritEnvironment: readonly string[]
  readonly clock: Clock
  readonly credentials: CredentialSource
  /** Something for a person to know while the run goes on. */
  readonly onNote: (text: string) => void
  /** Earlier results; absent when all jobs are to run. */
  readonly known?: KnownResults | undefined
  /** A batch is written and about to be submitted. */
  readonly onBatch: (batch: OpenBatch) => void
  /** The scheduler will never take it. */
  readonly onRefused: (batch: OpenBatch, failure: Failure) => void
}

/** Attempts of one submission. */
const MOST_TASKS = 1000
/** Attempts that come one after the other, as those before end, are waited for so long, to go together. */
const GATHER_MS = 150
/** Budget of submissions: so many at once, and one more for each second. */
const BURST = 5
const REFILL_MS = 1000
/** Wait after a submission that was not answered, doubled each time. */
const OUTAGE_MS = 1000
const MAX_OUTAGE_MS = 60_000
/** So many elements in a row that died without doing anything stop the submissions for a while. */
const MOST_DEATHS = 5
const BREAK_MS = 10_000
const MAX_BREAK_MS = 600_000
/** How long an answer about the size of a site is good for. */
const SLOTS_MS = 600_000

/** Why nothing is submitted at the moment. */
export interface Standstill {
  /** `outage`: the scheduler does not answer; `breaker`: workers died in a row. */
  readonly cause: 'outage' | 'breaker'
  readonly text: string
  /** Milliseconds since 1970 UTC. */
  readonly sinceMs: number
  /** When it is tried again. */
  readonly untilMs: number
}

/** What waits to be submitted, and the manners in which it is. */
export class BatchQueue {
  readonly #host: ExecutorHost
  readonly #site: BatchSite
  readonly #system: BatchSystem
  readonly #options: QueueOptions
  /** Attempts by what they are called, in order of arrival. */
  readonly #waiting = new Map<string, { readonly task: BatchTask; readonly shape: TaskShape }>()
  #waitingSinceMs = 0
  /** Batches that are written; the scheduler may have them or not. */
  #unsure: OpenBatch[] = []
  readonly #slots = new Map<string, { readonly cores: number | undefined; readonly askedMs: number }>()
  #tokens = BURST
  #filledMs: number
  #breakUntilMs = 0
  #outageUntilMs = 0
  #outages = 0
  /** Submissions were not answered: that questions are does not end the outage. */
  #isSendAway = false
  #deaths = 0
  #breaks = 0
  #count = 0
  /** Elements of one submission; fewer while the queue has no room for more. */
  #mostElements = MOST_TASKS
  #lastNote = ''
  #standstill: Standstill | undefined

  constructor(host: ExecutorHost, site: BatchSite, system: BatchSystem, options: QueueOptions) {
    this.#host = host
    this.#site = site
    this.#system = system
    this.#options = options
    this.#filledMs = options.clock.monotonicMs()
  }

  add(task: BatchTask): void {
    if (this.#waiting.size === 0) this.#waitingSinceMs = this.#now
    this.#waiting.set(attemptId(task), { task, shape: this.#shape(task) })
  }

  get #now(): number {
    return this.#options.clock.monotonicMs()
  }

  /** Attempts that were not submitted yet. */
  get waitingCount(): number {
    return this.#waiting.size
  }

  /** Why nothing is submitted; `undefined` when all is well. */
  get standstill(): Standstill | undefined {
    return this.#standstill
  }

  /** A batch of a former engine of which no answer is known. */
  addUnsure(batch: OpenBatch): void {
    this.#unsure.push(batch)
  }

  /** Takes an attempt out again. @returns false when it does not wait here */
  take(job: number, attempt: number): boolean {
    return this.#waiting.delete(attemptId({ job, attempt }))
  }

  /** An element did something: the site is well. */
  countLife(): void {
    this.#deaths = 0
    this.#breaks = 0
    if (this.#standstill?.cause === 'breaker') this.#standstill = undefined
  }

  /**
   * An element died without having done anything.
   *
   * @param how the scheduler's word and the element's own last one
   */
  countDeath(how: string): void {
    if (++this.#deaths < MOST_DEATHS) return
    this.#deaths = 0
    const waitMs = Math.min(MAX_BREAK_MS, BREAK_MS * 2 ** this.#breaks++)
    this.#breakUntilMs = this.#now + waitMs
    const text = `${MOST_DEATHS} workers in a row ended without doing anything, the last by ${how}`
    this.#stand('breaker', text, waitMs)
    this.note(`${text}; no more for ${waitMs / 1000} s`)
  }

  /** Tells a person, once. */
  note(text: string): void {
    const line = `${this.#site.name}: ${text}`
    if (line === this.#lastNote) return
    this.#lastNote = line
    this.#options.onNote(line)
  }

  forget(batch: OpenBatch): void {
    this.#unsure = this.#unsure.filter((other) => other !== batch)
  }

  /**
   * Submits what may be submitted now.
   *
   * @param isIdle nothing of the run is at the site, whose end would bring more attempts
   */
  async send(isIdle: boolean): Promise<void> {
    while (this.#mayGo()) {
      const unsure = this.#unsure[0]
      if (unsure !== undefined) {
        if (!(await this.#settleUnsure(unsure))) return
        continue
      }
      if (this.#waiting.size === 0) return
      const mayGather = !isIdle && this.#waiting.size < MOST_TASKS
      if (mayGather && this.#now - this.#waitingSinceMs < GATHER_MS) return
      const [group] = groupTasks([...this.#waiting.values()])
      if (group === undefined || !(await this.#sendGroup(group))) return
    }
  }

  /** @returns false when the scheduler does not answer */
  async #sendGroup(group: TaskGroup): Promise<boolean> {
    let cores: number | undefined
    try {
      cores = await this.#coresOf(group)
    } catch (error) {
      this.waitFor(error)
      this.#isSendAway = true
      return false
    }
    // What was canceled meanwhile is not submitted.
    const most = group.data === 'carried' ? this.#mostElements : MOST_TASKS
    const tasks = group.tasks.filter((task) => this.#waiting.has(attemptId(task))).slice(0, most)
    if (tasks.length === 0) return true
    for (const task of tasks) this.#waiting.delete(attemptId(task))
    const batch = await this.#write({ ...group, tasks }, cores)
    this.#unsure.push(batch)
    this.#options.onBatch(batch)
    return await this.#submit(batch)
  }

  #mayGo(): boolean {
    const now = this.#now
    const filled = Math.floor((now - this.#filledMs) / REFILL_MS)
    if (filled > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + filled)
      this.#filledMs = now
    }
    return now >= Math.max(this.#breakUntilMs, this.#outageUntilMs) && this.#tokens > 0
  }

  #shape(task: BatchTask): TaskShape {
    return taskShape(task, this.#site.kind, this.#host.plan.spec.cores[task.job] ?? 1)
  }

  /** A batch that may have been submitted before: looked for by its name, submitted if the scheduler does not know it. */
  async #settleUnsure(batch: OpenBatch): Promise<boolean> {
    if (batch.open.size === 0) {
      // Nobody waits for it: elements that may still start must find that out.
      batch.folder.revoke()
      this.forget(batch)
      return true
    }
    const { name, elements } = batch.file
    let id: string | undefined
    try {
      id = await this.#system.find({ name, elements, folder: batch.folder.path })
    } catch (error) {
      this.waitFor(error)
      this.#isSendAway = true
      return false
    }
    if (id === undefined) return await this.#submit(batch)
    await this.#accepted(batch, id)
    return true
  }

  async #submit(batch: OpenBatch): Promise<boolean> {
    this.#tokens--
    const answer = await this.#system.submit(this.#submission(batch))
    if (typeof answer === 'string') {
      await this.#accepted(batch, answer)
      return true
    }
    if (answer.isOutage) {
      this.#waitForScheduler(answer.text)
      this.#isSendAway = true
      return false
    }
    if (answer.isFull === true) return this.#makeSmaller(batch, answer.text)
    this.forget(batch)
    this.#options.onRefused(batch, { kind: answer.kind, message: answer.text })
    return true
  }

  /** The queue has no room for so many elements: it gets half of them, and when not even for one, that one when there is. */
  #makeSmaller(batch: OpenBatch, text: string): boolean {
    const { elements } = batch.file
    if (elements === 1) {
      this.#waitForScheduler(text, 'there is room')
      this.#isSendAway = true
      return false
    }
    this.#mostElements = Math.floor(elements / 2)
    const tasks = [...batch.open].map((at) => batch.task(at))
    batch.open.clear()
    batch.unsettled.clear()
    this.forget(batch)
    batch.folder.remove()
    for (const task of tasks) this.add(task)
    return true
  }

  async #accepted(batch: OpenBatch, id: string): Promise<void> {
    await batch.folder.writeId(id)
    batch.id = id
    this.forget(batch)
    this.#isSendAway = false
    this.#lastNote = ''
    this.#mostElements = Math.min(MOST_TASKS, 2 * this.#mostElements)
    // What is tried again after a while is submitted; whether its workers live will be seen.
    if (this.#standstill?.cause === 'breaker') this.#standstill = undefined
    this.answered()
  }

  /** True while an outage asks for silence. */
  get mustWait(): boolean {
    return this.#now < this.#outageUntilMs
  }

  /** The scheduler answered a question: an outage is over, unless it is submissions that it does not take. */
  answered(): void {
    if (this.#isSendAway || this.#outages === 0) return
    this.#outages = 0
    this.#outageUntilMs = 0
    this.#lastNote = ''
    if (this.#standstill?.cause === 'outage') this.#standstill = undefined
  }

  /**
   * The scheduler does not answer: nothing is sent for a while.
   *
   * @throws what is no `RUNNER_SCHEDULER`
   */
  waitFor(error: unknown): void {
    if (!(error instanceof RunnerError && error.code === 'RUNNER_SCHEDULER')) throw error
    this.#waitForScheduler(error.message)
  }

  #waitForScheduler(text: string, until = 'it answers'): void {
    const waitMs = Math.min(MAX_OUTAGE_MS, OUTAGE_MS * 2 ** Math.min(this.#outages++, 16))
    this.#outageUntilMs = this.#now + waitMs
    this.#stand('outage', text, waitMs)
    this.note(`${text}; trying again until ${until}`)
  }

  #stand(cause: Standstill['cause'], text: string, waitMs: number): void {
    const now = this.#options.clock.nowMs()
    const sinceMs = this.#standstill?.cause === cause ? this.#standstill.sinceMs : now
    this.#standstill = { cause, text, sinceMs, untilMs: now + waitMs }
  }

  async #write(group: TaskGroup, cores: number | undefined): Promise<OpenBatch> {
    const { elements: wanted, elementMs } = elementsOf(group, cores)
    // What fewer elements have no time for goes into another batch.
    const elements = Math.min(wanted, this.#mostElements)
    const { runId, runDir, token } = this.#host
    const mark = randomBytes(3).toString('hex')
    const file: BatchFile = {
      version: 1,
      name: `skyloom-${runId.slice(0, 8)}-${token}-${this.#count++}-${mark}`,
      runId,
      runDir,
      site: this.#site.name,
      data: group.data,
      elements,
      elementMs,
      keptOutputBytes: this.#options.keptOutputBytes,
      maxOutputBytes: this.#options.maxOutputBytes,
      inheritEnvironment: this.#options.inheritEnvironment,
      tasks: (await this.#options.known?.addTo(group.tasks)) ?? group.tasks,
    }
    const folder = new BatchFolder(join(this.#options.root, file.name))
    if (group.data === 'carried') await writeCarried(folder, file)
    await writeCredentials(folder.path, file, this.#options.credentials)
    await folder.write(file)
    return new OpenBatch(folder, file, group.tasks.keys())
  }

  async #coresOf({ data, directives }: TaskGroup): Promise<number | undefined> {
    if (data === 'carried') return undefined
    const key = directives.join(' ')
    const known = this.#slots.get(key)
    if (known !== undefined && this.#now - known.askedMs < SLOTS_MS) return known.cores
    const cores = await this.#system.slots(directives)
    this.#slots.set(key, { cores, askedMs: this.#now })
    return cores
  }

  #submission(batch: OpenBatch): BatchSubmission {
    const { file, folder } = batch
    const [first] = file.tasks
    if (first === undefined) throw new RangeError(`batch ${file.name} is empty`)
    const shape = this.#shape(first)
    const { root } = this.#options
    const runtime = carriesRuntime(this.#site.node) ? [CARRIED_RUNTIME] : []
    const programs = [NODE_PROGRAM, ...runtime].map((name) => join(root, name))
    const secrets = credentialFiles(folder.path)
    return {
      ...shape,
      name: file.name,
      folder: folder.path,
      elements: file.elements,
      timeMs: file.elementMs,
      script: join(root, 'element.sh'),
      inputs:
        file.data === 'carried'
          ? file.tasks.map((task) => [...programs, ...secrets, ...carriedInputs(task).keys()])
          : [],
    }
  }
}
