import { WorkflowError } from '../errors.ts'
import type { CondorWorkflowJob, PegasusWorkflowJob } from '../model/job.ts'
import { AbstractJob, type AbstractJobOptions } from './abstract-job.ts'
import { type FileLike, toFile } from './file.ts'
import { type PlannerArgs, plannerArguments } from './planner-args.ts'
import { duplicate } from './values.ts'
import { Workflow } from './workflow.ts'

/** Options of a {@link SubWorkflow}. */
export interface SubWorkflowOptions extends AbstractJobOptions {
  /** True for a DAGMan file that runs as it is; false (default) for an abstract workflow that is planned first. */
  readonly isPlanned?: boolean
}

/** A job that runs another workflow. */
export class SubWorkflow extends AbstractJob {
  readonly isPlanned: boolean
  /** The workflow itself when it was given as an object. */
  readonly workflow: Workflow | undefined
  readonly #file: string | undefined
  #hasPlannerArgs = false

  /** @param source a workflow, or the (logical) file of one, which becomes an input */
  constructor(source: Workflow | FileLike, options: SubWorkflowOptions = {}) {
    super(options)
    this.isPlanned = options.isPlanned ?? false
    if (source instanceof Workflow) {
      if (this.isPlanned) {
        throw new WorkflowError('WORKFLOW_BAD_VALUE', 'a workflow object is never planned already', {
          allowed: 'the name of a DAGMan file',
        })
      }
      this.workflow = source
    } else {
      const file = toFile(source)
      this.#file = file.lfn
      if (!this.uses.some((use) => use.lfn === file.lfn)) this.addInputs(file)
    }
  }

  /** Adds planner options, once. */
  addPlannerArgs(args: PlannerArgs): this {
    if (this.isPlanned) {
      throw new WorkflowError('WORKFLOW_BAD_VALUE', 'a planned sub-workflow takes no planner options')
    }
    if (this.#hasPlannerArgs) throw duplicate('the planner options', 'a second call')
    this.#hasPlannerArgs = true
    return this.addArgs(...plannerArguments(args))
  }

  /** Logical name of the file once the job has the id `id`. */
  fileName(id: string): string {
    return this.#file ?? `${this.workflow?.name ?? ''}_${id}.yml`
  }

  /** The job as plain data. */
  build(id: string): PegasusWorkflowJob | CondorWorkflowJob {
    const file = this.fileName(id)
    const common = this.common(id)
    const isListed = common.uses.some((use) => use.lfn === file)
    const uses = isListed ? common.uses : [...common.uses, toFile(file).plainInput]
    return { type: this.isPlanned ? 'condorWorkflow' : 'pegasusWorkflow', file, ...common, uses }
  }
}
