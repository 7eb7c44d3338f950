import { checkWorkflow } from '../check/check-workflow.ts'
import { WorkflowError } from '../errors.ts'
import { childCount, childrenOf } from '../graph/digraph.ts'
import type { ShellHook } from '../model/hook.ts'
import type { Job as JobData } from '../model/job.ts'
import type { Extension, PlainValue } from '../model/plain.ts'
import type { ReplicaCatalog as ReplicaData } from '../model/replica-catalog.ts'
import { type Dependency, FORMAT_VERSION, type Workflow as WorkflowData } from '../model/workflow.ts'
import { indexWorkflow } from '../model/workflow-index.ts'
import { formatProblem, type Problem } from '../problem/problem.ts'
import { type WriteOptions, writeWorkflow } from '../write/write.ts'
import type { AbstractJob } from './abstract-job.ts'
import { type MetadataInput, WithHooks } from './annotations.ts'
import type { Job } from './job.ts'
import type { ProfilesInput } from './profiles.ts'
import type { ReplicaCatalog } from './replica-catalog.ts'
import type { SiteCatalog } from './site-catalog.ts'
import type { SubWorkflow } from './sub-workflow.ts'
import type { TransformationCatalog } from './transformation-catalog.ts'
import { badValue, checkAbsolutePath, checkText, duplicate } from './values.ts'

/** Options of a {@link Workflow}. */
export interface WorkflowOptions {
  /** The producer of a file becomes a parent of its readers. Default true. */
  readonly inferDependencies?: boolean
  readonly profiles?: ProfilesInput
  readonly metadata?: MetadataInput
  readonly hooks?: readonly ShellHook[]
}

/** Parents and children of one call of {@link Workflow.addDependency}. */
export interface DependencyInput {
  readonly parents?: readonly (AnyJob | string)[]
  readonly children?: readonly (AnyJob | string)[]
}

/** Any kind of job. */
export type AnyJob = Job | SubWorkflow

/** Options of {@link Workflow.build}. */
export interface BuildOptions {
  /** Absolute folder in which the files of sub-workflows will be; they become replicas on site `local`. */
  readonly directory?: string
  /** Who writes the workflow, for `x-pegasus`. */
  readonly createdBy?: string
  /** When it is written, for `x-pegasus`. */
  readonly createdOn?: Date
  /** Check the graph and throw when something is wrong. Default true. */
  readonly check?: boolean
}

/** One file of a workflow. */
export interface WorkflowFile {
  readonly name: string
  readonly text: string
}

/** An abstract workflow that is put together job by job. */
export class Workflow extends WithHooks {
  readonly name: string
  readonly inferDependencies: boolean
  readonly #jobs = new Map<string, AnyJob>()
  readonly #dependencies = new Map<string, Set<string>>()
  #nextNumber = 1
  #siteCatalog: SiteCatalog | undefined
  #replicaCatalog: ReplicaCatalog | undefined
  #transformationCatalog: TransformationCatalog | undefined

  constructor(name: string, options: WorkflowOptions = {}) {
    super()
    this.name = checkText('the workflow name', name, /^[^\s/]+$/, 'a text without slash and blanks')
    this.inferDependencies = options.inferDependencies ?? true
    this.addAllProfiles(options.profiles)
    if (options.metadata !== undefined) this.addMetadata(options.metadata)
    for (const hook of options.hooks ?? []) this.addShellHook(hook.on, hook.command)
  }

  /** The jobs in the order in which they were added. */
  get jobs(): readonly AnyJob[] {
    return [...this.#jobs.values()]
  }

  /** Adds jobs; those without id get the next free one of `ID0000001`…. */
  addJobs(...jobs: readonly AnyJob[]): this {
    for (const job of jobs) {
      const id = job.id ?? this.#nextId()
      if (this.#jobs.has(id)) throw duplicate(`the job id in workflow ${this.name}`, id)
      job.assignId(id)
      this.#jobs.set(id, job)
    }
    return this
  }

  /**
   * The job with an id.
   *
   * @throws {WorkflowError} `WORKFLOW_NOT_FOUND` when there is none
   */
  getJob(id: string): AnyJob {
    const job = this.#jobs.get(id)
    if (job !== undefined) return job
    throw new WorkflowError('WORKFLOW_NOT_FOUND', `workflow ${this.name} has no such job`, { found: id })
  }

  /** Adds parents and children of a job; they are added to those that follow from files. */
  addDependency(job: AnyJob | string, input: DependencyInput): this {
    const id = this.#idOf(job)
    for (const parent of input.parents ?? []) this.#addEdge(this.#idOf(parent), id)
    for (const child of input.children ?? []) this.#addEdge(id, this.#idOf(child))
    return this
  }

  /** Puts a site catalog into the workflow, once. */
  addSiteCatalog(catalog: SiteCatalog): this {
    if (this.#siteCatalog !== undefined) throw duplicate('the site catalog', this.name)
    this.#siteCatalog = catalog
    return this
  }

  /** Puts a replica catalog into the workflow, once. */
  addReplicaCatalog(catalog: ReplicaCatalog): this {
    if (this.#replicaCatalog !== undefined) throw duplicate('the replica catalog', this.name)
    this.#replicaCatalog = catalog
    return this
  }

  /** Puts a transformation catalog into the workflow, once. */
  addTransformationCatalog(catalog: TransformationCatalog): this {
    if (this.#transformationCatalog !== undefined) throw duplicate('the transformation catalog', this.name)
    this.#transformationCatalog = catalog
    return this
  }

  /**
   * The workflow as plain data, ready to be planned. Dependencies that follow from files are not listed in it.
   *
   * @throws {WorkflowError} `WORKFLOW_INVALID` with everything that is wrong: cycles, two producers of a file
   */
  build(options: BuildOptions = {}): WorkflowData {
    const jobs: JobData[] = []
    for (const [id, job] of this.#jobs) jobs.push(job.build(id))
    if (jobs.length === 0) throw badValue(`workflow ${this.name}`, 'no jobs', 'at least one job')
    const dependencies: Dependency[] = [...this.#dependencies].map(([id, children]) => ({
      id,
      children: [...children],
    }))
    const replicaCatalog = this.#replicas(options.directory)
    const data: WorkflowData = {
      pegasus: FORMAT_VERSION,
      name: this.name,
      jobs,
      dependencies,
      profiles: this.profiles,
      hooks: this.hooks,
      metadata: this.metadata,
      ...(this.#siteCatalog === undefined ? {} : { siteCatalog: this.#siteCatalog.build() }),
      ...(replicaCatalog === undefined ? {} : { replicaCatalog }),
      ...(this.#transformationCatalog === undefined
        ? {}
        : { transformationCatalog: this.#transformationCatalog.build() }),
      extensions: [createdExtension(options)],
    }
    if (options.check !== false) refuseErrors(this.name, checkWorkflow(data))
    return data
  }

  /** Text of the workflow file with all dependencies, also those that follow from files. */
  toText(options: BuildOptions & WriteOptions = {}): string {
    const data = this.build(options)
    return writeWorkflow(this.inferDependencies ? withDataDependencies(data) : data, options)
  }

  /** Texts of this workflow and of all sub-workflows that were given as objects, to be written into `directory`. */
  toFiles(options: BuildOptions & WriteOptions & { readonly name?: string } = {}): readonly WorkflowFile[] {
    const { name = 'workflow.yml' } = options
    const files: WorkflowFile[] = [{ name, text: this.toText(options) }]
    for (const [id, job] of this.#jobs) {
      const inner = innerWorkflow(job)
      if (inner === undefined) continue
      if (options.directory === undefined) {
        throw badValue(
          `sub-workflow ${inner.name}`,
          'no directory',
          'the option directory, where its file will be',
        )
      }
      files.push(...inner.toFiles({ ...options, name: fileNameOf(job, id) }))
    }
    const names = new Set<string>()
    for (const file of files) {
      if (names.has(file.name)) throw duplicate('the file of a workflow', file.name)
      names.add(file.name)
    }
    return files
  }

  #nextId(): string {
    for (;;) {
      const id = `ID${String(this.#nextNumber++).padStart(7, '0')}`
      if (!this.#jobs.has(id)) return id
    }
  }

  #idOf(job: AnyJob | string): string {
    const id = typeof job === 'string' ? job : job.id
    if (id !== undefined && this.#jobs.has(id)) return id
    throw new WorkflowError(
      'WORKFLOW_NOT_FOUND',
      `a dependency names a job that is not in workflow ${this.name}`,
      {
        found: id ?? 'a job without id',
        remedy: 'add the job first',
      },
    )
  }

  #addEdge(parent: string, child: string): void {
    if (parent === child) throw badValue('a dependency of a job on itself', parent, 'two jobs')
    const children = this.#dependencies.get(parent) ?? new Set<string>()
    if (children.has(child))
      throw duplicate(`the dependency in workflow ${this.name}`, `${parent} -> ${child}`)
    children.add(child)
    this.#dependencies.set(parent, children)
  }

  /** The replicas of the workflow with the files of its sub-workflows. */
  #replicas(directory: string | undefined): ReplicaData | undefined {
    const data = this.#replicaCatalog?.build()
    if (directory === undefined) return data
    const folder = checkAbsolutePath('the directory', directory).replace(/\/+$/, '')
    const files: string[] = []
    for (const [id, job] of this.#jobs) if (innerWorkflow(job) !== undefined) files.push(fileNameOf(job, id))
    if (files.length === 0) return data
    const added = files.map((lfn) => ({
      lfn,
      isRegex: false,
      locations: [{ site: 'local', pfn: `${folder}/${lfn}` }],
      metadata: [],
    }))
    return {
      pegasus: data?.pegasus ?? FORMAT_VERSION,
      replicas: [...(data?.replicas ?? []), ...added],
      extensions: data?.extensions ?? [],
    }
  }
}

function innerWorkflow(job: AbstractJob): Workflow | undefined {
  return 'workflow' in job && job.workflow instanceof Workflow ? job.workflow : undefined
}

function fileNameOf(job: AnyJob, id: string): string {
  return 'fileName' in job ? job.fileName(id) : ''
}

function refuseErrors(name: string, problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  const shown = errors.slice(0, 10).map(formatProblem).join('\n')
  throw new WorkflowError('WORKFLOW_INVALID', `workflow ${name} cannot be planned:\n${shown}`, {
    ...(errors.length > 10 ? { remedy: `${errors.length - 10} more errors are not listed` } : {}),
  })
}

/** The same workflow with the dependencies that follow from files in its list; children in the order of the jobs. */
export function withDataDependencies(workflow: WorkflowData): WorkflowData {
  const { graph } = indexWorkflow(workflow)
  const dependencies: Dependency[] = []
  workflow.jobs.forEach((job, number) => {
    if (childCount(graph, number) === 0) return
    const children = Array.from(childrenOf(graph, number), (child) => workflow.jobs[child]?.id ?? '')
    dependencies.push({ id: job.id, children })
  })
  return { ...workflow, dependencies }
}

/** `x-pegasus`: who made the workflow, with what, when. */
function createdExtension(options: BuildOptions): Extension {
  const value = new Map<string, PlainValue>([['apiLang', 'typescript']])
  if (options.createdBy !== undefined) value.set('createdBy', options.createdBy)
  if (options.createdOn !== undefined) {
    // MM-DD-YYTHH:MM:SSZ, as the Pegasus API writes it.
    const [, year = '', month = '', day = '', time = ''] =
      /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(options.createdOn.toISOString()) ?? []
    value.set('createdOn', `${month}-${day}-${year}T${time}Z`)
  }
  return { key: 'x-pegasus', value }
}
