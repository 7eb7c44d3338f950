import { buildDigraph, type Digraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import type { Workflow } from './workflow.ts'

/** Two or more jobs that write one file. */
export interface ProducerConflict {
  readonly lfn: string
  /** Numbers of the jobs, ascending. */
  readonly jobs: readonly number[]
}

/**
 * A workflow in numbers: jobs are 0 to `jobCount - 1` in the order of `workflow.jobs`, files 0 to `fileCount - 1` in
 * the order of first use. Typed arrays only, so that a million jobs take tens of megabytes.
 */
export interface WorkflowIndex {
  readonly jobCount: number
  readonly fileCount: number
  /** Number of a job by its id; of the first when the id is doubled. */
  readonly jobNumbers: ReadonlyMap<string, number>
  /** Logical file names by file number. */
  readonly lfns: readonly string[]
  readonly fileNumbers: ReadonlyMap<string, number>
  /** The uses of job `j` have the places `useStart[j]` to `useStart[j + 1] - 1`, in the order of `jobs[j].uses`. */
  readonly useStart: Uint32Array
  /** File number of each use. */
  readonly useFile: Uint32Array
  /** Job that writes each file, -1 for none. `checkpoint` uses do not count. */
  readonly producer: Int32Array
  readonly producerConflicts: readonly ProducerConflict[]
  /** The jobs that read file `f` have the places `consumerStart[f]` to `consumerStart[f + 1] - 1`; ascending. */
  readonly consumerStart: Uint32Array
  readonly consumers: Uint32Array
  /** Explicit dependencies and those from files: the producer of a file is a parent of its consumers. */
  readonly graph: Digraph
}

/** How {@link indexWorkflow} treats dependencies. */
export interface IndexOptions {
  /** Add the dependencies that follow from files. Default true. */
  readonly dataDependencies?: boolean
}

/**
 * Numbers, file tables and the dependency graph of a workflow, in O(jobs + uses + dependencies).
 * Ids that no job has are left out here; `checkWorkflow` reports them.
 */
export function indexWorkflow(workflow: Workflow, options: IndexOptions = {}): WorkflowIndex {
  const { jobs } = workflow
  const jobNumbers = new Map<string, number>()
  const useStart = new Uint32Array(jobs.length + 1)
  jobs.forEach((job, number) => {
    if (!jobNumbers.has(job.id)) jobNumbers.set(job.id, number)
    useStart[number + 1] = useStart[number]! + job.uses.length
  })
  const files = numberFiles(workflow, useStart)
  const edges = new EdgeCollector(files.readCount + jobs.length)
  if (options.dataDependencies !== false) addDataEdges(edges, files)
  for (const dependency of workflow.dependencies) {
    const parent = jobNumbers.get(dependency.id)
    if (parent === undefined) continue
    for (const id of dependency.children) {
      const child = jobNumbers.get(id)
      if (child !== undefined) edges.add(parent, child)
    }
  }
  return {
    jobCount: jobs.length,
    fileCount: files.lfns.length,
    jobNumbers,
    lfns: files.lfns,
    fileNumbers: files.fileNumbers,
    useStart,
    useFile: files.useFile,
    producer: files.producer,
    producerConflicts: files.conflicts,
    consumerStart: files.consumerStart,
    consumers: files.consumers,
    graph: buildDigraph(jobs.length, edges),
  }
}

interface FileTable {
  readonly lfns: readonly string[]
  readonly fileNumbers: ReadonlyMap<string, number>
  readonly useFile: Uint32Array
  readonly producer: Int32Array
  readonly conflicts: readonly ProducerConflict[]
  readonly consumerStart: Uint32Array
  readonly consumers: Uint32Array
  readonly readCount: number
}

function numberFiles(workflow: Workflow, useStart: Uint32Array): FileTable {
  const { jobs } = workflow
  const lfns: string[] = []
  const fileNumbers = new Map<string, number>()
  const useFile = new Uint32Array(useStart[jobs.length]!)
  const access = new Uint8Array(useFile.length)
  let place = 0
  let readCount = 0
  for (const job of jobs) {
    for (const use of job.uses) {
      let file = fileNumbers.get(use.lfn)
      if (file === undefined) {
        file = lfns.length
        lfns.push(use.lfn)
        fileNumbers.set(use.lfn, file)
      }
      useFile[place] = file
      access[place] = accessOf(use.type)
      if ((access[place]! & READS) !== 0) readCount++
      place++
    }
  }
  const producers = findProducers(lfns, useStart, useFile, access)
  const readers = findConsumers(lfns.length, useStart, useFile, access, readCount)
  return { lfns, fileNumbers, useFile, ...producers, ...readers, readCount }
}

const READS = 1
const WRITES = 2

function accessOf(type: string): number {
  if (type === 'input') return READS
  if (type === 'output') return WRITES
  return type === 'inout' ? READS | WRITES : 0
}

function findProducers(
  lfns: readonly string[],
  useStart: Uint32Array,
  useFile: Uint32Array,
  access: Uint8Array,
): Pick<FileTable, 'producer' | 'conflicts'> {
  const producer = new Int32Array(lfns.length).fill(-1)
  const conflicting = new Map<number, number[]>()
  for (let job = 0; job + 1 < useStart.length; job++) {
    const stop = useStart[job + 1]!
    for (let place = useStart[job]!; place < stop; place++) {
      if ((access[place]! & WRITES) === 0) continue
      const file = useFile[place]!
      const first = producer[file]!
      if (first < 0) producer[file] = job
      else if (first !== job) {
        const jobs = conflicting.get(file) ?? [first]
        if (jobs.at(-1) !== job) jobs.push(job)
        conflicting.set(file, jobs)
      }
    }
  }
  const conflicts = [...conflicting].map(([file, jobs]) => ({ lfn: lfns[file] ?? '', jobs }))
  return { producer, conflicts }
}

function findConsumers(
  fileCount: number,
  useStart: Uint32Array,
  useFile: Uint32Array,
  access: Uint8Array,
  readCount: number,
): Pick<FileTable, 'consumerStart' | 'consumers'> {
  const consumerStart = new Uint32Array(fileCount + 1)
  for (let place = 0; place < useFile.length; place++) {
    if ((access[place]! & READS) !== 0) consumerStart[useFile[place]! + 1]!++
  }
  for (let file = 0; file < fileCount; file++) consumerStart[file + 1]! += consumerStart[file]!
  const next = consumerStart.slice(0, fileCount)
  const consumers = new Uint32Array(readCount)
  for (let job = 0; job + 1 < useStart.length; job++) {
    const stop = useStart[job + 1]!
    for (let place = useStart[job]!; place < stop; place++) {
      if ((access[place]! & READS) !== 0) consumers[next[useFile[place]!]!++] = job
    }
  }
  return { consumerStart, consumers }
}

function addDataEdges(edges: EdgeCollector, files: FileTable): void {
  for (let file = 0; file < files.lfns.length; file++) {
    const producer = files.producer[file]!
    if (producer < 0) continue
    const stop = files.consumerStart[file + 1]!
    for (let i = files.consumerStart[file]!; i < stop; i++) {
      const consumer = files.consumers[i]!
      if (consumer !== producer) edges.add(producer, consumer)
    }
  }
}
