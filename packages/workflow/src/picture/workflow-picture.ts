import { buildDigraph, childrenOf, type Digraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import { type Job, jobTitle } from '../model/job.ts'
import type { Workflow } from '../model/workflow.ts'
import { indexWorkflow, type WorkflowIndex } from '../model/workflow-index.ts'
import type { Picture, PictureNode } from './picture.ts'

/** What the text of a job is. */
export type JobLabel = 'transformation' | 'id' | 'transformation-id' | 'label'

/** Options of {@link workflowPicture}. */
export interface WorkflowPictureOptions {
  /** One node per job (default), or one per transformation. */
  readonly by?: 'job' | 'transformation'
  /** Show files between the jobs. Default false. */
  readonly files?: boolean
  /** Text of the jobs. Default `transformation-id`; `label` is the node label, or else the transformation. */
  readonly label?: JobLabel
  /** Index of the workflow when the caller has one already. */
  readonly index?: WorkflowIndex
}

/** Picture of an abstract workflow. */
export function workflowPicture(workflow: Workflow, options: WorkflowPictureOptions = {}): Picture {
  const { by = 'job', files = false, label = 'transformation-id' } = options
  const index = options.index ?? indexWorkflow(workflow)
  const builder = new PictureBuilder(workflow, index)
  if (by === 'job') builder.addJobs(label)
  else builder.addGroups()
  if (files) builder.addFiles()
  return builder.picture(files)
}

class PictureBuilder {
  readonly #workflow: Workflow
  readonly #index: WorkflowIndex
  readonly #nodes: PictureNode[] = []
  readonly #classes: string[] = []
  readonly #classNumbers = new Map<string, number>()
  /** Node of each job. */
  readonly #nodeOf: Uint32Array
  readonly #fileEdges = new EdgeCollector()

  constructor(workflow: Workflow, index: WorkflowIndex) {
    this.#workflow = workflow
    this.#index = index
    this.#nodeOf = new Uint32Array(index.jobCount)
  }

  addJobs(label: JobLabel): void {
    this.#workflow.jobs.forEach((job, number) => {
      this.#nodeOf[number] = this.#nodes.length
      const kind = job.type === 'job' ? 'job' : 'sub-workflow'
      const classNumber = this.#classOf(jobTitle(job))
      this.#nodes.push({ id: job.id, label: jobText(job, label), kind, classNumber, count: 1 })
    })
  }

  addGroups(): void {
    const counts = new Map<string, number>()
    for (const job of this.#workflow.jobs) counts.set(jobTitle(job), (counts.get(jobTitle(job)) ?? 0) + 1)
    for (const [title, count] of counts) {
      const label = count === 1 ? title : `${title} ×${count}`
      this.#nodes.push({ id: title, label, kind: 'group', classNumber: this.#classOf(title), count })
    }
    this.#workflow.jobs.forEach((job, number) => {
      this.#nodeOf[number] = this.#classNumbers.get(jobTitle(job)) ?? 0
    })
  }

  /** Adds one node for each set of files with the same producer and consumers among the nodes. */
  addFiles(): void {
    const { consumerStart, consumers, fileCount, lfns, producer } = this.#index
    const isGrouped = this.#nodes.some((node) => node.kind === 'group')
    const groups = new Map<
      string,
      { readonly from: number; readonly to: readonly number[]; files: number[] }
    >()
    for (let file = 0; file < fileCount; file++) {
      const from = producer[file]! < 0 ? -1 : this.#nodeOf[producer[file]!]!
      const to = new Set<number>()
      for (let i = consumerStart[file]!; i < consumerStart[file + 1]!; i++)
        to.add(this.#nodeOf[consumers[i]!]!)
      if (from < 0 && to.size === 0) continue
      const key = isGrouped ? `${from}>${[...to].sort((a, b) => a - b).join()}` : String(file)
      const group = groups.get(key) ?? { from, to: [...to], files: [] }
      group.files.push(file)
      groups.set(key, group)
    }
    const classNumber = this.#classOf('file')
    for (const { from, to, files } of groups.values()) {
      const lfn = lfns[files[0] ?? 0] ?? ''
      const label = files.length === 1 ? lfn : `${files.length} files`
      const kind = isGrouped ? 'file-group' : 'file'
      const node = this.#nodes.length
      this.#nodes.push({ id: `file ${lfn}`, label, kind, classNumber, count: files.length })
      if (from >= 0) this.#fileEdges.add(from, node)
      for (const consumer of to) if (consumer !== from || isGrouped) this.#fileEdges.add(node, consumer)
    }
  }

  picture(withFiles: boolean): Picture {
    const { graph } = this.#index
    const edges = new EdgeCollector(graph.edgeCount)
    for (let job = 0; job < graph.nodeCount; job++) {
      const from = this.#nodeOf[job]!
      for (let i = graph.childStart[job]!; i < graph.childStart[job + 1]!; i++) {
        edges.add(from, this.#nodeOf[graph.children[i]!]!)
      }
    }
    const direct = buildDigraph(this.#nodes.length, edges)
    return {
      title: this.#workflow.name,
      nodes: this.#nodes,
      graph: withFiles ? this.#withFileEdges(direct) : direct,
      classes: this.#classes,
    }
  }

  /** The edges to and from files, and those between jobs that no file explains. */
  #withFileEdges(direct: Digraph): Digraph {
    const viaFile = buildDigraph(direct.nodeCount, this.#fileEdges)
    // Marks the nodes that are two steps away from the node that was looked at last.
    const seenFrom = new Int32Array(direct.nodeCount).fill(-1)
    for (let from = 0; from < direct.nodeCount; from++) {
      for (const file of childrenOf(viaFile, from)) {
        for (const reader of childrenOf(viaFile, file)) seenFrom[reader] = from
      }
      for (const to of childrenOf(direct, from)) if (seenFrom[to] !== from) this.#fileEdges.add(from, to)
    }
    return buildDigraph(direct.nodeCount, this.#fileEdges)
  }

  #classOf(name: string): number {
    const known = this.#classNumbers.get(name)
    if (known !== undefined) return known
    this.#classNumbers.set(name, this.#classes.length)
    this.#classes.push(name)
    return this.#classes.length - 1
  }
}

function jobText(job: Job, label: JobLabel): string {
  switch (label) {
    case 'id':
      return job.id
    case 'transformation':
      return jobTitle(job)
    case 'label':
      return job.nodeLabel ?? jobTitle(job)
    case 'transformation-id':
      return `${jobTitle(job)} ${job.id}`
  }
}
