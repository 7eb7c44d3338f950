import { WorkflowError } from '../errors.ts'
import { childrenOf, parentsOf } from '../graph/digraph.ts'
import { topologicalLevels } from '../graph/order.ts'
import { isInput, isOutput, isStagedOut } from '../model/file-use.ts'
import type { ShellHook } from '../model/hook.ts'
import { type JobType, jobTitle } from '../model/job.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import type { Profile } from '../model/profile.ts'
import type { Workflow } from '../model/workflow.ts'
import { indexWorkflow } from '../model/workflow-index.ts'
import { nearMiss } from '../problem/near-miss.ts'
import type { WorkflowFormat } from './open-workflow.ts'

/** What a workflow consists of. */
export interface WorkflowOverview {
  readonly name: string
  readonly format: WorkflowFormat
  readonly jobs: number
  readonly edges: number
  readonly levels: number
  readonly transformations: readonly { readonly name: string; readonly jobs: number }[]
  /** Files that no job writes. */
  readonly inputs: readonly string[]
  /** Files that are staged out. */
  readonly results: readonly string[]
  /** Catalogs inside the workflow, and addresses of others. */
  readonly catalogs: readonly string[]
  readonly metadata: readonly MetadataEntry[]
}

/** Overview of a workflow. */
export function workflowOverview(opened: {
  readonly workflow: Workflow
  readonly format: WorkflowFormat
}): WorkflowOverview {
  const { workflow, format } = opened
  const index = indexWorkflow(workflow)
  const counts = new Map<string, number>()
  const results = new Set<string>()
  for (const job of workflow.jobs) {
    counts.set(jobTitle(job), (counts.get(jobTitle(job)) ?? 0) + 1)
    for (const use of job.uses) if (isStagedOut(use)) results.add(use.lfn)
  }
  return {
    name: workflow.name,
    format,
    jobs: workflow.jobs.length,
    edges: index.graph.edgeCount,
    levels: topologicalLevels(index.graph).levelCount,
    transformations: [...counts].map(([name, jobs]) => ({ name, jobs })),
    inputs: index.lfns.filter((_, file) => index.producer[file]! < 0),
    results: [...results],
    catalogs: catalogTexts(workflow),
    metadata: workflow.metadata,
  }
}

function catalogTexts(workflow: Workflow): readonly string[] {
  const { siteCatalog, transformationCatalog, replicaCatalog, catalogReferences } = workflow
  const texts: string[] = []
  if (siteCatalog !== undefined) texts.push(`${siteCatalog.sites.length} sites inside`)
  if (transformationCatalog !== undefined) {
    texts.push(`${transformationCatalog.transformations.length} transformations inside`)
  }
  if (replicaCatalog !== undefined) texts.push(`${replicaCatalog.replicas.length} replicas inside`)
  for (const [kind, address] of Object.entries(catalogReferences ?? {}))
    texts.push(`${kind} catalog at ${String(address)}`)
  return texts
}

/** One job of a workflow with its neighbours. */
export interface JobDetails {
  readonly id: string
  readonly label: string | undefined
  readonly type: JobType
  /** Transformation, or the file of a sub-workflow. */
  readonly title: string
  /** Longest distance from a root, from 0. */
  readonly level: number
  readonly arguments: readonly string[]
  readonly stdin: string | undefined
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  /** Files with the job that writes them; `undefined` for inputs of the workflow. */
  readonly reads: readonly { readonly lfn: string; readonly from: string | undefined }[]
  /** Files with the jobs that read them. */
  readonly writes: readonly {
    readonly lfn: string
    readonly to: readonly string[]
    readonly isResult: boolean
  }[]
  readonly parents: readonly string[]
  readonly children: readonly string[]
  readonly profiles: readonly Profile[]
  readonly hooks: readonly ShellHook[]
  readonly metadata: readonly MetadataEntry[]
}

/**
 * One job with its files and neighbours.
 *
 * @throws {WorkflowError} `WORKFLOW_NOT_FOUND`
 */
export function describeJob(workflow: Workflow, id: string): JobDetails {
  const index = indexWorkflow(workflow)
  const number = index.jobNumbers.get(id)
  const job = number === undefined ? undefined : workflow.jobs[number]
  if (number === undefined || job === undefined) throw noSuchJob(workflow, id)
  const idOf = (other: number): string => workflow.jobs[other]?.id ?? ''
  const writer = (lfn: string): string | undefined => {
    const producer = index.producer[index.fileNumbers.get(lfn) ?? -1] ?? -1
    return producer < 0 ? undefined : idOf(producer)
  }
  const readers = (lfn: string): readonly string[] => {
    const file = index.fileNumbers.get(lfn) ?? 0
    return Array.from(
      index.consumers.subarray(index.consumerStart[file], index.consumerStart[file + 1]),
      idOf,
    )
  }
  return {
    id,
    label: job.nodeLabel,
    type: job.type,
    title: jobTitle(job),
    level: topologicalLevels(index.graph).level[number] ?? 0,
    arguments: job.arguments,
    stdin: job.stdin,
    stdout: job.stdout,
    stderr: job.stderr,
    reads: job.uses.filter(isInput).map(({ lfn }) => ({ lfn, from: writer(lfn) })),
    writes: job.uses
      .filter(isOutput)
      .map((use) => ({ lfn: use.lfn, to: readers(use.lfn), isResult: isStagedOut(use) })),
    parents: Array.from(parentsOf(index.graph, number), idOf),
    children: Array.from(childrenOf(index.graph, number), idOf),
    profiles: job.profiles,
    hooks: job.hooks,
    metadata: job.metadata,
  }
}

function noSuchJob(workflow: Workflow, id: string): WorkflowError {
  const ids = workflow.jobs.slice(0, 100_000).map((job) => job.id)
  const near = nearMiss(id, ids)
  return new WorkflowError('WORKFLOW_NOT_FOUND', 'the workflow has no such job', {
    where: [workflow.name],
    found: id,
    allowed: ids.length > 8 ? `${ids.slice(0, 8).join(', ')} …` : ids.join(', '),
    ...(near === undefined ? {} : { remedy: `did you mean ${near}` }),
  })
}
