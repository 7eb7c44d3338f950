import { criticalPath } from '../graph/critical-path.ts'
import { parentCount } from '../graph/digraph.ts'
import { topologicalLevels } from '../graph/order.ts'
import { isInput, isOutput } from '../model/file-use.ts'
import { type Job, jobTitle } from '../model/job.ts'
import { metadataSizeBytes } from '../model/metadata.ts'
import { profileValue } from '../model/profile.ts'
import type { Workflow } from '../model/workflow.ts'
import { indexWorkflow, type WorkflowIndex } from '../model/workflow-index.ts'

/** Run times of several jobs, seconds. */
export interface RuntimeStats {
  /** Jobs whose run time is known. */
  readonly count: number
  readonly sum: number
  readonly least: number
  readonly mean: number
  readonly most: number
}

/** Jobs of one transformation. */
export interface TransformationStats {
  /** Identity, or the file of a sub-workflow. */
  readonly name: string
  readonly jobs: number
  /** Uses of files that are read and written. */
  readonly reads: number
  readonly writes: number
  /** `undefined` when no run time is known. */
  readonly runtime: RuntimeStats | undefined
}

/** Files of one part of a workflow. */
export interface FileStats {
  readonly files: number
  /** Bytes of the files whose size is known. */
  readonly bytes: number
  readonly filesWithoutSize: number
}

/** A workflow in numbers. */
export interface WorkflowStats {
  readonly name: string
  readonly jobs: number
  readonly subWorkflows: number
  /** Dependencies, with those that follow from files. */
  readonly edges: number
  readonly levels: number
  /** Jobs of each level, from the first. */
  readonly levelWidths: readonly number[]
  readonly roots: number
  readonly leaves: number
  /** Files that no job writes. */
  readonly inputs: FileStats
  /** Files that a job writes and another reads. */
  readonly intermediate: FileStats
  /** Files that a job writes and none reads. */
  readonly outputs: FileStats
  readonly transformations: readonly TransformationStats[]
  /** Run times of all jobs. */
  readonly runtime: RuntimeStats | undefined
  /** Longest chain by run times, seconds; jobs without count as 0. */
  readonly criticalPathSeconds: number
  readonly criticalPath: readonly string[]
}

/**
 * Numbers of a workflow: shape, files, run times.
 *
 * @throws {WorkflowError} `WORKFLOW_CYCLE`
 */
export function workflowStats(workflow: Workflow): WorkflowStats {
  const index = indexWorkflow(workflow)
  const { graph } = index
  const { levelCount, level, order } = topologicalLevels(graph)
  const widths = new Uint32Array(levelCount)
  for (const depth of level) widths[depth]!++
  let roots = 0
  let leaves = 0
  for (let job = 0; job < graph.nodeCount; job++) {
    if (parentCount(graph, job) === 0) roots++
    if (graph.childStart[job] === graph.childStart[job + 1]) leaves++
  }
  const seconds = Float64Array.from(workflow.jobs, (job) => runtimeSeconds(job) ?? 0)
  const longest = criticalPath(graph, order, seconds)
  return {
    name: workflow.name,
    jobs: workflow.jobs.length,
    subWorkflows: workflow.jobs.filter((job) => job.type !== 'job').length,
    edges: graph.edgeCount,
    levels: levelCount,
    levelWidths: [...widths],
    roots,
    leaves,
    ...fileStats(workflow, index),
    transformations: transformationStats(workflow),
    runtime: runtimeStats(workflow.jobs),
    criticalPathSeconds: longest.length,
    criticalPath: longest.nodes.map((job) => workflow.jobs[job]?.id ?? ''),
  }
}

/** Expected run time of a job from its profile `runtime`, seconds; `undefined` when there is none. */
function runtimeSeconds(job: Job): number | undefined {
  const text = profileValue(job.profiles, 'pegasus', 'runtime')
  const seconds = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

function runtimeStats(jobs: readonly Job[]): RuntimeStats | undefined {
  let count = 0
  let sum = 0
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (const job of jobs) {
    const seconds = runtimeSeconds(job)
    if (seconds === undefined) continue
    count++
    sum += seconds
    least = Math.min(least, seconds)
    most = Math.max(most, seconds)
  }
  return count === 0 ? undefined : { count, sum, least, mean: sum / count, most }
}

function transformationStats(workflow: Workflow): readonly TransformationStats[] {
  const groups = new Map<string, Job[]>()
  for (const job of workflow.jobs) {
    const title = jobTitle(job)
    const group = groups.get(title)
    if (group === undefined) groups.set(title, [job])
    else group.push(job)
  }
  return [...groups].map(([name, jobs]) => ({
    name,
    jobs: jobs.length,
    reads: jobs.reduce((sum, job) => sum + job.uses.filter(isInput).length, 0),
    writes: jobs.reduce((sum, job) => sum + job.uses.filter(isOutput).length, 0),
    runtime: runtimeStats(jobs),
  }))
}

function fileStats(
  workflow: Workflow,
  index: WorkflowIndex,
): Pick<WorkflowStats, 'inputs' | 'intermediate' | 'outputs'> {
  const sizes = fileSizes(workflow, index)
  const counts = { inputs: new FileCounter(), intermediate: new FileCounter(), outputs: new FileCounter() }
  for (let file = 0; file < index.fileCount; file++) {
    const isWritten = index.producer[file]! >= 0
    const isRead = index.consumerStart[file] !== index.consumerStart[file + 1]
    const part = !isWritten ? counts.inputs : isRead ? counts.intermediate : counts.outputs
    part.add(sizes[file]!)
  }
  return {
    inputs: counts.inputs.stats,
    intermediate: counts.intermediate.stats,
    outputs: counts.outputs.stats,
  }
}

/** Size of every file in bytes, NaN when no use says it. */
function fileSizes(workflow: Workflow, index: WorkflowIndex): Float64Array {
  const sizes = new Float64Array(index.fileCount).fill(Number.NaN)
  const inCatalog = new Map<string, number | undefined>()
  for (const replica of workflow.replicaCatalog?.replicas ?? []) {
    inCatalog.set(replica.lfn, metadataSizeBytes(replica.metadata))
  }
  workflow.jobs.forEach((job, number) => {
    job.uses.forEach((use, k) => {
      const file = index.useFile[index.useStart[number]! + k]!
      const size = use.sizeBytes ?? metadataSizeBytes(use.metadata ?? []) ?? inCatalog.get(use.lfn)
      if (size !== undefined) sizes[file] = size
    })
  })
  return sizes
}

class FileCounter {
  #files = 0
  #bytes = 0
  #withoutSize = 0

  add(sizeBytes: number): void {
    this.#files++
    if (Number.isNaN(sizeBytes)) this.#withoutSize++
    else this.#bytes += sizeBytes
  }

  get stats(): FileStats {
    return { files: this.#files, bytes: this.#bytes, filesWithoutSize: this.#withoutSize }
  }
}
