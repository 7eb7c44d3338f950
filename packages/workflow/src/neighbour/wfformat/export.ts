import { childrenOf, parentsOf } from '../../graph/digraph.ts'
import { type FileUse, isInput, isOutput } from '../../model/file-use.ts'
import { type Job, jobTitle } from '../../model/job.ts'
import { metadataSizeBytes, metadataValue } from '../../model/metadata.ts'
import type { PlainValue } from '../../model/plain.ts'
import { profileValue } from '../../model/profile.ts'
import type { Workflow } from '../../model/workflow.ts'
import { indexWorkflow, type WorkflowIndex } from '../../model/workflow-index.ts'
import { jsonText } from '../../write/yaml-text.ts'
import { type Loss, LossList } from '../imported.ts'
import { SafeNames } from '../safe-names.ts'
import { METADATA_PREFIX, WFFORMAT_KEY } from './import.ts'

/** Options of {@link exportWfFormat}. */
export interface WfFormatExportOptions {
  /** Size of a file that the workflow does not know. */
  readonly sizeOf?: (lfn: string) => number | undefined
  /** Run time of a job in seconds, before that of its metadata and profiles. */
  readonly runtimeOf?: (job: Job) => number | undefined
  /** ISO time of the export. */
  readonly createdAt?: string
}

/** Text of an instance, and what it could not say. */
export interface ExportedWorkflow {
  readonly text: string
  readonly losses: readonly Loss[]
}

/** Writes a workflow as an instance in WfFormat 1.5; the inverse of `importWfFormat`. */
export function exportWfFormat(workflow: Workflow, options: WfFormatExportOptions = {}): ExportedWorkflow {
  return new WfFormatExport(workflow, options).run()
}

type PlainMap = Map<string, PlainValue>

class WfFormatExport {
  readonly #workflow: Workflow
  readonly #options: WfFormatExportOptions
  readonly #index: WorkflowIndex
  readonly #losses = new LossList()
  readonly #fileIds = new SafeNames(/[^0-9a-zA-Z\-_.]/g)
  readonly #kept: ReadonlyMap<string, PlainValue>

  constructor(workflow: Workflow, options: WfFormatExportOptions) {
    this.#workflow = workflow
    this.#options = options
    this.#index = indexWorkflow(workflow)
    const kept = workflow.extensions.find((extension) => extension.key === WFFORMAT_KEY)?.value
    this.#kept =
      kept instanceof Map ? (kept as ReadonlyMap<string, PlainValue>) : new Map<string, PlainValue>()
  }

  run(): ExportedWorkflow {
    const document: PlainMap = new Map<string, PlainValue>([['name', this.#workflow.name]])
    for (const key of ['description', 'author', 'runtimeSystem']) this.#copy(document, key)
    const createdAt = this.#options.createdAt ?? this.#kept.get('createdAt')
    if (createdAt !== undefined) document.set('createdAt', createdAt)
    document.set('schemaVersion', '1.5')
    const specification: PlainMap = new Map()
    specification.set(
      'tasks',
      this.#workflow.jobs.map((job, number) => this.#task(job, number)),
    )
    specification.set('files', this.#files())
    document.set(
      'workflow',
      new Map<string, PlainValue>([
        ['specification', specification],
        ['execution', this.#execution()],
      ]),
    )
    this.#noteWorkflow()
    return { text: `${jsonText(document)}\n`, losses: this.#losses.list }
  }

  #copy(into: PlainMap, key: string): void {
    const value = this.#kept.get(key)
    if (value !== undefined) into.set(key, value)
  }

  #task(job: Job, number: number): PlainMap {
    const ids = (numbers: Uint32Array): string[] =>
      Array.from(numbers, (n) => this.#workflow.jobs[n]?.id ?? '')
    const { graph } = this.#index
    this.#noteJob(job)
    return new Map<string, PlainValue>([
      ['name', job.nodeLabel ?? job.id],
      ['id', job.id],
      ['parents', ids(parentsOf(graph, number))],
      ['children', ids(childrenOf(graph, number))],
      ['inputFiles', job.uses.filter(isInput).map((use) => this.#fileId(use.lfn))],
      ['outputFiles', job.uses.filter(isOutput).map((use) => this.#fileId(use.lfn))],
    ])
  }

  #fileId(lfn: string): string {
    const id = this.#fileIds.get(lfn)
    if (id !== lfn) this.#losses.add('characters of a file name that file ids cannot hold', `file ${lfn}`)
    return id
  }

  #files(): readonly PlainMap[] {
    const sizes = new Map<string, number>()
    for (const job of this.#workflow.jobs) {
      for (const use of job.uses) {
        const size = sizeOfUse(use) ?? sizes.get(use.lfn) ?? this.#options.sizeOf?.(use.lfn)
        if (size !== undefined) sizes.set(use.lfn, size)
      }
    }
    return this.#index.lfns.map((lfn) => {
      const size = sizes.get(lfn)
      if (size === undefined)
        this.#losses.add('size of a file, written as 0 because it is not known', `file ${lfn}`)
      return new Map<string, PlainValue>([
        ['id', this.#fileId(lfn)],
        ['sizeInBytes', size ?? 0],
      ])
    })
  }

  #execution(): PlainMap {
    const execution: PlainMap = new Map()
    execution.set('makespanInSeconds', this.#kept.get('makespanInSeconds') ?? 0)
    execution.set('executedAt', this.#kept.get('executedAt') ?? this.#options.createdAt ?? 'unknown')
    if (!this.#kept.has('makespanInSeconds'))
      this.#losses.add('makespan, written as 0 because there was no run', 'workflow')
    execution.set(
      'tasks',
      this.#workflow.jobs.map((job) => this.#executedTask(job)),
    )
    this.#copy(execution, 'machines')
    return execution
  }

  #executedTask(job: Job): PlainMap {
    const task: PlainMap = new Map<string, PlainValue>([['id', job.id]])
    const runtime = this.#runtime(job)
    if (runtime === undefined)
      this.#losses.add('run time, written as 0 because it is not known', `job ${job.id}`)
    task.set('runtimeInSeconds', runtime ?? 0)
    const args = job.arguments.filter((argument) => argument !== '')
    if (args.length < job.arguments.length) this.#losses.add('empty argument', `job ${job.id}`)
    task.set(
      'command',
      new Map<string, PlainValue>([
        ['program', jobTitle(job)],
        ['arguments', args],
      ]),
    )
    const cores = Number(profileValue(job.profiles, 'pegasus', 'cores') ?? Number.NaN)
    if (cores >= 1) task.set('coreCount', cores)
    for (const { key, value } of job.metadata) {
      if (!key.startsWith(METADATA_PREFIX)) continue
      const name = key.slice(METADATA_PREFIX.length)
      if (name === 'machines') task.set(name, value === '' ? [] : value.split(' '))
      else if (name !== 'runtimeInSeconds')
        task.set(name, /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value) ? Number(value) : value)
    }
    return task
  }

  #runtime(job: Job): number | undefined {
    const given = this.#options.runtimeOf?.(job)
    const text =
      metadataValue(job.metadata, `${METADATA_PREFIX}runtimeInSeconds`) ??
      profileValue(job.profiles, 'pegasus', 'runtime')
    const seconds = given ?? Number(text ?? Number.NaN)
    return Number.isFinite(seconds) ? seconds : undefined
  }

  #noteJob(job: Job): void {
    const where = `job ${job.id}`
    if (job.type !== 'job') this.#losses.add(`kind of job ${job.type}`, where)
    for (const { namespace, key } of job.profiles) {
      if (namespace !== 'pegasus' || (key !== 'runtime' && key !== 'cores'))
        this.#losses.add(`profile ${namespace}.${key}`, where)
    }
    for (const { key } of job.metadata)
      if (!key.startsWith(METADATA_PREFIX)) this.#losses.add(`metadata ${key} of a job`, where)
    if (job.hooks.length > 0) this.#losses.add('hooks of a job', where)
    for (const slot of ['stdin', 'stdout', 'stderr'] as const) {
      if (job[slot] !== undefined) this.#losses.add(`redirection ${slot}`, where)
    }
    for (const use of job.uses) {
      for (const flag of ['stageOut', 'registerReplica', 'optional', 'bypass', 'forPlanning'] as const) {
        if (use[flag] !== undefined) this.#losses.add(`flag ${flag} of a use`, where)
      }
      if (use.type === 'checkpoint' || use.type === 'none') this.#losses.add(`use of type ${use.type}`, where)
      for (const { key } of use.metadata ?? [])
        if (key !== 'size') this.#losses.add(`metadata ${key} of a file`, where)
    }
    for (const { key } of job.extensions) this.#losses.add(`extension ${key} of a job`, where)
  }

  #noteWorkflow(): void {
    const { profiles, hooks, metadata, extensions } = this.#workflow
    for (const { namespace, key } of profiles)
      this.#losses.add(`profile ${namespace}.${key} of the workflow`, 'workflow')
    if (hooks.length > 0) this.#losses.add('hooks of the workflow', 'workflow')
    for (const { key } of metadata) this.#losses.add(`metadata ${key} of the workflow`, 'workflow')
    for (const { key } of extensions) {
      if (key !== WFFORMAT_KEY && key !== 'x-pegasus') this.#losses.add(`extension ${key}`, 'workflow')
    }
    for (const key of ['siteCatalog', 'replicaCatalog', 'transformationCatalog'] as const) {
      if (this.#workflow[key] !== undefined) this.#losses.add(`inline ${key}`, 'workflow')
    }
  }
}

function sizeOfUse(use: FileUse): number | undefined {
  return use.sizeBytes ?? metadataSizeBytes(use.metadata ?? [])
}
