import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildDigraph,
  EdgeCollector,
  NODE_KINDS,
  type NodeKind,
  PLAN_FILE,
  type PlanHeadLine,
  type PlanJobLine,
  parsePlanLine,
  trustedPlanLine,
} from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { RunSpec } from '../machine/run-spec.ts'
import { type MemoryUses, MemoryUsesBuilder } from '../memory/memory-uses.ts'
import { checksum32 } from './checksum32.ts'
import { type JobSettings, jobSettings } from './job-settings.ts'
import { NameTable } from './name-table.ts'

export { PLAN_FILE } from '@skyloom/workflow'

/**
 * A plan as the runner keeps it: what decides about order as numbers, names as bytes, and everything else on disk, read
 * again job by job when it is needed. 100,000 jobs take about 15 MB and no objects.
 */
export interface PlanFile {
  readonly path: string
  readonly head: PlanHeadLine
  readonly spec: RunSpec
  /** SHA-256 of the file. */
  readonly sha256: string
  readonly jobCount: number
  /** Tasks of each job. */
  readonly taskCounts: Uint32Array
  /** Name of a job by number. */
  name(number: number): string
  /** Number of a job by name. */
  find(name: string): number | undefined
  kind(number: number): NodeKind
  /** Transformation of the first task, or `pegasus::transfer` and the like for other jobs. */
  transformation(number: number): string
  /** Site where a job runs. */
  site(number: number): string
  /** Sites of all jobs. */
  readonly sites: readonly string[]
  /** Whether a task of the job has hooks. */
  hasHooks(number: number): boolean
  /** Of a plan with the data configuration `memory`: who hands on files to whom. */
  readonly memory: MemoryUses | undefined
  /**
   * The line of one job.
   *
   * @throws {RunnerError} `RUNNER_BAD_PLAN` when the file is not the one that was opened
   */
  job(number: number): PlanJobLine
  close(): void
}

/** Bytes read at a time. */
const CHUNK_BYTES = 1 << 20

/**
 * Opens the plan of a run directory.
 *
 * @param writtenSha256 of a plan that was written by this program, which is not checked against its schema again if it is still the same
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, `RUNNER_BAD_PLAN` when lines are missing, doubled or of no job
 * @throws {WorkflowError} `WORKFLOW_INVALID` for a line that is damaged
 */
export function openPlan(runDir: string, writtenSha256?: string): PlanFile {
  const path = join(runDir, PLAN_FILE)
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (cause) {
    throw new RunnerError('RUNNER_NOT_FOUND', 'there is no plan', {
      where: [path],
      remedy: 'name the directory that skyloom plan wrote',
      cause,
    })
  }
  try {
    return (
      (writtenSha256 !== undefined && readTrusted(path, fd, writtenSha256)) ||
      readPlan(path, fd, parsePlanLine)
    )
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** The plan if it is the one with this checksum: of others nothing is taken. */
function readTrusted(path: string, fd: number, sha256: string): PlanFile | undefined {
  try {
    const plan = readPlan(path, fd, trustedPlanLine)
    return plan.sha256 === sha256 ? plan : undefined
  } catch {
    // The reading that checks every line tells what is wrong.
    return undefined
  }
}

function readPlan(path: string, fd: number, parse: typeof parsePlanLine): PlanFile {
  const hash = createHash('sha256')
  let table: PlanTable | undefined
  let isComplete = false
  for (const { bytes, offset, line } of linesOf(fd, (bytes) => hash.update(bytes))) {
    const parsed = parse(bytes.toString('utf8'), line)
    if (parsed.type === 'plan') {
      if (table !== undefined) throw badPlan(path, line, 'a second head')
      table = new PlanTable(path, parsed)
    } else if (table === undefined) throw badPlan(path, line, `${parsed.type} before the head`)
    else if (parsed.type === 'job') table.add(parsed, bytes, offset, line)
    else isComplete = true
  }
  if (table === undefined || !isComplete) throw badPlan(path, 0, 'a file that was cut off')
  return table.finish(fd, hash.digest('hex'))
}

interface PlanText {
  /** Until the next line is asked for. */
  readonly bytes: Buffer
  readonly offset: number
  readonly line: number
}

function* linesOf(fd: number, onBytes: (bytes: Uint8Array) => void): Generator<PlanText> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let rest: Buffer[] = []
  let offset = 0
  let position = 0
  let line = 1
  for (;;) {
    const size = readSync(fd, chunk, 0, CHUNK_BYTES, position)
    position += size
    if (size === 0) break
    const bytes = chunk.subarray(0, size)
    onBytes(bytes)
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const own = bytes.subarray(from, end)
      const whole = rest.length === 0 ? own : Buffer.concat([...rest, own])
      yield { bytes: whole, offset, line: line++ }
      offset += whole.length + 1
      rest = []
      from = end + 1
    }
    if (from < size) rest.push(Buffer.from(bytes.subarray(from)))
  }
}

class PlanTable {
  readonly #path: string
  readonly #head: PlanHeadLine
  readonly #edges: EdgeCollector
  readonly #memory: MemoryUsesBuilder | undefined
  readonly #names: NameTable
  readonly #kinds: Uint8Array
  /** Positions in `words`. */
  readonly #transformations: Uint32Array
  readonly #sites: Uint32Array
  readonly #siteWords = new Set<number>()
  readonly #hasHooks: Uint8Array
  readonly #offsets: Float64Array
  readonly #lengths: Uint32Array
  readonly #sums: Uint32Array
  readonly #settings: {
    readonly priority: Int32Array
    readonly category: Int32Array
    readonly retries: Uint16Array
    readonly cores: Float32Array
    readonly memoryMb: Float64Array
    readonly timeoutMs: Float64Array
    readonly memoryFactor: Float64Array
    readonly timeFactor: Float64Array
  }
  readonly #taskCounts: Uint32Array
  readonly #categories = new Map<string, number>()
  readonly #words: string[] = []
  #line: Buffer = Buffer.allocUnsafe(4096)
  readonly #wordNumbers = new Map<string, number>()

  constructor(path: string, head: PlanHeadLine) {
    const { jobs } = head
    this.#path = path
    this.#head = head
    this.#edges = new EdgeCollector(head.edges)
    this.#memory = head.dataConfiguration === 'memory' ? new MemoryUsesBuilder() : undefined
    this.#names = new NameTable(jobs)
    this.#kinds = new Uint8Array(jobs)
    this.#transformations = new Uint32Array(jobs)
    this.#sites = new Uint32Array(jobs)
    this.#hasHooks = new Uint8Array(jobs)
    this.#offsets = new Float64Array(jobs).fill(-1)
    this.#lengths = new Uint32Array(jobs)
    this.#sums = new Uint32Array(jobs)
    this.#taskCounts = new Uint32Array(jobs)
    this.#settings = {
      priority: new Int32Array(jobs),
      category: new Int32Array(jobs).fill(-1),
      retries: new Uint16Array(jobs),
      cores: new Float32Array(jobs),
      memoryMb: new Float64Array(jobs),
      timeoutMs: new Float64Array(jobs),
      memoryFactor: new Float64Array(jobs),
      timeFactor: new Float64Array(jobs),
    }
    for (const [name] of head.throttles) this.#category(name)
  }

  add(job: PlanJobLine, bytes: Uint8Array, offset: number, line: number): void {
    const { number, name } = job
    if (number >= this.#head.jobs || this.#offsets[number] !== -1)
      throw badPlan(this.#path, line, `job number ${number}`)
    if (!this.#names.set(number, name)) throw badPlan(this.#path, line, `a second job ${name}`)
    this.#kinds[number] = NODE_KINDS.indexOf(job.kind)
    this.#transformations[number] = this.#word(transformationOf(job))
    const site = this.#word(job.site)
    this.#sites[number] = site
    this.#siteWords.add(site)
    this.#hasHooks[number] = job.tasks.some(({ hooks }) => hooks.length > 0) ? 1 : 0
    this.#offsets[number] = offset
    this.#lengths[number] = bytes.length
    this.#sums[number] = checksum32(bytes)
    this.#taskCounts[number] = job.tasks.length
    for (const child of job.children) {
      if (child >= this.#head.jobs) throw badPlan(this.#path, line, `child ${child}`)
      this.#edges.add(number, child)
    }
    this.#set(number, job, jobSettings(job))
    this.#memory?.add(job)
  }

  #set(number: number, job: PlanJobLine, own: JobSettings): void {
    const settings = this.#settings
    settings.priority[number] = job.priority
    settings.retries[number] = job.retries
    settings.cores[number] = own.cores
    settings.memoryMb[number] = own.memoryMb
    settings.timeoutMs[number] = own.timeoutMs
    settings.memoryFactor[number] = own.memoryFactor
    settings.timeFactor[number] = own.timeFactor
    if (job.category !== undefined) settings.category[number] = this.#category(job.category)
  }

  #category(name: string): number {
    const known = this.#categories.get(name)
    if (known !== undefined) return known
    this.#categories.set(name, this.#categories.size)
    return this.#categories.size - 1
  }

  /** Number of a text that many jobs share. */
  #word(text: string): number {
    const known = this.#wordNumbers.get(text)
    if (known !== undefined) return known
    this.#wordNumbers.set(text, this.#words.length)
    return this.#words.push(text) - 1
  }

  finish(fd: number, sha256: string): PlanFile {
    const missing = this.#offsets.indexOf(-1)
    if (missing >= 0) throw badPlan(this.#path, 0, `no line for job number ${missing}`)
    const limits = new Map(this.#head.throttles)
    const graph = buildDigraph(this.#head.jobs, this.#edges)
    const categories = [...this.#categories.keys()].map((name) => ({
      name,
      limit: limits.get(name) ?? Infinity,
    }))
    return {
      path: this.#path,
      head: this.#head,
      spec: { graph, categories, ...this.#settings },
      sha256,
      jobCount: this.#head.jobs,
      taskCounts: this.#taskCounts,
      name: (number) => this.#names.name(number),
      find: (name) => this.#names.find(name),
      kind: (number) => NODE_KINDS[this.#kinds[number] ?? 0] ?? 'noop',
      transformation: (number) => this.#words[this.#transformations[number] ?? 0] ?? '',
      site: (number) => this.#words[this.#sites[number] ?? 0] ?? '',
      sites: [...this.#siteWords].map((word) => this.#words[word] ?? ''),
      hasHooks: (number) => this.#hasHooks[number] === 1,
      memory: this.#memory,
      job: (number) => this.#job(fd, number),
      close: () => closeSync(fd),
    }
  }

  #job(fd: number, number: number): PlanJobLine {
    const offset = this.#offsets[number]
    const length = this.#lengths[number]
    if (offset === undefined || length === undefined) {
      throw new RunnerError('RUNNER_NOT_FOUND', 'the plan has no such job', { found: String(number) })
    }
    if (this.#line.length < length) this.#line = Buffer.allocUnsafe(2 * length)
    const bytes = this.#line.subarray(0, readSync(fd, this.#line, 0, length, offset))
    if (bytes.length !== length || checksum32(bytes) !== this.#sums[number])
      throw badPlan(this.#path, 0, 'other lines than at the start of the run')
    // The same bytes fitted the schema when the plan was opened.
    return JSON.parse(bytes.toString('utf8')) as PlanJobLine
  }
}

/** Names of the reference's own programs for jobs that are no tasks; reports count them under these names. */
const AUXILIARY: Readonly<Partial<Record<NodeKind, string>>> = {
  stage_in: 'pegasus::transfer',
  stage_out: 'pegasus::transfer',
  inter_site: 'pegasus::transfer',
  create_dir: 'pegasus::dirmanager',
  cleanup: 'pegasus::cleanup',
  registration: 'pegasus::rc-client',
  chmod: 'chmod',
}

function transformationOf(job: PlanJobLine): string {
  return AUXILIARY[job.kind] ?? job.tasks[0]?.transformation ?? job.kind
}

function badPlan(path: string, line: number, found: string): RunnerError {
  return new RunnerError('RUNNER_BAD_PLAN', 'the plan is damaged', {
    where: line === 0 ? [path] : [path, `line ${line}`],
    found,
    remedy: 'plan again',
  })
}
