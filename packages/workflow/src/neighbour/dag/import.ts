import type { CondorWorkflowJob, Job } from '../../model/job.ts'
import type { Replica } from '../../model/replica-catalog.ts'
import { plainTransformation, type Transformation } from '../../model/transformation-catalog.ts'
import { type Dependency, FORMAT_VERSION, type Workflow } from '../../model/workflow.ts'
import { lineTable, ProblemCollector } from '../../problem/collector.ts'
import type { ReadResult } from '../../problem/problem.ts'
import type { ReadOptions } from '../../read/document.ts'
import { type ImportedWorkflow, importedCatalogs, LossList } from '../imported.ts'
import { baseName, workflowName } from '../safe-names.ts'
import { DagGraph, type GraphNode } from './graph.ts'
import { type NodeJob, nodeJob } from './node-job.ts'

/** Options of {@link importDag}. */
export interface DagOptions extends ReadOptions {
  /**
   * Gives the text of a submit description, splice or included file by the path that the DAG file names; `undefined`
   * when there is none. Without it jobs are named after their submit files and have no arguments and files.
   */
  readonly readFile?: (path: string) => string | undefined
  /** Absolute folder to which relative paths belong; makes replicas and executables of them. */
  readonly directory?: string
  /** Site on which the files are. Default `local`. */
  readonly site?: string
}

/**
 * Reads a DAGMan file of HTCondor. Nodes become jobs of the executable of their submit description, `SUBDAG EXTERNAL`
 * becomes a `condorWorkflow`, splices are expanded, `RETRY`, `PRIORITY`, `CATEGORY` and `SCRIPT` become profiles,
 * `MAXJOBS` becomes properties.
 */
export function importDag(text: string, options: DagOptions = {}): ReadResult<ImportedWorkflow> {
  const name = options.name ?? 'workflow.dag'
  const problems = new ProblemCollector(name, lineTable(text))
  const losses = new LossList()
  const graph = new DagGraph(problems, losses, options.readFile)
  graph.read(text)
  if (graph.nodes.length === 0) {
    problems.add('TOO_FEW', 'the file has no nodes', { path: '', offset: 0, allowed: 'at least one JOB' })
    return problems.refused()
  }
  return problems.result(new DagConversion(graph, losses, options).run(name))
}

class DagConversion {
  readonly #graph: DagGraph
  readonly #losses: LossList
  readonly #options: DagOptions
  readonly #transformations = new Map<string, Transformation>()
  readonly #paths = new Map<string, string>()
  readonly #produced = new Set<string>()

  constructor(graph: DagGraph, losses: LossList, options: DagOptions) {
    this.#graph = graph
    this.#losses = losses
    this.#options = options
  }

  run(fileName: string): ImportedWorkflow {
    const jobs = this.#graph.nodes.map((node) => this.#job(node))
    this.#renameSharedStreams(jobs)
    const dependencies: Dependency[] = [...this.#graph.edges].map(([id, children]) => ({
      id,
      children: [...children],
    }))
    const replicas = this.#replicas()
    const transformations = [...this.#transformations.values()]
    const workflow: Workflow = {
      pegasus: FORMAT_VERSION,
      name: workflowName(baseName(fileName).replace(/\.dag$/, '')),
      jobs,
      dependencies,
      profiles: [],
      hooks: [],
      metadata: [],
      extensions: [],
    }
    return {
      workflow,
      ...importedCatalogs(replicas, transformations),
      ...(this.#graph.properties.size === 0 ? {} : { properties: this.#graph.properties }),
      losses: this.#losses.list,
    }
  }

  #job(node: GraphNode): Job {
    if (node.kind === 'subdag') return this.#subDag(node)
    if (node.description === undefined)
      this.#losses.add('submit description that is not at hand', node.submitFile)
    const made = nodeJob(node, this.#losses)
    this.#addExecutable(made, node.name)
    for (const [lfn, path] of made.inputPaths) if (!this.#paths.has(lfn)) this.#paths.set(lfn, path)
    for (const use of made.job.uses) if (use.type !== 'input') this.#produced.add(use.lfn)
    return made.job
  }

  #subDag(node: GraphNode): CondorWorkflowJob {
    const lfn = baseName(node.submitFile)
    this.#paths.set(lfn, node.submitFile)
    return {
      type: 'condorWorkflow',
      file: lfn,
      id: node.id,
      ...(node.id === node.name ? {} : { nodeLabel: node.name }),
      arguments: [],
      uses: [{ lfn, type: 'input' }],
      profiles: node.profiles,
      hooks: [],
      metadata: [],
      extensions: [],
    }
  }

  #addExecutable({ executable }: NodeJob, node: string): void {
    if (executable === undefined || this.#transformations.has(executable.name)) return
    const pfn = this.#absolute(executable.path)
    if (pfn === undefined) {
      this.#losses.add('location of an executable with a relative path', `node ${node}: ${executable.path}`)
      return
    }
    const type = executable.isStageable ? 'stageable' : 'installed'
    const place = { name: this.#options.site ?? 'local', pfn, type } as const
    this.#transformations.set(executable.name, plainTransformation(executable.name, [place]))
  }

  #replicas(): readonly Replica[] {
    const replicas: Replica[] = []
    for (const [lfn, path] of this.#paths) {
      if (this.#produced.has(lfn)) continue
      const pfn = this.#absolute(path)
      if (pfn === undefined) this.#losses.add('location of an input with a relative path', path)
      else
        replicas.push({
          lfn,
          isRegex: false,
          locations: [{ site: this.#options.site ?? 'local', pfn }],
          metadata: [],
        })
    }
    return replicas
  }

  #absolute(path: string): string | undefined {
    if (/^(?:\/|[A-Za-z][\w+.-]*:\/\/)/.test(path)) return path
    const { directory } = this.#options
    return directory === undefined
      ? undefined
      : `${directory.replace(/\/+$/, '')}/${path.replace(/^\.\//, '')}`
  }

  /** Output streams of one name in several nodes become files of their own: nobody reads them by that name. */
  #renameSharedStreams(jobs: Job[]): void {
    const owners = new Map<string, number>()
    for (const job of jobs)
      for (const use of job.uses)
        if (use.type === 'output') owners.set(use.lfn, (owners.get(use.lfn) ?? 0) + 1)
    jobs.forEach((job, i) => {
      let renamed = job
      for (const slot of ['stdout', 'stderr'] as const) {
        const lfn = renamed[slot]
        if (lfn === undefined || (owners.get(lfn) ?? 0) < 2) continue
        this.#losses.add(`name of a ${slot} file that several nodes write`, `node ${job.id}: ${lfn}`)
        const own = `${job.id}.${lfn}`
        const uses = renamed.uses.map((use) => (use.lfn === lfn ? { ...use, lfn: own } : use))
        renamed = { ...renamed, [slot]: own, uses }
      }
      jobs[i] = renamed
    })
  }
}
