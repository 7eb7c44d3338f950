import type { FileUse } from '../../model/file-use.ts'
import { type ComputeJob, parseTransformationId } from '../../model/job.ts'
import type { MetadataEntry } from '../../model/metadata.ts'
import type { Extension, PlainValue } from '../../model/plain.ts'
import type { Profile } from '../../model/profile.ts'
import { makeReplicaCatalog, type Replica } from '../../model/replica-catalog.ts'
import { type Dependency, FORMAT_VERSION, type Workflow } from '../../model/workflow.ts'
import type { ReadResult } from '../../problem/problem.ts'
import { type ReadOptions, readDocument } from '../../read/document.ts'
import type { ReadContext } from '../../schema/context.ts'
import { type ImportedWorkflow, LossList } from '../imported.ts'
import { baseName, jobIds, type SafeNames, workflowName } from '../safe-names.ts'
import { type ExecutedTask, type Task, type WfFormat, wfFormat } from './schema.ts'

/** Key of the workflow extension that keeps what WfFormat says about the run as a whole. */
export const WFFORMAT_KEY = 'x-wfformat'
/** Start of the metadata keys that keep what WfFormat says about a task. */
export const METADATA_PREFIX = 'wfformat.'

/** Options of {@link importWfFormat}. */
export interface WfFormatOptions extends ReadOptions {
  /** Where the raw inputs are: makes a replica catalog with `urlPrefix` + file id on `site`. */
  readonly inputs?: { readonly site: string; readonly urlPrefix: string }
}

/**
 * Reads a workflow instance in WfFormat 1.5. Measured run times become the profile `runtime`, sizes the metadata
 * `size`; what else was measured is kept as metadata, what is said about the whole run under `x-wfformat`.
 */
export function importWfFormat(text: string, options: WfFormatOptions = {}): ReadResult<ImportedWorkflow> {
  return readDocument(text, options.name ?? 'workflow.json', options, (context) => ({
    read: (root) => {
      const document = wfFormat.read(root, context)
      return document === undefined ? undefined : new WfFormatImport(document, context).run(options)
    },
  }))
}

class WfFormatImport {
  readonly #document: WfFormat
  readonly #context: ReadContext
  readonly #losses = new LossList()
  readonly #ids: SafeNames = jobIds()
  readonly #sizes = new Map<string, number>()
  readonly #executed = new Map<string, ExecutedTask>()
  readonly #inputs = new Map<string, FileUse>()

  constructor(document: WfFormat, context: ReadContext) {
    this.#document = document
    this.#context = context
  }

  run(options: WfFormatOptions): ImportedWorkflow {
    const { specification, execution } = this.#document.workflow
    for (const { id, sizeInBytes } of specification.files ?? []) this.#sizes.set(id, sizeInBytes)
    for (const task of execution?.tasks ?? []) this.#executed.set(task.id, task)
    this.#checkReferences(specification.tasks)
    const workflow: Workflow = {
      pegasus: FORMAT_VERSION,
      name: workflowName(this.#document.name),
      jobs: specification.tasks.map((task) => this.#job(task)),
      dependencies: specification.tasks
        .filter((task) => task.children.length > 0)
        .map((task) => this.#dependency(task)),
      profiles: [],
      hooks: [],
      metadata: [],
      extensions: this.#extensions(),
    }
    this.#noteExtensions()
    const replicaCatalog = options.inputs && this.#replicas(workflow, options.inputs)
    return {
      workflow,
      ...(replicaCatalog === undefined ? {} : { replicaCatalog }),
      losses: this.#losses.list,
    }
  }

  #checkReferences(tasks: readonly Task[]): void {
    const ids = new Set<string>()
    tasks.forEach((task, i) => {
      const path = `workflow.specification.tasks[${i}].id`
      if (ids.has(task.id))
        this.#context.problems.add('DUPLICATE', 'the task id stands twice', { path, found: task.id })
      ids.add(task.id)
    })
    tasks.forEach((task, i) => {
      for (const key of ['children', 'parents'] as const) {
        task[key].forEach((id, k) => {
          if (ids.has(id)) return
          const path = `workflow.specification.tasks[${i}].${key}[${k}]`
          this.#context.problems.add('UNKNOWN_REFERENCE', 'there is no such task', { path, found: id })
        })
      }
    })
  }

  #job(task: Task): ComputeJob {
    const executed = this.#executed.get(task.id)
    const program = executed?.command?.program
    const name = program === undefined ? task.name.replace(/_ID\d+$/, '') : baseName(program)
    if (program !== undefined && program !== name)
      this.#losses.add('path of a program', `task ${task.id}: ${program}`)
    const id = this.#ids.get(task.id)
    if (id !== task.id)
      this.#losses.add('characters of a task id that job ids cannot hold', `task ${task.id}`)
    for (const { key } of task.extensions) this.#losses.add(`key ${key} of a task`, `task ${task.id}`)
    return {
      type: 'job',
      ...parseTransformationId(name),
      id,
      ...(task.name === id ? {} : { nodeLabel: task.name }),
      arguments: executed?.command?.arguments ?? [],
      uses: this.#uses(task),
      profiles: this.#profiles(executed),
      hooks: [],
      metadata: this.#metadata(executed),
      extensions: [],
    }
  }

  #uses(task: Task): readonly FileUse[] {
    const outputs = new Set(task.outputFiles ?? [])
    const inputs = new Set(task.inputFiles ?? [])
    const uses: FileUse[] = []
    for (const lfn of inputs) if (!outputs.has(lfn)) uses.push(this.#input(lfn))
    for (const lfn of outputs) {
      uses.push({ lfn, type: inputs.has(lfn) ? 'inout' : 'output', ...this.#sizeOf(lfn) })
    }
    return uses
  }

  #input(lfn: string): FileUse {
    const known = this.#inputs.get(lfn)
    if (known !== undefined) return known
    const use: FileUse = { lfn, type: 'input', ...this.#sizeOf(lfn) }
    this.#inputs.set(lfn, use)
    return use
  }

  #sizeOf(lfn: string): { readonly metadata?: readonly MetadataEntry[] } {
    const size = this.#sizes.get(lfn)
    return size === undefined ? {} : { metadata: [{ key: 'size', value: String(size) }] }
  }

  #profiles(executed: ExecutedTask | undefined): readonly Profile[] {
    if (executed === undefined) return []
    // Whole seconds, at least one: what the planner of Pegasus takes as run time.
    const runtime = String(Math.max(1, Math.round(executed.runtimeInSeconds)))
    return [
      { namespace: 'pegasus', key: 'runtime', value: runtime },
      ...(executed.coreCount === undefined
        ? []
        : [{ namespace: 'pegasus', key: 'cores', value: String(Math.ceil(executed.coreCount)) } as const]),
    ]
  }

  #metadata(executed: ExecutedTask | undefined): readonly MetadataEntry[] {
    if (executed === undefined) return []
    const entry = (key: string, value: PlainValue): MetadataEntry => ({
      key: `${METADATA_PREFIX}${key}`,
      value: Array.isArray(value) ? value.join(' ') : simpleText(value),
    })
    return [
      entry('runtimeInSeconds', executed.runtimeInSeconds),
      ...executed.extensions.filter(isSimple).map(({ key, value }) => entry(key, value)),
    ]
  }

  #dependency(task: Task): Dependency {
    return { id: this.#ids.get(task.id), children: task.children.map((child) => this.#ids.get(child)) }
  }

  /** What WfFormat says about the run as a whole. */
  #extensions(): readonly Extension[] {
    const kept = new Map<string, PlainValue>()
    const { description, createdAt, runtimeSystem, author } = this.#document
    for (const [key, value] of Object.entries({ description, createdAt, runtimeSystem, author })) {
      if (value !== undefined) kept.set(key, value)
    }
    const { execution } = this.#document.workflow
    if (execution !== undefined) {
      kept.set('makespanInSeconds', execution.makespanInSeconds).set('executedAt', execution.executedAt)
      if (execution.machines !== undefined) kept.set('machines', execution.machines)
    }
    return [{ key: WFFORMAT_KEY, value: kept }]
  }

  #noteExtensions(): void {
    const { workflow, extensions } = this.#document
    const parts = [
      { where: 'the document', list: extensions },
      { where: 'workflow', list: workflow.extensions },
      { where: 'workflow.specification', list: workflow.specification.extensions },
      { where: 'workflow.execution', list: workflow.execution?.extensions ?? [] },
      ...(workflow.specification.files ?? []).map((file) => ({
        where: `file ${file.id}`,
        list: file.extensions,
      })),
      ...(workflow.execution?.tasks ?? []).map((task) => ({
        where: `executed task ${task.id}`,
        list: [
          ...task.extensions.filter((extension) => !isSimple(extension)),
          ...(task.command?.extensions ?? []),
        ],
      })),
    ]
    for (const { where, list } of parts) for (const { key } of list) this.#losses.add(`key ${key}`, where)
  }

  #replicas(
    workflow: Workflow,
    inputs: NonNullable<WfFormatOptions['inputs']>,
  ): ImportedWorkflow['replicaCatalog'] {
    const made = new Set<string>()
    const read = new Set<string>()
    for (const job of workflow.jobs) {
      for (const use of job.uses) (use.type === 'input' ? read : made).add(use.lfn)
    }
    const replicas: Replica[] = [...read]
      .filter((lfn) => !made.has(lfn))
      .map((lfn) => ({
        lfn,
        isRegex: false,
        locations: [{ site: inputs.site, pfn: `${inputs.urlPrefix}${lfn}` }],
        metadata: this.#sizeOf(lfn).metadata ?? [],
      }))
    return makeReplicaCatalog(replicas)
  }
}

function simpleText(value: PlainValue): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

/** True when a value fits into one line of metadata. */
function isSimple({ key, value }: Extension): boolean {
  const isKey = /^[\w.-]+$/.test(key)
  const isList =
    Array.isArray(value) && value.every((item) => typeof item === 'string' && !item.includes(' '))
  return (
    isKey && (isList || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
  )
}
