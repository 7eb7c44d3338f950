import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  BatchSubmission,
  BatchSystem,
  ElementEnd,
  ElementState,
  QueuedBatch,
  RefusedSubmission,
} from '../../dist/batch/batch-system.js'
import { RunnerError } from '../../dist/errors.js'

/** What goes wrong in a {@link FakeSystem}. */
export interface Faults {
  /** Submissions that are not taken, because the scheduler is away. */
  outages?: number
  /** Submissions that are taken, but the answer is lost. */
  lostAnswers?: number
  /** Elements that it takes at once. */
  most?: number
  /** The scheduler takes none, with this word. */
  refusal?: string
  /** How an element ends instead of working; `undefined`: it works. */
  end?: (element: number, submission: number) => ElementEnd | undefined
  /** Elements that are held in place of working. */
  held?: Extract<ElementState, { phase: 'held' }>
  /** Elements wait and never start. */
  waits?: boolean
  /** The scheduler does not answer anything while this is true. */
  isAway?: () => boolean
}

/** A scheduler of this process: it starts elements as children at once. All that it did is in `log`. */
export class FakeSystem implements BatchSystem {
  readonly name = 'fake'
  queryMs = 50
  readonly log: string[] = []
  /** Memory of each submission, megabytes. */
  readonly memory: number[] = []
  /** It carries files, as HTCondor does; otherwise nodes see them, as with Slurm. */
  carries = false
  /** Called before files that came home are looked at. */
  onHome: (home: string) => void = () => undefined
  readonly faults: Faults
  readonly #cores: number | undefined
  readonly #states = new Map<string, Map<number, ElementState>>()
  readonly #ids = new Map<string, string>()
  readonly #children = new Set<ChildProcess>()
  #submissions = 0
  #isRequeuing = false

  constructor(faults: Faults = {}, cores: number | undefined = 2) {
    this.faults = faults
    this.#cores = cores
  }

  async check(): Promise<void> {
    await Promise.resolve()
  }

  #answer(what: string): void {
    if (this.faults.isAway?.() !== true) return
    this.log.push(`away ${what}`)
    throw new RunnerError('RUNNER_SCHEDULER', 'nobody there')
  }

  async slots(): Promise<number | undefined> {
    this.#answer('slots')
    return await Promise.resolve(this.#cores)
  }

  async submit(batch: BatchSubmission): Promise<string | RefusedSubmission> {
    const { faults } = this
    if (faults.isAway?.() === true) {
      this.log.push('away submit')
      return await Promise.resolve({ isOutage: true, text: 'nobody there', kind: 'start' })
    }
    if (faults.refusal !== undefined)
      return await Promise.resolve({ isOutage: false, text: faults.refusal, kind: 'start' })
    if (batch.elements > (faults.most ?? Infinity)) {
      this.log.push(`full ${batch.elements}`)
      return { isOutage: false, isFull: true, text: 'AssocMaxSubmitJobLimit', kind: 'start' }
    }
    if ((faults.outages ?? 0) > 0) {
      faults.outages = (faults.outages ?? 0) - 1
      this.log.push('outage')
      return { isOutage: true, text: 'nobody there', kind: 'start' }
    }
    const number = ++this.#submissions
    this.log.push(`submit ${batch.elements}`)
    this.memory.push(batch.memoryMb)
    this.#ids.set(batch.name, String(number))
    const states = new Map<number, ElementState>()
    this.#states.set(batch.name, states)
    for (let element = 0; element < batch.elements; element++) this.#start(batch, element, number, states)
    if ((faults.lostAnswers ?? 0) > 0) {
      faults.lostAnswers = (faults.lostAnswers ?? 0) - 1
      return { isOutage: true, text: 'the line went dead', kind: 'start' }
    }
    return String(number)
  }

  #start(batch: BatchSubmission, element: number, number: number, states: Map<number, ElementState>): void {
    const end = this.faults.end?.(element, number)
    if (end !== undefined) {
      states.set(element, { phase: 'ended', end })
      return
    }
    if (this.faults.held !== undefined) {
      states.set(element, this.faults.held)
      return
    }
    if (this.faults.waits === true) {
      states.set(element, { phase: 'pending', reason: 'Resources' })
      return
    }
    states.set(element, { phase: 'running', host: 'here' })
    const isCarried = batch.data === 'carried'
    const place = isCarried ? this.#carry(batch, element) : batch.folder
    const words = isCarried ? ['carried'] : [batch.folder, String(element)]
    const child = spawn(batch.script, words, {
      cwd: place,
      env: { PATH: process.env['PATH'] ?? '', SKYLOOM_QUEUE_ID: `${number}.${element}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#children.add(child)
    child.stderr.on('data', (text: Buffer) => {
      if (existsSync(batch.folder)) appendFileSync(join(batch.folder, 'logs', `${element}.err`), text)
    })
    child.on('exit', (code, signal) => {
      this.#children.delete(child)
      if (isCarried) {
        const home = join(batch.folder, 'home', String(element))
        cpSync(join(place, 'out'), join(home, 'out'), { recursive: true })
        this.onHome(home)
        rmSync(place, { recursive: true })
      }
      if (this.#isRequeuing) {
        states.set(element, { phase: 'pending', reason: 'BeginTime' })
        return
      }
      const cause = signal !== null ? 'infrastructure' : code === 0 ? 'done' : 'failed'
      states.set(element, { phase: 'ended', end: { cause, text: `fake: ${signal ?? code}` } })
    })
  }

  /** What the lists of files name goes into a folder that nobody else sees. */
  #carry(batch: BatchSubmission, element: number): string {
    const place = mkdtempSync(join(tmpdir(), 'fake-node-'))
    const home = join(batch.folder, 'home', String(element))
    for (const file of ['task.json', ...(batch.inputs[element] ?? [])]) {
      const from = file.startsWith('/') ? file : join(home, file)
      cpSync(from, join(place, file.slice(file.lastIndexOf('/') + 1)), { dereference: true })
    }
    mkdirSync(join(place, 'out'), { recursive: true })
    return place
  }

  async find({ name }: Omit<QueuedBatch, 'id'>): Promise<string | undefined> {
    this.#answer('find')
    this.log.push('find')
    return await Promise.resolve(this.#ids.get(name))
  }

  async query(
    batches: readonly QueuedBatch[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, ElementState>>> {
    this.#answer('query')
    return await Promise.resolve(
      new Map(batches.map(({ name }) => [name, new Map(this.#states.get(name) ?? [])])),
    )
  }

  async cancel(batch: QueuedBatch, elements?: readonly number[]): Promise<void> {
    this.#answer('cancel')
    this.log.push(`cancel ${elements?.join(',') ?? 'all'}`)
    await Promise.resolve()
  }

  /** A node loses its power, and the scheduler wants to begin its elements again much later. */
  async requeue(): Promise<void> {
    this.#isRequeuing = true
    const ended = [...this.#children].map(async (child) => {
      await once(child, 'exit')
    })
    this.crash()
    await Promise.all(ended)
    this.#isRequeuing = false
  }

  /** Ends all elements, as a node that loses its power does. */
  crash(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }
}

/** Lines that jobs wrote into a common file, in order. */
export function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}
