import { randomBytes } from 'node:crypto'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { RunnerError } from '../errors.ts'
import type { ExecutorHost } from '../executor/local-executor.ts'
import { filePathOf } from '../files/file-url.ts'
import type { Failure } from '../machine/run-event.ts'
import type { BatchFile, BatchTask } from './batch-file.ts'
import { BatchFolder } from './batch-folder.ts'
import type { BatchSite } from './batch-site.ts'
import type { BatchSubmission, BatchSystem } from './batch-system.ts'
import { CARRIED_TASK, type CarriedTask, carriedInput } from './carried-files.ts'
import { NODE_PROGRAM } from './element-script.ts'
import { carriedSource, elementsOf, groupTasks, type TaskGroup, taskShape } from './make-batches.ts'
import type { NodeSettings } from './node-work.ts'
import { OpenBatch } from './open-batch.ts'

/** What a queue needs of its executor. */
export interface QueueOptions {
  /** Folder of the site's batches. */
  readonly root: string
  readonly keptOutputBytes: number
  readonly maxOutputBytes: number
  readonly inheritEnvironment: readonly string[]
  /** Something for a person to know while the run goes on. */
  readonly onNote: (text: string) => void
  /** A batch is written and about to be submitted. */
  readonly onBatch: (batch: OpenBatch) => void
  /** The scheduler will never take it. */
  readonly onRefused: (batch: OpenBatch, failure: Failure) => void
}

/** Attempts of one submission. */
const MOST_TASKS = 1000
/** Attempts that come one after the other are waited for so long, to go together. */
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

/** What waits to be submitted, and the manners in which it is. */
export class BatchQueue {
  readonly #host: ExecutorHost
  readonly #site: BatchSite
  readonly #system: BatchSystem
  readonly #options: QueueOptions
  #waiting: BatchTask[] = []
  #waitingSinceMs = 0
  /** Batches that are written; the scheduler may have them or not. */
  #unsure: OpenBatch[] = []
  readonly #described = new Map<OpenBatch, TaskGroup>()
  readonly #slots = new Map<string, { readonly cores: number | undefined; readonly askedMs: number }>()
  #tokens = BURST
  #filledMs = Date.now()
  #notBeforeMs = 0
  #outages = 0
  #deaths = 0
  #breaks = 0
  #count = 0
  #lastNote = ''

  constructor(host: ExecutorHost, site: BatchSite, system: BatchSystem, options: QueueOptions) {
    this.#host = host
    this.#site = site
    this.#system = system
    this.#options = options
  }

  add(task: BatchTask): void {
    if (this.#waiting.length === 0) this.#waitingSinceMs = Date.now()
    this.#waiting.push(task)
  }

  /** A batch of a former engine of which no answer is known. */
  addUnsure(batch: OpenBatch): void {
    this.#unsure.push(batch)
  }

  /** Takes an attempt out again. @returns false when it does not wait here */
  take(job: number, attempt: number): boolean {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter((task) => task.job !== job || task.attempt !== attempt)
    return this.#waiting.length < before
  }

  /** An element did something: the site is well. */
  countLife(): void {
    this.#deaths = 0
    this.#breaks = 0
  }

  /** An element died without having done anything. */
  countDeath(): void {
    if (++this.#deaths < MOST_DEATHS) return
    this.#deaths = 0
    const waitMs = Math.min(MAX_BREAK_MS, BREAK_MS * 2 ** this.#breaks++)
    this.#notBeforeMs = Math.max(this.#notBeforeMs, Date.now() + waitMs)
    this.note(`${MOST_DEATHS} workers in a row ended without doing anything; no more for ${waitMs / 1000} s`)
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
    this.#described.delete(batch)
  }

  /** Submits what may be submitted now. */
  async send(): Promise<void> {
    while (this.#mayGo()) {
      const unsure = this.#unsure[0]
      if (unsure !== undefined) {
        if (!(await this.#settleUnsure(unsure))) return
        continue
      }
      const now = Date.now()
      if (this.#waiting.length === 0) return
      if (this.#waiting.length < MOST_TASKS && now - this.#waitingSinceMs < GATHER_MS) return
      const [group] = groupTasks(this.#waiting.map((task) => ({ task, shape: this.#shape(task) })))
      if (group === undefined) return
      const tasks = group.tasks.slice(0, MOST_TASKS)
      const batch = await this.#write({ ...group, tasks })
      const taken = new Set(tasks)
      this.#waiting = this.#waiting.filter((task) => !taken.has(task))
      this.#unsure.push(batch)
      this.#options.onBatch(batch)
      if (!(await this.#submit(batch))) return
    }
  }

  #mayGo(): boolean {
    const now = Date.now()
    const filled = Math.floor((now - this.#filledMs) / REFILL_MS)
    if (filled > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + filled)
      this.#filledMs = now
    }
    return now >= this.#notBeforeMs && this.#tokens > 0
  }

  #shape(task: BatchTask): ReturnType<typeof taskShape> {
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
      if (!(error instanceof RunnerError && error.code === 'RUNNER_SCHEDULER')) throw error
      this.#waitForScheduler(error.message)
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
      return false
    }
    this.forget(batch)
    this.#options.onRefused(batch, { kind: answer.kind, message: answer.text })
    return true
  }

  async #accepted(batch: OpenBatch, id: string): Promise<void> {
    await batch.folder.writeId(id)
    batch.id = id
    this.forget(batch)
    this.#outages = 0
    this.#lastNote = ''
  }

  #waitForScheduler(text: string): void {
    const waitMs = Math.min(MAX_OUTAGE_MS, OUTAGE_MS * 2 ** this.#outages++)
    this.#notBeforeMs = Date.now() + waitMs
    this.note(`${text}; trying again until it answers`)
  }

  async #write(group: TaskGroup): Promise<OpenBatch> {
    const { elements, elementMs } = elementsOf(group, await this.#coresOf(group))
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
      tasks: group.tasks,
    }
    const folder = new BatchFolder(join(this.#options.root, file.name))
    if (group.data === 'carried') await writeCarried(folder, file)
    await folder.write(file)
    return new OpenBatch(folder, file, group.tasks.keys())
  }

  async #coresOf({ data, directives }: TaskGroup): Promise<number | undefined> {
    if (data === 'carried') return undefined
    const key = directives.join(' ')
    const known = this.#slots.get(key)
    if (known !== undefined && Date.now() - known.askedMs < SLOTS_MS) return known.cores
    const cores = await this.#system.slots(directives)
    this.#slots.set(key, { cores, askedMs: Date.now() })
    return cores
  }

  #submission(batch: OpenBatch): BatchSubmission {
    const { file, folder } = batch
    const [first] = file.tasks
    if (first === undefined) throw new RangeError(`batch ${file.name} is empty`)
    const shape = this.#shape(first)
    const program = join(this.#options.root, NODE_PROGRAM)
    return {
      ...shape,
      name: file.name,
      folder: folder.path,
      elements: file.elements,
      timeMs: file.elementMs,
      script: join(this.#options.root, 'element.sh'),
      inputs:
        file.data === 'carried' ? file.tasks.map((task) => [program, ...carriedInputs(task).keys()]) : [],
    }
  }
}

/** Names and places of the inputs that travel with a task. */
function carriedInputs(task: BatchTask): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [at, input] of task.plan.inputs.entries()) {
    const source = carriedSource(task, input)
    const path = source === undefined ? undefined : filePathOf(source)
    if (path !== undefined) found.set(carriedInput(at), path)
  }
  return found
}

/** The folder of each task as the scheduler carries it: the task and its inputs under plain names. */
async function writeCarried(folder: BatchFolder, batch: BatchFile): Promise<void> {
  const settings: NodeSettings = {
    name: batch.name,
    runId: batch.runId,
    runDir: batch.runDir,
    data: batch.data,
    keptOutputBytes: batch.keptOutputBytes,
    maxOutputBytes: batch.maxOutputBytes,
    inheritEnvironment: batch.inheritEnvironment,
  }
  for (const [at, task] of batch.tasks.entries()) {
    const home = folder.home(at)
    mkdirSync(home, { recursive: true })
    for (const [name, path] of carriedInputs(task)) symlinkSync(path, join(home, name))
    const content: CarriedTask = { batch: settings, task }
    await writeFileAtomic(join(home, CARRIED_TASK), JSON.stringify(content))
  }
}
