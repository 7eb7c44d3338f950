import { checkWorkflow } from '../check/check-workflow.ts'
import type { Digraph } from '../graph/digraph.ts'
import type { FileUse } from '../model/file-use.ts'
import { type Job, jobTitle } from '../model/job.ts'
import { metadataSizeBytes } from '../model/metadata.ts'
import type { Workflow } from '../model/workflow.ts'
import { indexWorkflow, type WorkflowIndex } from '../model/workflow-index.ts'
import type { PlanProblems } from './problem.ts'
import { type UseRows, UseRowsBuilder } from './use-rows.ts'

/** How a job uses a file, as bits. */
export const USE = {
  stageOut: 1,
  register: 2,
  optional: 4,
  bypass: 8,
  checkpoint: 16,
  forPlanning: 32,
  executable: 64,
  container: 128,
} as const

/** The jobs and files of an abstract workflow as numbers. A task is a job by its position in the workflow. */
export interface TaskTable {
  readonly workflow: Workflow
  readonly jobs: readonly Job[]
  readonly taskCount: number
  readonly lfns: readonly string[]
  readonly fileNumbers: ReadonlyMap<string, number>
  readonly inputs: UseRows
  readonly outputs: UseRows
  /** Task that writes a file, -1 for files that come from outside and for checkpoints. */
  readonly producer: Int32Array
  /** Bytes, NaN when the workflow does not say. */
  readonly sizeBytes: Float64Array
  /** Explicit dependencies and those that follow from files. */
  readonly graph: Digraph
}

/**
 * Numbers jobs and files, adds the dependencies that follow from files, and checks the workflow: ids are unique and
 * known, no file has two producers, there is no cycle. O(jobs + uses + dependencies).
 *
 * @returns `undefined` when a problem was found that leaves no graph to plan
 */
export function compileTasks(
  workflow: Workflow,
  infersDependencies: boolean,
  problems: PlanProblems,
): TaskTable | undefined {
  const errorsBefore = problems.errorCount
  const index = indexWorkflow(workflow, { dataDependencies: infersDependencies })
  for (const problem of checkWorkflow(workflow, { index })) problems.take(problem)
  if (problems.errorCount > errorsBefore) return undefined
  return {
    workflow,
    jobs: workflow.jobs,
    taskCount: index.jobCount,
    ...splitUses(workflow, index),
    ...filesOf(index),
  }
}

/** Name of a job in messages. */
export function taskTitle(job: Job): string {
  return `job ${job.id} (${jobTitle(job)})`
}

function filesOf(index: WorkflowIndex): Pick<TaskTable, 'lfns' | 'fileNumbers' | 'producer' | 'graph'> {
  const { lfns, fileNumbers, producer, graph } = index
  return { lfns, fileNumbers, producer, graph }
}

/** Inputs and outputs of the jobs as rows without doubles, and the sizes that uses give. */
function splitUses(
  workflow: Workflow,
  index: WorkflowIndex,
): Pick<TaskTable, 'inputs' | 'outputs' | 'sizeBytes'> {
  const inputs = new UseRowsBuilder(index.jobCount)
  const outputs = new UseRowsBuilder(index.jobCount)
  const sizeBytes = new Float64Array(index.fileCount).fill(Number.NaN)
  const inputOf = new Int32Array(index.fileCount).fill(-1)
  const outputOf = new Int32Array(index.fileCount).fill(-1)
  let place = 0
  workflow.jobs.forEach((job, task) => {
    for (const use of job.uses) {
      const file = index.useFile[place++]!
      const flags = useFlags(use)
      if (use.type !== 'output' && use.type !== 'none' && inputOf[file] !== task) {
        inputOf[file] = task
        inputs.add(file, use.type === 'checkpoint' ? flags | USE.optional : flags)
      }
      if (use.type !== 'input' && use.type !== 'none' && outputOf[file] !== task) {
        outputOf[file] = task
        outputs.add(file, flags)
      }
      const size = useSizeBytes(use)
      if (size !== undefined) sizeBytes[file] = size
    }
    inputs.endRow()
    outputs.endRow()
  })
  return { inputs: inputs.finish(), outputs: outputs.finish(), sizeBytes }
}

function useSizeBytes(use: FileUse): number | undefined {
  if (use.sizeBytes !== undefined) return use.sizeBytes
  return use.metadata === undefined || use.metadata.length === 0 ? undefined : metadataSizeBytes(use.metadata)
}

function useFlags(use: FileUse): number {
  return (
    (use.stageOut === false ? 0 : USE.stageOut) |
    (use.registerReplica === false ? 0 : USE.register) |
    (use.optional === true ? USE.optional : 0) |
    (use.bypass === true ? USE.bypass : 0) |
    (use.type === 'checkpoint' ? USE.checkpoint : 0) |
    (use.forPlanning === true ? USE.forPlanning : 0) |
    (use.executable === true ? USE.executable : 0)
  )
}
