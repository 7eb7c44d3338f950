import { findCycle } from '../graph/order.ts'
import { isInput, isOutput } from '../model/file-use.ts'
import { type Job, jobTitle } from '../model/job.ts'
import type { Workflow } from '../model/workflow.ts'
import { indexWorkflow, type WorkflowIndex } from '../model/workflow-index.ts'
import type { Problem } from '../problem/problem.ts'

/** Options of {@link checkWorkflow}. */
export interface CheckOptions {
  /** Index of the workflow when the caller has one already. */
  readonly index?: WorkflowIndex
  /** Name of the file, for messages. */
  readonly name?: string
}

/**
 * Checks of a whole workflow that no single entry shows: doubled ids, dependencies on unknown jobs, cycles (named),
 * two producers of one file, doubled uses, redirections and sub-workflow files that are not in `uses`.
 *
 * @returns all problems; the workflow can be planned when none has the severity `error`
 */
export function checkWorkflow(workflow: Workflow, options: CheckOptions = {}): readonly Problem[] {
  const index = options.index ?? indexWorkflow(workflow)
  const problems: Problem[] = []
  const file = options.name === undefined ? {} : { file: options.name }
  checkJobs(workflow, index, (problem) => problems.push({ ...file, ...problem }))
  checkDependencies(workflow, index, (problem) => problems.push({ ...file, ...problem }))
  checkProducers(workflow, index, (problem) => problems.push({ ...file, ...problem }))
  const cycle = findCycle(index.graph)
  if (cycle !== undefined) problems.push({ ...file, ...describeCycle(workflow, cycle) })
  return problems
}

type Report = (problem: Problem) => void

function checkJobs(workflow: Workflow, index: WorkflowIndex, report: Report): void {
  workflow.jobs.forEach((job, number) => {
    if (index.jobNumbers.get(job.id) !== number) {
      report({
        code: 'DUPLICATE',
        severity: 'error',
        message: `the job id is taken by jobs[${index.jobNumbers.get(job.id) ?? 0}]`,
        path: `jobs[${number}].id`,
        found: job.id,
      })
    }
    checkUses(job, number, report)
  })
}

/** Lists of this length are compared pair by pair; longer ones with a set. */
const FEW_USES = 8

function checkUses(job: Job, number: number, report: Report): void {
  const { uses } = job
  const seen = uses.length > FEW_USES ? new Set<string>() : undefined
  for (let k = 0; k < uses.length; k++) {
    const lfn = uses[k]?.lfn ?? ''
    const isDouble = seen === undefined ? uses.findIndex((use) => use.lfn === lfn) < k : seen.has(lfn)
    seen?.add(lfn)
    if (isDouble) reportDoubleUse(job, number, k, report)
  }
  if (job.type !== 'job') checkListed(job, number, 'file', job.file, report)
  if (job.stdin !== undefined) checkListed(job, number, 'stdin', job.stdin, report)
  if (job.stdout !== undefined) checkListed(job, number, 'stdout', job.stdout, report)
  if (job.stderr !== undefined) checkListed(job, number, 'stderr', job.stderr, report)
}

function reportDoubleUse(job: Job, number: number, k: number, report: Report): void {
  const use = job.uses[k]
  if (use === undefined) return
  const first = job.uses.find((other) => other.lfn === use.lfn)
  const isBoth = first !== undefined && first.type !== use.type
  report({
    code: 'DUPLICATE',
    severity: 'warning',
    message: `job ${job.id} lists the file ${use.lfn} twice${isBoth ? `, as ${first.type} and as ${use.type}` : ''}`,
    path: `jobs[${number}].uses[${k}]`,
    found: use.lfn,
    suggestion: isBoth ? 'use the type inout' : 'remove one of the two',
  })
}

function checkListed(
  job: Job,
  number: number,
  key: 'file' | 'stdin' | 'stdout' | 'stderr',
  lfn: string,
  report: Report,
): void {
  const isRead = key === 'file' || key === 'stdin'
  const isListed = job.uses.some((use) => use.lfn === lfn && (isRead ? isInput(use) : isOutput(use)))
  if (isListed) return
  report({
    code: 'UNKNOWN_REFERENCE',
    severity: 'warning',
    message: `the ${key} of job ${job.id} is not among its ${isRead ? 'inputs' : 'outputs'}`,
    path: `jobs[${number}].${key}`,
    found: lfn,
    suggestion: `add it to uses with the type ${isRead ? 'input' : 'output'}`,
  })
}

function checkDependencies(workflow: Workflow, index: WorkflowIndex, report: Report): void {
  const checkId = (id: string, path: string): void => {
    if (index.jobNumbers.has(id)) return
    report({
      code: 'UNKNOWN_REFERENCE',
      severity: 'error',
      message: 'the dependency names a job that does not exist',
      path,
      found: id,
      allowed: 'the id of a job',
    })
  }
  workflow.dependencies.forEach((dependency, i) => {
    checkId(dependency.id, `jobDependencies[${i}].id`)
    dependency.children.forEach((child, k) => checkId(child, `jobDependencies[${i}].children[${k}]`))
  })
}

/** Most jobs that a message names. */
const MAX_NAMED = 12

function checkProducers(workflow: Workflow, index: WorkflowIndex, report: Report): void {
  for (const { lfn, jobs } of index.producerConflicts) {
    const names = jobs.slice(0, MAX_NAMED).map((number) => workflow.jobs[number]?.id ?? '')
    report({
      code: 'TWO_PRODUCERS',
      severity: 'error',
      message: `the file ${lfn} is written by ${jobs.length} jobs`,
      path: `jobs[${jobs[1] ?? 0}].uses`,
      found: names.join(', '),
      allowed: 'one job that writes a file',
    })
  }
}

function describeCycle(workflow: Workflow, cycle: readonly number[]): Problem {
  const name = (number: number | undefined): string => {
    const job = number === undefined ? undefined : workflow.jobs[number]
    return job === undefined ? '' : `${job.id} (${jobTitle(job)})`
  }
  const shown =
    cycle.length <= MAX_NAMED ? cycle : [...cycle.slice(0, MAX_NAMED - 1), cycle[cycle.length - 1]]
  const path = [...shown.map(name), name(cycle[0])]
  if (cycle.length > MAX_NAMED) path.splice(MAX_NAMED - 1, 0, '…')
  return {
    code: 'CYCLE',
    severity: 'error',
    message: `the dependencies have a cycle of ${cycle.length} ${cycle.length === 1 ? 'job' : 'jobs'}: ${path.join(' -> ')}`,
    path: `jobs[${cycle[0] ?? 0}]`,
    suggestion: 'remove one of these dependencies',
  }
}
